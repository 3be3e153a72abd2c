"""How far the compartments of a group of patients deviate from those of a control group."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files import generator, needs_extra
from twinscreen.files.contracts.twin import Flag
from twinscreen.files.words.counting import plural
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.compartment import (
    BootstrapReplicates,
    Compartment,
    enough_genes,
)
from twinscreen.twin.deviation.modules import SeedRule
from twinscreen.twin.deviation.observed import Cells, join_cells
from twinscreen.twin.deviation.pseudobulk import log_cpm
from twinscreen.twin.deviation.statistics import Deviation, spread
from twinscreen.twin.replicates.bootstrap import donor_weights, place_replicates
from twinscreen.twin.replicates.permuted_groups import labellings, permuted_groups


@dataclass(frozen=True)
class Replicates:
    """Pseudobulks of one cell type: n rows, one per donor and side of the comparison.

    `counts` (n, g); `donor` and `batch` (n,); `case` (n,) is True in the group, False in the
    controls; `protein` holds mean levels of surface proteins, n rows; `n_cells` those of the group.
    """

    counts: np.ndarray
    donor: np.ndarray
    batch: np.ndarray
    case: np.ndarray
    protein: pd.DataFrame
    n_cells: int

    @property
    def paired(self) -> bool:
        """Whether each donor stands on both sides."""
        return set(self.donor[self.case]) == set(self.donor[~self.case])

    def on_both_sides(self) -> "Replicates":
        """Keep the donors who stand on both sides."""
        kept = np.isin(self.donor, self.donor[self.case]) & np.isin(
            self.donor, self.donor[~self.case]
        )
        return Replicates(
            *(self.counts[kept], self.donor[kept], self.batch[kept], self.case[kept]),
            protein=self.protein[kept],
            n_cells=self.n_cells,
        )


def compare_groups(
    states: Sequence[ad.AnnData], controls: Sequence[ad.AnnData], settings: ComparisonSettings
) -> list[Compartment]:
    """Compare the samples of a group, of one tissue and time point, with all control samples."""
    first = states[0].uns["sample"]
    both = join_cells(states, tag=True), join_cells(controls, tag=True)
    genes = both[0].genes.intersection(both[1].genes, sort=False)
    batch = _batches([*states, *controls])
    labels = permuted_labels(states, controls, batch, settings)
    compartments = []
    for cell_type in sorted({name.split("|", 1)[1] for name in set(both[0].cell_type)}):
        sides = replicates(both, cell_type, genes, min_cells=settings.min_cells, batch=batch)
        found = Compartment(
            *(cell_type, first["tissue"], first["time"], sides.n_cells),
            n_reference_donors=int((~sides.case).sum()),
            genes=genes,
        )
        cases = int(sides.case.sum())
        if min(cases, found.n_reference_donors) < settings.min_donors:
            found.cannot(
                Flag.TOO_FEW_DONORS,
                f"{plural(cases, 'patient')} and"
                f" {plural(found.n_reference_donors, 'control donor')} with"
                f" {plural(settings.min_cells, 'cell')}, fewer than {settings.min_donors} on one"
                " side",
            )
        else:
            design, left_out = design_matrix(sides)
            if left_out:
                found.flags.append(Flag.BATCH_NOT_A_COVARIATE)
            found.deviation, error = between_groups(
                sides.counts, design, min_count=settings.min_count
            )
            found.protein = _protein_deviation(sides)
        compartments.append(enough_genes(found, settings))
        if found.deviation is not None and settings.bootstrap_replicates:
            found.replicates = replicate_between_groups(
                sides,
                design,
                found.deviation,
                error,
                replicates=settings.bootstrap_replicates,
                settings=settings,
            )
        if found.deviation is not None and settings.null_replicates:
            found.null_replicates = partial(
                permuted_groups,
                sides.counts,
                design[:, :-1],
                sides.case,
                labels[list(zip(sides.donor, sides.case, strict=True))].to_numpy(dtype=bool),
                np.isfinite(found.deviation.effect),
            )
    return compartments


def permuted_labels(
    states: Sequence[ad.AnnData],
    controls: Sequence[ad.AnnData],
    batch: Mapping[str, str],
    settings: ComparisonSettings,
) -> pd.DataFrame:
    """Permute which samples are of the group, the same in all compartments.

    What is combined over compartments would scatter too little in replicates where each compartment
    had labels of its own: a donor is the same donor in all.

    Parameters
    ----------
    states, controls
        Samples of the group and of the controls.
    batch
        Batch of each donor.
    settings
        Seed, and number of replicates.

    Returns
    -------
    Labels (True: of the group), a row per replicate; a column per donor and true label.
    """
    rows = sorted(
        {(one.uns["sample"]["patient"], True) for one in states}
        | {(one.uns["sample"]["patient"], False) for one in controls}
    )
    donor, case = np.array([name for name, _ in rows]), np.array([side for _, side in rows])
    sides = Replicates(
        *(np.zeros((len(rows), 0)), donor, np.array([batch[name] for name in donor]), case),
        protein=pd.DataFrame(index=range(len(rows))),
        n_cells=0,
    )
    by_batch = design_matrix(sides)[0].shape[1] > 2
    found = labellings(
        donor.tolist(),
        case,
        sides.batch.tolist() if by_batch else [""] * len(rows),
        replicates=settings.null_replicates,
        random=generator(settings.seed, "null labels", states[0].uns["sample"]["condition"]),
    )
    return pd.DataFrame(found, columns=pd.MultiIndex.from_tuples(rows))


def _batches(observations: Sequence[ad.AnnData]) -> dict[str, str]:
    """Name the batches of each donor, joined where several."""
    names: dict[str, set[str]] = {}
    for one in observations:
        names.setdefault(one.uns["sample"]["patient"], set()).add(one.uns["sample"]["batch"])
    return {donor: "/".join(sorted(batch)) for donor, batch in names.items()}


def replicates(
    both: tuple[Cells, Cells],
    cell_type: str,
    genes: pd.Index,
    *,
    min_cells: int,
    batch: Mapping[str, str] | None = None,
) -> Replicates:
    """Sum the cells of one type by donor, on either side.

    Parameters
    ----------
    both
        Cells of the group and of the controls, their types tagged with the donor.
    cell_type
        The type.
    genes
        Genes that both have.
    min_cells
        Fewest cells that make a pseudobulk.
    batch
        Batch of each donor, if known.
    """
    rows, protein, cells = [], [], 0
    for side, case in zip(both, (True, False), strict=True):
        column = side.genes.get_indexer(genes)
        for tag in np.unique(side.cell_type):
            donor, name = tag.split("|", 1)
            if name == cell_type:
                own = side.of_type(tag)
                cells += len(own) * case
                if len(own) >= min_cells:
                    rows.append((donor, case, np.asarray(side.counts[own].sum(axis=0))[column]))
                    protein.append(side.protein.iloc[own].mean())
    return Replicates(
        np.array([counts for *_, counts in rows], dtype=float).reshape(len(rows), len(genes)),
        np.array([donor for donor, *_ in rows], dtype=str),
        np.array([(batch or {}).get(donor, "") for donor, *_ in rows], dtype=str),
        np.array([case for _, case, _ in rows], dtype=bool),
        pd.DataFrame(protein),
        cells,
    )


def design_matrix(sides: Replicates) -> tuple[np.ndarray, bool]:
    """Build the columns intercept, donor or batch, and group, the last.

    The donor is a covariate where each stands on both sides; else the batch, unless groups can't
    be told apart within batches, or too little would be left to tell noise from.

    Returns
    -------
    The matrix, shape (n, p), and whether a batch is left out since it can't be told from the group.
    """
    case = sides.case.astype(float)[:, None]
    plain = np.column_stack([np.ones(len(case)), case])
    label = sides.donor if sides.paired else sides.batch
    level = np.unique(label)
    if len(level) == 1:
        return plain, False
    full = np.column_stack([plain[:, :1], label[:, None] == level[1:], case]).astype(float)
    if np.linalg.matrix_rank(full) == full.shape[1] and len(full) - full.shape[1] >= 2:
        return full, False
    return plain, not sides.paired


def between_groups(
    counts: np.ndarray, design: np.ndarray, *, min_count: float
) -> tuple[Deviation, np.ndarray]:
    """Test the last column of a design by DESeq2: negative binomial, moderated dispersions, Wald.

    Parameters
    ----------
    counts
        Pseudobulks, whole numbers, shape (n, g).
    design
        Full column rank, shape (n, p).
    min_count
        Genes with fewer counts in all together are not compared.

    Returns
    -------
    The deviation, whose effect is the Wald statistic, and the standard error of its log2 fold
    changes, shape (g,). Genes with an outlier by Cook's distance are not compared.

    Raises
    ------
    InputError
        PyDESeq2, of the extra `group`, is not installed.

    References
    ----------
    Love et al., Genome Biol 2014;15:550; Muzellec et al., Bioinformatics 2023;39:btad547.
    """
    tested = counts.sum(axis=0) >= min_count
    columns = [f"x{number}" for number in range(design.shape[1])]
    rows = [f"r{number}" for number in range(len(design))]
    result = _deseq(
        pd.DataFrame(counts[:, tested].astype(int), index=rows).rename(columns=str),
        pd.DataFrame(design, index=rows, columns=columns),
    )
    usable = np.isfinite(result["pvalue"].to_numpy())
    effect, logfc, error = (
        np.where(usable, result[name].to_numpy(dtype=float), np.nan)
        for name in ("stat", "log2FoldChange", "lfcSE")
    )
    placed = np.full(len(tested), np.nan)
    placed[tested] = error
    return spread(tested, effect, logfc), placed


def _deseq(counts: pd.DataFrame, design: pd.DataFrame) -> pd.DataFrame:
    """Run PyDESeq2 in silence, on one processor."""
    # A second to import, and only this design needs it.
    with needs_extra(
        "group", file="configuration", place="twin.design: group", instead="choose another design"
    ):
        from pydeseq2.dds import DeseqDataSet
        from pydeseq2.default_inference import DefaultInference
        from pydeseq2.ds import DeseqStats

    inference = DefaultInference(n_cpus=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = DeseqDataSet(
            counts=counts,
            metadata=design,
            design=design,
            size_factors_fit_type="poscounts",  # hardly a gene is seen in every pseudobulk
            inference=inference,
            quiet=True,
        )
        fit.deseq2()
        contrast = np.zeros(design.shape[1])
        contrast[-1] = 1
        stats = DeseqStats(
            fit, contrast=contrast, independent_filter=False, inference=inference, quiet=True
        )
        stats.summary()
    table: pd.DataFrame = stats.results_df
    return table


def replicate_between_groups(
    sides: Replicates,
    design: np.ndarray,
    deviation: Deviation,
    error: np.ndarray,
    *,
    replicates: int,
    settings: ComparisonSettings,
) -> BootstrapReplicates:
    """Weigh the donors anew in each replicate, and see how far the fold changes move.

    A linear model on log2 counts per million, weighted by the replicate's donors, stands for
    DESeq2's, which takes too long to be fitted to every replicate: its shift of the fold change, in
    standard errors, is added to the Wald statistic.

    Parameters
    ----------
    sides, design
        What was compared.
    deviation, error
        The result of `between_groups`.
    replicates
        Number of replicates.
    settings
        Seed and rule of seeds.
    """
    donors = np.unique(sides.donor)
    weights = donor_weights(donors.tolist(), replicates, settings.seed) * len(donors)
    weights = weights[:, np.searchsorted(donors, sides.donor)]
    tested = np.isfinite(deviation.effect)
    level = log_cpm(sides.counts)[:, tested]
    weighted = np.einsum("bn,np->bnp", weights, design)
    solved = np.linalg.solve(
        np.einsum("bnp,nq->bpq", weighted, design), weighted.transpose(0, 2, 1)
    )
    estimator = solved[:, -1]
    shift = (estimator - np.linalg.pinv(design)[-1]) @ level
    fewest = min(int(sides.case.sum()), int((~sides.case).sum()))
    shift *= np.sqrt((fewest + 1) / (fewest - 1))  # as for weighted means, see bootstrap.py
    effect = deviation.effect[tested] + shift / error[tested]
    return place_replicates(
        effect, deviation.logfc[tested] + shift, deviation, SeedRule.of(settings)
    )


def _protein_deviation(sides: Replicates) -> pd.Series:
    """Difference of donors' mean protein levels over its standard error, as a normal score."""
    case, control = sides.protein[sides.case], sides.protein[~sides.case]
    n, k = case.notna().sum(), control.notna().sum()
    parts = case.var() / n, control.var() / k
    error = parts[0] + parts[1]
    df = error**2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (k - 1))
    t = ((case.mean() - control.mean()) / np.sqrt(error)).where((n >= 3) & (k >= 3) & (error > 0))
    tail = np.maximum(special.stdtr(df.to_numpy(dtype=float), -t.abs().to_numpy()), 1e-300)
    return pd.Series(-np.sign(t) * special.ndtri(tail), index=t.index)
