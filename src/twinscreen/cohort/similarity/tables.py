"""The tables of the comparison of twins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial.distance import squareform

from twinscreen.cohort.similarity.clusters import Clusters, find_clusters
from twinscreen.cohort.similarity.compare import Similarity, compare
from twinscreen.cohort.similarity.landmarks import Listed, compare_large
from twinscreen.cohort.similarity.neighbours import neighbours
from twinscreen.cohort.similarity.pairs import Pairs
from twinscreen.cohort.similarity.profiles import Profiles
from twinscreen.files import generator

#: So many patients at most are all compared with each other.
ALL_PAIRS = 2000
#: How many of those most like a patient are listed.
NEAREST = 20

_FIGURES = ("effect", "relevance", "similarity", "n_compartments")


@dataclass(frozen=True)
class Comparison:
    """Tables of the comparison of twins.

    How similar each pair is, the group of each patient, the numbers of groups that were tried,
    whether patients with something in common are more alike, and who is most like each patient;
    contracts COHORT_SIMILARITY, COHORT_CLUSTERS, COHORT_CLUSTER_NUMBERS, COHORT_NEIGHBOURS and
    COHORT_NEAREST.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    numbers: pd.DataFrame
    neighbours: pd.DataFrame
    nearest: pd.DataFrame


def compare_twins(profiles: Profiles, *, seed: int) -> Comparison:
    """Measure how similar twins are, and find the groups that they form.

    Parameters
    ----------
    profiles
        The screened states of all twins.
    seed
        Seed of the clouds that the groups are compared with, and of what else is drawn.

    Returns
    -------
    Up to `ALL_PAIRS` patients, all pairs. Of more, those of landmarks, and who was found to be
    nearest to each patient.
    """
    names = np.array(profiles.patients, dtype=object)
    rng = generator(seed, "cohort", "clusters")
    if len(names) <= ALL_PAIRS:
        whole = compare(profiles.places(), len(names))
        compared, n_places = names, whole.n_places
        clusters = find_clusters(squareform(whole.similarity, checks=False), rng=rng)
        nearest = _nearest(names, whole, _of_all(len(names)))
    else:
        found = compare_large(
            profiles, rng_landmarks=generator(seed, "cohort", "landmarks"), rng_clusters=rng
        )
        whole, compared, n_places = found.among, names[found.landmarks], found.n_places
        clusters = found.clusters
        nearest = _nearest(names, found.pairs, _of_some(len(names), found.pairs))
    return Comparison(
        _pairs(compared, whole),
        _people(profiles.patients, n_places, clusters),
        _numbers(clusters),
        neighbours(
            squareform(whole.similarity, checks=False),
            list(compared),
            profiles.texts,
            rng=generator(seed, "cohort", "likeness"),
        ),
        nearest,
    )


def _pairs(names: np.ndarray, found: Similarity) -> pd.DataFrame:
    """List the pairs of patients."""
    first, second = Pairs(len(names)).who(slice(None))
    figures = {name: getattr(found, name) for name in _FIGURES}
    table = pd.DataFrame({"patient_a": names[first], "patient_b": names[second], **figures})
    return table.astype({"n_compartments": int})


def _of_all(n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give, of each of n patients, all others and the pairs with them."""
    pairs, every = Pairs(n), np.arange(n)
    for number in range(n):
        yield np.delete(every, number), pairs.of(number)


def _of_some(n: int, found: Listed) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give, of each of n patients, those it was compared with and the pairs with them."""
    who = np.concatenate([found.first, found.second])
    other = np.concatenate([found.second, found.first])
    order = np.lexsort((other, who))
    for mine in np.split(order, np.searchsorted(who[order], np.arange(1, n))):
        yield other[mine], mine % len(found.first)


def _nearest(
    names: np.ndarray,
    found: Similarity | Listed,
    compared: Iterable[tuple[np.ndarray, np.ndarray]],
) -> pd.DataFrame:
    """List who is most like each patient, best first.

    Parameters
    ----------
    names
        Of n patients.
    found
        Figures of pairs.
    compared
        Of each patient the numbers of others, and those of the pairs with them.
    """
    others, pairs = [], []
    for other, pair in compared:
        similarity = found.similarity[pair]
        best = np.argsort(-similarity, kind="stable")[:NEAREST]
        best = best[np.isfinite(similarity[best])]
        others.append(other[best])
        pairs.append(pair[best])
    sizes = [*map(len, others)]
    table = pd.DataFrame(
        {
            "patient": np.repeat(names, sizes),
            "rank": np.concatenate([np.arange(1, size + 1) for size in [0, *sizes]]),
            "other": names[np.concatenate([np.arange(0), *others])],
        }
    )
    chosen = np.concatenate([np.arange(0), *pairs])
    return table.assign(**{name: getattr(found, name)[chosen] for name in _FIGURES}).astype(
        {"n_compartments": int}
    )


def _people(patients: Sequence[str], n_places: np.ndarray, clusters: Clusters) -> pd.DataFrame:
    """List the patients, each with its group."""
    grouped = pd.array(clusters.labels, dtype="Int64")
    grouped[clusters.labels == 0] = pd.NA
    people = pd.DataFrame(
        {
            "patient": np.array(patients, dtype=object),
            "place": clusters.place,
            "cluster": grouped,
            "silhouette": clusters.silhouettes,
            "n_compartments": n_places,
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
