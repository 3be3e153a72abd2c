"""Breadth-first search from 512 modules at once, and how many proteins it has met.

One row of 512 bits per protein says which modules are within k hops of it; a step unites the
rows of its neighbours. With n proteins and m edges a step reads 128 m bytes, mostly from the
second-level cache, where the 64 n bytes of the rows should fit.
"""

import numpy as np

from twinscreen.network.kernels.bit_vectors import (
    add_where,
    both,
    differ,
    either,
    load,
    load_listed,
    no_counts,
    none,
    same,
    store,
    store_counts,
)
from twinscreen.network.kernels.compiled import compiled


@compiled()
def step(indptr, indices, seen, reached, everywhere):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Go one hop further, from `seen` to `reached`, shape (n, 8) each.

    `everywhere` (one row) has the lanes in use: a protein that all of them have met needs no
    more, so the search is fastest if neighbours that are met early (hubs) stand first. Returns
    whether something new was met, and whether there is more to meet.
    """
    full = load(everywhere, 0)
    moved, more = False, False
    for v in range(len(indptr) - 1):
        before = load(seen, v)
        now = before
        if not same(now, full):
            edge, end = indptr[v], indptr[v + 1]
            while edge < end:
                stop = min(edge + 8, end)
                while edge < stop:
                    now = either(now, load_listed(seen, indices, edge))
                    edge += 1
                if same(now, full):
                    break
            moved |= not same(now, before)
            more |= not same(now, full)
        store(reached, v, now)
    return moved, more


@compiled()
def _row(seen, v, last):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Read a row, or nothing behind the last."""
    if v < last:
        return load(seen, v)
    return none()


@compiled()
def _pairs(seen, v, last, ones, twos):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add four rows to ones and twos; give both, and the carry of fours."""
    a, b = _row(seen, v, last), _row(seen, v + 1, last)
    u = differ(a, b)
    first = either(both(a, b), both(u, ones))
    ones = differ(u, ones)
    a, b = _row(seen, v + 2, last), _row(seen, v + 3, last)
    u = differ(a, b)
    second = either(both(a, b), both(u, ones))
    ones = differ(u, ones)
    u = differ(first, second)
    return ones, differ(u, twos), either(both(first, second), both(u, twos))


@compiled()
def count(seen, first, last, planes, counts, start):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Count, for each lane, the rows first..last-1 in which it stands.

    The 512 counts go to `counts` (int32) from element `start`; `planes`, shape (32, 8), is
    working space, the counts as binary digits. Rows are added with carries saved: sixteen rows
    cost fifteen adders and one addition to the digits from the fifth on.
    """
    ones, twos, fours, eights, nothing = none(), none(), none(), none(), none()
    top = 4
    for v in range(first, last, 16):
        ones, twos, a = _pairs(seen, v, last, ones, twos)
        ones, twos, b = _pairs(seen, v + 4, last, ones, twos)
        u = differ(a, b)
        low = either(both(a, b), both(u, fours))
        fours = differ(u, fours)
        ones, twos, a = _pairs(seen, v + 8, last, ones, twos)
        ones, twos, b = _pairs(seen, v + 12, last, ones, twos)
        u = differ(a, b)
        high = either(both(a, b), both(u, fours))
        fours = differ(u, fours)
        u = differ(low, high)
        carry = either(both(low, high), both(u, eights))
        eights = differ(u, eights)
        plane = 4
        while not same(carry, nothing):
            if plane == top:
                store(planes, plane, nothing)
                top += 1
            digit = load(planes, plane)
            store(planes, plane, differ(digit, carry))
            carry = both(digit, carry)
            plane += 1
    store(planes, 0, ones)
    store(planes, 1, twos)
    store(planes, 2, fours)
    store(planes, 3, eights)
    for place in range(32):
        total = no_counts()
        for plane in range(top):
            total = add_where(total, planes, plane * 32 + place, np.int32(1 << plane))
        store_counts(counts, start + place * 16, total)


@compiled()
def spread(indptr, indices, edges, seen, spare, everywhere, planes, counts):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Search to the end, and count within k hops of each lane the proteins of each class.

    Class c has the rows edges[c]..edges[c+1]-1. `counts`, shape (depth, classes, 512), int32, is
    filled for k = 0, 1, ... until all is met. Returns the number of k filled: the largest
    distance, where everything is connected; depth + 1 if there was no room for all.
    """
    classes = len(edges) - 1
    flat = counts.reshape(-1)
    depth = counts.shape[0]
    moved, more = True, True
    k = 0
    while moved and more:
        if k == depth:
            return depth + 1
        for c in range(classes):
            count(seen, edges[c], edges[c + 1], planes, flat, (k * classes + c) * 512)
        moved, more = step(indptr, indices, seen, spare, everywhere)
        seen, spare = spare, seen
        k += 1
    return k
