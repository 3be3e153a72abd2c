"""Figures of pairs that are listed one by one, where few of all are wanted."""

import numpy as np

from twinscreen.cohort.similarity.compare import FEWEST_GENES
from twinscreen.cohort.similarity.profiles import Place
from twinscreen.network.kernels.compiled import compiled


def compare_listed(
    place: Place, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare pairs of the m patients of a place.

    Parameters
    ----------
    place
        Effects and relevance.
    first, second
        Rows of the place, shape (k,).

    Returns
    -------
    Of each pair correlation, weighted Jaccard index and number of genes shared, shape (k,), as
    `effect_correlation` and `weighted_jaccard` give them; both figures are NaN where too few genes
    are shared.
    """
    effect, relevance = place.effect, place.relevance
    sizes = np.diff(effect.indptr)
    totals = np.asarray(effect.astype(np.float64).sum(axis=1)).ravel()
    sums = _sums(
        *(first, second, effect.indptr, effect.indices, effect.data),
        totals / np.maximum(sizes, 1),
    )
    shared, both, one, two, its_one, its_two = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        variance, its_variance = two - one**2 / shared, its_two - its_one**2 / shared
        variance[variance <= 1e-12 * two] = np.nan
        its_variance[its_variance <= 1e-12 * its_two] = np.nan
        correlation = (both - one * its_one / shared) / np.sqrt(variance * its_variance)
    correlation[shared < FEWEST_GENES] = np.nan
    total = np.asarray(relevance.astype(np.float64).sum(axis=1)).ravel()
    smaller = _smaller(first, second, relevance.indptr, relevance.indices, relevance.data)
    with np.errstate(invalid="ignore"):
        alike = smaller / (total[first] + total[second] - smaller)
    alike[(total[first] == 0) | (total[second] == 0) | np.isnan(correlation)] = np.nan
    return np.clip(correlation, -1, 1), alike, shared.astype(int)


@compiled()
def _sums(
    first: np.ndarray,
    second: np.ndarray,
    starts: np.ndarray,
    columns: np.ndarray,
    values: np.ndarray,
    means: np.ndarray,
) -> np.ndarray:
    """Sum up what two rows of a sparse matrix store in the same columns, less their means.

    Returns
    -------
    Of each pair the number of columns, the sum of products, then sum and sum of squares of the
    first row and of the second; shape (k, 6).
    """
    found = np.zeros((len(first), 6))
    for pair in range(len(first)):
        row, other = first[pair], second[pair]
        a, a_end = starts[row], starts[row + 1]
        b, b_end = starts[other], starts[other + 1]
        n = both = one = two = its_one = its_two = 0.0
        while a < a_end and b < b_end:
            if columns[a] < columns[b]:
                a += 1
            elif columns[a] > columns[b]:
                b += 1
            else:
                x, y = values[a] - means[row], values[b] - means[other]
                n += 1
                both += x * y
                one += x
                two += x * x
                its_one += y
                its_two += y * y
                a += 1
                b += 1
        found[pair] = n, both, one, two, its_one, its_two
    return found


@compiled()
def _smaller(
    first: np.ndarray,
    second: np.ndarray,
    starts: np.ndarray,
    columns: np.ndarray,
    values: np.ndarray,
) -> np.ndarray:
    """Sum up the smaller of what two rows store in the same columns, shape (k,)."""
    found = np.zeros(len(first))
    for pair in range(len(first)):
        a, a_end = starts[first[pair]], starts[first[pair] + 1]
        b, b_end = starts[second[pair]], starts[second[pair] + 1]
        while a < a_end and b < b_end:
            if columns[a] < columns[b]:
                a += 1
            elif columns[a] > columns[b]:
                b += 1
            else:
                found[pair] += min(values[a], values[b])
                a += 1
                b += 1
    return found
