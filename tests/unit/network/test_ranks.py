"""Ranks against scipy's."""

import numpy as np
from scipy import stats

from twinscreen.network import average_ranks


def test_ranks_are_those_of_scipy_with_ties_and_missing_values():
    random = np.random.default_rng(0)
    for kinds in (2, 9, 10**6):  # many ties, some, and hardly any
        values = random.integers(0, kinds, (7, 60)).astype(float)
        values[random.random(values.shape) < 0.2] = np.nan
        values[3] = np.nan
        expected = stats.rankdata(values, axis=1, nan_policy="omit")
        assert np.array_equal(average_ranks(values), expected, equal_nan=True)


def test_no_values_have_no_ranks():
    assert average_ranks(np.empty((2, 0))).shape == (2, 0)
    assert average_ranks(np.empty((0, 5))).shape == (0, 5)
