"""Which sex cells express, and where nothing tells it."""

import numpy as np
import pytest
from scipy import sparse

from twinscreen.observe.cells.expressed_sex import expressed_sex

GENES = np.array(["CD3E", "XIST", "RPS4Y1", "DDX3Y"])


def cells(xist, y, n=100):
    """Cells of which so many in a hundred have XIST, and so many RPS4Y1."""
    counts = np.ones((n, len(GENES)))
    counts[:, 1:] = 0
    counts[:xist, 1] = counts[n - y :, 2] = 2
    return sparse.csr_matrix(counts)


@pytest.mark.parametrize(
    ("xist", "y", "sex"),
    [
        (40, 0, "female"),
        (40, 12, "female"),  # of others in the tube
        (2, 80, "male"),
        (0, 12, "male"),
        (50, 60, "unclear"),  # a mixture
        (1, 1, "unclear"),
    ],
)
def test_the_one_that_is_found_far_more_often_tells_the_sex(xist, y, sex):
    found = expressed_sex(cells(xist, y), GENES)
    assert found == (sex, xist / 100, y / 100)


@pytest.mark.parametrize(("y", "sex"), [(80, "male"), (4, "female"), (17, "unclear")])
def test_without_xist_genes_of_the_y_chromosome_tell_it(y, sex):
    measured = [0, 2, 3]
    assert expressed_sex(cells(0, y)[:, measured], GENES[measured]).sex == sex


def test_rare_genes_that_are_not_found_tell_nothing():
    measured = [0, 3]
    assert expressed_sex(cells(0, 0)[:, measured], GENES[measured]).sex == "unclear"
    assert expressed_sex(cells(0, 0)[:, :1], GENES[:1]).sex == ""
