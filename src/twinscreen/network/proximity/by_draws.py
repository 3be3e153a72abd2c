"""Distances other than the closest, against a null: by random draws that all pairs share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np
from scipy import sparse

from twinscreen.network.degree_bins import redrawing_bins, require_enough
from twinscreen.network.interactome import Interactome
from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.membership import binary
from twinscreen.network.proximity.arrange import require_connected
from twinscreen.network.proximity.closest import Null
from twinscreen.network.proximity.hops import UNREACHED, distance_to_modules
from twinscreen.network.proximity.linear import Pools, sums_of_distances
from twinscreen.network.proximity.measures import distances
from twinscreen.network.proximity.result import Proximity
from twinscreen.network.proximity.sampling import draw_lists, stream

Measure = Literal["shortest", "kernel", "centre", "separation"]

#: Bytes for the values of the draws that a thread has in work.
BLOCK = 32 << 20
#: Distances that differ by less are equal: they are sums in another order.
EQUAL = 1e-9


def proximity_by_draws(
    network: Interactome,
    targets: sparse.csr_array,
    modules: sparse.csr_array,
    *,
    measure: Measure,
    random: np.random.Generator,
    null: Null = "both",
    draws: int = 1000,
    degree: np.ndarray | None = None,
    background: np.ndarray | None = None,
    threads: int = 1,
) -> Proximity:
    """Compare a distance of every drug to every module with that of redrawn sets.

    Sets with the same number of proteins in every bin share their random sets, and draw r of a
    drug meets draw r of a module: mean and standard deviation over `draws` such pairs, and p,
    the share of them that are as near, the observed one counted. Mean and standard deviation of
    `shortest` are exact instead. z carries an error of about 1 / sqrt(draws) from the mean and
    z / sqrt(2 draws) from the standard deviation. A result depends on the drug, the module, the
    network and `random` only, as in `proximity`.

    Time is that of draws x targets x members look-ups for each pair of distinct sets: unlike
    `proximity` it grows with the number of pairs. Memory: n x n bytes for all distances, 4
    bytes for each protein drawn, and 32 MiB per thread.

    Parameters
    ----------
    network
        Connected, undirected interactome of n proteins.
    targets, modules
        Membership, shapes (drugs, n) and (modules, n). Empty rows give missing results.
    measure
        Which of `Distances`; for the closest, `proximity` is far better.
    random
        Source of randomness; one number is taken from it.
    null, degree, background, threads
        As in `proximity`.
    draws
        Random sets for each set, at least 2.

    Raises
    ------
    DisconnectedError, BackgroundError, TooLongError
        As in `proximity`.
    ValueError
        An argument is out of range.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    for value, known in ((measure, get_args(Measure)), (null, get_args(Null))):
        if value not in known:
            raise ValueError(f"{value!r}: expected one of {', '.join(known)}")
    if draws < 2:
        raise ValueError(f"{draws} draws: expected at least 2")
    require_connected(network)
    targets, modules = binary(network, targets), binary(network, modules)
    key = int(random.integers(2**62))
    result = Proximity.missing(targets.shape[0], modules.shape[0])
    result.distance[:] = getattr(distances(network, targets, modules), measure)
    rows = np.flatnonzero(np.diff(targets.indptr))
    columns = np.flatnonzero(np.diff(modules.indptr))
    pools = Pools.of(*redrawing_bins(network, degree, background))
    one = _lists(targets[rows], pools, draws, 2 * key, "" if null == "disease" else "drug")
    two = _lists(modules[columns], pools, draws, 2 * key + 1, "" if null == "drug" else "module")
    hops = distance_to_modules(network, sparse.csr_array(sparse.eye_array(len(network.names))))
    with ThreadPoolExecutor(threads) as pool:
        score = partial(_score, hops, measure, one, two, draws, rows, columns, result)
        for _ in pool.map(score, range(len(two.start) - 1)):
            pass
    if measure == "shortest":
        mean, variance = sums_of_distances(hops, pools, targets[rows], modules[columns], null)
        pairs = np.outer(np.diff(targets.indptr)[rows], np.diff(modules.indptr)[columns])
        result.expected[np.ix_(rows, columns)] = mean / pairs
        result.sd[np.ix_(rows, columns)] = np.sqrt(variance) / pairs
    return result


@dataclass(frozen=True)
class _Lists:
    """Draws of sets of several kinds, as lists of proteins.

    Parameters
    ----------
    kind
        Kind of each set, shape (sets,).
    start
        Draw r of kind i is protein[r, start[i]:start[i + 1]]; shape (kinds + 1,), int64.
    protein
        Shape (draws, sum of sizes), int32; a single row if the sets are not redrawn.
    """

    kind: np.ndarray
    start: np.ndarray
    protein: np.ndarray


def _lists(sets: sparse.csr_array, pools: Pools, draws: int, key: int, name: str) -> _Lists:
    """Redraw sets, which the message of an error calls by `name`; without one, keep them."""
    if not name:
        kind = np.arange(sets.shape[0])
        return _Lists(kind, sets.indptr.astype(np.int64), sets.indices.astype(np.int32)[None])
    counts = pools.count(sets)
    require_enough(counts, pools.size, name)
    distinct, kind = np.unique(counts.toarray(), axis=0, return_inverse=True)
    start = np.concatenate([[0], np.cumsum(distinct.sum(axis=1))]).astype(np.int64)
    protein = np.empty((draws, start[-1]), dtype=np.int32)
    edges = pools.one.indptr.astype(np.int64)
    for i, wanted in enumerate(distinct):
        drawn = np.flatnonzero(wanted)
        pool = pools.one.indices.astype(np.int32)
        listed = protein[:, start[i] : start[i + 1]]
        draw_lists(stream(key, wanted), pool, edges, drawn, wanted[drawn], listed)
    return _Lists(kind.ravel(), start, protein)


def _score(
    hops: np.ndarray,
    measure: Measure,
    one: _Lists,
    two: _Lists,
    draws: int,
    rows: np.ndarray,
    columns: np.ndarray,
    result: Proximity,
    j: int,
) -> None:
    """Fill in the results of all drugs and the modules of kind j."""
    module = np.ascontiguousarray(two.protein[:, two.start[j] : two.start[j + 1]])
    here = columns[two.kind == j]
    kinds, together = len(one.start) - 1, max(1, BLOCK // (8 * draws))
    for first in range(0, kinds, together):
        last = min(first + together, kinds)
        values = np.empty((last - first, draws))
        _measure(hops, measure, one.start[first : last + 1], one.protein, module, values)
        varies = values.max(axis=1) > values.min(axis=1)
        mean, sd = values.mean(axis=1), np.where(varies, values.std(axis=1, ddof=1), 0)
        mine = np.flatnonzero((one.kind >= first) & (one.kind < last))
        kind, drugs = one.kind[mine] - first, rows[mine]
        result.expected[np.ix_(drugs, here)] = mean[kind, None]
        result.sd[np.ix_(drugs, here)] = sd[kind, None]
        observed = result.distance[np.ix_(drugs, here)]
        near = np.empty(observed.shape, dtype=np.int64)
        _count_near(values, kind, observed + EQUAL, near)
        result.pvalue[np.ix_(drugs, here)] = (1 + near) / (1 + draws)


def _measure(
    hops: np.ndarray,
    measure: Measure,
    start: np.ndarray,
    protein: np.ndarray,
    module: np.ndarray,
    values: np.ndarray,
) -> None:
    """Compute the distance of some kinds of drugs to one kind of module in every draw."""
    if measure == "separation":
        apart = np.empty(values.shape), np.empty((1, len(module)))
        _apart(hops, start, protein, apart[0])
        _apart(hops, np.array([0, module.shape[1]]), module, apart[1])
        _separations(hops, start, protein, module, *apart, values)
        return
    hop = np.arange(UNREACHED + 1.0)
    share = np.full(module.shape, 1 / module.shape[1])
    if measure == "centre":
        _centres(hops, module, share)
    weight = np.exp(-hop - 1) if measure == "kernel" else hop
    _averages(hops, weight, measure == "kernel", start, protein, module, share, values)


@compiled()
def _averages(hops, weight, logarithm, start, protein, module, share, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Average, over the targets, the mean weight of the distances to the members.

    All targets of all drugs meet one member after another: its row of distances stays in the
    first-level cache.
    """
    low, high = start[0], start[-1]
    inner = np.empty(high - low)
    for r in range(values.shape[1]):
        targets = protein[r % len(protein), low:high]
        members, shares = module[r % len(module)], share[r % len(module)]
        inner[:] = 0.0
        for b in range(len(members)):
            if shares[b] > 0.0:
                row = hops[members[b]]
                for a in range(len(targets)):
                    inner[a] += shares[b] * weight[row[targets[a]]]
        for i in range(values.shape[0]):
            total = 0.0
            for a in range(start[i] - low, start[i + 1] - low):
                total += -np.log(inner[a]) if logarithm else inner[a]
            values[i, r] = total / (start[i + 1] - start[i])


@compiled()
def _centres(hops, module, share):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Share each draw among the members with the smallest sum of distances to the others."""
    for r in range(len(module)):
        members = module[r]
        sums = np.zeros(len(members), dtype=np.int64)
        for a in range(len(members)):
            row = hops[members[a]]
            for b in range(len(members)):
                sums[a] += row[members[b]]
        share[r] = sums == sums.min()
        share[r] /= share[r].sum()


@compiled()
def _apart(hops, start, protein, apart):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Average, over the members of each set, the distance to the nearest other member."""
    for i in range(apart.shape[0]):
        for r in range(apart.shape[1]):
            members = protein[r % len(protein), start[i] : start[i + 1]]
            total = 0
            for a in range(len(members)):
                row = hops[members[a]]
                nearest = np.uint8(UNREACHED)
                for b in range(len(members)):
                    if a != b:
                        nearest = min(nearest, row[members[b]])
                if len(members) > 1:
                    total += int(nearest)
            apart[i, r] = total / len(members)


@compiled()
def _separations(hops, start, protein, module, t_apart, s_apart, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Combine the distances to the nearest of the other set with those within."""
    low, high = start[0], start[-1]
    near = np.empty(high - low, dtype=np.uint8)
    total = np.empty(values.shape[0], dtype=np.int64)
    for r in range(values.shape[1]):
        targets, members = protein[r % len(protein), low:high], module[r % len(module)]
        near[:] = UNREACHED
        total[:] = 0
        for b in range(len(members)):
            row = hops[members[b]]
            for i in range(values.shape[0]):
                nearest = np.uint8(UNREACHED)
                for a in range(start[i] - low, start[i + 1] - low):
                    d = row[targets[a]]
                    near[a] = min(near[a], d)
                    nearest = min(nearest, d)
                total[i] += nearest
        for i in range(values.shape[0]):
            for a in range(start[i] - low, start[i + 1] - low):
                total[i] += near[a]
            between = total[i] / (start[i + 1] - start[i] + len(members))
            values[i, r] = between - (t_apart[i, r] + s_apart[0, r % len(module)]) / 2


@compiled()
def _count_near(values, kind, most, near):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Count the draws of a drug's kind that are as near as it is to each module."""
    for d in range(near.shape[0]):
        for m in range(near.shape[1]):
            near[d, m] = (values[kind[d]] <= most[d, m]).sum()
