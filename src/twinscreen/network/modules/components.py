"""The largest connected component of a set of proteins, and whether chance makes it as large."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csgraph

from twinscreen.network.degree_bins import degree_bins
from twinscreen.network.interactome import Interactome
from twinscreen.network.kernels.compiled import compiled


@dataclass(frozen=True)
class ComponentSignificance:
    """Size of the largest connected component of a set against random sets.

    `z` is (size - mean) / sd of the random sizes, NaN if they don't vary; `pvalue` is the share
    of random sets, the set itself counted among them, whose component is at least as large.
    """

    size: int
    z: float
    pvalue: float


def largest_component(network: Interactome, members: np.ndarray) -> np.ndarray:
    """Find the largest connected component of the subgraph that `members` induce.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (n,).

    Returns
    -------
    Membership in the component, boolean, shape (n,); among components of equal size the one with
    the first protein. Empty for an empty set.
    """
    inside = np.zeros(len(members), dtype=bool)
    rows = np.flatnonzero(members)
    if len(rows):
        _, label = csgraph.connected_components(network.adjacency[rows][:, rows], directed=False)
        inside[rows[label == np.bincount(label).argmax()]] = True
    return inside


def component_significance(
    network: Interactome,
    members: np.ndarray,
    *,
    draws: int = 1000,
    random: np.random.Generator,
) -> ComponentSignificance:
    """Compare the largest component of a set with those of degree-matched random sets.

    Each random set has as many proteins of each degree bin as `members`, drawn without
    replacement from `network`.

    Parameters
    ----------
    network
        Interactome of n proteins, already restricted to those that may be drawn.
    members
        Membership, boolean, shape (n,).
    draws
        Number of random sets.
    random
        Source of randomness.

    References
    ----------
    Menche et al., Science 2015;347:1257601.
    """
    size = int(largest_component(network, members).sum())
    if not size:
        return ComponentSignificance(0, np.nan, np.nan)
    bins = degree_bins(network.degree)
    order = np.argsort(bins, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(bins))])
    wanted = np.bincount(bins[members], minlength=len(start) - 1)
    sizes = _random_sizes(
        network.adjacency.indptr.astype(np.int64),
        network.adjacency.indices.astype(np.int64),
        order,
        start,
        wanted,
        draws,
        random,
    )
    sd = sizes.std(ddof=1)
    z = (size - sizes.mean()) / sd if sd > 0 else np.nan
    return ComponentSignificance(size, float(z), (1 + int((sizes >= size).sum())) / (draws + 1))


@compiled()
def _random_sizes(
    indptr: np.ndarray,
    indices: np.ndarray,
    order: np.ndarray,
    start: np.ndarray,
    wanted: np.ndarray,
    draws: int,
    random: np.random.Generator,
) -> np.ndarray:  # pragma: no cover - compiled
    """Size of the largest component of each random set, by union-find over its own edges."""
    n = len(indptr) - 1
    pool = order.copy()
    parent = np.full(n, -1)
    count = np.zeros(n, dtype=np.int64)
    chosen = np.empty(wanted.sum(), dtype=np.int64)
    sizes = np.empty(draws)
    for draw in range(draws):
        k = 0
        for b in range(len(wanted)):
            for i in range(wanted[b]):
                first = start[b] + i
                swap = random.integers(first, start[b + 1])
                pool[first], pool[swap] = pool[swap], pool[first]
                chosen[k] = pool[first]
                k += 1
        for v in chosen:
            parent[v] = v
            count[v] = 1
        largest = 1
        for v in chosen:
            for w in indices[indptr[v] : indptr[v + 1]]:
                if parent[w] < 0 or w > v:
                    continue
                a, b = v, w
                while parent[a] != a:
                    parent[a] = parent[parent[a]]
                    a = parent[a]
                while parent[b] != b:
                    parent[b] = parent[parent[b]]
                    b = parent[b]
                if a != b:
                    if count[a] < count[b]:
                        a, b = b, a
                    parent[b] = a
                    count[a] += count[b]
                    largest = max(largest, count[a])
        sizes[draw] = largest
        for v in chosen:
            parent[v] = -1
    return sizes
