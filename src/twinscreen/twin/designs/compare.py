"""Compare the compartments of one sample state with healthy, by either design."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

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
    Elsewhere,
    elsewhere_in,
    proteins_elsewhere,
    with_proteins_elsewhere,
)
from twinscreen.twin.deviation.modules import SeedRule
from twinscreen.twin.deviation.observed import Cells, join_cells
from twinscreen.twin.deviation.reference import calibration_of
from twinscreen.twin.deviation.single_cells import compare_cells
from twinscreen.twin.deviation.statistics import (
    Deviation,
    Roles,
    against_own_control,
    against_reference,
)
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
    patient = states[0].uns["sample"]["patient"]
    cells = join_cells(states)
    genes = cells.genes.intersection(reference.var_names, sort=False)
    single = [one for one in donors if one.uns["sample"]["patient"] != patient]
    healthy = join_cells(single) if single else None
    beside = _BesideReference(states, cells, genes, reference, reference[:, genes], healthy)
    return [beside.compare(str(cell_type), settings) for cell_type in beside.sums.index]


@dataclass(frozen=True)
class _Donors:
    """Donors that a compartment is compared with: those at hand and those of other sites."""

    pseudobulks: ad.AnnData
    others: Sequence[Elsewhere]
    roles: Roles

    @property
    def names(self) -> list[str]:
        """Ids of all of them."""
        return [
            *self.pseudobulks.obs["donor"],
            *(name for one in self.others for name in one.names),
        ]


@dataclass(frozen=True)
class _BesideReference:
    """Cells of one tissue and time point beside the donors of the reference.

    `aligned` is the reference over `genes`, those that both have; `healthy` are single cells of
    donors, if they are compared.
    """

    states: Sequence[ad.AnnData]
    cells: Cells
    genes: pd.Index
    reference: ad.AnnData
    aligned: ad.AnnData
    healthy: Cells | None

    @cached_property
    def sums(self) -> pd.DataFrame:
        """Summed counts, cell types x genes."""
        return self.cells.summed()[self.genes]

    @cached_property
    def counts(self) -> sparse.csr_array:
        """Counts, cells x genes."""
        return _columns(self.cells, self.genes)

    def compare(self, cell_type: str, settings: ComparisonSettings) -> Compartment:
        """Compare one cell type, with its replicates, or say why it cannot be compared."""
        first = self.states[0].uns["sample"]
        rows = self.cells.of_type(cell_type)
        found = Compartment(cell_type, first["tissue"], first["time"], len(rows), genes=self.genes)
        donors = self._donors(cell_type)
        n_donors, roles = donors.pseudobulks.n_obs, donors.roles
        found.n_reference_donors = int(roles.base.sum())
        if len(rows) < settings.min_cells:
            found.cannot(Flag.TOO_FEW_CELLS, f"{len(rows)} cells, fewer than {settings.min_cells}")
        elif not enough(roles, settings.min_donors):
            found.cannot(
                Flag.TOO_FEW_DONORS,
                f"reference donors: {n_donors}, fewer than {settings.min_donors}"
                if roles.base.any() or not len(roles.base)
                else f"reference donors: {n_donors}, all of another study",
            )
        else:
            self._measure(found, rows, donors, settings.min_count)
        found = enough_genes(found, settings)
        if found.deviation is not None:
            self._replicate(found, found.deviation, rows, donors, settings)
        return found

    def _donors(self, cell_type: str) -> _Donors:
        """Find the donors of a cell type, none of them the patient."""
        first = self.states[0].uns["sample"]
        place = {"cell_type": cell_type, "tissue": first["tissue"]}
        pseudobulks, matched = matching(
            self.aligned, **place, batch=common_batch(self.states), leave_out=first["patient"]
        )
        others = [] if matched else elsewhere_in(self.aligned, **place)
        return _Donors(pseudobulks, others, roles_of(pseudobulks, others))

    def _measure(
        self,
        found: Compartment,
        rows: np.ndarray,
        donors: _Donors,
        min_count: float,
    ) -> None:
        """Fill in how genes, proteins and single cells deviate, and what is to be known of it."""
        place = {"cell_type": found.cell_type, "tissue": found.tissue}
        own = donors.roles.base[: donors.pseudobulks.n_obs]
        found.deviation = against_reference(
            self.sums.loc[found.cell_type].to_numpy(),
            np.asarray(donors.pseudobulks.X),
            min_count=min_count,
            roles=donors.roles,
            others=donors.others,
        )
        found.protein = _protein_deviation(
            self.cells.protein.iloc[rows].mean(),
            donors.pseudobulks.obsm["protein"][own],
            proteins_elsewhere(self.reference, **place) if donors.others else None,
        )
        if self.healthy is not None:
            found.cell_level = compare_cells(
                self.counts[rows],
                _columns(self.healthy, self.genes)[self.healthy.of_type(found.cell_type)],
            )
        elsewhere = donors.pseudobulks.obs["batch"][own] != common_batch(self.states)
        if (donors.others or elsewhere.any()) and any(
            one.uns["sample"]["batch"] for one in self.states
        ):
            found.flags.append(Flag.ALL_BATCHES)
        if found.n_reference_donors < MANY_DONORS:
            found.flags.append(Flag.FEW_DONORS)
        found.calibration = calibration_of(self.reference, found.cell_type, found.tissue)
        if found.calibration > MOST_BY_CHANCE:
            found.flags.append(Flag.NOT_CALIBRATED)

    def _replicate(
        self,
        found: Compartment,
        deviation: Deviation,
        rows: np.ndarray,
        donors: _Donors,
        settings: ComparisonSettings,
    ) -> None:
        """Fill in bootstrap and null replicates, as many as are asked for."""
        if settings.bootstrap_replicates:
            random = generator(settings.seed, "cells", found.name)
            found.replicates = replicate_against_reference(
                resampled_cells(self.counts[rows], settings.bootstrap_replicates, random),
                np.asarray(donors.pseudobulks.X),
                donor_weights(donors.names, settings.bootstrap_replicates, settings.seed),
                deviation,
                SeedRule.of(settings),
                donors.roles,
                donors.others,
            )
        if settings.null_replicates:
            found.null_replicates = partial(
                donors_as_patients,
                self.reference,
                self.genes,
                cell_type=found.cell_type,
                tissue=found.tissue,
                leave_out=self.states[0].uns["sample"]["patient"],
                replicates=settings.null_replicates,
                seed=settings.seed,
            )


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
