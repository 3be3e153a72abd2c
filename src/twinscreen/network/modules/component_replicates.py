"""Largest components and centralities of many slightly different sets at once."""

import numpy as np

from twinscreen.network.interactome import Interactome
from twinscreen.network.kernels.compiled import compiled

#: The power iteration ends when no centrality changes by more, or after so many steps.
TOLERANCE, STEPS = 1e-4, 300


def components_of_replicates(
    network: Interactome, members: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the largest connected component of each of b sets, and centralities inside it.

    It is what `largest_component` and `eigenvector_centrality` give for a single set, the latter
    to about three decimals, by power iteration.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (b, n).

    Returns
    -------
    Sizes, shape (b,), and centralities, largest value 1 in each replicate, 0 outside the component,
    shape (b, n), float32.
    """
    return _components(
        network.adjacency.indptr.astype(np.int64),
        network.adjacency.indices.astype(np.int64),
        np.ascontiguousarray(members),
        TOLERANCE,
        STEPS,
    )


@compiled()
def _components(
    indptr: np.ndarray, indices: np.ndarray, members: np.ndarray, tolerance: float, steps: int
) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    """Search breadth-first from each member not seen yet; iterate in the largest component."""
    replicates, n = members.shape
    sizes = np.zeros(replicates, dtype=np.int64)
    centrality = np.zeros((replicates, n), dtype=np.float32)
    seen = np.full(n, -1)
    place = np.full(n, -1)
    queue = np.empty(n, dtype=np.int64)
    largest = np.empty(n, dtype=np.int64)
    for replicate in range(replicates):
        size = 0
        for start in range(n):
            if not members[replicate, start] or seen[start] == replicate:
                continue
            queue[0], seen[start], end, head = start, replicate, 1, 0
            while head < end:
                v = queue[head]
                head += 1
                for w in indices[indptr[v] : indptr[v + 1]]:
                    if members[replicate, w] and seen[w] != replicate:
                        seen[w] = replicate
                        queue[end] = w
                        end += 1
            if end > size:
                size = end
                largest[:end] = queue[:end]
        sizes[replicate] = size
        if not size:
            continue

        # The edges inside, once: neighbours of the i-th member of the component, by its number.
        for i in range(size):
            place[largest[i]] = i
        edges = 0
        for i in range(size):
            for w in indices[indptr[largest[i]] : indptr[largest[i] + 1]]:
                edges += place[w] >= 0
        inner = np.empty(edges, dtype=np.int64)
        first = np.zeros(size + 1, dtype=np.int64)
        for i in range(size):
            k = first[i]
            for w in indices[indptr[largest[i]] : indptr[largest[i] + 1]]:
                if place[w] >= 0:
                    inner[k] = place[w]
                    k += 1
            first[i + 1] = k

        # With the identity added, no component swings between two sides for ever.
        x = np.ones(size)
        for _ in range(steps):
            y = x.copy()
            for i in range(size):
                for k in range(first[i], first[i + 1]):
                    y[i] += x[inner[k]]
            y /= y.max()
            change = np.abs(y - x).max()
            x = y
            if change < tolerance:
                break
        for i in range(size):
            centrality[replicate, largest[i]] = x[i]
            place[largest[i]] = -1
    return sizes, centrality
