"""Single cells of two sides compared, for methods that take cells for replicates.

Cells of one person are no replicates of the person: these p-values are far too small to stand
for the donor's deviation. They are kept beside it because readers know them, and for methods
that rest on them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

#: Groups of fewer cells are not compared.
FEWEST = 3


@dataclass(frozen=True)
class CellLevel:
    """Cells against control cells over g genes, arrays of shape (g,); NaN without a count.

    `logfc` is the natural log of the ratio of mean counts per 10,000, one added to both;
    `pvalue` that of Wilcoxon's rank-sum test, two-sided; `share` the larger of the two sides'
    shares of cells with a count.
    """

    logfc: np.ndarray
    pvalue: np.ndarray
    share: np.ndarray


def compare_cells(cells: sparse.csr_array, control: sparse.csr_array) -> CellLevel | None:
    """Compare cells with control cells, gene by gene.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g).

    Returns
    -------
    The comparison, on counts per 10,000 of a cell; None if either side has too few cells.

    References
    ----------
    Butler et al., Nature Biotechnology 2018;36:411 (fold change and test as in Seurat).
    """
    if min(cells.shape[0], control.shape[0]) < FEWEST:
        return None
    sides = [_per_ten_thousand(side) for side in (cells, control)]
    mean = [np.asarray(side.mean(axis=0), dtype=float) for side in sides]
    share = [np.diff(side.tocsc().indptr) / side.shape[0] for side in sides]
    larger = np.maximum(*share)
    seen = larger > 0
    pvalue = rank_sum_pvalue(*sides)
    return CellLevel(
        np.where(seen, np.log1p(mean[0]) - np.log1p(mean[1]), np.nan),
        np.where(seen, pvalue, np.nan),
        np.where(seen, larger, np.nan),
    )


def _per_ten_thousand(counts: sparse.csr_array) -> sparse.csr_array:
    """Scale each cell to 10,000 counts, without explicit zeros."""
    library = np.maximum(np.asarray(counts.sum(axis=1), dtype=float), 1)
    scaled = sparse.csr_array(counts.astype(float))
    scaled.data *= np.repeat(1e4 / library, np.diff(scaled.indptr))
    scaled.eliminate_zeros()
    return scaled


def rank_sum_pvalue(first: sparse.csr_array, second: sparse.csr_array) -> np.ndarray:
    """Wilcoxon's rank-sum test of each column, two-sided; only what is not 0 is sorted.

    Parameters
    ----------
    first, second
        Values of 0 or more, shapes (c, g) and (k, g).

    Returns
    -------
    p from the normal approximation with corrections for ties and continuity, shape (g,); 1 where
    all values are the same.
    """
    number = first.shape[0], second.shape[0]
    total = sum(number)
    columns = sparse.coo_array(sparse.vstack([first, second]))
    row, column = columns.coords
    order = np.lexsort([columns.data, column])
    value, column, mine = columns.data[order], column[order], (row < number[0])[order]
    filled = np.bincount(column, minlength=first.shape[1])
    zeros = total - filled

    new = np.ones(len(value), dtype=bool)
    new[1:] = (value[1:] != value[:-1]) | (column[1:] != column[:-1])
    begin = np.flatnonzero(new)
    size = np.diff(np.append(begin, len(value)))
    place = begin - (np.cumsum(filled) - filled)[column[begin]]  # within the column, from 0
    rank = np.repeat(place + (size + 1) / 2, size) + zeros[column]

    def by_column(weights: np.ndarray, which: np.ndarray = column) -> np.ndarray:
        return np.bincount(which, weights=weights, minlength=first.shape[1])

    own_zeros = number[0] - by_column(mine.astype(float))
    ranks = by_column(rank * mine) + own_zeros * (zeros + 1) / 2
    ties = by_column(size.astype(float) ** 3 - size, column[begin])
    ties += zeros.astype(float) ** 3 - zeros
    distance = np.abs(ranks - number[0] * (total + 1) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(number[0] * number[1] / 12 * (total + 1 - ties / (total * (total - 1))))
        z = np.where(sd > 0, np.maximum(distance - 0.5, 0) / sd, 0)
    return np.asarray(np.minimum(2 * special.ndtr(-z), 1))
