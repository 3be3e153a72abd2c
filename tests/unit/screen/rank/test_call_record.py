"""Which mechanism a call is about, and what holds it back."""

import pandas as pd
import pytest

from twinscreen.screen.rank.call import call_record
from twinscreen.screen.rank.combine import Call

CALLED = Call(True, 9.0, 5.0, 0.001, 0.002, "copies", 20, "the best drug exceeds")


def drugs(presence=("found", "found", "found"), benefit=(0.1, 0.2, 0.3), rank=(1, 2, 3)):
    return pd.DataFrame(
        {
            "name": ["one", "two", "three"],
            "mechanism": ["m1", "m2", "m3"],
            "rank": rank,
            "presence": presence,
            "benefit": benefit,
        },
        dtype=object,
    ).astype({"rank": float, "benefit": float})


def test_the_call_is_of_the_first_mechanism():
    record = call_record(CALLED, drugs())
    assert (record["called"], record["mechanism"], record["n_absent"]) == (True, "m1", 0)


@pytest.mark.parametrize("other", ["found", "circulating", "not judged"])
def test_an_absent_mechanism_is_passed_over_and_counted(other):
    record = call_record(CALLED, drugs(presence=("absent", other, "found")))
    assert (record["called"], record["mechanism"], record["n_absent"]) == (True, "m2", 1)


def test_where_all_are_absent_there_is_no_mechanism():
    nothing = Call(False, 0.0, 0.0, 1.0, 1.0, "", 0, "no drug could be scored")
    record = call_record(nothing, drugs(presence=["absent"] * 3))
    assert (record["called"], record["mechanism"]) == (False, "")
    assert "in none of the patient's cells" in record["reason"]


def test_a_benefit_below_nothing_holds_the_call_back_and_gives_it_to_no_other():
    record = call_record(CALLED, drugs(benefit=(-0.01, 0.2, 0.3)))
    assert (record["called"], record["mechanism"]) == (False, "m1")
    assert record["held_back"] == "benefit"


@pytest.mark.parametrize("benefit", [0.0, 0.01, float("nan")])
def test_a_benefit_that_is_not_below_nothing_holds_nothing_back(benefit):
    record = call_record(CALLED, drugs(benefit=(benefit, 0.2, 0.3)))
    assert record["called"]
    assert record["held_back"] == ""


def test_drugs_without_a_rank_are_nobodys_call():
    record = call_record(CALLED, drugs(rank=(float("nan"), 1, 2)))
    assert record["mechanism"] == "m2"
