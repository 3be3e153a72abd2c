"""What deviates, and where: the compartments of the screened state and their central genes."""

from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.report.compartments import Compartment


@dataclass(frozen=True)
class Member:
    """A gene of a module, with the intervals over bootstrap replicates."""

    gene: str
    effect: float
    effect_low: float
    effect_high: float
    centrality: float
    centrality_low: float
    centrality_high: float
    support: float

    @property
    def arrow(self) -> str:
        """Up or down."""
        return "↑" if self.effect > 0 else "↓"


@dataclass(frozen=True)
class Deviating:
    """One compartment in which genes deviate."""

    row: Compartment
    n_up: int
    members: tuple[Member, ...]


def deviating(twin: ad.AnnData, rows: list[Compartment], number: int = 15) -> list[Deviating]:
    """List the compartments of the latest state with deviating genes, those of most genes first.

    Parameters
    ----------
    twin
        The patient's twin.
    rows
        Its compartments as shown.
    number
        Members of each module to give, the most central, then the most deviating, first.
    """
    here = [row for row in rows if row.latest and row.scorable and row.n_deviating]
    here.sort(key=lambda row: -row.n_deviating)  # of equal ones that of most cells
    return [_deviating(twin, row, number) for row in here]


def _deviating(twin: ad.AnnData, row: Compartment, number: int) -> Deviating:
    at = int(twin.obs_names.get_loc(row.key))

    def layer(name: str) -> np.ndarray:
        return np.asarray(twin.layers[name][at], dtype=float)

    effect = np.asarray(twin.X[at], dtype=float)
    centrality = layer("centrality")
    module = np.flatnonzero(layer("module") == 1)
    order = np.lexsort((-np.abs(effect[module]), -np.nan_to_num(centrality[module], nan=-1)))
    names = twin.var_names.astype(str)
    known = {name: layer(name) for name in _INTERVALS}
    members = tuple(
        Member(
            gene=names[i],
            effect=float(effect[i]),
            centrality=float(centrality[i]),
            support=float(known["module_support"][i]),
            **{name: float(known[name][i]) for name in _INTERVALS[:4]},
        )
        for i in module[order][:number].tolist()
    )
    return Deviating(row, int((effect[layer("qvalue") < 0.05] > 0).sum()), members)


_INTERVALS = ("effect_low", "effect_high", "centrality_low", "centrality_high", "module_support")
