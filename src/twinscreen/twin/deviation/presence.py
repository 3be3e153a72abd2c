"""In which share of the cells of a compartment each gene is found, and at what level."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.twin.deviation.pseudobulk import pseudobulk


@dataclass(frozen=True)
class Presence:
    """What the cells of one compartment have of g genes, compared with healthy or not.

    `detected` (g,) is the share of cells with a count, `level` (g,) counts per 10,000 counts.
    `n_coding` is the number of protein-coding genes that were measured in the sample that measured
    fewest.
    """

    genes: pd.Index
    detected: np.ndarray
    level: np.ndarray
    n_coding: int


def presence(states: Sequence[ad.AnnData], coding: Collection[str]) -> dict[str, Presence]:
    """Say what the cells of each type have, over the samples that measured a gene.

    Parameters
    ----------
    states
        Usable samples of one tissue and time point.
    coding
        Symbols of protein-coding genes.

    Returns
    -------
    By cell type.
    """
    genes = states[0].var_names
    for other in states[1:]:
        genes = genes.union(other.var_names, sort=False)
    types = sorted({name for one in states for name in one.obs["cell_type"].astype(str)})
    found, counts, cells, library = np.zeros((4, len(types), len(genes)))
    for one in states:
        column = genes.get_indexer(one.var_names)
        group = pd.Index(types).get_indexer(one.obs["cell_type"].astype(str))
        matrix = sparse.csr_array(one.X)
        sums = pseudobulk(matrix, group, groups=len(types))
        found[:, column] += pseudobulk(matrix > 0, group, groups=len(types))
        counts[:, column] += sums
        cells[:, column] += np.bincount(group, minlength=len(types))[:, None]
        library[:, column] += sums.sum(axis=1)[:, None]
    n_coding = min(int(one.var_names.isin(coding).sum()) for one in states)
    missing = np.full(found.shape, np.nan)
    detected = np.divide(found, cells, out=missing.copy(), where=cells > 0)
    level = np.divide(1e4 * counts, library, out=missing, where=library > 0)
    return {
        name: Presence(genes, detected[row], level[row], n_coding) for row, name in enumerate(types)
    }
