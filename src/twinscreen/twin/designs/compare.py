"""Compare the compartments of one sample state with healthy, by either design."""

from collections.abc import Sequence
from functools import partial

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, special

from twinscreen.files import generator, time_order
from twinscreen.files.contracts.twin import Flag
from twinscreen.files.words.counting import plural
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.batch import MOST_BY_CHANCE
from twinscreen.twin.deviation.compartment import Compartment, enough_genes
from twinscreen.twin.deviation.donors import enough, matching, roles_of
from twinscreen.twin.deviation.elsewhere import (
    elsewhere_in,
    proteins_elsewhere,
    with_proteins_elsewhere,
)
from twinscreen.twin.deviation.modules import SeedRule
from twinscreen.twin.deviation.observed import Cells, join_cells
from twinscreen.twin.deviation.reference import calibration_of
from twinscreen.twin.deviation.single_cells import compare_cells
from twinscreen.twin.deviation.statistics import against_own_control, against_reference
from twinscreen.twin.replicates.bootstrap import (
    donor_weights,
    replicate_against_own_control,
    replicate_against_reference,
    resampled_cells,
)
from twinscreen.twin.replicates.null import donors_as_patients, permuted_cells

#: With fewer healthy donors a compartment is flagged.
MANY_DONORS = 5


def compare_with_reference(
    states: Sequence[ad.AnnData],
    reference: ad.AnnData,
    settings: ComparisonSettings,
    donors: Sequence[ad.AnnData] = (),
) -> list[Compartment]:
    """Compare the samples of one tissue and time point with the donors of the reference.

    The patient is never among them, nor is another sample of the patient's. Single cells are
    compared with those of `donors`, the reference's own observations of the same tissue, if any are
    given.
    """
    first = states[0].uns["sample"]
    cells = join_cells(states)
    genes = cells.genes.intersection(reference.var_names, sort=False)
    sums, counts = cells.summed()[genes], _columns(cells, genes)
    aligned = reference[:, genes]
    single = [one for one in donors if one.uns["sample"]["patient"] != first["patient"]]
    healthy = join_cells(single) if single else None
    compartments = []
    for cell_type in sums.index:
        rows = cells.of_type(cell_type)
        found = Compartment(cell_type, first["tissue"], first["time"], len(rows), genes=genes)
        pseudobulks, matched = matching(
            aligned,
            cell_type=cell_type,
            tissue=first["tissue"],
            batch=common_batch(states),
            leave_out=first["patient"],
        )
        place = {"cell_type": cell_type, "tissue": first["tissue"]}
        others = [] if matched else elsewhere_in(aligned, **place)
        roles = roles_of(pseudobulks, others)
        own = roles.base[: pseudobulks.n_obs]
        found.n_reference_donors = int(roles.base.sum())
        if len(rows) < settings.min_cells:
            found.cannot(
                Flag.TOO_FEW_CELLS, f"{plural(len(rows), 'cell')}, fewer than {settings.min_cells}"
            )
        elif not enough(roles, settings.min_donors):
            found.cannot(
                Flag.TOO_FEW_DONORS,
                f"reference donors: {pseudobulks.n_obs}, fewer than {settings.min_donors}"
                if roles.base.any() or not len(roles.base)
                else f"reference donors: {pseudobulks.n_obs}, all of another study",
            )
        else:
            found.deviation = against_reference(
                sums.loc[cell_type].to_numpy(),
                np.asarray(pseudobulks.X),
                min_count=settings.min_count,
                roles=roles,
                others=others,
            )
            found.protein = _protein_deviation(
                cells.protein.iloc[rows].mean(),
                pseudobulks.obsm["protein"][own],
                proteins_elsewhere(reference, **place) if others else None,
            )
            if healthy is not None:
                found.cell_level = compare_cells(
                    _columns(cells, genes)[rows],
                    _columns(healthy, genes)[healthy.of_type(cell_type)],
                )
            elsewhere = pseudobulks.obs["batch"][own] != common_batch(states)
            if (others or elsewhere.any()) and any(one.uns["sample"]["batch"] for one in states):
                found.flags.append(Flag.ALL_BATCHES)
            if found.n_reference_donors < MANY_DONORS:
                found.flags.append(Flag.FEW_DONORS)
            found.calibration = calibration_of(reference, cell_type, first["tissue"])
            if found.calibration > MOST_BY_CHANCE:
                found.flags.append(Flag.NOT_CALIBRATED)
        compartments.append(enough_genes(found, settings))
        if found.deviation is not None and settings.bootstrap_replicates:
            random = generator(settings.seed, "cells", found.name)
            found.replicates = replicate_against_reference(
                resampled_cells(counts[rows], settings.bootstrap_replicates, random),
                np.asarray(pseudobulks.X),
                donor_weights(
                    [*pseudobulks.obs["donor"], *(name for one in others for name in one.names)],
                    settings.bootstrap_replicates,
                    settings.seed,
                ),
                found.deviation,
                SeedRule.of(settings),
                roles,
                others,
            )
        if found.deviation is not None and settings.null_replicates:
            found.null_replicates = partial(
                donors_as_patients,
                reference,
                genes,
                cell_type=cell_type,
                tissue=first["tissue"],
                leave_out=first["patient"],
                replicates=settings.null_replicates,
                seed=settings.seed,
            )
    return compartments


def common_batch(states: Sequence[ad.AnnData]) -> str:
    """Name the batch of the samples, if they share one."""
    batches = {one.uns["sample"]["batch"] for one in states}
    return batches.pop() if len(batches) == 1 else ""


def _protein_deviation(
    level: pd.Series, donors: pd.DataFrame, others: pd.DataFrame | None = None
) -> pd.Series:
    """Standardise a compartment's mean protein level against donors: (x - mu) / s sqrt(1 + 1/n).

    `others` has number, mean and squares of donors of other sites: `n_donors, mean, squares` by
    protein.
    """
    if others is not None:
        donors = donors.reindex(columns=donors.columns.union(others.index.unique()))
    names = level.index.intersection(donors.columns)
    donors = donors[names]
    n, mean, spread = donors.notna().sum(), donors.mean(), donors.std(ddof=1)
    if others is not None:
        n, mean, spread = with_proteins_elsewhere(n, mean, spread, others)
    spread = spread * np.sqrt(1 + 1 / n.clip(lower=1))
    t = ((level.loc[names] - mean) / spread).where((n >= 3) & (spread > 0))
    # As a normal score of the same tail, so that values of few and of many donors compare.
    return pd.Series(
        -np.sign(t) * special.ndtri(np.maximum(special.stdtr(n - 1, -t.abs()), 1e-300)), index=names
    )


def compare_with_own_control(
    states: Sequence[ad.AnnData], controls: Sequence[ad.AnnData], settings: ComparisonSettings
) -> list[Compartment]:
    """Compare the samples of one tissue and time point with the patient's own control samples."""
    first = states[0].uns["sample"]
    cells, own = join_cells(states), join_cells(controls)
    genes = cells.genes.intersection(own.genes, sort=False)
    counts, base = _columns(cells, genes), _columns(own, genes)
    compartments = []
    for cell_type in sorted(set(cells.cell_type)):
        rows, against = cells.of_type(cell_type), own.of_type(cell_type)
        found = Compartment(
            cell_type, first["tissue"], first["time"], len(rows), n_reference_donors=1, genes=genes
        )
        if len(rows) < settings.min_cells:
            found.cannot(
                Flag.TOO_FEW_CELLS, f"{plural(len(rows), 'cell')}, fewer than {settings.min_cells}"
            )
        elif len(against) < settings.min_cells:
            found.cannot(
                Flag.TOO_FEW_CONTROL_CELLS,
                f"{plural(len(against), 'control cell')}, fewer than {settings.min_cells}",
            )
        else:
            found.deviation = against_own_control(
                counts[rows], base[against], min_count=settings.min_count
            )
            found.cell_level = compare_cells(counts[rows], base[against])
            found.protein = _paired_protein(cells.protein.iloc[rows], own.protein.iloc[against])
            if all(one.uns["sample"]["time"] != first["time"] for one in controls):
                found.flags.append(Flag.CONTROL_OF_OTHER_TIME)
                times = {str(one.uns["sample"]["time"]) for one in controls}
                found.control_times = tuple(sorted(times, key=time_order))
        compartments.append(enough_genes(found, settings))
        if found.deviation is not None and settings.bootstrap_replicates:
            of_control = f"{cell_type}|{first['tissue']}"  # the same at all times of the patient
            drawn = [
                resampled_cells(
                    side, settings.bootstrap_replicates, generator(settings.seed, *unit)
                )
                for side, unit in (
                    (counts[rows], ("cells", found.name)),
                    (base[against], ("control cells", of_control)),
                )
            ]
            found.replicates = replicate_against_own_control(
                counts[rows],
                base[against],
                (drawn[0], drawn[1]),
                found.deviation,
                SeedRule.of(settings),
                min_count=settings.min_count,
            )
        if found.deviation is not None and settings.null_replicates:
            found.null_replicates = partial(
                permuted_cells,
                counts[rows],
                base[against],
                np.isfinite(found.deviation.effect),
                replicates=settings.null_replicates,
                random=generator(settings.seed, "null cells", found.name),
            )
    return compartments


def _columns(cells: Cells, genes: pd.Index) -> sparse.csr_array:
    """Take the counts of the genes named, in their order."""
    if cells.genes.equals(genes):
        return cells.counts
    return sparse.csr_array(cells.counts[:, cells.genes.get_indexer(genes)])


def _paired_protein(level: pd.DataFrame, base: pd.DataFrame) -> pd.Series:
    """Difference of mean protein levels over its standard error (Welch)."""
    names = level.columns.intersection(base.columns)
    difference = level[names].mean() - base[names].mean()
    error = np.sqrt(level[names].var() / len(level) + base[names].var() / len(base))
    return (difference / error).where(error > 0)
