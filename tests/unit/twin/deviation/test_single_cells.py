"""Single cells against control cells: rank sums, fold changes, shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from twinscreen.twin.deviation.single_cells import compare_cells, rank_sum_pvalue


@given(st.integers(0, 2**32 - 1), st.integers(3, 20), st.integers(3, 20))
def test_p_is_that_of_the_rank_sum_test_column_by_column(seed, first, second):
    random = np.random.default_rng(seed)
    level = np.array([0.0, 0.1, 0.5, 3.0, 40.0])
    sides = [
        random.poisson(level, (number, len(level))).astype(float) for number in (first, second)
    ]
    found = rank_sum_pvalue(*map(sparse.csr_array, sides))
    for column in range(len(level)):
        both = [side[:, column] for side in sides]
        if len(set(np.concatenate(both))) == 1:
            assert found[column] == 1
        else:
            expected = stats.mannwhitneyu(*both, method="asymptotic").pvalue
            assert found[column] == pytest.approx(expected, rel=1e-9)


def test_three_cells_against_three_by_hand():
    """Libraries of 10: counts per 10,000 are 1,000 a count."""
    cells = np.array([[1, 9, 0], [2, 8, 0], [0, 10, 0]])
    control = np.array([[0, 10, 0], [0, 10, 0], [0, 10, 0]])
    found = compare_cells(sparse.csr_array(cells), sparse.csr_array(control))
    assert found.logfc[0] == pytest.approx(np.log(1001))  # mean 1,000 against 0, one added to both
    assert found.logfc[1] == pytest.approx(np.log(9001 / 10001))
    assert found.share[:2] == pytest.approx([2 / 3, 1])
    # ranks of the cells 5, 6 and 2.5; U = 13.5 - 6; four zeros tie
    z = (abs(13.5 - 10.5) - 0.5) / np.sqrt(9 / 12 * (7 - 60 / 30))
    assert found.pvalue[0] == pytest.approx(2 * stats.norm.sf(z))
    assert np.isnan([found.logfc[2], found.share[2], found.pvalue[2]]).all()  # no count


def test_two_cells_are_too_few():
    few, many = (sparse.csr_array(np.ones((number, 5))) for number in (2, 9))
    assert compare_cells(few, many) is None
    assert compare_cells(many, few) is None
    assert compare_cells(many, sparse.csr_array(np.ones((3, 5)))) is not None
