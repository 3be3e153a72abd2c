"""Calls that a batch could explain are taken back, each for its own reason."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.screen.rank.combine import Call
from twinscreen.screen.rank.withheld import unless_batch

CALL = Call(True, 9.0, 5.0, 0.001, 0.001, "copies", 20, "it stands out")
USED = np.array([True, False])


def twin(effect, *, left=(), n_own=(3,), flags=()):
    """Two compartments, of which the first is screened, and what is left of a batch by place."""
    one = ad.AnnData(np.array([effect, [99.0] * len(effect)]))
    one.uns["flags"] = list(flags)
    if left:
        one.uns["batch"] = pd.DataFrame({"left_spread": left, "n_own": n_own})
    return one


def test_without_another_study_a_call_stands():
    assert unless_batch(CALL, twin([1.0, 2.0]), USED) == CALL


@pytest.mark.parametrize(
    ("left", "held_back"),
    [
        ([2.0], "batch"),  # 4, as the patient: (3 * 1 + 13) / 4
        ([2.1], "batch"),
        ([1.9], ""),
        ([1.0, np.nan, 2.6], ""),  # (1 + 6.76) / 2
        ([1.0, np.nan, 2.7], "batch"),  # (1 + 7.29) / 2
    ],
)
def test_donors_who_deviate_as_much_as_the_patient_take_a_call_back(left, held_back):
    patient = twin([1.0, -1.0, 1.0, np.sqrt(13), np.nan], left=left, n_own=[3] * len(left))
    found = unless_batch(CALL, patient, USED)
    assert found.called == (not held_back)
    assert found.held_back == held_back
    assert found.best == CALL.best


def test_an_effect_beyond_the_limit_adds_no_more():
    """Of effects 1,000 and 0 the limit, 10, leaves a mean square of 50."""
    for left, called in ((7.0, True), (7.1, False)):
        found = unless_batch(CALL, twin([1000.0, 0.0], left=[left]), USED)
        assert found.called == called


@pytest.mark.parametrize(
    ("n_own", "held_back"), [([1, 1], "one_donor"), ([1, 2], "few_public"), ([5, 3], "few_public")]
)
def test_where_nothing_tells_what_is_left_of_a_batch_there_is_no_call(n_own, held_back):
    found = unless_batch(CALL, twin([9.0, 9.0], left=[np.nan, np.nan], n_own=n_own), USED)
    assert not found.called
    assert found.held_back == held_back
    assert found.reason != CALL.reason


def test_donors_of_another_study_alone_give_no_call():
    found = unless_batch(CALL, twin([9.0, 9.0], flags=["public_alone"]), USED)
    assert not found.called
    assert found.held_back == "public_alone"
