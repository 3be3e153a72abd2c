"""Rewired networks: every protein keeps how many edges of each sign it has, not to whom.

What a score says of the real network and of rewired ones alike, it owes to numbers of edges; only
what rewired networks don't give is owed to the wiring itself.
"""

from __future__ import annotations

import numpy as np

from twinscreen.network.kernels.compiled import compiled


def rewire(
    source: np.ndarray,
    target: np.ndarray,
    sign: np.ndarray,
    *,
    random: np.random.Generator,
    swaps: float = 10,
) -> np.ndarray:
    """Swap the targets of pairs of edges of one sign, again and again.

    Of two edges a -> b and c -> d of the same sign a -> d and c -> b are made, unless that gave an
    edge that is there already, with either sign, or a self-loop. So each protein keeps its number
    of edges in and out, activating and inhibiting apart.

    Parameters
    ----------
    source, target
        Row and column number of each edge, shape (m,), without repeats. Where the network is
        between two kinds of nodes, number them apart.
    sign
        +1 or -1 of each edge, shape (m,).
    random
        Source of randomness.
    swaps
        Attempted swaps per edge.

    Returns
    -------
    The new target of each edge, shape (m,), int64; sources and signs stay as they are.

    References
    ----------
    Maslov and Sneppen, Science 2002;296:910.
    """
    result = target.astype(np.int64).copy()
    size = int(max(source.max(initial=0), target.max(initial=0))) + 1
    for kind in (1, -1):
        edges = np.flatnonzero(sign == kind)
        attempts = int(np.ceil(swaps * len(edges)))
        if len(edges) < 2:
            continue
        pairs = random.integers(len(edges), size=(attempts, 2))
        _swap(source.astype(np.int64), result, edges[pairs], size)
    return result


@compiled()
def _swap(source: np.ndarray, target: np.ndarray, pairs: np.ndarray, size: int) -> None:
    """Try each swap in turn, in place; one bit for each possible edge says whether it is there."""
    there = np.zeros(size * size // 8 + 1, dtype=np.uint8)
    for edge in range(len(source)):
        key = source[edge] * size + target[edge]
        there[key >> 3] |= np.uint8(1 << (key & 7))
    for pair in range(len(pairs)):
        one, two = pairs[pair, 0], pairs[pair, 1]
        a, b, c, d = source[one], target[one], source[two], target[two]
        if a in (c, d) or b in (c, d):
            continue
        first, second = a * size + d, c * size + b
        if there[first >> 3] >> (first & 7) & 1 or there[second >> 3] >> (second & 7) & 1:
            continue
        for key in (a * size + b, c * size + d, first, second):
            there[key >> 3] ^= np.uint8(1 << (key & 7))
        target[one], target[two] = d, b
