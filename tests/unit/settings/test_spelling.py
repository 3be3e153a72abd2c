"""Which names of conditions are one name in two spellings."""

import pytest

from twinscreen.settings.spelling import differs_in_spelling


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("healthy", False),
        ("Healthy", True),
        (" healthy", True),
        ('"healthy"', True),
        ("\u2018healthy\u2019", True),
        ("healthy2", False),
        ("unhealthy", False),
    ],
)
def test_case_blanks_and_quotes_make_no_other_condition(condition, found):
    assert differs_in_spelling(condition, "healthy") is found
