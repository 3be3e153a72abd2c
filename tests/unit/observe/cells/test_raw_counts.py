"""Raw counts, and whole numbers that are none."""

import numpy as np
import pytest
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.cells.raw_counts import check_raw
from twinscreen.observe.formats import Counts, Features

RNG = np.random.default_rng(1)
DEPTH = np.append(RNG.uniform(0.05, 0.4, 58), [1.2, 1.2])[:, None]
COUNTS = RNG.poisson(RNG.gamma(0.3, 30, 1000) * DEPTH)
TOTAL = 9000


def check(values):
    names = np.array([f"G{number}" for number in range(values.shape[1])])
    counts = Counts(sparse.csr_array(values.astype(float)), Features.of(names), "X")
    check_raw("cells.h5ad", counts, {})


def test_counts_are_counts_also_when_drawn_down_to_one_total():
    check(COUNTS)
    drawn = [
        RNG.multivariate_hypergeometric(cell, min(cell.sum(), 400), method="marginals")
        for cell in COUNTS
    ]
    check(np.array(drawn))


def test_normalised_counts_that_were_rounded_are_none():
    """Some cells had more counts than the total, so that some values are 1."""
    scaled = np.rint(COUNTS * TOTAL / COUNTS.sum(axis=1, keepdims=True))
    assert (COUNTS.sum(axis=1) > TOTAL).any()
    assert (scaled == 1).any()
    with pytest.raises(InputError, match="hardly any of 1: normalised and rounded"):
        check(scaled)
