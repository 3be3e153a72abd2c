"""Compare the compartments of one sample state with healthy, by either design."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, special

from twinscreen.files import generator, time_order
from twinscreen.twin.bootstrap import (
    Copies,
    copy_against_own_control,
    copy_against_reference,
    donor_weights,
    resampled_cells,
)
from twinscreen.twin.deviation import Deviation, against_own_control, against_reference
from twinscreen.twin.modules import ModuleRule, SeedRule
from twinscreen.twin.null_copies import NullCopies, donors_as_patients, permuted_cells
from twinscreen.twin.observed import Cells, join_cells
from twinscreen.twin.reference import calibration_of, matching
from twinscreen.twin.single_cells import CellLevel, compare_cells

#: A compartment where healthy donors deviate in more of their genes, at p < 0.05, is flagged.
MOST_BY_CHANCE = 0.08


@dataclass(frozen=True)
class Settings:
    """Everything that decides how a twin is built; values come from the configuration."""

    design: str
    control: str
    min_cells: int
    min_donors: int
    min_count: float
    min_genes: int
    copies: int
    null_copies: int
    max_qvalue: float
    min_fold_change: float
    max_genes: int
    background: str
    random_sets: int
    growth: str
    grown_genes: int
    growth_pvalue: float
    centrality: str
    seed: int

    @property
    def seed_rule(self) -> SeedRule:
        """Which deviating genes make a module."""
        return SeedRule(self.max_qvalue, self.min_fold_change, self.max_genes)

    @property
    def module_rule(self) -> ModuleRule:
        """Whether modules grow, and which centrality is computed inside them."""
        return ModuleRule(self.growth, self.grown_genes, self.growth_pvalue, self.centrality)


@dataclass
class Compartment:
    """One cell type in one tissue at one time point, compared with healthy or not.

    `genes` names the columns of `deviation` and of `cell_level`, the comparison of single cells
    (where those of both sides are at hand); `protein` is the standardised deviation of surface
    proteins by gene; `copies` what resampled cells and donors give; `null_copies` computes what it
    would be if nothing were wrong, which is needed only where the compartment is treated.
    `calibration` is the share of genes with p < 0.05 among healthy donors, each against the others.
    `unscorable` is the reason why it was not compared, or ""; `method` names the design where it is
    not that of the settings.
    """

    cell_type: str
    tissue: str
    time: str
    n_cells: int
    n_reference_donors: int = 0
    genes: pd.Index = field(default_factory=pd.Index)  # type: ignore[arg-type]
    deviation: Deviation | None = None
    protein: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    cell_level: CellLevel | None = None
    copies: Copies | None = None
    null_copies: Callable[[], NullCopies] | None = None
    calibration: float = np.nan
    unscorable: str = ""
    flags: list[str] = field(default_factory=list)
    method: str = ""

    @property
    def name(self) -> str:
        """`cell_type|tissue|time`."""
        return f"{self.cell_type}|{self.tissue}|{self.time}"


def compare_with_reference(
    states: Sequence[ad.AnnData],
    reference: ad.AnnData,
    settings: Settings,
    donors: Sequence[ad.AnnData] = (),
) -> list[Compartment]:
    """Compare the samples of one tissue and time point with the healthy reference.

    Single cells are compared with those of `donors`, the reference's own observations of the same
    tissue, if any are given.
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
        found.n_reference_donors = pseudobulks.n_obs
        if len(rows) < settings.min_cells:
            found.unscorable = f"{len(rows)} cells, fewer than {settings.min_cells}"
        elif pseudobulks.n_obs < settings.min_donors:
            found.unscorable = (
                f"reference donors: {pseudobulks.n_obs}, fewer than {settings.min_donors}"
            )
        else:
            found.deviation = against_reference(
                sums.loc[cell_type].to_numpy(),
                np.asarray(pseudobulks.X),
                min_count=settings.min_count,
            )
            found.protein = _protein_deviation(
                cells.protein.iloc[rows].mean(), pseudobulks.obsm["protein"]
            )
            if healthy is not None:
                found.cell_level = compare_cells(
                    _columns(cells, genes)[rows],
                    _columns(healthy, genes)[healthy.of_type(cell_type)],
                )
            if not matched and any(one.uns["sample"]["batch"] for one in states):
                found.flags.append("donors of all batches")
            if pseudobulks.n_obs < 5:
                found.flags.append(f"only {pseudobulks.n_obs} reference donors")
            found.calibration = calibration_of(reference, cell_type, first["tissue"])
            if found.calibration > MOST_BY_CHANCE:
                share = f"{found.calibration:.0%} of genes"
                found.flags.append(f"not calibrated: p < 0.05 in {share} of healthy donors")
        compartments.append(enough_genes(found, settings))
        if found.deviation is not None and settings.copies:
            random = generator(settings.seed, "cells", first["patient"], found.name)
            found.copies = copy_against_reference(
                resampled_cells(counts[rows], settings.copies, random),
                np.asarray(pseudobulks.X),
                donor_weights(pseudobulks.obs["donor"].tolist(), settings.copies, settings.seed),
                found.deviation,
                settings.seed_rule,
            )
        if found.deviation is not None and settings.null_copies:
            found.null_copies = partial(
                donors_as_patients,
                reference,
                genes,
                cell_type=cell_type,
                tissue=first["tissue"],
                leave_out=first["patient"],
                copies=settings.null_copies,
                seed=settings.seed,
            )
    return compartments


def enough_genes(found: Compartment, settings: Settings) -> Compartment:
    """Take back a comparison that rests on too few genes to say anything."""
    if found.deviation is not None:
        compared = int(np.isfinite(found.deviation.effect).sum())
        if compared < settings.min_genes:
            found.deviation = None
            found.unscorable = f"{compared} genes compared, fewer than {settings.min_genes}"
    return found


def common_batch(states: Sequence[ad.AnnData]) -> str:
    """Name the batch of the samples, if they share one."""
    batches = {one.uns["sample"]["batch"] for one in states}
    return batches.pop() if len(batches) == 1 else ""


def _protein_deviation(level: pd.Series, donors: pd.DataFrame) -> pd.Series:
    """Standardise a compartment's mean protein level against donors: (x - mu) / s sqrt(1 + 1/n)."""
    names = level.index.intersection(donors.columns)
    donors = donors[names]
    n = donors.notna().sum()
    spread = donors.std(ddof=1) * np.sqrt(1 + 1 / n.clip(lower=1))
    t = ((level.loc[names] - donors.mean()) / spread).where((n >= 3) & (spread > 0))
    # As a normal score of the same tail, so that values of few and of many donors compare.
    return pd.Series(
        -np.sign(t) * special.ndtri(np.maximum(special.stdtr(n - 1, -t.abs()), 1e-300)), index=names
    )


def compare_with_own_control(
    states: Sequence[ad.AnnData], controls: Sequence[ad.AnnData], settings: Settings
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
            found.unscorable = f"{len(rows)} cells, fewer than {settings.min_cells}"
        elif len(against) < settings.min_cells:
            found.unscorable = f"{len(against)} control cells, fewer than {settings.min_cells}"
        else:
            found.deviation = against_own_control(
                counts[rows], base[against], min_count=settings.min_count
            )
            found.cell_level = compare_cells(counts[rows], base[against])
            found.protein = _paired_protein(cells.protein.iloc[rows], own.protein.iloc[against])
            if all(one.uns["sample"]["time"] != first["time"] for one in controls):
                times = sorted({one.uns["sample"]["time"] for one in controls}, key=time_order)
                found.flags.append(f"control sample of {', '.join(times)}")
        compartments.append(enough_genes(found, settings))
        if found.deviation is not None and settings.copies:
            of_control = f"{cell_type}|{first['tissue']}"  # the same at all times of the patient
            drawn = [
                resampled_cells(side, settings.copies, generator(settings.seed, *unit))
                for side, unit in (
                    (counts[rows], ("cells", first["patient"], found.name)),
                    (base[against], ("control cells", first["patient"], of_control)),
                )
            ]
            found.copies = copy_against_own_control(
                counts[rows],
                base[against],
                (drawn[0], drawn[1]),
                found.deviation,
                settings.seed_rule,
                min_count=settings.min_count,
            )
        if found.deviation is not None and settings.null_copies:
            found.null_copies = partial(
                permuted_cells,
                counts[rows],
                base[against],
                np.isfinite(found.deviation.effect),
                copies=settings.null_copies,
                random=generator(settings.seed, "null cells", first["patient"], found.name),
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
