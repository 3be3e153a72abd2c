"""A change of the input changes what it may, and nothing else."""

import pytest
from input_changes import CHANGES, changed, facts, plain


@pytest.fixture(scope="module")
def before():
    return facts(plain())


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_what_a_change_of_the_input_changes(before, change):
    found = changed(before, facts(change.of(plain())))
    assert change.beyond(found) == []
    assert bool(found) == bool(change.keys)  # what is said to change something does
