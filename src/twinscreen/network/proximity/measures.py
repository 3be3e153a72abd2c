"""The five measures of how far the targets of a drug are from a module, and the separation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome
from twinscreen.network.kernels.bit_vectors import LANES
from twinscreen.network.membership import binary
from twinscreen.network.proximity.arrange import Arranged, arrange
from twinscreen.network.proximity.hops import UNREACHED, blocks_of_hops


@dataclass(frozen=True)
class Distances:
    """Distances of drugs to modules, each of shape (drugs, modules), float64.

    Missing (NaN) where a set has no protein on the network; infinite where no path leads.
    `closest` is the mean over targets of the distance to the nearest member; `shortest` of the
    mean distance to all members; `kernel` of -ln of the mean over members of exp(-distance - 1);
    `centre` of the distance to the member (or, of several, the mean over those) with the
    smallest sum of distances to the other members; `separation` is `set_separation`.
    """

    closest: np.ndarray
    shortest: np.ndarray
    kernel: np.ndarray
    centre: np.ndarray
    separation: np.ndarray


def distances(
    network: Interactome, targets: sparse.csr_array, modules: sparse.csr_array
) -> Distances:
    """Compute the five measures for every drug and module.

    Memory beyond the results: 512 n bytes for the distances of 512 proteins to all others, and
    8 x (proteins in any set) x (drugs + modules) bytes for the closest distances.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    targets, modules
        Membership, shapes (drugs, n) and (modules, n).

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    one, two = _Sets.of(network, targets), _Sets.of(network, modules)
    arranged = arrange(network, np.zeros(len(network.names), dtype=np.int64))
    centres = _centres(arranged, two)
    total = {name: np.zeros((one.count, two.count)) for name in ("shortest", "kernel", "centre")}
    for part, hops in _blocks(arranged, one.proteins):
        member = one.member[:, part].astype(float)
        shares = two.member / np.maximum(two.size, 1)[:, None]
        total["shortest"] += member @ (shares @ hops.T).T
        total["centre"] += member @ (centres @ hops.T).T
        kernel = shares @ np.exp(-hops.T - 1)
        with np.errstate(divide="ignore"):
            total["kernel"] += member @ -np.log(kernel.T)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = {
            name: _present(values / one.size[:, None], one, two) for name, values in total.items()
        }
    across = _across(arranged, one, two)
    return Distances(
        _present(across[0], one, two),
        mean["shortest"],
        mean["kernel"],
        mean["centre"],
        _separation(arranged, one, two, across),
    )


def set_separation(
    network: Interactome, first: sparse.csr_array, second: sparse.csr_array
) -> np.ndarray:
    """Separation s_AB of every set of one list from every set of another.

    s_AB = d_AB - (d_AA + d_BB) / 2, where d_AB is the mean over the proteins of both sets of the
    distance to the nearest of the other set, and d_AA the mean over those of one set of the
    distance to the nearest other of the same set (0 for a single protein). Negative: the sets
    overlap on the interactome; at least 0: they are topologically separate.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    first, second
        Membership, shapes (a, n) and (b, n).

    Returns
    -------
    Separation, shape (a, b), float64; missing where a set is empty, infinite where no path leads.

    References
    ----------
    Menche et al., Science 2015;347:1257601.
    """
    one, two = _Sets.of(network, first), _Sets.of(network, second)
    arranged = arrange(network, np.zeros(len(network.names), dtype=np.int64))
    return _separation(arranged, one, two, _across(arranged, one, two))


@dataclass(frozen=True)
class _Sets:
    """Sets of proteins: the matrix, its size, and the proteins that occur."""

    member: sparse.csr_array
    size: np.ndarray
    proteins: np.ndarray

    @classmethod
    def of(cls, network: Interactome, sets: sparse.csr_array) -> _Sets:
        member = binary(network, sets).astype(float)
        return cls(member, np.diff(member.indptr), np.unique(member.indices))

    @property
    def count(self) -> int:
        return self.member.shape[0]


def _present(values: np.ndarray, one: _Sets, two: _Sets) -> np.ndarray:
    """Mark as missing what has an empty set."""
    return np.where((one.size > 0)[:, None] & (two.size > 0), values, np.nan)


def _real(hops: np.ndarray) -> np.ndarray:
    """Turn hop counts into numbers, infinite where no path leads."""
    if (hops == UNREACHED).any():
        return np.where(hops == UNREACHED, np.inf, hops)
    return hops.astype(float)


def _blocks(arranged: Arranged, proteins: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the distances of 512 proteins at a time to all others, shape (<= 512, n)."""
    n = len(arranged.order)
    everyone = np.arange(n)
    for start in range(0, len(proteins), LANES):
        part = proteins[start : start + LANES]
        single = sparse.csr_array(
            (np.ones(len(part)), (np.arange(len(part)), part)), shape=(len(part), n)
        )
        for _, hops in blocks_of_hops(arranged, single, everyone):
            yield part, _real(hops).T


def _nearest(arranged: Arranged, sets: _Sets, proteins: np.ndarray) -> np.ndarray:
    """Distance of some proteins to the nearest member of each set, shape (proteins, sets)."""
    nearest = np.full((len(proteins), sets.count), np.nan)
    filled = np.flatnonzero(sets.size)
    if len(filled) and len(proteins):
        for start, hops in blocks_of_hops(arranged, sets.member[filled], proteins):
            nearest[:, filled[start : start + hops.shape[1]]] = _real(hops)
    return nearest


def _across(arranged: Arranged, one: _Sets, two: _Sets) -> tuple[np.ndarray, np.ndarray]:
    """Mean closest distance from the first to the second sets, and back (shape as the first)."""
    there, back = (
        _sums(a.member[:, a.proteins], _nearest(arranged, b, a.proteins))
        for a, b in ((one, two), (two, one))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return there / one.size[:, None], (back / two.size[:, None]).T


def _sums(member: sparse.csr_array, values: np.ndarray) -> np.ndarray:
    """Add up the values of the members, also where others are missing or infinite."""
    if np.isfinite(values).all():
        return member @ values
    finite = member @ np.where(np.isfinite(values), values, 0)
    endless = member @ np.isinf(values).astype(float) > 0
    return np.where(endless, np.inf, finite)


def _separation(
    arranged: Arranged, one: _Sets, two: _Sets, across: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Combine the distances across with those within."""
    a, b = one.size[:, None], two.size[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (across[0] * a + across[1] * b) / (a + b)
        within = (_within(arranged, one)[:, None] + _within(arranged, two)) / 2
        return _present(between - within, one, two)


def _found(part: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say which members stand in a sorted part, and where each would stand."""
    position = np.searchsorted(part, members)
    inside = part[np.minimum(position, len(part) - 1)] == members
    return np.flatnonzero(inside), position


def _within(arranged: Arranged, sets: _Sets) -> np.ndarray:
    """Mean distance of the members of each set to the nearest other member, shape (sets,)."""
    nearest = np.zeros(sets.count)
    rows = np.repeat(np.arange(sets.count), sets.size)
    for part, hops in _blocks(arranged, sets.proteins):
        here, position = _found(part, sets.member.indices)
        for entry in here.tolist():
            row = rows[entry]
            others = sets.member.indices[sets.member.indptr[row] : sets.member.indptr[row + 1]]
            others = others[others != sets.member.indices[entry]]
            if len(others):
                nearest[row] += hops[position[entry], others].min()
    return nearest / np.maximum(sets.size, 1)


def _centres(arranged: Arranged, sets: _Sets) -> sparse.csr_array:
    """Share of each protein in the centre of each set, shape (sets, n)."""
    total = np.zeros(len(sets.member.indices))
    rows = np.repeat(np.arange(sets.count), sets.size)
    for part, hops in _blocks(arranged, sets.proteins):
        here, position = _found(part, sets.member.indices)
        sums = sets.member @ hops.T
        total[here] = sums[rows[here], position[here]]
    least = np.full(sets.count, np.inf)
    np.minimum.at(least, rows, total)
    chosen = total == least[rows]
    weight = chosen / np.bincount(rows, weights=chosen, minlength=sets.count)[rows]
    centres = sets.member.copy()
    centres.data = weight
    centres.eliminate_zeros()  # nothing times an infinite distance is no number
    return centres
