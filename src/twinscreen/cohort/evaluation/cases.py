"""One case of an evaluation: the drugs that a screen ranks, their answers, and every method."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.cohort.evaluation.labels import (
    BOTTOM,
    EXCLUDED,
    POSITIVE,
    labels_of_drugs,
    names_of,
)

#: What a method is: a preset's ranking, one kind of evidence alone, or what has to be beaten.
PRESET, EVIDENCE, BASELINE = "preset", "evidence", "baseline"

#: Baselines, none of which knows how the patient's network is wired.
RANDOM = "random order"
N_TARGETS = "number of targets"
DEGREE = "target degree"
DEVIATION = "target deviation"
POPULARITY = "popularity"
BASELINES = (RANDOM, N_TARGETS, DEGREE, DEVIATION, POPULARITY)


class Scores(Protocol):
    """Scores of d drugs, the index, by method, the columns: a data frame, or one that waits."""

    @property
    def index(self) -> pd.Index:
        """Ids of the drugs, shape (d,)."""

    @property
    def columns(self) -> pd.Index:
        """Kind and name of each method."""

    def __contains__(self, method: Any, /) -> bool: ...

    def __getitem__(self, method: Any, /) -> Any: ...

    def get(self, method: Any, default: Any) -> Any:
        """Give the scores of a method, or the default where there are none."""


@dataclass(frozen=True)
class Case:
    """One patient's d drugs, all that the first preset ranks but those not to be judged.

    `scores` has one column per method, named (kind, method), greater is better; the random order
    has none. `positives`, `bottom` and `mechanisms` have shape (d,), as has `degree`, the mean log
    degree of a drug's targets (NaN without targets). Of `n_labelled` right answers in the label
    table those among the drugs are ranked.
    """

    patient: str
    scores: Scores
    positives: np.ndarray
    bottom: np.ndarray
    mechanisms: np.ndarray
    degree: np.ndarray
    n_labelled: int

    @property
    def methods(self) -> list[tuple[str, str]]:
        """Kinds and names of the columns of `scores`."""
        return [(str(column[0]), str(column[1])) for column in self.scores.columns]


def make_case(
    screens: Mapping[str, ad.AnnData],
    twin: ad.AnnData,
    *,
    labels: Mapping[str, str],
    elsewhere: Mapping[str, int] | None,
    labelled_only: bool = False,
) -> Case:
    """Collect what every method says of the same drugs.

    Parameters
    ----------
    screens
        The patient's screen by preset; the first says which drugs take part. A drug that another
        preset does not rank stands last there.
    twin
        The patient's twin: degrees and effects of the targets.
    labels
        Label by what the drug is called, in lower case.
    elsewhere
        In how many other groups a drug is a right answer, by what it is called, if
        there are others.
    labelled_only
        Whether only drugs that have a label take part; else all without one are negatives.
    """
    first = next(iter(screens.values()))
    label = labels_of_drugs(first.obs, labels)
    kept = first.obs["rank"].notna().to_numpy() & (label != EXCLUDED)
    if labelled_only:
        kept &= label != ""
    drugs = first.obs[kept]
    ids = _kept_once(drugs.index)
    columns: dict[tuple[str, str], np.ndarray] = {}
    for preset, screen in screens.items():
        place = -screen.obs["rank"].astype(float)
        columns[PRESET, preset] = place.reindex(ids).fillna(-np.inf).to_numpy()
    for kind, value in evidence_alone(first).items():
        columns[EVIDENCE, kind] = _in_the_middle(value[kept])
    targets = targets_of(first, ids)
    degree = target_degree(targets, twin.var["degree"])
    columns[BASELINE, N_TARGETS] = drugs["n_targets"].to_numpy(dtype=float)
    columns[BASELINE, DEGREE] = _in_the_middle(degree)
    columns[BASELINE, DEVIATION] = _in_the_middle(target_deviation(targets, first, twin))
    columns[BASELINE, POPULARITY] = popularity(drugs, elsewhere)
    return Case(
        patient=str(first.uns["patient"]["patient"]),
        scores=pd.DataFrame(columns, index=ids),
        positives=label[kept] == POSITIVE,
        bottom=label[kept] == BOTTOM,
        mechanisms=_kept_once(drugs["mechanism"]).to_numpy(),
        degree=degree,
        n_labelled=sum(said == POSITIVE for said in labels.values()),
    )


def _kept_once(names: Iterable[object]) -> pd.Index:
    """Give names of which all cases share one copy."""
    return pd.Index([sys.intern(str(name)) for name in names], dtype=object)


def evidence_alone(screen: ad.AnnData) -> dict[str, np.ndarray]:
    """Give each kind of evidence over all screened compartments, greater is better.

    The kinds are those that the screen names, in its order.

    Returns
    -------
    By kind, shape (d,) each; NaN where a kind says nothing of a drug.
    """
    return {
        str(kind): screen.obs[f"{kind}_z"].to_numpy(dtype=float)
        for kind in pd.DataFrame(screen.uns["kinds"])["kind"]
    }


def targets_of(screen: ad.AnnData, drug_ids: Iterable[str]) -> list[list[str]]:
    """List the targets of each drug; a complex is its genes joined by "|"."""
    found: dict[str, list[str]] = {}
    rows = screen.uns["targets"]
    for drug_id, target in zip(rows["drug_id"], rows["target"], strict=True):
        found.setdefault(str(drug_id), []).append(str(target))
    return [found.get(drug_id, []) for drug_id in drug_ids]


def target_degree(targets: Sequence[Sequence[str]], degree: pd.Series) -> np.ndarray:
    """Average ln(1 + degree) over the targets of each drug; a complex is the mean of its members.

    Parameters
    ----------
    targets
        Of d drugs, as `targets_of` lists them.
    degree
        Neighbours of each gene on the interactome.

    Returns
    -------
    Shape (d,); NaN where no target is known.
    """
    return _mean_over_targets(targets, pd.Series(np.log1p(degree), index=degree.index))


def target_deviation(
    targets: Sequence[Sequence[str]], screen: ad.AnnData, twin: ad.AnnData
) -> np.ndarray:
    """Average over the targets of each drug how far they deviate, up or down.

    A gene's figure is the mean of |effect| over the treated compartments that compare it.

    Returns
    -------
    Shape (d,); NaN where no target was compared.
    """
    treated = screen.var_names[screen.var["weight"].to_numpy(dtype=float) > 0]
    rows = [twin.obs_names.get_loc(name) for name in treated]  # a view would keep the twin alive
    effect = np.abs(np.asarray(twin.X, dtype=float)[rows])
    known = (~np.isnan(effect)).sum(axis=0)
    total = np.nansum(effect, axis=0)
    mean = np.divide(total, known, out=np.full(len(known), np.nan), where=known > 0)
    return _mean_over_targets(targets, pd.Series(mean, index=twin.var_names))


def popularity(drugs: pd.DataFrame, elsewhere: Mapping[str, int] | None) -> np.ndarray:
    """Count in how many other groups of labels each drug is a right answer; NaN without others."""
    if elsewhere is None:
        return np.full(len(drugs), np.nan)
    names, found = names_of(drugs), dict.fromkeys(drugs.index.astype(str), 0)
    for called, groups in elsewhere.items():
        found |= {id_: max(found[id_], groups) for id_ in names.ids(called)}
    return np.array([*found.values()], dtype=float)


def _mean_over_targets(targets: Sequence[Sequence[str]], figure: pd.Series) -> np.ndarray:
    """Average a figure of genes over members, then over targets, those that are NaN left out."""
    known = figure.dropna().to_dict()
    means = []
    for one in targets:
        parts = [[known[gene] for gene in target.split("|") if gene in known] for target in one]
        averages = [_mean(part) for part in parts if part]
        means.append(_mean(averages) if averages else np.nan)
    return np.array(means, dtype=float)


def _mean(values: Sequence[float]) -> float:
    """Average figures; mostly there is one, of which NumPy makes much work."""
    return values[0] if len(values) == 1 else float(np.mean(values))


def _in_the_middle(scores: np.ndarray) -> np.ndarray:
    """Put drugs of which a method says nothing where the median of the others is."""
    unknown = np.isnan(scores)
    return scores if unknown.all() else np.where(unknown, np.nanmedian(scores), scores)
