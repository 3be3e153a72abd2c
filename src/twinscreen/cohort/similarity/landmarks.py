"""Patients of a cohort that is too large for all pairs, compared with landmarks.

Some patients, drawn at random, are compared with each other, and groups are found among them.
Everybody else is compared with these landmarks alone, which gives a group, and a point in the space
that the landmarks span. The nearest patients are looked for in that space, and those found are then
compared as any pair is. So work grows as the number of patients, and no more than a block of them
is in memory. Source: de Silva and Tenenbaum, Sparse multidimensional scaling using landmark points,
Stanford 2004.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import squareform

from twinscreen.cohort.similarity.clusters import Clusters, centred_squares, find_clusters
from twinscreen.cohort.similarity.compare import (
    FEWEST_GENES,
    Similarity,
    compare,
    effect_correlation,
    weighted_jaccard,
)
from twinscreen.cohort.similarity.listed import compare_listed
from twinscreen.cohort.similarity.pairs import Level, Likeness
from twinscreen.cohort.similarity.profiles import Profiles

#: How many patients are landmarks.
LANDMARKS = 1000
#: Directions of the space, and how many of the nearest points are compared with a patient.
_DIRECTIONS, _CANDIDATES = 50, 60
#: Patients compared with all landmarks at a time.
_PATIENTS = 1024


@dataclass(frozen=True)
class Listed:
    """Some pairs of patients: the numbers of both, shape (k,), and their figures."""

    first: np.ndarray
    second: np.ndarray
    effect: np.ndarray
    relevance: np.ndarray
    similarity: np.ndarray
    n_compartments: np.ndarray


@dataclass(frozen=True)
class LargeCohort:
    """How similar n patients are, as far as they were compared.

    `landmarks`, shape (m,), are the numbers of those of whom `among` has all pairs. `clusters` are
    of all n, silhouettes by distances from landmarks; `pairs` hold those nearest to each other.
    `n_places`, shape (n,), counts the places of each patient.
    """

    landmarks: np.ndarray
    among: Similarity
    clusters: Clusters
    pairs: Listed
    n_places: np.ndarray


def compare_large(
    profiles: Profiles,
    *,
    rng_landmarks: np.random.Generator,
    rng_clusters: np.random.Generator,
) -> LargeCohort:
    """Compare patients with landmarks, and with those who lie nearest to them.

    Parameters
    ----------
    profiles
        The screened states of all twins.
    rng_landmarks
        Draws the landmarks.
    rng_clusters
        Draws the clouds that groups are compared with.
    """
    n, able = len(profiles.patients), profiles.having_places()
    able = able if len(able) > 1 else np.arange(n)
    landmarks = np.sort(rng_landmarks.permutation(able)[:LANDMARKS])
    among = compare(profiles.places(landmarks), len(landmarks))
    square = squareform(among.similarity, checks=False)
    clusters = find_clusters(square, rng=rng_clusters)
    space = _Space.of(square, clusters)
    points = np.full((n, space.directions.shape[1]), np.nan)
    groups = _Groups(n, landmarks, clusters)
    for start in range(0, n, _PATIENTS):
        rows = np.arange(start, min(start + _PATIENTS, n))
        similarity = _with_landmarks(profiles, rows, landmarks, among.levels)
        alike = np.isin(rows, landmarks)
        similarity[alike] = square[np.searchsorted(landmarks, rows[alike])]
        known, apart = space.distances(similarity)
        points[rows[known]] = space.points(apart)
        groups.add(rows[known], apart)
    first, second = _nearest(points)
    pairs, n_places = _compare(profiles, first, second, among.levels)
    return LargeCohort(landmarks, among, groups.clusters(), pairs, n_places)


def _with_landmarks(
    profiles: Profiles, rows: np.ndarray, landmarks: np.ndarray, levels: tuple[Level, Level]
) -> np.ndarray:
    """Give the similarity of some patients to all landmarks."""
    found = Likeness((len(rows), len(landmarks)), levels)
    for mine, its in zip(profiles.places(rows), profiles.places(landmarks), strict=True):
        if not (len(mine.rows) and len(its.rows)):
            continue
        correlation, shared = effect_correlation(mine.effect, its.effect)
        correlation[shared < FEWEST_GENES] = np.nan
        alike = weighted_jaccard(mine.relevance, its.relevance)
        alike[np.isnan(correlation)] = np.nan
        where = np.ix_(mine.rows, its.rows)

        def put(whole: np.ndarray, values: np.ndarray, where: tuple = where) -> None:
            whole[where] += values

        found.add(put, mine.name, correlation, alike, shared)
    return found.similarity()


@dataclass(frozen=True)
class _Space:
    """The space that the l landmarks span which can be compared.

    `compared`, shape (m,), marks them among all. `squares`, shape (l,), are their mean squared
    distances; `directions`, shape (l, k), turn squared distances into points. `usual` is the
    distance of a pair that can't be compared.
    """

    compared: np.ndarray
    squares: np.ndarray
    directions: np.ndarray
    usual: float

    @classmethod
    def of(cls, similarity: np.ndarray, clusters: Clusters) -> _Space:
        """Span the space by the similarity of landmarks, shape (m, m)."""
        compared = clusters.labels > 0
        if not compared.any():
            return cls(compared, np.zeros(0), np.zeros((0, 1)), np.nan)
        apart = _distance(similarity[np.ix_(compared, compared)])
        np.fill_diagonal(apart, np.nan)
        usual = float(np.nanmedian(apart))
        apart[np.isnan(apart)] = usual
        np.fill_diagonal(apart, 0)
        variance, vectors = np.linalg.eigh(centred_squares(apart))
        kept = np.flatnonzero(variance > 1e-9 * max(variance.max(), 1e-9))[::-1][:_DIRECTIONS]
        directions = vectors[:, kept] / np.sqrt(variance[kept])
        directions = directions if len(kept) else np.zeros((len(apart), 1))  # all in one point
        return cls(compared, (apart**2).mean(axis=0), directions, usual)

    def distances(self, similarity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Say which of b patients are like any landmark at all, and how far they are from each.

        Parameters
        ----------
        similarity
            To all landmarks, shape (b, m); NaN where a pair can't be compared.
        """
        apart = _distance(similarity[:, self.compared])
        known = np.isfinite(apart).any(axis=1)
        apart = apart[known]
        apart[np.isnan(apart)] = self.usual
        return known, apart

    def points(self, apart: np.ndarray) -> np.ndarray:
        """Give the points of b patients, shape (b, k), by their distances from landmarks."""
        return np.asarray(-0.5 * (apart**2 - self.squares) @ self.directions)


def _distance(similarity: np.ndarray) -> np.ndarray:
    """Give distances as groups are found by."""
    return np.asarray(np.sqrt(np.clip(1 - similarity, 0, None)))


class _Groups:
    """The groups of all n patients, by the groups of the landmarks."""

    def __init__(self, n: int, landmarks: np.ndarray, clusters: Clusters) -> None:
        self._of_landmarks, self._landmarks = clusters, landmarks
        self._labels, self._silhouettes = np.zeros(n, dtype=int), np.full(n, np.nan)
        self._beside, self._apart = np.zeros(n, dtype=int), np.zeros(n)

    def add(self, rows: np.ndarray, apart: np.ndarray) -> None:
        """Add patients by their distances from the landmarks that can be compared.

        A patient is in the group whose landmarks are nearest on average, and stands beside the
        nearest landmark of that group.
        """
        if not len(rows):
            return
        mine = self._of_landmarks
        compared = mine.labels > 0
        labels = mine.labels[compared]
        member = np.eye(mine.n_clusters)[labels - 1]
        means = (apart @ member) / member.sum(axis=0)
        group = means.argmin(axis=1)
        if mine.n_clusters > 1:
            own, next_one = np.sort(means, axis=1)[:, :2].T
            self._silhouettes[rows] = np.divide(
                next_one - own, next_one, out=np.zeros(len(rows)), where=next_one > 0
            )
        inside = np.where(labels == group[:, None] + 1, apart, np.inf)
        self._labels[rows] = group + 1
        self._beside[rows] = mine.place[compared][inside.argmin(axis=1)]
        self._apart[rows] = inside.min(axis=1)

    def clusters(self) -> Clusters:
        """Give the groups of all; what the landmarks know of themselves stays."""
        mine, landmarks = self._of_landmarks, self._landmarks
        self._labels[landmarks], self._silhouettes[landmarks] = mine.labels, mine.silhouettes
        self._beside[landmarks], self._apart[landmarks] = mine.place, -1
        alone = self._labels == 0
        order = np.lexsort((self._apart, self._beside, alone))
        place = np.empty(len(order), dtype=int)
        place[order] = np.arange(len(order))
        return replace(mine, place=place, labels=self._labels, silhouettes=self._silhouettes)


def _nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List pairs of which one lies near the other, each once, the smaller number first."""
    there = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(there) < 2:
        return there[:0], there[:0]
    number = min(_CANDIDATES + 1, len(there))
    _, near = KDTree(points[there]).query(points[there], k=number)
    pairs = np.column_stack([np.repeat(there, number), there[near.ravel()]])
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _compare(
    profiles: Profiles, first: np.ndarray, second: np.ndarray, levels: tuple[Level, Level]
) -> tuple[Listed, np.ndarray]:
    """Compare pairs, and count the places of each patient."""
    n = len(profiles.patients)
    found, n_places = Likeness(len(first), levels), np.zeros(n, dtype=int)
    for place in profiles.places():
        row = np.full(n, -1)
        row[place.rows] = np.arange(len(place.rows))
        where = np.flatnonzero((row[first] >= 0) & (row[second] >= 0))
        figures = compare_listed(place, row[first[where]], row[second[where]])

        def put(whole: np.ndarray, values: np.ndarray, where: np.ndarray = where) -> None:
            whole[where] += values

        found.add(put, place.name, *figures)
        itself = np.arange(len(place.rows))
        n_places[place.rows] += np.isfinite(compare_listed(place, itself, itself)[0])
    of = found.effect.mean(), found.relevance.mean(), found.similarity(), found.count
    return Listed(first, second, *of), n_places
