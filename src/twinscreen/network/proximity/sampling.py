"""Random modules with as many proteins of each degree bin as a given one."""

import hashlib

import numpy as np

from twinscreen.network.kernels.compiled import compiled

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LANE = np.uint64(0xD1342543DE82EF95)


def stream(key: int, wanted: np.ndarray) -> np.uint64:
    """Name the random numbers of a module by what it draws.

    Two modules with the same number of proteins in every bin get the same random modules,
    whatever else is computed, in whatever order, on however many threads.
    """
    content = key.to_bytes(8, "little") + np.ascontiguousarray(wanted, dtype="<i8").tobytes()
    return np.uint64(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little"))


@compiled()
def _mixed(state):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Turn a counter into 64 random bits (SplitMix64; Steele et al., OOPSLA 2014)."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@compiled()
def draw_lists(name, pool, start, bins, sizes, listed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw random modules as lists of proteins, one in each row of `listed`.

    Parameters
    ----------
    name
        Stream; the first modules are the same, however many are drawn.
    pool, start, bins, sizes
        As in `draw`; `pool` is left in another order.
    listed
        Shape (modules, sum of `sizes`), filled.
    """
    state = _mixed(name)
    for r in range(listed.shape[0]):
        k = 0
        for i in range(len(bins)):
            low, high = start[bins[i]], start[bins[i] + 1]
            for first in range(low, low + sizes[i]):
                state += _STEP
                share = np.float64(_mixed(state) >> np.uint64(11)) * 2.0**-53
                other = first + np.int64(share * float(high - first))
                pool[first], pool[other] = pool[other], pool[first]
                listed[r, k] = pool[first]
                k += 1


@compiled()
def draw(bits, word, name, first, pool, start, bins, sizes):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw 64 random modules into one word of the rows of `bits`, shape (n, 8), which is zero.

    Parameters
    ----------
    name, first
        Stream, and the number of its first module.
    pool, start
        Rows that may be drawn, bin by bin: bin b has pool[start[b]:start[b + 1]].
    bins, sizes
        Bins to draw from, and how many rows of each, without replacement. More than half of a
        bin is drawn by leaving out the rest.
    """
    for lane in range(64):
        bit = np.uint64(1) << np.uint64(lane)
        state = _mixed(name ^ (np.uint64(first + lane + 1) * _LANE))
        for i in range(len(bins)):
            low, high = start[bins[i]], start[bins[i] + 1]
            wanted, width = sizes[i], float(high - low)
            full = 2 * wanted > high - low
            if full:
                wanted = high - low - wanted
                for place in range(low, high):
                    bits[pool[place], word] |= bit
            while wanted > 0:
                state += _STEP
                place = low + np.int64(
                    np.float64(_mixed(state) >> np.uint64(11)) * 2.0**-53 * width
                )
                row = pool[place]
                if ((bits[row, word] & bit) != np.uint64(0)) == full:
                    bits[row, word] ^= bit
                    wanted -= 1
