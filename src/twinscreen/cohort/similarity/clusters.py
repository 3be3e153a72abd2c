"""Groups of similar twins, and whether there are any.

Average linkage on the distance sqrt(1 - similarity), cut where the mean silhouette is greatest.
Every set of points has such a cut, so the silhouette is compared with what a single cloud gives
that spreads as widely in every direction: see docs/methods/cohort.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

#: Fewer patients are not grouped.
FEWEST_PATIENTS = 4
#: Most groups that are tried.
MOST_CLUSTERS = 10
#: Clouds that the greatest silhouette is compared with, and the share that may reach it. The time
#: of a cloud grows faster than the patients: beyond so many patients there are fewer, by as much as
#: there are more patients, but as many as LIMIT needs.
CLOUDS, FEWEST_CLOUDS = 199, 39
LIMIT = 0.05
_MOST_WITH_ALL_CLOUDS = 1000
#: Above this number the quadratic ordering of leaves takes longer than it is worth.
_MOST_ORDERED = 400


@dataclass(frozen=True)
class Clusters:
    """Groups of n patients.

    `place`, shape (n,): where each stands when those alike stand together, 0 first. `labels`,
    shape (n,): 1, 2, ... in the order of the places, all 1 where there are no groups, 0 for a
    patient who can't be compared. `silhouettes`, shape (n,): of each patient in the groups
    chosen, else NaN. `by_number`: mean silhouette by number of groups. `limit`: what 95 % of
    clouds stay below; `pvalue`: share of clouds (the patients among them) that reach the
    greatest silhouette; both NaN where nothing was tried. `n_clusters` is 1 without groups.
    """

    place: np.ndarray
    labels: np.ndarray
    silhouettes: np.ndarray
    by_number: dict[int, float]
    limit: float
    pvalue: float
    n_clusters: int


def find_clusters(
    similarity: np.ndarray, *, rng: np.random.Generator, clouds: int | None = None
) -> Clusters:
    """Order patients, and group them if they are grouped at all.

    Parameters
    ----------
    similarity
        Symmetric, shape (n, n), at most 1; NaN where two patients can't be compared. Such a pair
        counts as the median of all; a patient who can't be compared with anybody is left out.
    rng
        Source of randomness of the clouds.
    clouds
        Number of clouds; None: as `clouds_for` gives it.
    """
    n = len(similarity)
    clouds = clouds_for(n) if clouds is None else clouds
    apart = 1 - similarity  # of thousands of patients, one such square is most of the memory
    np.sqrt(np.clip(apart, 0, None, out=apart), out=apart)
    np.fill_diagonal(apart, np.nan)
    compared = np.flatnonzero(np.isfinite(apart).any(axis=1))
    apart = apart[np.ix_(compared, compared)]
    if len(compared):
        apart[np.isnan(apart)] = np.nanmedian(apart)
    np.fill_diagonal(apart, 0)
    order = _order(apart)
    place = np.empty(n, dtype=int)
    others = np.setdiff1d(np.arange(n), compared)
    place[np.concatenate([compared[order], others])] = np.arange(n)
    cuts, best, limit, pvalue = _judge(apart, rng, clouds)
    labels, silhouettes = np.zeros(n, dtype=int), np.full(n, np.nan)
    labels[compared] = 1
    if best:
        labels[compared] = _numbered(cuts[best], order)
        silhouettes[compared] = silhouette(apart, cuts[best])
    return Clusters(
        place=place,
        labels=labels,
        silhouettes=silhouettes,
        by_number={number: _mean(apart, cut) for number, cut in cuts.items()},
        limit=limit,
        pvalue=pvalue,
        n_clusters=best or 1,
    )


def clouds_for(n_patients: int) -> int:
    """Say how many clouds a cohort of so many patients is compared with."""
    fewer = CLOUDS * _MOST_WITH_ALL_CLOUDS // max(n_patients, _MOST_WITH_ALL_CLOUDS)
    return max(fewer, FEWEST_CLOUDS)


def silhouette(apart: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Say how much nearer each point is to its own group than to the next.

    Parameters
    ----------
    apart
        Distances, shape (n, n).
    labels
        Group of each point, shape (n,); at least two groups.

    Returns
    -------
    Shape (n,), -1 to 1; 0 for a point that is alone in its group.

    References
    ----------
    Rousseeuw, Journal of Computational and Applied Mathematics 1987;20:53.
    """
    _, row = np.unique(labels, return_inverse=True)
    member = np.eye(row.max() + 1)[row]
    size = member.sum(axis=0)
    total = apart @ member
    points = np.arange(len(row))
    own = total[points, row] / np.maximum(size[row] - 1, 1)
    means = total / size
    means[points, row] = np.inf
    nearest = means.min(axis=1)
    greater = np.maximum(own, nearest)
    value = np.divide(nearest - own, greater, out=np.zeros(len(row)), where=greater > 0)
    value[size[row] == 1] = 0
    return np.asarray(value)


def single_clouds(
    apart: np.ndarray, *, rng: np.random.Generator, clouds: int
) -> Iterator[np.ndarray]:
    """Draw distances of n points of one Gaussian cloud that spreads as the points given do.

    Principal coordinates give the variance in each of n - 1 directions. Profiles of thousands of
    genes are noisy in far more directions than there are patients, which puts the same distance
    between any two of them: up to the median, variance is taken for that noise, and its mean added
    to every squared distance; what is above it is the spread of the cloud. Drawing the noise in
    n - 1 directions instead would make clouds lumpier than patients ever are.

    Parameters
    ----------
    apart
        Distances, shape (n, n).
    rng
        Source of randomness.
    clouds
        How many to draw.

    Returns
    -------
    Distances, shape (n, n), one draw after the other.

    References
    ----------
    Gower, Biometrika 1966;53:325; Liu et al., Journal of the American Statistical Association
    2008;103:1281.
    """
    n, spread = len(apart), np.linalg.eigvalsh(centred_squares(apart))
    spread = np.delete(spread, np.argmin(np.abs(spread)))  # the direction that centring took away
    noise = max(float(np.median(spread)), 0.0)
    scale = np.sqrt((spread[spread > noise * (1 + 1e-9)] - noise) / (n - 1))
    floor = max(float(np.minimum(spread, noise).mean()), 0.0)
    for _ in range(clouds):
        points = rng.standard_normal((n, len(scale)))
        points *= scale
        length = (points**2).sum(axis=1)
        drawn = length[:, None] + length
        drawn -= 2 * points @ points.T
        np.clip(drawn, 0, None, out=drawn)
        drawn += 2 * floor
        np.sqrt(drawn, out=drawn)
        np.fill_diagonal(drawn, 0)
        yield drawn
        del points, drawn


def centred_squares(apart: np.ndarray) -> np.ndarray:
    """Give the products of points about their mean by their distances, shape (n, n).

    Its eigenvalues are the variances of the principal coordinates, n times.
    """
    squares = apart**2
    means = squares.mean(axis=0), squares.mean(axis=1)[:, None], squares.mean()
    squares -= means[0]
    squares -= means[1]
    squares += means[2]
    squares /= -2
    return np.asarray(squares)


def _judge(
    apart: np.ndarray, rng: np.random.Generator, clouds: int
) -> tuple[dict[int, np.ndarray], int, float, float]:
    """Cut the tree into each number of groups; give the best number, or 0, with limit and p."""
    if len(apart) < FEWEST_PATIENTS or not apart.any():
        return {}, 0, np.nan, np.nan
    cuts = _cuts(apart)
    if not cuts:
        return {}, 0, np.nan, np.nan
    means = {number: _mean(apart, cut) for number, cut in cuts.items()}
    best = max(means, key=lambda number: (means[number], -number))
    reached = np.array(
        [
            max((_mean(cloud, cut) for cut in _cuts(cloud).values()), default=0.0)
            for cloud in single_clouds(apart, rng=rng, clouds=clouds)
        ]
    )
    pvalue = (1 + int((reached >= means[best]).sum())) / (clouds + 1)
    limit = float(np.quantile(reached, 1 - LIMIT))
    return cuts, best if pvalue <= LIMIT else 0, limit, pvalue


def _cuts(apart: np.ndarray) -> dict[int, np.ndarray]:
    """Give the groups of average linkage, by their number; numbers that ties forbid are absent."""
    tree = linkage(squareform(apart, checks=False), method="average")
    most = min(MOST_CLUSTERS, len(apart) - 1)
    cuts = {number: fcluster(tree, number, "maxclust") for number in range(2, most + 1)}
    return {number: cut for number, cut in cuts.items() if cut.max() == number}


def _mean(apart: np.ndarray, labels: np.ndarray) -> float:
    return float(silhouette(apart, labels).mean())


def _order(apart: np.ndarray) -> np.ndarray:
    """Order points so that those alike stand together, and groups of the tree are not torn."""
    n = len(apart)
    if n < 3:
        return np.arange(n)
    condensed = squareform(apart, checks=False)
    tree = linkage(condensed, method="average")
    if n <= _MOST_ORDERED:
        tree = optimal_leaf_ordering(tree, condensed)
    return np.asarray(leaves_list(tree))


def _numbered(labels: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Give groups the numbers 1, 2, ... in the order in which they stand."""
    found = {label: number for number, label in enumerate(dict.fromkeys(labels[order]), start=1)}
    return np.array([found[label] for label in labels])
