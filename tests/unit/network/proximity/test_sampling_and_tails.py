"""Compiled draws and tails against plain Python: sets by counting, p by all sets that there are."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from twinscreen.network.kernels.bit_vectors import rows_of_lanes
from twinscreen.network.kernels.float_vectors import rows_of_doubles
from twinscreen.network.proximity.sampling import draw, draw_lists, stream
from twinscreen.network.proximity.tails import lower_tail

#: Three bins of 4, 7 and 1 proteins, of which 1, 5 and 1 are drawn.
START = np.array([0, 4, 11, 12])
POOL = np.array([11, 3, 0, 7, 1, 2, 4, 5, 6, 8, 9, 10], dtype=np.int32)
BINS, SIZES = np.array([0, 1, 2]), np.array([1, 5, 1])
NAME = stream(7, SIZES)


def sets_in_bits(first):
    """Draw 64 sets as bits, and read them one by one."""
    bits = rows_of_lanes(12)
    draw(bits, 2, NAME, first, POOL, START, BINS, SIZES)
    words = np.asarray(bits)[:, 2]
    assert not np.delete(np.asarray(bits), 2, axis=1).any()
    return [tuple(np.flatnonzero(words >> np.uint64(lane) & np.uint64(1))) for lane in range(64)]


def many_in_bits(number):
    return [one for first in range(0, number, 64) for one in sets_in_bits(first)]


def sets_in_lists(number):
    listed = np.zeros((number, 7), dtype=np.int32)
    draw_lists(NAME, POOL.copy(), START, BINS, SIZES, listed)
    return [tuple(sorted(row)) for row in listed.tolist()]


@pytest.mark.parametrize("drawn", [many_in_bits, sets_in_lists])
def test_every_set_of_the_right_sizes_comes_equally_often(drawn):
    """There are 4 x 21 x 1 of them."""
    first, second, third = (POOL[a:b] for a, b in itertools.pairwise(START))
    possible = {
        tuple(sorted([one, *five, third[0]]))
        for one in first
        for five in itertools.combinations(second, 5)
    }
    count = Counter(drawn(6400))
    assert set(count) == possible
    assert count.total() == 6400
    assert stats.chisquare(list(count.values())).pvalue > 0.001


def test_the_first_sets_are_the_same_however_many_are_drawn():
    assert sets_in_lists(5) == sets_in_lists(50)[:5]
    assert sets_in_bits(64) == sets_in_bits(64)
    assert sets_in_bits(64) != sets_in_bits(0)


def test_streams_are_named_by_key_and_content():
    names = [stream(7, np.array(one)) for one in ([1, 5, 1], [1, 5], [5, 1, 1])]
    names.append(stream(8, SIZES))
    assert len({int(name) for name in names}) == 4
    assert stream(7, SIZES.astype(np.int32)) == NAME


@st.composite
def classes_of_distances(choose):
    """Distances of each class's proteins from eight random modules, draws, and a sum."""
    n = choose(st.integers(1, 3))
    distances = [
        choose(
            st.lists(
                st.lists(st.integers(0, 4), min_size=size, max_size=size), min_size=8, max_size=8
            )
        )
        for size in choose(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    ]
    draws = [choose(st.integers(1, len(one[0]))) for one in distances]
    return distances, draws, choose(st.integers(0, 12))


@settings(deadline=None, max_examples=60)
@given(classes_of_distances())
def test_tails_are_those_of_all_sets_that_there_are(case):
    distances, draws, longest = case
    size = np.array([len(one[0]) for one in distances])
    share = rows_of_doubles(1, len(distances), 5)
    for place, one in enumerate(distances):
        for module in range(8):
            counted = np.bincount(one[module], minlength=5) / size[place]
            np.asarray(share)[0, place, :, module] = counted
    total = rows_of_doubles(2 * longest + 6)
    ways = rows_of_doubles((max(draws) + 1) * (longest + 1))
    weight = rows_of_doubles(max(draws) + 1)
    places = np.arange(len(distances))
    found = lower_tail(share, size, places, np.array(draws), longest, 8, total, ways, weight)
    below = []
    for module in range(8):
        sets = [
            list(itertools.combinations(one[module], k))
            for one, k in zip(distances, draws, strict=True)
        ]
        sums = [sum(map(sum, chosen)) for chosen in itertools.product(*sets)]
        below.append(np.mean(np.array(sums) <= longest))
    assert found == pytest.approx(np.mean(below), abs=1e-9)
