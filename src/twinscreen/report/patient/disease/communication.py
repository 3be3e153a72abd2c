"""Which cell types drive the state: who sends what to whom, and which raised ligands explain it."""

from dataclasses import dataclass
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.tables import parts, table

#: Compartments in the heat map, links and regulators in the tables, at most.
MOST_CELLS = 9
MOST_LINKS = 20
MOST_UPSTREAM = 10


@dataclass(frozen=True)
class Sender:
    """A compartment and how much of what reaches the others comes from it."""

    name: str
    centrality: float
    n_sent: int
    n_received: int


@dataclass(frozen=True)
class Link:
    """One ligand on its way from sender to receiver."""

    sender: str
    receiver: str
    ligand: str
    receptor: str
    weight: float
    qvalue: float
    gain_logfc: float
    gain_qvalue: float

    @property
    def changed(self) -> bool:
        """Whether it differs from the control."""
        return bool(self.gain_qvalue < 0.05)


@dataclass(frozen=True)
class Upstream:
    """A raised ligand and the modules that it may explain."""

    regulator: str
    rank: int
    n_lists: int
    n_targets: int
    n_reached: int
    activity: float
    senders: tuple[str, ...]
    receivers: tuple[str, ...]


@dataclass(frozen=True)
class Talk:
    """Communication in the latest state.

    `heat` has a row per sender and a column per receiver of `cells`; NaN stands nowhere.
    """

    senders: tuple[Sender, ...]
    unknown: tuple[str, ...]
    n_links: int
    n_changed: int
    links: tuple[Link, ...]
    cells: tuple[str, ...]
    heat: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    strongest: tuple[str, str, float] | None
    upstream: tuple[Upstream, ...]
    n_upstream: int

    @property
    def links_in_words(self) -> str:
        """Count the links, and those that changed."""
        links = words.plural(self.n_links, "ligand–receptor link is", "ligand–receptor links are")
        return (
            f"{links} cell-type specific or changed, {self.n_changed} of them significantly against"
            " the control."
        )

    @property
    def leading(self) -> str:
        """Say in a sentence which compartments drive the others."""
        first, *rest = self.senders
        others = [f"{row.name} ({words.decimal(row.centrality, 2)})" for row in rest[:2]]
        behind = f"; behind it {words.listed(others)}" if others else ""
        return (
            f"{first.name} drives the others most: of the signals that reach them, more come from"
            f" it than from any other (centrality {words.decimal(first.centrality, 2)}; 1 is the"
            f" highest over all time points{behind})."
        )


def talk(twin: ad.AnnData, names: Naming, everywhere: Naming) -> Talk:
    """Read who talks to whom at the latest time.

    Parameters
    ----------
    twin
        The patient's twin.
    names
        Names of the compartments of the latest time point.
    everywhere
        Names of all compartments; a regulator counts over all time points.
    """
    use = (twin.obs["latest"].astype(bool) & twin.obs["scorable"].astype(bool)).to_numpy()
    keys = twin.obs_names[use].astype(str)
    centrality = twin.obs["communication_centrality"].to_numpy(dtype=float)[use]
    links = table(twin, "communication", "sender", "receiver", "gain_qvalue")
    here = links["sender"].astype(str).isin(keys) & links["receiver"].astype(str).isin(keys)
    links = links[here]
    sent, received = links["sender"].value_counts(), links["receiver"].value_counts()
    order = [int(i) for i in np.argsort(-np.nan_to_num(centrality, nan=-1.0), kind="stable")]
    known = [i for i in order if np.isfinite(centrality[i])]
    weights = twin.obsp["communication"]
    weights = np.asarray(weights.todense() if hasattr(weights, "todense") else weights)
    weights = weights[np.ix_(use, use)].astype(float)
    shown = known[:MOST_CELLS]
    return Talk(
        senders=tuple(
            Sender(
                names.of(keys[i]),
                float(centrality[i]),
                int(sent.get(keys[i], 0)),
                int(received.get(keys[i], 0)),
            )
            for i in known
        ),
        unknown=tuple(names.of(keys[i]) for i in order if i not in known),
        n_links=len(links),
        n_changed=int((pd.to_numeric(links["gain_qvalue"]) < 0.05).sum()),
        links=tuple(_link(row, names) for row in links.head(MOST_LINKS).to_dict("records")),
        cells=tuple(names.of(keys[i]) for i in shown),
        heat=_heat(weights, shown, [names.of(key) for key in keys]),
        strongest=_strongest(weights, [names.of(key) for key in keys]),
        upstream=_upstream(table(twin, "upstream"), everywhere),
        n_upstream=len(table(twin, "upstream")),
    )


def _link(row: dict[Any, Any], names: Naming) -> Link:
    return Link(
        sender=names.of(str(row["sender"])),
        receiver=names.of(str(row["receiver"])),
        ligand=str(row["ligand"]).replace("_", "/"),
        receptor=str(row["receptor"]).replace("_", "/"),
        weight=float(row["weight"]),
        qvalue=float(row["qvalue"]),
        gain_logfc=float(row["gain_logfc"]),
        gain_qvalue=float(row["gain_qvalue"]),
    )


def _heat(
    weights: np.ndarray, shown: list[int], names: list[str]
) -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    """Give each sender's weights to each receiver, and their share of the greatest."""
    top = max(weights[np.ix_(shown, shown)].max(), 1e-9) if shown else 1.0
    return tuple(
        (names[i], tuple((float(weights[i, j]), float(weights[i, j] / top)) for j in shown))
        for i in shown
    )


def _strongest(weights: np.ndarray, names: list[str]) -> tuple[str, str, float] | None:
    """Name the strongest connection between two different compartments."""
    between = np.where(np.eye(len(names), dtype=bool), 0.0, weights)
    if not between.size or between.max() <= 0:
        return None
    sender, receiver = np.unravel_index(int(np.argmax(between)), between.shape)
    return names[sender], names[receiver], float(between[sender, receiver])


def _sender(key: str, names: Naming) -> str:
    """Name a compartment; a sender that is none keeps its own words."""
    return names.of(key) if "|" in key else key


def _upstream(rows: pd.DataFrame, names: Naming) -> tuple[Upstream, ...]:
    return tuple(
        Upstream(
            regulator=str(row["regulator"]),
            rank=int(row["rank"]),
            n_lists=int(row["n_lists"]),
            n_targets=int(row["n_targets"]),
            n_reached=int(row["n_reached"]),
            activity=float(row["activity"]),
            senders=tuple(dict.fromkeys(_sender(key, names) for key in parts(row["senders"], ";"))),
            receivers=tuple(dict.fromkeys(names.of(key) for key in parts(row["receivers"], ";"))),
        )
        for row in rows.head(MOST_UPSTREAM).to_dict("records")
    )
