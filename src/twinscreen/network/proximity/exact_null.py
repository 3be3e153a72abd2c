"""The exact distribution of a protein's distance to a random module.

A random module has s_b of the N_b proteins of bin b. It misses the n_b proteins within k hops
of a protein v with probability C(N_b - n_b, s_b) / C(N_b, s_b) in each bin, so

    P(m(v) > k) = product over b of C(N_b - n_b, s_b) / C(N_b, s_b).
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from twinscreen.network.kernels.bit_vectors import LANES, rows_of_lanes
from twinscreen.network.kernels.breadth_first import spread
from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.proximity.arrange import Arranged
from twinscreen.network.proximity.hops import set_lanes

#: Proteins whose products stand in the cache at the same time.
TILE = 128
#: A probability that is too small to matter: the product goes no further.
NEGLIGIBLE = 1e-30


@dataclass(frozen=True)
class Wanted:
    """How many proteins of which bins the random modules of each null have.

    Parameters
    ----------
    indptr, bins, sizes
        Null i draws sizes[j] proteins of bins[j] for j in indptr[i]:indptr[i + 1]; int64.
    """

    indptr: np.ndarray
    bins: np.ndarray
    sizes: np.ndarray

    @classmethod
    def from_counts(cls, counts: np.ndarray) -> Wanted:
        """Take the numbers from a table of nulls by bins."""
        null, bins = np.nonzero(counts)
        indptr = np.concatenate([[0], np.cumsum(np.count_nonzero(counts, axis=1))])
        return cls(indptr.astype(np.int64), bins.astype(np.int64), counts[null, bins])


def survival(
    arranged: Arranged,
    wanted: Wanted,
    label: np.ndarray,
    *,
    depth: int,
    pool: Executor,
) -> np.ndarray:
    """Compute P(m(v) > k), averaged over the proteins v of each class.

    Memory beyond the result, per thread: 4 x depth x bins x 512 bytes for the counts, and
    8 x 128 bytes per pair of a bin and a number of draws that occurs.

    Parameters
    ----------
    arranged
        Interactome with the rows of each bin together; rows of no bin are never drawn.
    wanted
        What each null draws.
    label
        Class of each protein (in the interactome's order, not in rows), -1 for none, shape (n,).
    depth
        No two proteins are further apart than this.
    pool
        Threads to use.

    Returns
    -------
    Probabilities, shape (nulls, classes, depth), float64.
    """
    sources = np.argsort(label, kind="stable")[np.count_nonzero(label < 0) :]
    classes = int(label.max(initial=-1)) + 1
    pairs, pair_of = np.unique(np.stack([wanted.bins, wanted.sizes]), axis=1, return_inverse=True)
    pairs, pair_of = np.ascontiguousarray(pairs), pair_of.ravel()
    misses, first = _misses(arranged.size, *pairs)
    parts = [sources[i : i + LANES] for i in range(0, len(sources), LANES)]

    def one(part: np.ndarray) -> tuple[int, np.ndarray]:
        counts = np.empty((depth, len(arranged.size), LANES), dtype=np.int32)
        reached = _search(arranged, arranged.row[part], counts)
        low, high = label[part[0]], label[part[-1]]
        cuts = np.searchsorted(label[part], np.arange(low, high + 2))
        sums = np.zeros((len(wanted.indptr) - 1, high - low + 1, depth))
        work = np.empty((pairs.shape[1] + 1, TILE))
        _add_survival(
            counts[:reached], misses, first, pairs[0], wanted.indptr, pair_of, cuts, work, sums
        )
        return low, sums

    total = np.zeros((len(wanted.indptr) - 1, classes, depth))
    for low, sums in pool.map(one, parts):
        total[:, low : low + sums.shape[1]] += sums
    return total / np.bincount(label[sources], minlength=classes)[:, None]


def _misses(size: np.ndarray, bins: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tabulate C(N_b - n, s) / C(N_b, s) over n = 0..N_b for pairs of b and s, end to end."""
    tables = []
    for total, s in zip(size[bins].tolist(), draws.tolist(), strict=True):
        n = np.arange(total)
        ratio = np.maximum(total - n - s, 0) / (total - n)
        tables.append(np.concatenate([[1.0], np.cumprod(ratio)]))
    lengths = [len(table) for table in tables]
    return np.concatenate([*tables, np.ones(1)]), np.cumsum([0, *lengths[:-1]]).astype(np.int64)


def _search(arranged: Arranged, rows: np.ndarray, counts: np.ndarray) -> int:
    """Count the proteins of each bin within k hops of each of at most 512 rows."""
    n = len(arranged.order)
    seen, spare, everywhere = rows_of_lanes(n), rows_of_lanes(n), rows_of_lanes(1)
    lane = np.arange(len(rows))
    set_lanes(seen, rows, lane)
    set_lanes(everywhere, np.zeros_like(lane), lane)
    planes = rows_of_lanes(32)
    return spread(
        arranged.indptr, arranged.indices, arranged.edges, seen, spare, everywhere, planes, counts
    )


@compiled(fastmath={"reassoc", "contract", "nsz"})
def _add_survival(counts, misses, first, pair_bin, indptr, pair_of, cuts, work, sums):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add P(m(v) > k) of up to 512 proteins to the sums of their classes.

    Proteins cuts[c]..cuts[c + 1] - 1 belong to class c. `work` has a row of 128 factors for
    each pair of a bin and a number of draws, and a last one for the products: it should fit the
    second-level cache, because every null reads its rows of it.
    """
    pairs = len(pair_bin)
    product = work[pairs]
    end = cuts[-1]
    for k in range(counts.shape[0]):
        for low in range(0, end, TILE):
            width = min(TILE, end - low)
            for pair in range(pairs):
                for lane in range(TILE):
                    n = counts[k, pair_bin[pair], low + lane]
                    work[pair, lane] = misses[first[pair] + n]
            for null in range(len(indptr) - 1):
                for lane in range(TILE):
                    product[lane] = 1.0
                for j in range(indptr[null], indptr[null + 1]):
                    factor = work[pair_of[j]]
                    for lane in range(TILE):
                        product[lane] *= factor[lane]
                    if (j & 7) == 7:
                        left = 0.0
                        for lane in range(width):
                            left += product[lane]
                        if left < NEGLIGIBLE:
                            break
                for c in range(len(cuts) - 1):
                    a, b = max(cuts[c] - low, 0), min(cuts[c + 1] - low, width)
                    total = 0.0
                    for lane in range(a, b):
                        total += product[lane]
                    sums[null, c, k] += total
