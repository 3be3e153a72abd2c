"""Ranks once more, with what speaks against a drug."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscreen.files import SCREEN
from twinscreen.screen.rank.ranking import adjusted_ranks, ranking_table, ranks_by_compartments

NAN = np.nan


def ranks(score, harm):
    return adjusted_ranks(np.array(score, dtype=float), np.array(harm, dtype=float))


def test_without_harm_ranks_are_those_of_the_score():
    assert ranks([3, 1, 2], [0, 0, 0]).tolist() == [1, 3, 2]


def test_harm_takes_a_share_of_the_best_score():
    """Of a best score of 4: 4 - 2 = 2, 3 - 0 = 3, 2.5 - 0.4 = 2.1."""
    assert ranks([4, 3, 2.5], [0.5, 0, 0.1]).tolist() == [3, 1, 2]


def test_equal_ones_share_the_better_rank():
    assert ranks([4, 2, 1], [0.5, 0, 0]).tolist() == [1, 1, 3]


def test_drugs_without_a_rank_have_none():
    found = ranks([2, NAN, 1], [0.1, 0.1, 0])
    assert found == pytest.approx([1, NAN, 2], nan_ok=True)
    assert np.isnan(ranks([NAN, NAN], [0, 1])).all()


def test_where_no_score_is_positive_harm_changes_nothing():
    """A share of nothing is nothing: a negative best score must not reward harm."""
    assert ranks([-1, -2, -3], [1, 0, 0]).tolist() == [1, 2, 3]


@settings(deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=12),
    st.floats(0.001, 0.999),
    st.integers(0, 11),
)
def test_more_harm_never_makes_a_rank_better(score, harm, drug):
    drug %= len(score)
    before = ranks(score, np.zeros(len(score)))
    harmful = np.zeros(len(score))
    harmful[drug] = harm
    after = ranks(score, harmful)
    assert after[drug] >= before[drug]
    assert all(a <= b for i, (a, b) in enumerate(zip(after, before, strict=True)) if i != drug)


@pytest.mark.parametrize(
    ("rank", "said"),
    [
        ([1, 1, 3, NAN], ["no call", "no call", "", ""]),
        ([1.5, 1.5, 3, NAN], ["no call", "no call", "", ""]),  # ties that share their mean rank
        ([NAN] * 4, [""] * 4),
    ],
)
def test_the_call_stands_beside_the_drugs_of_the_best_rank(rank, said):
    obs = pd.DataFrame(dict.fromkeys(SCREEN.obs, ""), index=list("abcd")).assign(rank=rank)
    screen = ad.AnnData(obs=obs, var=pd.DataFrame({"weight": [1.0]}, index=["blood"]))
    screen.layers["score"] = np.ones((4, 1))
    screen.uns |= {"call": {"called": False}, "preset": "scdrugprio"}
    assert ranking_table(screen)["call"].tolist() == said


def test_of_ranks_by_compartments_the_weights_alone_are_different():
    """Two compartments: 4 + 0, 3 + 2 and 0 + 3 with equal weights; 8, 8 and 3 with 2 and 1."""
    parts = np.array([[4.0, 0], [3, 2], [0, 3], [NAN, NAN], [9, 9]])
    ranked = np.array([True, True, True, True, False])
    equal = ranks_by_compartments(parts, np.array([1.0, 1]), ranked)
    assert equal == pytest.approx([2, 1, 3, NAN, NAN], nan_ok=True)
    twice = ranks_by_compartments(parts, np.array([2.0, 1]), ranked)
    assert twice == pytest.approx([1, 1, 3, NAN, NAN], nan_ok=True)
    assert ranks_by_compartments(parts, np.array([3.0, 3]), ranked) == pytest.approx(
        equal, nan_ok=True
    )


#: Columns of the table whose name in a screen is another one.
OTHERWISE = {"drug": "name", "same_targets": "same"}
#: Columns of a screen that it leaves out, and those that are made for it.
NOT_FOR_PEOPLE = {
    *("mechanism", "residual", "score_low", "score_high", "untested", "withdrawn"),
    "indicated_simulated",
}
MADE = {"call", "percentile", "strongest_compartment", "drug_id", "preset"}


def test_the_table_for_people_says_what_the_screen_says():
    rank = [1.0, 2.0, 3.0, NAN]
    obs = pd.DataFrame({name: [f"{name} {i}" for i in range(4)] for name in SCREEN.obs})
    obs.index, obs["rank"] = pd.Index(list("abcd")), rank
    obs["presence"] = ["absent", "present", "present", "present"]
    var = pd.DataFrame({"weight": [1.0, 0.0, 1.0]}, index=["blood", "old", "lung"])
    screen = ad.AnnData(obs=obs, var=var)
    screen.layers["score"] = np.array([[1, 9, 2], [NAN, 9, -1], [-1, 9, NAN], [1, 9, 2]])
    screen.uns |= {"call": {"called": True}, "preset": "calibrated"}
    table = ranking_table(screen)
    assert table.columns[:6].tolist() == [
        *("rank", "rank_low", "rank_high", "adjusted_rank", "drug", "same_targets")
    ]
    for name in set(table.columns) - MADE:
        of = obs[OTHERWISE.get(name, name)]
        pd.testing.assert_series_equal(table[name], of, check_names=False)
    told = {OTHERWISE.get(name, name) for name in table.columns}
    assert set(obs.columns) - told == NOT_FOR_PEOPLE
    assert table["call"].tolist() == ["", "yes", "", ""]  # the first is absent from all cells
    assert table["percentile"].tolist() == pytest.approx([0, 0.5, 1, NAN], nan_ok=True)
    assert table["strongest_compartment"].tolist() == ["lung", "lung", "blood", ""]
    assert table["drug_id"].tolist() == list("abcd")
    assert set(table["preset"]) == {"calibrated"}
