"""What a result must not depend on: names of patients, order of cells and of features."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import twinscreen as ts
from twinscreen.observe.cells.order import marks_of_cells, order_of_cells


def renamed(cells):
    return cells.obs.assign(donor=cells.obs["donor"].replace({"P1": "Z99"}))


def shuffled(number, seed):
    return np.random.default_rng(seed).permutation(number)


def with_obs(cells, obs):
    cells = cells.copy()
    cells.obs = obs
    return cells


#: What is done to the cells of the made-up cohort.
CHANGES = {
    "the patient renamed": lambda cells: with_obs(cells, renamed(cells)),
    "cells permuted": lambda cells: cells[shuffled(cells.n_obs, 7)].copy(),
    "genes permuted": lambda cells: cells[:, shuffled(cells.n_vars, 8)].copy(),
    "barcodes renamed": lambda cells: with_obs(
        cells, cells.obs.set_axis([f"c{number}" for number in shuffled(cells.n_obs, 9)])
    ),
}


def screened(cells):
    """Build and screen the first patient."""
    patient = "Z99" if "Z99" in set(cells.obs["donor"]) else "P1"
    twin = ts.tl.twin(
        cells,
        ts.datasets.toy_knowledge(),
        patient=patient,
        control="healthy",
        communication={"permutations": 100},
        bootstrap_replicates=6,
        null_replicates=6,
        random_sets=20,
    )
    return twin, ts.tl.screen(twin, ts.datasets.toy_knowledge(), pairs=3)


@pytest.fixture(scope="module")
def plain():
    return screened(ts.datasets.toy())


@pytest.mark.parametrize("change", CHANGES)
def test_names_and_order_change_nothing(plain, change):
    other = screened(CHANGES[change](ts.datasets.toy()))
    for before, after in zip(plain, other, strict=True):
        pd.testing.assert_frame_equal(before.obs, after.obs)
        for name, layer in before.layers.items():
            np.testing.assert_array_equal(layer, after.layers[name], err_msg=name)
    assert plain[1].uns["call"] == other[1].uns["call"]


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
