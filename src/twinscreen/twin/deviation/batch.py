"""Donors of a reference in the patient's place, and how far a batch sets two studies apart."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.patient import BATCH
from twinscreen.twin.deviation.donors import enough, matching, roles_of
from twinscreen.twin.deviation.elsewhere import elsewhere_in
from twinscreen.twin.deviation.statistics import Deviation, Roles, against_reference

#: Where donors deviate in more of their genes, at p < 0.05, it is no chance.
MOST_BY_CHANCE = 0.08

#: Effects beyond it add no more to a spread, as in the screen.
LIMIT = 10.0


def donor_in_place(
    reference: ad.AnnData, row: int, *, min_donors: int, min_count: float
) -> Deviation | None:
    """Compare a donor with the others of the compartment, as a patient would be.

    A donor of another study is compared with as many of that study as the patients have donors of
    their own study, and the variance is that of all the others: what so few do to the mean is in
    this comparison, too.

    Parameters
    ----------
    reference
        Pseudobulks, of which `base` marks those whose mean patients are compared with.
    row
        The donor's row.
    min_donors
        Fewest donors to compare with.
    min_count
        Fewest counts of a gene to compare it.

    Returns
    -------
    The deviation, or None where there are too few others.
    """
    donor = reference.obs.iloc[row]
    others, matched = matching(
        reference,
        cell_type=str(donor["cell_type"]),
        tissue=str(donor["tissue"]),
        batch=str(donor["batch"]),
        leave_out=str(donor["donor"]),
    )
    sums = (
        []
        if matched
        else elsewhere_in(others, cell_type=donor["cell_type"], tissue=donor["tissue"])
    )
    roles = roles_of(others, sums)
    if not donor["base"]:
        sums, others, wanted = [], others[~roles.base], int(roles.base.sum())
        names = others.obs["donor"].to_numpy(dtype=str)
        order = np.argsort(names)
        # the next ones by name, around the end: the same in all compartments that have them
        order = np.roll(order, -int(np.searchsorted(names[order], str(donor["donor"]))))
        roles = Roles(np.isin(np.arange(len(names)), order[:wanted]), np.zeros(len(names), int))
    if not enough(roles, min_donors):
        return None
    return against_reference(
        np.asarray(reference.X[row]).ravel(),
        np.asarray(others.X),
        min_count=min_count,
        roles=roles,
        others=sums,
    )


def measure_batch(
    reference: ad.AnnData, significant: np.ndarray, *, min_donors: int, min_count: float
) -> pd.DataFrame:
    """Measure how far the donors of the patients' own study stand from those of another.

    Parameters
    ----------
    reference
        Pseudobulks with the layer `effect`, each donor's own comparison.
    significant
        Number of genes with p < 0.05 in that comparison, by row.
    min_donors, min_count
        As for `donor_in_place`.

    Returns
    -------
    BATCH, a row per compartment that has donors of both studies; NaN where they are too few.
    """
    obs, effect = reference.obs, np.asarray(reference.layers["effect"], dtype=float)
    base = obs["base"].to_numpy(dtype=bool)
    tested, counts = np.isfinite(effect).sum(axis=1), np.asarray(reference.X, dtype=float)
    rows = []
    for (cell_type, tissue), found in sorted(obs.groupby(["cell_type", "tissue"]).indices.items()):
        own, public = found[base[found]], found[~base[found]]
        if not len(own) or not len(public):
            continue
        apart, alike = (
            [
                against_reference(counts[n], counts[others], min_count=min_count)
                for n in donors
                if len(others := public[public != n]) >= min_donors
            ]
            for donors in (own, public)
        )
        rows.append(
            (
                *(cell_type, tissue, len(own), len(public)),
                *(_share(apart), _share(alike), _of(significant[own].sum(), tested[own].sum())),
                *(_spread([one.effect for one in apart]), _spread([one.effect for one in alike])),
                _spread(effect[own]),
            )
        )
    return BATCH.of(rows)


def _share(found: list[Deviation]) -> float:
    """Share of the genes compared that have p < 0.05; NaN of none."""
    pvalue = np.concatenate([np.empty(0), *(one.pvalue for one in found)])
    return _of((pvalue < 0.05).sum(), np.isfinite(pvalue).sum())


def _of(part: int, whole: int) -> float:
    """Share of a whole; NaN of nothing."""
    return float(part / whole) if whole else np.nan


def _spread(effects: list[np.ndarray] | np.ndarray) -> float:
    """Root mean square of limited effects; NaN without any."""
    squares = np.square(np.clip(np.concatenate([np.empty(0), *effects]), -LIMIT, LIMIT))
    return float(np.sqrt(_of(np.nansum(squares), np.isfinite(squares).sum())))
