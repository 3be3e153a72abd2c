"""Counts summed over the cells of a compartment."""

import numpy as np
from scipy import sparse


def pseudobulk(counts: sparse.csr_array, group: np.ndarray, *, groups: int) -> np.ndarray:
    """Sum the counts of cells within groups.

    Parameters
    ----------
    counts
        Cells x genes, shape (c, g).
    group
        Group number of each cell, shape (c,).
    groups
        Number of groups.

    Returns
    -------
    Summed counts, shape (groups, g), float64.
    """
    cells = np.arange(len(group))
    member = sparse.csr_array((np.ones(len(group)), (group, cells)), shape=(groups, len(group)))
    return (member @ counts).toarray()


def log_cpm(counts: np.ndarray, library: np.ndarray | None = None) -> np.ndarray:
    """Log2 counts per million, log2((count + 0.5) / (library + 1) x 10^6), along the last axis.

    Parameters
    ----------
    counts
        Summed counts, shape (..., g).
    library
        Summed counts of all genes, shape (...), where `counts` holds some genes only.
    """
    if library is None:
        library = counts.sum(axis=-1)
    return np.log2((counts + 0.5) / (np.asarray(library)[..., None] + 1) * 1e6)


def counting_variance(counts: np.ndarray) -> np.ndarray:
    """Variance of `log_cpm` that comes of counting molecules alone (Poisson, delta method)."""
    return 1 / ((counts + 0.5) * np.log(2) ** 2)
