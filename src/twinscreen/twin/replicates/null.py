"""Null replicates: effects where there is nothing to find.

A score says something only beside the scores that chance gives. These replicates are computed as
the patient's own effects are, from cells whose sample labels are permuted, or from healthy donors
in the patient's place. `permuted_groups.py` does the same for groups.
"""

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import generator
from twinscreen.twin.deviation.compartment import NullReplicates
from twinscreen.twin.deviation.moderation import fit_moderations
from twinscreen.twin.deviation.pseudobulk import log_cpm
from twinscreen.twin.deviation.statistics import (
    explained_squares,
    poisson_ratio,
    signed_root,
    sum_of_squares,
)


def in_place(values: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Put values of the t genes compared, shape (b, t), among all g: float32, NaN elsewhere."""
    placed = np.full((len(values), len(tested)), np.nan, dtype=np.float32)
    placed[:, tested] = values
    return placed


def permuted_cells(
    cells: sparse.csr_array,
    control: sparse.csr_array,
    tested: np.ndarray,
    *,
    replicates: int,
    random: np.random.Generator,
) -> NullReplicates:
    """Compare two samples of cells after permuting which of them each cell is of.

    The numbers of cells on both sides stay.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g).
    tested
        Genes in which the samples are compared, boolean, shape (g,).
    replicates
        Number of permutations.
    random
        Source of randomness.
    """
    first = np.arange(cells.shape[0] + control.shape[0]) < cells.shape[0]
    splits = random.permuted(np.tile(first, (replicates, 1)), axis=1)
    effect, logfc, _ = compare_splits(cells, control, tested, splits)
    return NullReplicates(in_place(effect, tested), in_place(logfc, tested), np.arange(replicates))


def compare_splits(
    cells: sparse.csr_array, control: sparse.csr_array, tested: np.ndarray, splits: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare b splits of the same cells, each as `against_own_control` compares two samples.

    The dispersion is that of each split: where the samples differ, sides that are mixtures of both
    vary more than the samples do, and with the samples' dispersion t would be too large.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g).
    tested
        Genes to compare, boolean, shape (g,); t of them, with at least one count each.
    splits
        Which cells of both samples are on the first side, boolean, shape (b, c + k).

    Returns
    -------
    t and log2 fold change, shape (b, t), and the degrees of freedom of t, shape (b,).
    """
    both = sparse.csr_array(sparse.vstack([cells, control], format="csr"))
    library = np.asarray(both.sum(axis=1), dtype=float)
    counts, df = both[:, tested], len(library) - 2
    member = splits.T.astype(float)
    count, by_library = np.hsplit(
        np.asarray(counts.T @ np.hstack([member, library[:, None] * member])), 2
    )
    # Genes x splits; of the second side, what is left of the whole.
    first = count, by_library, library @ member, library**2 @ member
    total = np.asarray(counts.sum(axis=0), dtype=float)
    whole = total[:, None], (counts.T @ library)[:, None], library.sum(), library @ library
    second = tuple(every - part for every, part in zip(whole, first, strict=True))
    squares = sum_of_squares(counts)[:, None]
    squares = squares - explained_squares(*first) - explained_squares(*second)
    phi = poisson_ratio(squares, whole[0], df).T
    moderations = fit_moderations(phi, df, np.log2(total))
    effect = signed_root(first[0], second[0], first[2] / max(whole[2], 1)).T
    for replicate, moderation in enumerate(moderations):
        effect[replicate] /= np.sqrt(moderation.apply(phi[replicate]))
    logfc = log_cpm(first[0].T, first[2]) - log_cpm(second[0].T, second[2])
    return effect, logfc, np.array([moderation.total_df for moderation in moderations])


def donors_as_patients(
    reference: ad.AnnData,
    genes: pd.Index,
    *,
    cell_type: str,
    tissue: str,
    leave_out: str,
    replicates: int,
    seed: int,
) -> NullReplicates:
    """Take the healthy donors of a compartment, each compared with the others.

    Parameters
    ----------
    reference
        The healthy reference, with that comparison in its layers `effect` and `logfc`.
    genes
        Genes of the compartment, all of them genes of the reference.
    cell_type, tissue
        Those of the compartment.
    leave_out
        The patient, who may be a donor of the reference too.
    replicates
        Most replicates; of more donors some are drawn, the same in all compartments.
    seed
        Configured seed.

    Returns
    -------
    Replicates numbered by the donor's place among all donors of the reference, sorted; without
    donors who have no such compartment, or too few others to be compared with.
    """
    obs = reference.obs
    names = np.unique(obs["donor"].astype(str))
    drawn = generator(seed, "null donors").permutation(len(names))
    number = np.searchsorted(names, obs["donor"].to_numpy(dtype=str))
    chosen = np.isin(number, drawn[names[drawn] != leave_out][:replicates])
    chosen &= ((obs["cell_type"] == cell_type) & (obs["tissue"] == tissue)).to_numpy()
    rows = np.flatnonzero(chosen)
    column = reference.var_names.get_indexer(genes)
    effect, logfc = (
        np.asarray(reference.layers[name])[np.ix_(rows, column)].astype(np.float32)
        for name in ("effect", "logfc")
    )
    order = np.argsort(number[rows], kind="stable")
    order = order[np.isfinite(effect[order]).any(axis=1)]
    return NullReplicates(effect[order], logfc[order], number[rows][order])
