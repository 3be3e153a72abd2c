"""The instructions written by hand, against numpy.

They speak to llvmlite, whose interface may change with any release of numba: these tests are the
first to fail then, and say in which instruction.
"""

import numba
import numpy as np

from twinscreen.network.kernels import bit_vectors as lanes
from twinscreen.network.kernels import float_vectors as doubles
from twinscreen.network.kernels.breadth_first import count


def test_the_instructions_are_those_of_the_llvmlite_beneath_numba():
    import llvmlite.ir

    assert lanes.ir is llvmlite.ir
    assert doubles.ir is llvmlite.ir


def random_rows(number, seed):
    rows = lanes.rows_of_lanes(number)
    rows[:] = np.random.default_rng(seed).integers(2**64, size=rows.shape, dtype=np.uint64)
    return rows


def test_sets_of_512_lanes():
    @numba.njit
    def combine(rows, listed, out):
        a, b = lanes.load(rows, 0), lanes.load_listed(rows, listed, 1)
        lanes.store(out, 0, lanes.either(a, b))
        lanes.store(out, 1, lanes.both(a, b))
        lanes.store(out, 2, lanes.differ(a, b))
        lanes.store(out, 3, lanes.none())
        return lanes.same(a, b), lanes.same(a, lanes.load(rows, 0))

    rows, out = random_rows(3, 0), random_rows(4, 1)
    assert combine(rows, np.array([1, 2], dtype=np.int32), out) == (False, True)
    a, b = rows[0], rows[2]
    assert np.array_equal(out, [a | b, a & b, a ^ b, np.zeros_like(a)])


def test_lanes_are_counted():
    rows, planes, counts = random_rows(75, 2), lanes.rows_of_lanes(32), np.zeros(512, np.int32)
    count(rows, 3, 72, planes, counts, 0)
    bits = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little")
    assert np.array_equal(counts, bits[3:72].sum(axis=0))


def test_eight_numbers_at_once():
    @numba.njit
    def combine(rows, out):
        a, b = doubles.get(rows, 0), doubles.get(rows, 1)
        doubles.put(out, 0, doubles.times(a, b))
        doubles.put(out, 1, doubles.less(a, b))
        doubles.put(out, 2, doubles.plus_times(a, a, b))
        doubles.put(out, 3, doubles.splat(2.5))
        return doubles.sum_of(a)

    rows, out = doubles.rows_of_doubles(2), doubles.rows_of_doubles(4)
    rows[:] = np.random.default_rng(3).integers(-4, 5, size=rows.shape)
    a, b = rows
    assert combine(rows, out) == a.sum()
    assert np.array_equal(out, [a * b, np.maximum(a - b, 0), a + a * b, np.full(8, 2.5)])
