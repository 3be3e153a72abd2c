"""Numbers and lists as people read them."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.report import words


@pytest.mark.parametrize("missing", [None, np.nan, float("inf"), pd.NA, pd.NaT, ""])
def test_missing_is_a_dash(missing):
    shown = (words.text, words.whole, words.decimal, words.signed, words.probability)
    assert [show(missing) for show in shown] == ["–"] * 5


@pytest.mark.parametrize("told", ["IL6", "0", "1e3", "nano", "info", "-", " "])
def test_a_text_that_says_something_is_not_missing(told):
    assert words.text(told) == told


def test_numbers():
    assert words.whole(12345.0) == "12,345"
    assert words.decimal(-0.04) == "0.0"
    assert words.decimal(-1234.56) == "−1,234.6"
    assert words.signed(2) == "+2.0"
    assert words.signed(0.01) == "0.0"
    assert words.signed(-2) == "−2.0"
    assert words.probability(0.000999) == "< 0.001"
    assert words.probability(0.0213) == "0.021"


def test_lists():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed("abcde", most=2) == "a, b and 3 more"
    assert words.listed("abc", most=2) == "a, b and c"
    assert words.between([5, 7, np.nan]) == "5 to 7"
    assert words.plural(1, "sample") == "1 sample"
    assert words.plural(2000, "sample") == "2,000 samples"
