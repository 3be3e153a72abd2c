"""How alike twins are: their effects correlated, their relevance compared, place by place.

A place is a cell type of a tissue in its treated state. Figures of a pair of patients are
averaged over the places that both have. Pairs are never looped over: all are sums over genes of
products or of smaller values, taken in blocks of genes. See docs/methods/cohort.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial.distance import pdist, squareform

from twinscreen.cohort.similarity.clusters import Clusters, find_clusters
from twinscreen.cohort.similarity.neighbours import neighbours
from twinscreen.cohort.similarity.profiles import Place, Profiles
from twinscreen.files import (
    generator,
)

#: Two patients with fewer genes measured in both share no place: a correlation of so few is noise.
FEWEST_GENES = 20

#: Genes taken at a time: for products as many as fit into memory for 2,000 patients, for distances
#: as few as stay in the processor's cache (six times as fast).
_PRODUCT_BLOCK, _DISTANCE_BLOCK = 2048, 64


@dataclass(frozen=True)
class Similarity:
    """Figures of all pairs of n patients, symmetric, shape (n, n) each; NaN if no place is shared.

    `effect` is the mean correlation of effects, -1 to 1; `relevance` the mean weighted Jaccard
    index, 0 to 1; `similarity` the mean of both, each freed of which places the two share.
    `n_compartments` counts those; its diagonal, the places of each patient.
    """

    effect: np.ndarray
    relevance: np.ndarray
    similarity: np.ndarray
    n_compartments: np.ndarray


def effect_correlation(effect: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Correlate every two rows over the columns that both store (Pearson).

    Parameters
    ----------
    effect
        Shape (m, g); what is stored was measured, 0 too.

    Returns
    -------
    Correlations, shape (m, m), NaN where fewer than two columns are shared or one of both does
    not vary over them; and the number of columns shared, shape (m, m).
    """
    m = effect.shape[0]
    columns = _columns(effect)
    # A shift of a row changes no correlation, and sums of squares lose fewer digits.
    values = columns.astype(np.float64)
    sizes = np.diff(columns.indptr)
    values.data -= np.repeat(_row_means(columns), sizes)
    measured = sparse.csr_array(
        (np.ones(values.nnz), values.indices, values.indptr), shape=values.shape
    )
    shared, one, two, both = (np.zeros((m, m)) for _ in range(4))
    for x, there in zip(
        _blocks(values, _PRODUCT_BLOCK), _blocks(measured, _PRODUCT_BLOCK), strict=True
    ):
        shared += there @ there.T
        one += x @ there.T
        two += (x * x) @ there.T
        both += x @ x.T
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = both - one * one.T / shared
        variance = two - one**2 / shared
        # What is left of the squares by rounding is no variance.
        variance[variance <= 1e-12 * two] = np.nan
        correlation = covariance / np.sqrt(variance * variance.T)
    correlation[shared < 2] = np.nan
    return np.clip(correlation, -1, 1), np.rint(shared).astype(int)


def weighted_jaccard(weight: sparse.csr_array) -> np.ndarray:
    """Compare every two rows: sum of the smaller weights over sum of the greater ones.

    Since min(a, b) = (a + b - |a - b|) / 2, the city-block distance says all.

    Parameters
    ----------
    weight
        At least 0, shape (m, g); what is not stored is 0.

    Returns
    -------
    Shape (m, m), 0 to 1; NaN for a row without any weight, and all its pairs.

    References
    ----------
    Ruzicka, Biologia (Bratislava) 1958;13:647; Ioffe, ICDM 2010:246.
    """
    m = weight.shape[0]
    apart = np.zeros(m * (m - 1) // 2)
    for block in _blocks(_columns(weight).astype(np.float64), _DISTANCE_BLOCK):
        apart += pdist(block, "cityblock")
    total = np.asarray(weight.astype(np.float64).sum(axis=1)).ravel()
    sums, difference = total[:, None] + total, squareform(apart, checks=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = (sums - difference) / (sums + difference)
    index[(total == 0)[:, None] | (total == 0)] = np.nan
    return index


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
        Effects and relevance, place by place.
    n_patients
        n, of whom a place may lack some.

    Returns
    -------
    The figures. Where a pair has effects in common but no relevance, its relevance counts as
    average in the similarity, which neither draws the two together nor parts them.
    """
    effect, relevance = _Average(n_patients), _Average(n_patients)
    count = np.zeros((n_patients, n_patients), dtype=int)
    for place in places:
        at = np.ix_(place.rows, place.rows)
        correlation, shared = effect_correlation(place.effect)
        correlation[shared < FEWEST_GENES] = np.nan
        alike = weighted_jaccard(place.relevance)
        alike[np.isnan(correlation)] = np.nan
        effect.add(at, correlation, shared)
        relevance.add(at, alike, shared)
        count[at] += np.isfinite(correlation)
    similarity = effect.freed() + np.where(count > 0, relevance.freed(missing=True), np.nan)
    if relevance.known.any():
        similarity /= 2
    return Similarity(effect.mean(), relevance.mean(), similarity, count)


class _Average:
    """Mean of a figure of pairs over places, and what one expects it to be in those places."""

    def __init__(self, n: int) -> None:
        self.total, self.expected, self.weight = (np.zeros((n, n)) for _ in range(3))

    def add(self, at: tuple[np.ndarray, ...], figure: np.ndarray, weight: np.ndarray) -> None:
        """Add a place: figures of the pairs `at`, NaN where they have none."""
        known = np.isfinite(figure)
        pairs = figure[np.triu(known, 1)]
        weight = np.where(known, weight, 0)
        self.weight[at] += weight
        self.total[at] += weight * np.where(known, figure, 0)
        self.expected[at] += weight * (pairs.mean() if len(pairs) else 0)

    @property
    def known(self) -> np.ndarray:
        """Which pairs of different patients have the figure."""
        return np.triu(self.weight > 0, 1)

    def mean(self) -> np.ndarray:
        """Give the mean, NaN where a pair has none."""
        return np.divide(
            self.total, self.weight, out=np.full_like(self.total, np.nan), where=self.weight > 0
        )

    def freed(self, *, missing: bool = False) -> np.ndarray:
        """Give the mean less what is expected, plus the overall mean, which stands for `missing`.

        Of no pair at all it is 0.
        """
        overall = float(self.mean()[self.known].mean()) if self.known.any() else 0.0
        more = np.divide(
            self.total - self.expected,
            self.weight,
            out=np.full_like(self.total, 0.0 if missing else np.nan),
            where=self.weight > 0,
        )
        return np.asarray(more + overall)


@dataclass(frozen=True)
class Comparison:
    """Tables of the comparison of twins.

    How alike each pair is, the group of each patient, the numbers of groups that were tried, and
    whether patients with something in common are more alike; contracts COHORT_SIMILARITY,
    COHORT_CLUSTERS, COHORT_CLUSTER_NUMBERS and COHORT_NEIGHBOURS.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    numbers: pd.DataFrame
    neighbours: pd.DataFrame


def compare_twins(profiles: Profiles, *, seed: int) -> Comparison:
    """Measure how alike all twins are, and find the groups that they form.

    Parameters
    ----------
    profiles
        The screened states of all twins.
    seed
        Seed of the clouds that the groups are compared with.
    """
    found = compare(profiles.places.values(), len(profiles.patients))
    clusters = find_clusters(found.similarity, rng=generator(seed, "cohort", "clusters"))
    return Comparison(
        _pairs(profiles, found),
        _people(profiles, found, clusters),
        _numbers(clusters),
        neighbours(
            found.similarity,
            profiles.patients,
            profiles.texts,
            rng=generator(seed, "cohort", "likeness"),
        ),
    )


def _pairs(profiles: Profiles, found: Similarity) -> pd.DataFrame:
    """List the pairs of patients."""
    names = np.array(profiles.patients, dtype=object)
    first, second = np.triu_indices(len(names), 1)
    pairs = {
        name: getattr(found, name)[first, second]
        for name in ("effect", "relevance", "similarity", "n_compartments")
    }
    return pd.DataFrame({"patient_a": names[first], "patient_b": names[second], **pairs})


def _people(profiles: Profiles, found: Similarity, clusters: Clusters) -> pd.DataFrame:
    """List the patients, each with its group."""
    grouped = pd.array(clusters.labels, dtype="Int64")
    grouped[clusters.labels == 0] = pd.NA
    people = pd.DataFrame(
        {
            "patient": np.array(profiles.patients, dtype=object),
            "place": clusters.place,
            "cluster": grouped,
            "silhouette": clusters.silhouettes,
            "n_compartments": np.diag(found.n_compartments),
        }
    )
    return people.sort_values("place")


def _numbers(clusters: Clusters) -> pd.DataFrame:
    """List the numbers of groups that were tried."""
    numbers = pd.DataFrame(
        {
            "n_clusters": list(clusters.by_number),
            "silhouette": list(clusters.by_number.values()),
        }
    ).astype({"n_clusters": int, "silhouette": float})
    return numbers.assign(
        limit=clusters.limit,
        pvalue=clusters.pvalue,
        chosen=numbers["n_clusters"] == clusters.n_clusters,
    )


def _columns(matrix: sparse.csr_array) -> sparse.csr_array:
    """Keep the columns that anything is stored in."""
    used = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    indices = (np.cumsum(used) - 1)[matrix.indices]
    shape = (matrix.shape[0], int(used.sum()))
    return sparse.csr_array((matrix.data, indices, matrix.indptr), shape=shape)


def _row_means(matrix: sparse.csr_array) -> np.ndarray:
    """Give the mean of what each row stores; 0 of nothing."""
    total = np.asarray(matrix.astype(np.float64).sum(axis=1)).ravel()
    return np.asarray(total / np.maximum(np.diff(matrix.indptr), 1))


def _blocks(matrix: sparse.csr_array, size: int) -> Iterable[np.ndarray]:
    """Give the columns as dense blocks; empty entries are 0."""
    by_column = matrix.tocsc()
    for start in range(0, matrix.shape[1], size):
        yield by_column[:, start : start + size].toarray()
