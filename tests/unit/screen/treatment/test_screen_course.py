"""What a new sample changed: ranks over time, and a treatment's prediction against what came."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.files.contracts.screen_tables import RANKING_COURSE
from twinscreen.network import activity
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import target_sets, target_values
from twinscreen.screen.treatment.course import (
    agreement,
    predicted_change,
    ranking_course,
    treatment_course,
)

DRUGS = pd.DataFrame(
    {
        "drug_id": ["d1", "d2", "d3", "d4", "d5"],
        "name": ["Inhibitor", "Twin of it", "Agonist", "Binder", "Complex"],
        "synonyms": ["Brand|INH-1", None, None, None, None],
    }
)
TARGETS = pd.DataFrame(
    [
        ("d1", "A", "A", -1),
        ("d2", "A", "A", -1),
        ("d3", "B", "B", 1),
        ("d4", "A", "A", 0),
        ("d5", "B|C|X", "B", -1),
        ("d5", "B|C|X", "C", -1),
        ("d5", "B|C|X", "X", -1),
    ],
    columns=["drug_id", "target", "gene", "sign"],
)
PROTEINS = pd.Index(["A", "B", "C"])


def test_the_predicted_change_is_the_signed_influence_of_the_targets():
    influence = np.array([[1.0, 0, -2], [0, 3, 0], [1, 1, 1]])
    predicted = predicted_change(target_sets(DRUGS, TARGETS, PROTEINS), influence)
    assert predicted.tolist() == [
        [-1, 0, 2],
        [-1, 0, 2],
        [0, 3, 0],
        [0, 0, 0],
        [-0.5, -2, -0.5],  # the mean of the members that are known
    ]


def test_agreement_is_the_correlation_and_the_partial_one_given_the_state_before():
    random = np.random.default_rng(0)
    regulated = np.arange(0, 40, 2)
    predicted = random.normal(size=(3, 20))
    before, after = random.normal(size=(2, 4, 40))
    before[1, :5], after[1, 30:] = np.nan, np.nan
    correlation, partial, number = agreement(predicted, before, after, regulated)
    assert number.tolist() == [40, 25, 40, 40]
    whole = np.zeros((3, 40))
    whole[:, regulated] = predicted
    for c in range(4):
        use = np.isfinite(before[c]) & np.isfinite(after[c])
        change, start = (after - before)[c, use], before[c, use]
        slopes = [np.polyfit(start, y, 1) for y in (change, *whole[:, use])]
        left = [
            y - np.polyval(s, start) for y, s in zip((change, *whole[:, use]), slopes, strict=True)
        ]
        for d in range(3):
            assert correlation[d, c] == pytest.approx(np.corrcoef(whole[d, use], change)[0, 1])
            assert partial[d, c] == pytest.approx(np.corrcoef(left[d + 1], left[0])[0, 1])


N = 200
GENES = pd.Index([f"g{i}" for i in range(N)])


def patient(change, treatment="Inhibitor", times=("T0", "T1")):
    """Two cell types at two time points between which `change` came, beside some noise."""
    random = np.random.default_rng(1)
    influence = random.normal(size=(30, N)) * (random.random((30, N)) < 0.3)
    proteins = pd.Index(["A", "B", "C", *(f"P{i}" for i in range(27))])
    others = [f"P{i}" for i in range(27)]
    drugs = pd.DataFrame({"drug_id": others, "name": others, "synonyms": None})
    drugs = pd.concat([DRUGS, drugs], ignore_index=True)
    targets = pd.DataFrame({"drug_id": others, "target": others, "gene": others, "sign": -1})
    targets = target_sets(drugs, pd.concat([TARGETS, targets], ignore_index=True), proteins)
    before = random.normal(size=(2, N))
    noise = random.normal(size=(2, N))
    after = before + change(influence, before) + noise
    obs = pd.DataFrame(
        {"cell_type": ["B", "T", "B", "T"], "tissue": "blood", "time": np.repeat(times, 2)},
    )
    obs.index = pd.Index(obs.agg("|".join, axis=1))
    twin = ad.AnnData(np.vstack([before, after]), obs, pd.DataFrame(index=GENES))
    twin.uns["samples"] = pd.DataFrame({"time": list(times), "treatment": ["", treatment]})
    found = activity(influence, twin.X, np.arange(N))
    values = target_values(targets, found.z)
    scored = Scored(targets, values, found, influence, proteins, GENES, twin.obs_names, np.ones(4))
    return twin, scored, drugs


def test_a_treatment_that_did_what_it_predicts_agrees_best():
    twin, scored, drugs = patient(lambda influence, before: -2 * influence[0])
    table = treatment_course(twin, scored, drugs).set_index("cell_type")
    assert table.index.tolist() == ["all", "B", "T"]
    assert set(table["drug_id"]) == {"d1"}
    assert set(table["earlier"] + table["later"]) == {"T0T1"}
    assert (table["correlation"] > 0.4).all()
    assert (table["percentile"] == 0).all()
    assert (table["beyond_recovery_percentile"] == 0).all()
    assert table.loc["all", "correlation"] == pytest.approx(
        table.loc[["B", "T"], "correlation"].mean()
    )
    # 32 drugs: d2 predicts the same as d1 and counts with it, d4 predicts nothing
    assert set(table["n_drugs"]) == {29}
    assert set(table["n_genes"]) == {N}


def test_a_treatment_that_did_the_contrary_agrees_worst():
    table = treatment_course(*patient(lambda influence, before: 2 * influence[0]))
    assert (table["percentile"] == 1).all()


def test_a_general_recovery_is_no_credit_to_the_drug():
    """The state before is what the drug opposes; half of it goes, whatever was given."""

    def recover(influence, before):
        before += influence[0]
        return -0.5 * before

    row = treatment_course(*patient(recover)).iloc[0]
    assert row["correlation"] > 0.15
    assert abs(row["beyond_recovery"]) < 0.1


@pytest.mark.parametrize("name", ["Inhibitor", "inhibitor", "d1", "INH-1"])
def test_a_drug_is_known_by_id_name_and_synonym(name):
    table = treatment_course(*patient(lambda influence, before: 0, name))
    assert set(table["drug_id"]) == {"d1"}
    assert set(table["treatment"]) == {name}


def test_what_cannot_be_compared_says_why():
    table = treatment_course(*patient(lambda influence, before: 0, "rest| Binder"))
    assert table[["treatment", "drug_id", "note"]].to_numpy().tolist() == [
        ["rest", "", "not a drug of the library"],
        ["Binder", "d4", "unknown action, or no path to transcription"],
    ]
    assert table["correlation"].isna().all()


def test_a_treatment_before_the_first_sample_explains_no_change():
    twin, scored, drugs = patient(lambda influence, before: 0)
    twin.uns["samples"]["treatment"] = ["Inhibitor", ""]
    assert treatment_course(twin, scored, drugs).empty


def test_ranks_at_each_time_point_by_hand():
    drugs = pd.DataFrame(
        {"name": ["x", "y", "z"], "status": ["ranked", "ranked", "unknown action"]},
        index=["d1", "d2", "d3"],
    )
    compartments = pd.DataFrame({"time": ["T10", "T2", "T2"]})
    parts = np.array([[1.0, 2, 4], [np.nan, 3, 3], [9, 9, 9]])
    table = ranking_course(drugs, parts, compartments, [1, 0])
    assert table[["drug_id", "time", "rank"]].fillna(-1).to_numpy().tolist() == [
        ["d2", "T2", 1],
        ["d2", "T10", -1],
        ["d1", "T2", 1],  # equal to d2: both share the first rank
        ["d1", "T10", 1],
    ]
    assert table["score"].iloc[0] == pytest.approx(6 / np.sqrt(2), abs=1e-5)
    assert table["n_ranked"].tolist() == [2, 1, 2, 1]


def test_one_time_point_has_no_course():
    drugs = pd.DataFrame({"name": ["x"], "status": ["ranked"]}, index=["d1"])
    table = ranking_course(drugs, np.ones((1, 2)), pd.DataFrame({"time": ["T0", "T0"]}), [0])
    assert table.dtypes.to_dict() == RANKING_COURSE.empty().dtypes.to_dict()
    assert table.empty
