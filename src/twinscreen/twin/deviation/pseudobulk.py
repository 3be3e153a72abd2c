"""Counts summed over the cells of a compartment."""

from functools import cache

import numpy as np
from scipy import sparse, special


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


def level(sums: np.ndarray, library: np.ndarray) -> np.ndarray:
    """Expression of pooled cells: log of 1 + counts per 10,000.

    Parameters
    ----------
    sums
        Summed counts, shape (..., k).
    library
        Summed counts of all genes, shape (...).
    """
    return np.log1p(1e4 * sums / np.maximum(library, 1)[..., None])


def counting_variance(expected: np.ndarray) -> np.ndarray:
    """Variance of `log_cpm` that comes of counting molecules alone: that of Poisson counts.

    For few molecules it is summed over the distribution, because the delta method, 1 / (count
    log(2)^2), gives several times too much where a gene is seen once or not at all.

    Parameters
    ----------
    expected
        Expected counts, any shape.

    Returns
    -------
    Var log2(count + 0.5), same shape.
    """
    exact = np.interp(expected, *_few_molecules())
    many = 1 / (np.maximum(expected, _MANY) * np.log(2) ** 2)
    return np.where(expected < _MANY, exact, many)


_MANY = 60.0


@cache
def _few_molecules() -> tuple[np.ndarray, np.ndarray]:
    """Tabulate expected counts below `_MANY` and the variance of log2(count + 0.5)."""
    mean = np.concatenate([[0], np.geomspace(0.005, _MANY, 400)])
    count = np.arange(4 * int(_MANY))
    share = np.exp(special.xlogy(count, mean[:, None]) - mean[:, None] - special.gammaln(count + 1))
    level = np.log2(count + 0.5)
    return mean, share @ level**2 - (share @ level) ** 2
