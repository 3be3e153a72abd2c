"""What each kind changes in a weighted ranking, by hand and against scipy."""

import numpy as np
import pytest
from scipy import stats

from twinscreen.files.contracts.screen_tables import STABILITY
from twinscreen.screen.rank.leave_one_out import stability


def scoring(**kinds):
    """Give a function that adds up kinds by weight, and keeps what was asked of it."""
    asked = []

    def score_with(weights):
        asked.append(dict(weights))
        return sum(weight * np.asarray(kinds[name]) for name, weight in weights.items())

    return score_with, asked


def test_each_kind_is_left_out_once():
    score_with, asked = scoring(a=[1.0, 2], b=[2.0, 1], c=[0.0, 0])
    table = stability(score_with, {"a": 1.0, "b": 2.0, "c": 0.0})
    assert list(table.columns) == STABILITY.names
    assert table["kind"].tolist() == ["a", "b"]
    assert table["weight"].tolist() == [1, 2]
    assert asked == [{"a": 1, "b": 2}, {"b": 2}, {"a": 1}]


def test_a_kind_that_says_what_the_others_say_changes_nothing():
    score_with, _ = scoring(a=np.arange(30.0), b=2 * np.arange(30.0))
    table = stability(score_with, {"a": 1.0, "b": 1.0})
    assert table["correlation"].tolist() == [1, 1]
    assert table["top_kept"].tolist() == [1, 1]
    assert table["largest_move"].tolist() == [0, 0]


def test_figures_of_a_kind_that_decides():
    """By a + b drug 19 is first; without b it is last, and the ten best are the others' best."""
    a = np.arange(20.0)[::-1]
    b = np.where(np.arange(20) == 19, 100.0, 0)
    score_with, _ = scoring(a=a, b=b)
    row = stability(score_with, {"a": 1.0, "b": 1.0}).set_index("kind").loc["b"]
    assert row["correlation"] == pytest.approx(stats.spearmanr(a + b, a).statistic)
    assert row["top_kept"] == 0.9
    assert row["largest_move"] == 19


def test_drugs_without_a_score_in_both_take_no_part():
    a = np.array([3.0, 2, 1, np.nan])
    b = np.array([np.nan, 2, 1, 5])

    def score_with(weights):
        return {("a", "b"): np.array([1.0, 3, 2, 4]), ("a",): a, ("b",): b}[tuple(weights)]

    table = stability(score_with, {"a": 1.0, "b": 1.0}).set_index("kind")
    assert table.loc["a", "correlation"] == pytest.approx(1)  # 3, 2, 4 against 2, 1, 5
    assert table.loc["b", "correlation"] == pytest.approx(
        stats.spearmanr([1, 3, 2], [3, 2, 1]).statistic
    )


def test_two_drugs_in_both_have_no_correlation():
    def score_with(weights):
        return {
            ("a", "b"): np.array([1.0, 2, 3]),
            ("a",): np.array([1.0, 2, np.nan]),
            ("b",): np.array([1.0, 3, 2]),
        }[tuple(weights)]

    table = stability(score_with, {"a": 1.0, "b": 1.0}).set_index("kind")
    assert np.isnan(table.loc["b", "correlation"])
    assert table.loc["a", "correlation"] == pytest.approx(0.5)


def test_an_only_kind_can_not_be_left_out():
    score_with, _ = scoring(a=[1.0, 2, 3])
    table = stability(score_with, {"a": 1.0, "b": 0.0})
    assert table["kind"].tolist() == ["a"]
    assert table[["correlation", "top_kept", "largest_move"]].isna().all(axis=None)
