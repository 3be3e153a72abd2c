"""Distances in hops, from modules and from single proteins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome
from twinscreen.network.kernels.bit_vectors import LANES, rows_of_lanes
from twinscreen.network.kernels.breadth_first import step
from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.proximity.arrange import Arranged, arrange

#: The distance that stands for "not connected".
UNREACHED = 255


class EmptyModuleError(ValueError):
    """A module has no member on the network."""


class TooLongError(ValueError):
    """A distance doesn't fit the type that holds it."""


def distance_to_modules(network: Interactome, modules: sparse.csr_array) -> np.ndarray:
    """Distance from every protein to the nearest member of each module.

    Time is that of reading the edges once per hop for 512 modules together; memory beyond the
    result is 128 n bytes.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    modules
        Membership, shape (m, n); every row needs at least one member.

    Returns
    -------
    Hop counts, shape (n, m), dtype uint8; 255 where no member can be reached.

    Raises
    ------
    EmptyModuleError
        A module has no member on the network; the message gives its row.
    TooLongError
        A distance exceeds 254 hops.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    arranged = arrange(network, np.zeros(len(network.names), dtype=np.int64))
    distance = np.empty((len(network.names), modules.shape[0]), dtype=np.uint8)
    everyone = np.arange(len(network.names))
    for start, hops in blocks_of_hops(arranged, modules, everyone):
        distance[:, start : start + hops.shape[1]] = hops
    return distance


def blocks_of_hops(
    arranged: Arranged, modules: sparse.csr_array, proteins: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Give the distances of some proteins to 512 modules at a time.

    Yields the number of the first module and hop counts, shape (len(proteins), <= 512), uint8.
    """
    members = sparse.csr_array(modules)
    filled = np.diff(members.indptr)
    if not filled.all():
        row = int(np.flatnonzero(filled == 0)[0])
        raise EmptyModuleError(f"module {row} has no member on the network")
    for start in range(0, modules.shape[0], LANES):
        stop = min(start + LANES, modules.shape[0])
        part = slice(members.indptr[start], members.indptr[stop])
        lane = np.repeat(np.arange(stop - start), filled[start:stop])
        yield start, _hops(arranged, members.indices[part], lane, stop - start, proteins)


def _hops(
    arranged: Arranged, member: np.ndarray, lane: np.ndarray, lanes: int, proteins: np.ndarray
) -> np.ndarray:
    """Search from modules given as pairs of protein and lane."""
    n = len(arranged.order)
    seen, spare, everywhere = rows_of_lanes(n), rows_of_lanes(n), rows_of_lanes(1)
    set_lanes(seen, arranged.row[member], lane)
    set_lanes(everywhere, np.zeros(lanes, dtype=np.int64), np.arange(lanes))
    hops = np.zeros((len(proteins), LANES), dtype=np.uint8)
    rows = arranged.row[proteins]
    if not _measure(arranged.indptr, arranged.indices, seen, spare, everywhere, rows, hops):
        raise TooLongError(f"a distance exceeds {UNREACHED - 1} hops")
    return hops[:, :lanes]


def set_lanes(rows: np.ndarray, row: np.ndarray, lane: np.ndarray) -> None:
    """Set one bit for each pair of a row and a lane."""
    bit = np.uint64(1) << (lane % 64).astype(np.uint64)
    np.bitwise_or.at(rows, (row, lane // 64), bit)


@compiled()
def _measure(indptr, indices, seen, spare, everywhere, rows, hops):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Search to the end and count, for some rows and all lanes, the steps before it was met."""
    moved, more = True, True
    longest = 0
    while moved and more:
        if longest == UNREACHED:
            return False
        _wait(seen, rows, hops, np.uint8(1))
        moved, more = step(indptr, indices, seen, spare, everywhere)
        seen, spare = spare, seen
        longest += 1
    if more:
        _wait(seen, rows, hops, np.uint8(UNREACHED))
    return True


@compiled()
def _wait(seen, rows, hops, more):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Let the lanes that haven't met a row wait for one more step, or for ever."""
    for i in range(len(rows)):
        for word in range(seen.shape[1]):
            unmet = ~seen[rows[i], word]
            if unmet != np.uint64(0):
                for lane in range(64):
                    one = np.uint8((unmet >> np.uint64(lane)) & np.uint64(1))
                    if more == np.uint8(1):
                        hops[i, word * 64 + lane] += one
                    elif one:
                        hops[i, word * 64 + lane] = more
