"""From activities to ranks: signed targets, scores, reasons."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinscreen.files import InputError
from twinscreen.network import activity
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import combine, drug_scores, target_sets, target_values
from twinscreen.screen.library import Library
from twinscreen.screen.rank.presets import causal
from twinscreen.screen.rank.ranking import describe_targets, rank_drugs
from twinscreen.screen.reasons.target_reasons import evidence_table, gene_parts

INFLUENCE = np.array(
    [
        [0.5, -0.5, 0.0, 0.2, 0.0],
        [-0.3, 0.4, 0.1, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.7],
    ]
)
EFFECT = np.array([[2.0, -1.0, 0.3, 0.9, np.nan, 0.1], [0.5, 0.1, -0.4, np.nan, 1.0, -2.0]])
REGULATED = np.arange(5)


def test_gene_parts_add_up_to_the_activity():
    found = activity(INFLUENCE, EFFECT, REGULATED)
    parts = gene_parts(found, INFLUENCE, np.array([0, 1]), 1)
    assert parts.sum() == pytest.approx(found.z[[0, 1], 1].mean())


DRUGS = pd.DataFrame(
    {
        "drug_id": ["d1", "d2", "d3", "d4"],
        "name": ["inhibitor", "agonist", "binder", "elsewhere"],
        "kind": "Synthetic organic",
        "approved": [True, True, True, False],
        "withdrawn": [False, False, True, False],
        "labelled": False,
    }
)
TARGETS = pd.DataFrame(
    [
        ("d1", "A", "A", -1),
        ("d1", "B", "B", -1),
        ("d2", "A|B", "A", 1),
        ("d2", "A|B", "B", 1),
        ("d3", "A", "A", 0),
        ("d4", "X", "X", -1),
    ],
    columns=["drug_id", "target", "gene", "sign"],
)
PROTEINS = pd.Index(["A", "B"])
Z = np.array([[3.0, 1.0], [1.0, np.nan]])


def sets():
    return target_sets(DRUGS, TARGETS, PROTEINS)


def test_a_complex_is_one_target_with_the_mean_of_its_known_members():
    values = target_values(sets(), Z)
    row = sets().table.query("target == 'A|B'").index[0]
    assert values[row].tolist() == [2.0, 1.0]


def test_scores_by_hand():
    scores = drug_scores(sets(), target_values(sets(), Z))
    assert scores[0] == pytest.approx([(3 + 1) / np.sqrt(2), 1.0])  # inhibits what is over-active
    assert scores[1] == pytest.approx([-2.0, -1.0])  # activates it
    assert np.isnan(scores[2]).all()  # action not known
    assert np.isnan(scores[3]).all()  # target not in the network


def test_compartments_combine_by_stouffer_over_those_known():
    scores = np.array([[1.0, 2.0, 9.0], [1.0, np.nan, 9.0], [np.nan, np.nan, 9.0]])
    combined = combine(scores, np.array([1.0, 1.0, 0.0]))
    assert combined[:2] == pytest.approx([3 / np.sqrt(2), 1.0])
    assert np.isnan(combined[2])


def ranked():
    values = target_values(sets(), Z)
    scored = Scored(sets(), values, *[None] * 5, np.ones(2))
    return rank_drugs(DRUGS, causal(scored, None))


def test_status_says_why_a_drug_has_no_rank():
    table = ranked().set_index("name")
    assert table.loc["inhibitor", "rank"] == 1
    assert table.loc["agonist", "rank"] == 2
    assert table["status"].to_dict() == {
        "inhibitor": "ranked",
        "agonist": "ranked",
        "binder": "unknown action",
        "elsewhere": "no path to transcription",
    }
    assert table["rank"].isna().sum() == 2
    assert table["score"].isna().sum() == 2
    assert table["n_scored"].tolist() == [2, 1, 0, 0]


def test_targets_are_described_with_their_sign():
    assert describe_targets(sets()) == ["A -; B -", "A|B +", "A ?", "X -"]


def test_reasons_add_up_to_the_score():
    influence = np.array([[0.5, -0.5, 0.1], [0.2, 0.3, -0.4]])
    effect = np.array([[2.0, -1.0, 0.5, 0.0], [1.0, np.nan, -0.5, 0.3]])
    found = activity(influence, effect, np.arange(3))
    values = target_values(sets(), found.z)
    weight = np.array([1.0, 1.0])
    scored = Scored(
        sets(),
        values,
        found,
        influence,
        PROTEINS,
        pd.Index(["g", "h", "i"]),
        pd.Index(["c1", "c2"]),
        weight,
    )
    table = evidence_table(scored, [0, 1, 2, 3])
    score = combine(drug_scores(sets(), values), weight)
    total = table.groupby("drug_id")["contribution"].sum()
    assert total["d1"] == pytest.approx(score[0])
    assert total["d2"] == pytest.approx(score[1])
    assert set(total.index) == {"d1", "d2"}
    first = table[table["drug_id"] == "d1"].iloc[0]
    assert first["contribution"] == table[table["drug_id"] == "d1"]["contribution"].max()
    assert set(first["genes"].split("|")) <= {"g", "h", "i"}


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        # A is inhibited: over-activity speaks for the drug, z below 0 against it.
        ([np.nan, -1.0, -2.0, -9.0], "c3"),  # c1 was not measured, c4 is not treated
        ([np.nan, 1.0, 2.0, 9.0], "c3"),
        ([3.0, 2.0, -4.0, np.nan], "c1"),  # 5 for it, 4 against it: for it, most in c1
        ([-3.0, -2.0, 4.0, np.nan], "c1"),
        ([2.0, -2.0, np.nan, np.nan], "c1"),
    ],
)
def test_a_target_contributes_most_where_it_was_measured_and_treated(over, expected):
    random = np.random.default_rng(3)
    influence, effect = random.normal(size=(2, 6)), random.normal(size=(4, 6))
    targets = target_sets(DRUGS.iloc[:1], TARGETS.iloc[:1], PROTEINS)
    found = activity(influence, effect, np.arange(6))
    names = pd.Index([f"c{i}" for i in range(1, 5)])
    weight = np.array([1.0, 1.0, 1.0, 0.0])
    values = np.array([over])
    scored = Scored(
        targets, values, found, influence, PROTEINS, pd.Index(list("ghijkl")), names, weight
    )
    row = evidence_table(scored, [0]).iloc[0]
    assert row["compartment"] == expected
    assert row["compartment_z"] == values[0, names.get_loc(expected)]


def test_library_chooses_by_approval_withdrawal_and_name():
    def names(**changes):
        wanted = {"approved_only": True, "include": (), "withdrawn": False, "diagnostics": False}
        return Library(**wanted | changes).choose(DRUGS)["name"].tolist()

    assert names() == ["inhibitor", "agonist"]
    assert names(include=("elsewhere",)) == ["inhibitor", "agonist", "elsewhere"]
    assert names(withdrawn=True) == ["inhibitor", "agonist", "binder"]
    assert names(approved_only=False) == ["inhibitor", "agonist", "elsewhere"]
    assert names(include=("binder",)) == ["inhibitor", "agonist", "binder"]


@given(st.permutations(range(4)))
def test_the_order_of_drugs_changes_no_score(order):
    drugs = DRUGS.iloc[list(order)].reset_index(drop=True)
    shuffled = target_sets(drugs, TARGETS, PROTEINS)
    scores = drug_scores(shuffled, target_values(shuffled, Z))
    expected = drug_scores(sets(), target_values(sets(), Z))[list(order)]
    assert scores == pytest.approx(expected, nan_ok=True)


def test_a_drug_to_include_that_nobody_knows_is_told():
    library = Library(True, ("ELSEWHERE",), withdrawn=False, diagnostics=False)
    assert "elsewhere" in library.choose(DRUGS)["name"].tolist()
    with pytest.raises(InputError, match="inhibitor"):
        Library(True, ("inhibitorr",), withdrawn=False, diagnostics=False).choose(DRUGS)
