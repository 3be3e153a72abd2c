"""Every case of the catalogue comes out as it must."""

import pytest
from catalogue import cases
from trial import outcome_of


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_a_fault_is_refused_or_is_none(case, tmp_path):
    outcome, said = outcome_of(case, tmp_path)
    assert outcome in case.outcomes, said
