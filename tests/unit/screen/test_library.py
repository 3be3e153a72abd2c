"""Which drugs are tried."""

import pandas as pd
import pytest

from twinscreen.files import InputError
from twinscreen.screen.library import Library

DRUGS = pd.DataFrame(
    [
        ("x:1", "Infliximab", True, False, False, None),
        ("x:2", "rofecoxib", True, True, False, None),
        ("x:3", "A-123", False, False, False, None),
        ("x:4", "[3H]tracer", True, False, True, None),
        ("x:5", "old candidate", False, True, False, None),
        ("x:6", "secretin", True, False, False, "diagnostic agent"),
        ("x:7", "birch pollen", True, False, False, "allergen"),
    ],
    columns=["drug_id", "name", "approved", "withdrawn", "labelled", "use"],
)


def chosen(approved_only=True, include=(), withdrawn=False, diagnostics=False):
    table = Library(approved_only, tuple(include), withdrawn, diagnostics).choose(DRUGS)
    assert table.index.tolist() == list(range(len(table)))
    return [int(name[2:]) for name in table["drug_id"]]


def test_approved_drugs_without_tracers_and_withdrawn_ones():
    assert chosen() == [1]
    assert chosen(withdrawn=True) == [1, 2]


def test_all_drugs():
    assert chosen(approved_only=False) == [1, 3, 4]
    assert chosen(approved_only=False, withdrawn=True) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["a-123", "A-123", "x:3"])
def test_named_drugs_are_added_by_name_in_any_case_or_by_id(name):
    assert chosen(include=[name]) == [1, 3]


def test_a_named_drug_is_tried_though_it_was_withdrawn():
    assert chosen(include=["Rofecoxib", "old candidate"]) == [1, 2, 5]


def test_what_treats_nothing_is_tried_where_it_is_asked_for_or_named():
    assert chosen(diagnostics=True) == [1, 6, 7]
    assert chosen(include=["Secretin"]) == [1, 6]


def test_naming_a_drug_that_is_chosen_anyway_changes_nothing():
    assert chosen(include=["INFLIXIMAB"]) == [1]


def test_a_name_that_is_no_drug_is_said_with_those_near_it():
    with pytest.raises(InputError) as raised:
        chosen(include=["A-123", "inflixmab"])
    assert raised.value.place == "screen.include"
    assert "'inflixmab'" in str(raised.value)
    assert "near are Infliximab" in str(raised.value)


def test_a_name_that_is_near_to_none_is_said_too():
    with pytest.raises(InputError) as raised:
        chosen(include=["zzzzzz"])
    assert "near are" not in str(raised.value)
