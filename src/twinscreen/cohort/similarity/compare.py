"""How similar twins are: their effects correlated, their relevance compared, place by place.

A place is a cell type of a tissue in its treated state. Figures of a pair of patients are
averaged over the places that both have. Pairs are never looped over: all are sums over genes of
products or of smaller values, taken in blocks of genes and of patients. See docs/methods/cohort.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial.distance import cdist, pdist, squareform

from twinscreen.cohort.similarity.pairs import Level, Likeness, Pairs
from twinscreen.cohort.similarity.profiles import Place

#: Two patients with fewer genes measured in both share no place: a correlation of so few is noise.
FEWEST_GENES = 20

#: Genes taken at a time: for products as many as fit into memory, for distances as few as stay in
#: the processor's cache (six times as fast).
_PRODUCT_BLOCK, _DISTANCE_BLOCK = 2048, 64

#: Patients of whom all pairs with as many others are taken at a time.
_PATIENTS = 1024


@dataclass(frozen=True)
class Similarity:
    """Figures of all pairs of n patients, as `Pairs` has them in order; NaN if no place is shared.

    `effect` is the mean correlation of effects, -1 to 1; `relevance` the mean weighted Jaccard
    index, 0 to 1; `similarity` the mean of both, each freed of which places the two share.
    `n_compartments` counts those; `n_places`, shape (n,), the places of each patient; `levels` are
    what effect and relevance are on average.
    """

    effect: np.ndarray
    relevance: np.ndarray
    similarity: np.ndarray
    n_compartments: np.ndarray
    n_places: np.ndarray
    levels: tuple[Level, Level]


def effect_correlation(
    effect: sparse.csr_array, other: sparse.csr_array | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Correlate every two rows over the columns that both store (Pearson).

    Parameters
    ----------
    effect
        Shape (m, g); what is stored was measured, 0 too.
    other
        Rows that those are compared with, shape (k, g); None: each other.

    Returns
    -------
    Correlations, shape (m, k), NaN where fewer than two columns are shared or one of both does
    not vary over them; and the number of columns shared, shape (m, k).
    """
    kept = _used(effect, other)
    mine = _centred(effect, kept)
    its = mine if other is None else _centred(other, kept)
    sums = np.zeros((6, effect.shape[0], its[0].shape[0]))
    shared, both, one, two, its_one, its_two = sums
    for start in range(0, len(kept), _PRODUCT_BLOCK):
        x, there = (_block(part, start, _PRODUCT_BLOCK) for part in mine)
        y, here = x, there
        if other is not None:
            y, here = (_block(part, start, _PRODUCT_BLOCK) for part in its)
            its_one += there @ y.T
            its_two += there @ (y * y).T
        shared += there @ here.T
        both += x @ y.T
        one += x @ here.T
        two += (x * x) @ here.T
    if other is None:
        its_one, its_two = one.T, two.T
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = both - one * its_one / shared
        variance, its_variance = _variance(two, one, shared), _variance(its_two, its_one, shared)
        correlation = covariance / np.sqrt(variance * its_variance)
    correlation[shared < 2] = np.nan
    return np.clip(correlation, -1, 1), np.rint(shared).astype(int)


def weighted_jaccard(weight: sparse.csr_array, other: sparse.csr_array | None = None) -> np.ndarray:
    """Compare every two rows: sum of the smaller weights over sum of the greater ones.

    Since min(a, b) = (a + b - |a - b|) / 2, the city-block distance says all.

    Parameters
    ----------
    weight
        At least 0, shape (m, g); what is not stored is 0.
    other
        Rows that those are compared with, shape (k, g); None: each other.

    Returns
    -------
    Shape (m, k), 0 to 1; NaN for a row without any weight, and all its pairs.

    References
    ----------
    Ruzicka, Biologia (Bratislava) 1958;13:647; Ioffe, ICDM 2010:246.
    """
    kept = _used(weight, other)
    mine = _columns(weight, kept).astype(np.float64)
    its = mine if other is None else _columns(other, kept).astype(np.float64)
    by_column, its_by_column = mine.tocsc(), its.tocsc()
    m = weight.shape[0]
    apart = np.zeros(m * (m - 1) // 2 if other is None else (m, its.shape[0]))
    for start in range(0, len(kept), _DISTANCE_BLOCK):
        block = _block(by_column, start, _DISTANCE_BLOCK)
        if other is None:
            apart += pdist(block, "cityblock")
        else:
            apart += cdist(block, _block(its_by_column, start, _DISTANCE_BLOCK), "cityblock")
    total, its_total = (np.asarray(of.sum(axis=1)).ravel() for of in (mine, its))
    sums = total[:, None] + its_total
    difference = squareform(apart, checks=False) if other is None else apart
    with np.errstate(divide="ignore", invalid="ignore"):
        index = (sums - difference) / (sums + difference)
    index[(total == 0)[:, None] | (its_total == 0)] = np.nan
    return np.asarray(index)


def compare(places: Iterable[Place], n_patients: int) -> Similarity:
    """Average the figures of every pair over the places that both patients have.

    A place weighs as much as it has genes measured in both patients: the fewer the cells, the
    fewer genes have enough counts to be compared, and the noisier is what they say. Some cell
    types are more alike in everybody than others; so that two patients don't look alike only
    because they share those, the similarity takes each figure less what all pairs have on average
    in the same places, plus what they have on average overall. Where all patients have all places
    measured alike this changes nothing.

    Parameters
    ----------
    places
        Effects and relevance, place by place; one is in memory at a time.
    n_patients
        n, of whom a place may lack some.

    Returns
    -------
    The figures. Where a pair has effects in common but no relevance, its relevance counts as
    average in the similarity, which neither draws the two together nor parts them.
    """
    pairs, alone = Pairs(n_patients), np.zeros(n_patients, dtype=int)
    found = Likeness(len(pairs))
    for place in places:
        *figures, varies = _of_place(place)

        def put(whole: np.ndarray, values: np.ndarray, rows: np.ndarray = place.rows) -> None:
            pairs.add(whole, rows, values)

        found.add(put, place.name, *figures)
        alone[place.rows] += varies
    return Similarity(
        found.effect.mean(),
        found.relevance.mean(),
        found.similarity(),
        found.count,
        alone,
        found.levels(),
    )


def _of_place(place: Place) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compare the m patients of a place, blocks of them at a time.

    Returns
    -------
    Of each pair correlation, weighted Jaccard index and number of genes shared; and of each
    patient, shape (m,), whether its own effects can be correlated with any.
    """
    m = len(place.rows)
    pairs, varies = Pairs(m), np.zeros(m, dtype=bool)
    correlation, alike = np.empty(len(pairs)), np.empty(len(pairs))
    shared = np.empty(len(pairs), dtype=np.int32)
    starts = range(0, m, _PATIENTS)
    for rows in (slice(start, start + _PATIENTS) for start in starts):
        for columns in (slice(start, start + _PATIENTS) for start in starts if start >= rows.start):
            of = [
                (part[rows], part[columns] if columns != rows else None)
                for part in (place.effect, place.relevance)
            ]
            figure, genes = effect_correlation(*of[0])
            figure[genes < FEWEST_GENES] = np.nan
            index = weighted_jaccard(*of[1])
            index[np.isnan(figure)] = np.nan
            if columns == rows:
                varies[rows] = np.isfinite(np.diag(figure))
            for whole, block in ((correlation, figure), (alike, index), (shared, genes)):
                pairs.put(whole, block, rows.start, columns.start)
    return correlation, alike, shared, varies


def _used(matrix: sparse.csr_array, other: sparse.csr_array | None) -> np.ndarray:
    """Name the columns that anything is stored in."""
    used = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    if other is not None:
        used |= np.bincount(other.indices, minlength=matrix.shape[1]) > 0
    return np.flatnonzero(used)


def _columns(matrix: sparse.csr_array, kept: np.ndarray) -> sparse.csr_array:
    """Keep columns, all those among them that anything is stored in."""
    place = np.zeros(matrix.shape[1], dtype=matrix.indices.dtype)
    place[kept] = np.arange(len(kept))
    shape = (matrix.shape[0], len(kept))
    return sparse.csr_array((matrix.data, place[matrix.indices], matrix.indptr), shape=shape)


def _centred(matrix: sparse.csr_array, kept: np.ndarray) -> tuple[sparse.csc_array, ...]:
    """Give what is stored less the mean of its row, and where anything is stored.

    A shift of a row changes no correlation, and sums of squares lose fewer digits.
    """
    columns = _columns(matrix, kept)
    values = columns.astype(np.float64)
    values.data -= np.repeat(_row_means(columns), np.diff(columns.indptr))
    measured = sparse.csr_array(
        (np.ones(values.nnz), values.indices, values.indptr), shape=values.shape
    )
    return values.tocsc(), measured.tocsc()


def _row_means(matrix: sparse.csr_array) -> np.ndarray:
    """Give the mean of what each row stores; 0 of nothing."""
    total = np.asarray(matrix.astype(np.float64).sum(axis=1)).ravel()
    return np.asarray(total / np.maximum(np.diff(matrix.indptr), 1))


def _variance(squares: np.ndarray, sums: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Give the sum of squares about the mean; what rounding leaves of them is none: NaN."""
    variance = squares - sums**2 / shared
    variance[variance <= 1e-12 * squares] = np.nan
    return variance


def _block(matrix: sparse.csc_array, start: int, size: int) -> np.ndarray:
    """Give some columns as a dense block; empty entries are 0."""
    return matrix[:, start : start + size].toarray()
