"""Cells stand in an order of what was counted in them, whatever they are called."""

import numpy as np
from scipy import sparse

from twinscreen.observe.cells.order import marks_of_cells, order_of_cells


def shuffled(number, seed):
    return np.random.default_rng(seed).permutation(number)


def test_cells_stand_in_an_order_of_their_counts():
    counts = np.random.default_rng(1).poisson(0.7, (40, 12))
    counts[5] = 0
    names = [f"G{number}" for number in range(12)]
    order = order_of_cells(sparse.csr_array(counts), names)
    assert order.tolist() != list(range(40))
    rows, columns = (shuffled(number, 2) for number in counts.shape)
    other = counts[rows][:, columns]
    again = order_of_cells(sparse.csr_array(other), [names[i] for i in columns])
    np.testing.assert_array_equal(other[again][:, np.argsort(columns)], counts[order])


def test_cells_that_differ_are_told_apart():
    counts = np.array([[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 0], [0, 2, 0]])
    assert len(set(marks_of_cells(sparse.csr_array(counts), ["A", "B", "C"]).tolist())) == 6
