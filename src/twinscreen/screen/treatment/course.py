"""What a new sample changed: the ranking at each time point, and whether a treatment did it.

A drug that the patient received between two samples predicts a change, the influence of its
signed targets: x' - x = beta sum_t sign_t F_t. What changed is compared with it, gene by gene, and
with what every other drug of the library predicts.
"""

from collections.abc import Sequence
from itertools import pairwise

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import time_order
from twinscreen.files.contracts.screen_tables import RANKING_COURSE, TREATMENT_COURSE
from twinscreen.files.drug_names import DrugNames
from twinscreen.network import activity
from twinscreen.screen.evidence.contract import RANKED, SCORE_DIGITS, Scored
from twinscreen.screen.evidence.targets import combine
from twinscreen.screen.treatment.benefit import predicted_change

#: Stands for all cell types together.
ALL = "all"


def ranking_course(
    drugs: pd.DataFrame, parts: np.ndarray, compartments: pd.DataFrame, shown: Sequence[int]
) -> pd.DataFrame:
    """Rank the drugs at each time point alone, by the scores of its single compartments.

    So all time points are ranked by one figure and compare with each other. Unless a preset scores
    by just this sum, it is not the figure that the ranking of the treated state goes by: that one
    holds evidence against its null models over all compartments together, which only the treated
    ones have.

    Parameters
    ----------
    drugs
        d drugs, index their ids: `name, status`; those whose status is "ranked" are ranked.
    parts
        Score of each drug in each compartment, shape (d, c); greater is better.
    compartments
        The c compartments: `time`. Those of one time point are combined with equal weights.
    shown
        Rows of the drugs to show.

    Returns
    -------
    One row per drug shown and time point, in their order; `rank` is the best of equal scores', and
    missing, as `score` is, where a drug has no score at that time point. Empty where there is one
    time point only: a ranking has no course then.
    """
    times = sorted(compartments["time"].unique(), key=time_order)
    ranked = (drugs["status"] == RANKED).to_numpy()
    at = []
    for time in times if len(times) > 1 else ():
        weight = (compartments["time"] == time).to_numpy(dtype=float)
        score = pd.Series(np.where(ranked, combine(parts, weight), np.nan)).round(SCORE_DIGITS)
        rank = score.rank(ascending=False, method="min")
        at.append((time, score, rank, int(rank.notna().sum())))
    rows = [
        (drugs.index[drug], drugs["name"].iloc[drug], time, score[drug], rank[drug], number)
        for drug in shown
        for time, score, rank, number in at
    ]
    return RANKING_COURSE.of(rows)


def agreement(
    predicted: np.ndarray, before: np.ndarray, after: np.ndarray, regulated: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlate the change that each drug predicts with the change observed.

    Whatever deviated tends to come back, with or without a treatment, and every drug that opposes
    the state before predicts that. The second figure is therefore the partial correlation given
    the state before: the part of the change that a general recovery does not explain.

    Parameters
    ----------
    predicted
        Change predicted over the r regulated genes, shape (d, r); other genes do not change.
    before, after
        Deviation of c pairs of compartments over all g genes, shape (c, g); NaN where a gene was
        not compared.
    regulated
        Columns of the r genes, shape (r,).

    Returns
    -------
    Correlation and partial correlation, shape (d, c), NaN where a drug predicts nothing for the
    genes compared both times, whose number is the third, shape (c,).
    """
    change = after.astype(float) - before
    measured = np.isfinite(change)
    start = np.where(measured, before, np.nan)
    number = measured.sum(axis=1)
    with_change = activity(predicted, change, regulated).z / np.sqrt(number)
    with_start = activity(predicted, start, regulated).z / np.sqrt(number)
    own = np.array(
        [
            np.corrcoef(a[use], b[use])[0, 1]
            for a, b, use in zip(change, start, measured, strict=True)
        ]
    )
    rest = np.sqrt((1 - with_start**2) * (1 - own**2))
    partial = np.divide(
        with_change - with_start * own, rest, out=np.full(rest.shape, np.nan), where=rest > 1e-9
    )
    return with_change, partial, number


def treatment_course(twin: ad.AnnData, scored: Scored, drugs: pd.DataFrame) -> pd.DataFrame:
    """Ask of every drug that the patient received whether what changed is what it predicted.

    Parameters
    ----------
    twin
        The scorable compartments of the patient; uns `samples` with `time` and `treatment`: what
        was given between the time point before and this one, joined by "|".
    scored
        What the causal scores came from, for d drugs.
    drugs
        These d drugs: `drug_id, name, synonyms`.

    Returns
    -------
    One row per drug received, tissue, pair of time points next to each other, and cell type that
    was scored at both, and one for all cell types together (the mean of their correlations).
    `correlation` and `beyond_recovery` as `agreement` gives them; `percentile` is the share of
    the `n_drugs` other drugs of the library that agree better (0: none does; drugs that predict
    the same are one). `note` says why there is no figure, or "".
    """
    received = _received(twin.uns["samples"])
    if not received:
        return TREATMENT_COURSE.empty()
    predicted = predicted_change(scored.targets, scored.influence)
    kind = np.unique(predicted.round(9), axis=0, return_inverse=True)[1].reshape(-1)
    regulated = twin.var_names.get_indexer(scored.genes)
    rows: list[list[object]] = []
    for tissue, earlier, later, pairs in _intervals(twin.obs):
        names = list(
            dict.fromkeys(name for time, name in received if _within(time, earlier, later))
        )
        if not names:
            continue
        effect = np.asarray(twin.X)
        found = agreement(predicted, effect[pairs[:, 0]], effect[pairs[:, 1]], regulated)
        cell_types = twin.obs["cell_type"].to_numpy()[pairs[:, 0]]
        for name in names:
            drug = find_drug(drugs, name)
            about = [name, drugs["drug_id"].iloc[drug] if drug is not None else "", tissue]
            for part in _compare(drug, found, kind, cell_types):
                rows.append([*about, earlier, later, *part])
    return TREATMENT_COURSE.of(rows)


def _compare(
    drug: int | None,
    found: tuple[np.ndarray, np.ndarray, np.ndarray],
    kind: np.ndarray,
    cell_types: np.ndarray,
) -> list[list[object]]:
    """Lay out one drug's agreement, for all cell types together and for each."""
    correlation, partial, number = found
    if drug is None:
        return [[ALL, 0, *[np.nan] * 4, 0, "not a drug of the library"]]
    if not np.isfinite(correlation[drug]).any():
        return [[ALL, 0, *[np.nan] * 4, 0, "unknown action, or no path to transcription"]]
    first = np.unique(kind, return_index=True)[1]  # one drug of each kind
    others = first[kind[first] != kind[drug]]
    columns = [("", slice(None)), *((name, slice(i, i + 1)) for i, name in enumerate(cell_types))]
    rows = []
    for name, part in columns:
        figures: list[object] = []
        usable = others
        for values in (correlation[:, part], partial[:, part]):
            values = values[:, np.isfinite(values[drug])]
            usable = others[np.isfinite(values[others]).all(axis=1)]
            own, other = values[drug].mean(), values[usable].mean(axis=1)
            figures += [own, (other > own).mean() if len(other) else np.nan]
        rows.append([name or ALL, int(number[part].max()), *figures, len(usable), ""])
    return rows


def _received(samples: pd.DataFrame) -> list[tuple[str, str]]:
    """List each time point with a drug given before it."""
    return [
        (time, name.strip())
        for time, names in zip(samples["time"], samples["treatment"], strict=True)
        for name in names.split("|")
        if name.strip()
    ]


def _within(time: str, earlier: str, later: str) -> bool:
    return time_order(earlier) < time_order(time) <= time_order(later)


def _intervals(obs: pd.DataFrame) -> list[tuple[str, str, str, np.ndarray]]:
    """Give each tissue and pair of time points next to each other with the rows of both."""
    rows = []
    for tissue in dict.fromkeys(obs["tissue"]):
        here = obs["tissue"] == tissue
        row_of = {
            (kind, time): row
            for row, (kind, time) in enumerate(zip(obs["cell_type"], obs["time"], strict=True))
            if here.iloc[row]
        }
        times = sorted(obs.loc[here, "time"].unique(), key=time_order)
        for earlier, later in pairwise(times):
            pairs = [
                (row, row_of[kind, later])
                for (kind, time), row in row_of.items()
                if time == earlier and (kind, later) in row_of
            ]
            if pairs:
                rows.append((tissue, earlier, later, np.array(pairs)))
    return rows


def find_drug(drugs: pd.DataFrame, name: str) -> int | None:
    """Find the row of a drug by its id, or any of its names and identifiers; None if none has it.

    Names are compared as `DrugNames` does; an isotope-labelled tracer has its own name alone.
    """
    for fits in (drugs["drug_id"] == name, drugs["name"].str.casefold() == name.casefold()):
        if fits.any():
            return int(fits.to_numpy().argmax())
    ids = DrugNames(drugs).ids(name)
    return int((drugs["drug_id"] == ids[0]).to_numpy().argmax()) if ids else None


def add_course(
    screen: ad.AnnData, twin: ad.AnnData, scored: Scored, drugs: pd.DataFrame, *, shown: int
) -> None:
    """Lay `ranking_course` of the first drugs and `treatment_course` into uns of a screen.

    Parameters
    ----------
    screen
        The drugs in their order, and layer `score`.
    twin
        The scorable compartments.
    scored
        What the causal scores came from, in the order of `drugs`.
    drugs
        Rows of the drug table.
    shown
        So many of the first drugs have a course, and all that were received.
    """
    treated = treatment_course(twin, scored, drugs)
    received = screen.obs_names.get_indexer(pd.Index([*filter(None, treated["drug_id"].unique())]))
    rows = list(dict.fromkeys([*range(min(shown, screen.n_obs)), *received.tolist()]))
    parts = np.asarray(screen.layers["score"])
    screen.uns["ranking_course"] = ranking_course(screen.obs, parts, screen.var, rows)
    screen.uns["treatment_course"] = treated
