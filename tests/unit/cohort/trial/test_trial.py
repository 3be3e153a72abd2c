"""The virtual trial: who responds, what responders share, and how predictions fare."""

from itertools import combinations
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.cohort.similarity.neighbours import neighbours
from twinscreen.cohort.trial.associations import judge_prediction, permutation_p, shares_of_pairs
from twinscreen.cohort.trial.features import Told, features_of, gather
from twinscreen.cohort.trial.responses import Responses, read_responses
from twinscreen.cohort.trial.run import choose_drugs, give
from twinscreen.cohort.trial.treated import Treated, WaitingScreens
from twinscreen.files import (
    COHORT_TRIAL,
    COHORT_TRIAL_DRUGS,
    COHORT_TRIAL_FEATURES,
    TWIN,
    InputError,
    read_table,
)
from verbs import run_verb

NAN = np.nan


def rng():
    return np.random.default_rng(1)


# --- statistics --------------------------------------------------------------------------


def test_share_of_pairs_by_hand():
    # responders 3, 1; others 2, 1: pairs 3>2, 3>1, 1<2, 1=1 give 2.5 of 4
    labels = np.array([[True, True, False, False]])
    values = np.array([[3.0, NAN], [1.0, NAN], [2.0, 5.0], [1.0, 4.0]])
    assert shares_of_pairs(labels, values).tolist() == [[0.625, 0.5]]  # no pair: a half


def test_share_of_pairs_leaves_out_what_is_not_known():
    labels = np.array([[True, True, False, False]])
    assert shares_of_pairs(labels, np.array([[3.0], [NAN], [2.0], [4.0]])).tolist() == [[0.5]]


def test_permutation_p_is_that_of_all_permutations():
    labels = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool)
    values = np.array([7.0, 6, 3, 5, 4, 2, 1])[:, None]
    every = np.array([np.isin(range(7), chosen) for chosen in combinations(range(7), 3)])
    by_chance = np.abs(shares_of_pairs(every, values)[:, 0] - 0.5)
    exact = np.mean(by_chance >= by_chance[0] - 1e-12)
    found = permutation_p(labels, values, rng=rng(), permutations=20000)
    assert found[0] == pytest.approx(exact, abs=0.01)
    one_sided = permutation_p(labels, values, rng=rng(), two_sided=False, permutations=20000)
    upper = shares_of_pairs(every, values)[:, 0]
    assert one_sided[0] == pytest.approx(np.mean(upper >= upper[0] - 1e-12), abs=0.01)


def test_p_is_uniform_where_there_is_nothing():
    labels = np.arange(30) < 12
    values = np.random.default_rng(2).normal(size=(30, 400))
    p = permutation_p(labels, values, rng=rng(), permutations=999)
    assert np.mean(p <= 0.1) == pytest.approx(0.1, abs=0.05)
    assert p.min() >= 1 / 1000


def test_a_prediction_that_is_right_and_one_that_is_not():
    responded = np.arange(20) < 8
    right = judge_prediction(-np.arange(20.0), responded, rng=rng())
    assert (right.auc, right.auc_low, right.auc_high) == (1, 1, 1)
    assert right.pvalue <= 0.001
    wrong = judge_prediction(np.arange(20.0), responded, rng=rng())
    assert wrong.auc == 0
    assert wrong.pvalue == 1  # one-sided: the wrong way round is no success
    assert np.isnan(judge_prediction(np.arange(3.0), np.ones(3, dtype=bool), rng=rng()).auc)


# --- features ----------------------------------------------------------------------------


def test_features_are_numbers_and_what_was_not_asked_is_not_known():
    told = {
        f"P{i}": Told(
            numbers={("module size", "B, blood"): float(i)},
            has={("variant", "TYK2")} if i < 3 else set(),
            asked={"variant"} if i < 7 else set(),
            sheet={"age": str(40 + i), "sex": "f" if i % 2 else "m", "score": "7", "out": "yes"},
            simulated={("variant", "TYK2")} if i == 0 else set(),
        )
        for i in range(8)
    }
    found = gather(told, without=["out"])
    assert list(found.table.columns) == [
        ("module size", "B, blood"),
        ("patient", "age"),
        ("patient", "sex: f"),
        ("patient", "sex: m"),
        ("variant", "TYK2"),
    ]  # "score" is the same in all
    assert found.table["variant", "TYK2"].tolist()[:7] == [1, 1, 1, 0, 0, 0, 0]
    assert np.isnan(found.table["variant", "TYK2"]["P7"])
    assert found.table["patient", "age"].tolist() == list(range(40, 48))
    assert found.simulated == {("variant", "TYK2")}


def test_of_thousands_of_regulators_the_strongest_are_kept():
    told = {
        f"P{i}": Told(numbers={("regulator", f"G{g:03}"): g * (-1.0) ** i + i for g in range(200)})
        for i in range(8)
    }
    kept = [name for _, name in gather(told).table.columns]
    assert len(kept) == 50
    assert "G199" in kept
    assert "G100" not in kept


# --- responses ---------------------------------------------------------------------------


def test_responses_of_a_column_and_of_a_table(tmp_path):
    sheets = {"P1": {"resp": "Yes"}, "P2": {"resp": ""}, "P3": {"resp": "no"}}
    assert read_responses("resp", sheets) == Responses({"P1": True, "P3": False}, "resp")
    assert read_responses("", sheets) == Responses()
    table = tmp_path / "r.tsv"
    table.write_text("patient\tresponse\nP3\tnon-responder\nP9\t1\n")
    assert read_responses(str(table), sheets) == Responses({"P3": False})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("patient\tresponse\nP1\tmaybe\n", "'maybe'"),
        ("patient\tresponse\nP1\tyes\nP1\tno\n", "line 3"),
        ("patient\tresponse\nQ1\tyes\n", "no patient of this cohort"),
        ("patient\tanswer\nP1\tyes\n", "no column response"),
    ],
)
def test_a_faulty_table_of_responses_says_where(tmp_path, text, says):
    table = tmp_path / "r.tsv"
    table.write_text(text)
    with pytest.raises(InputError, match=says):
        read_responses(str(table), {"P1": {}})


def test_responses_that_are_nowhere():
    with pytest.raises(InputError, match="neither a file nor a column"):
        read_responses("reponse", {"P1": {"response": "yes"}})


# --- drugs and responders ----------------------------------------------------------------


def screened(called=True, **drugs) -> Treated:
    """Drugs by name: rank, benefit, lower end; drug b has the same targets as a."""
    table = pd.DataFrame(drugs, index=["rank", "benefit", "benefit_low"]).T
    table = table.assign(benefit_high=table["benefit"] + 0.1, reward=table["benefit"])
    table["name"], table["status"], table["same"] = table.index.str.upper(), "ranked", ""
    table["mechanism"] = ["a" if drug == "b" else drug for drug in table.index]
    table["presence"] = "found"
    return Treated(table, called=called, unscorable=False)


def test_the_drugs_that_are_first_in_most_patients():
    treated = {
        "P1": screened(a=(1, 0.2, 0.1), b=(1, 0.2, 0.1), c=(3, 0, -0.1)),
        "P2": screened(a=(1, 0.2, 0.1), b=(1, 0.2, 0.1), c=(3, 0, -0.1)),
        "P3": screened(a=(2, 0.2, 0.1), b=(2, 0.2, 0.1), c=(1, 0.3, 0.1)),
    }
    assert choose_drugs(treated, []) == {"a": "A", "c": "C"}  # b is a by another name
    assert choose_drugs(treated, ["C", "b"]) == {"c": "C", "b": "B"}
    with pytest.raises(InputError, match="aspirin"):
        choose_drugs(treated, ["aspirin"])


def test_a_drug_whose_targets_are_absent_is_first_in_nobody():
    treated = {"P1": screened(a=(1, 0.2, 0.1), c=(2, 0, -0.1))}
    treated["P1"].drugs.loc["a", "presence"] = "absent"
    assert choose_drugs(treated, []) == {"c": "C"}


def test_drugs_that_share_the_mean_of_the_first_ranks_are_first():
    treated = {"P1": screened(a=(1.5, 0.2, 0.1), b=(1.5, 0.2, 0.1), c=(3, 0, -0.1))}
    assert choose_drugs(treated, []) == {"a": "A"}
    unranked = {"P1": screened(a=(NAN, 0.2, 0.1), c=(NAN, 0, -0.1))}
    assert choose_drugs(unranked, []) == {}


def test_screens_wait_in_order_of_their_patients():
    screens = {
        "P2": screened(c=(1, 0.3, NAN), a=(2, 0.2, 0.1)),
        "P1": screened(called=False, a=(1, 0.2, 0.1)),
        "P3": Treated(pd.DataFrame(), called=False, unscorable=True),
    }
    waiting = WaitingScreens()
    for patient, of in screens.items():
        waiting.add(patient, of)
    assert [*waiting] == ["P1", "P2", "P3"]
    for patient, of in waiting.items():
        given = screens[patient]
        columns = list(given.drugs)
        assert of.drugs.index.tolist() == given.drugs.index.tolist()
        assert len(given.drugs) == 0 or of.drugs[columns].equals(given.drugs)
        assert (of.called, of.unscorable) == (given.called, given.unscorable)
        assert of.first() == given.first()


def test_responders_have_a_call_and_an_interval_above_0():
    treated = {
        "above": screened(a=(1, 0.2, 0.1)),
        "reaches": screened(a=(1, 0.2, -0.1)),
        "no call": screened(called=False, a=(1, 0.2, 0.1)),
        "no interval": screened(a=(1, 0.2, NAN)),
        "without": screened(c=(1, 0.2, 0.1)),
        "unscorable": Treated(pd.DataFrame(), called=False, unscorable=True),
    }
    table = give({"a": "A"}, treated, Responses({"above": True})).set_index("patient")
    assert table["responder"].tolist() == [True, False, False, pd.NA, pd.NA, pd.NA]
    assert table["status"].tolist()[-2:] == ["not tried", "unscorable"]
    assert table.loc["above", "observed"]
    assert table["observed"].isna().sum() == 5


# --- the whole verb ----------------------------------------------------------------------

GENES = ["JAK1", "STAT1", "TYK2"]


def write_twin(folder: Path, patient: str, module_size: int, response: str, variant: bool) -> Path:
    """Two cell types; the second is an earlier time point."""
    obs = pd.DataFrame(
        {
            **dict.fromkeys(TWIN.obs, NAN),
            "cell_type": ["B", "B"],
            "tissue": "blood",
            "time": ["T1", "T0"],
            "n_cells": [30, 40],
            "scorable": True,
            "latest": [True, False],
            "module_size": [module_size, 999],
            "flags": "",
            "method": "reference",
        },
        index=["B|blood|T1", "B|blood|T0"],
    )
    twin = ad.AnnData(
        np.full((2, 3), 1.0, dtype=np.float32),
        obs=obs,
        var=pd.DataFrame(NAN, index=GENES, columns=list(TWIN.var)),
        layers={name: np.full((2, 3), NAN, dtype=np.float32) for name in TWIN.layers},
        obsp={name: np.zeros((2, 2)) for name in TWIN.obsp},
    )
    twin.var["variant"] = [0.5 if variant else NAN, NAN, 0.2]
    twin.uns |= dict.fromkeys(TWIN.uns, "")
    twin.uns |= {
        "patient": {"patient": patient, "condition": "ill", "response": response, "empty": ""},
        "samples": pd.DataFrame(
            {"sample": [patient], "batch": ["b1"], "n_cells": [70], "median_counts": [900.0]}
        ),
        "not_used": pd.DataFrame({"what": [], "name": [], "reason": []}),
        "findings": pd.DataFrame(
            {
                "kind": ["variant", "phenotype", "phenotype", "disease"],
                "id": ["all", "HP:1", "HP:2", "file"],
                "label": ["", "fever", "rash", "not used"],
                "status": ["", "present", "absent", ""],
                "simulated": False,
            }
        ),
    }
    path = folder / f"{patient}.h5ad"
    twin.write_h5ad(path)
    return path


def write_screen(folder: Path, patient: str, benefit: float, called: bool) -> Path:
    from twinscreen.files import SCREEN

    obs = pd.DataFrame({**dict.fromkeys(SCREEN.obs, NAN)}, index=["d1", "d2"])
    obs = obs.assign(
        name=["one", "two"],
        kind="",
        targets="",
        status="ranked",
        approved=True,
        withdrawn=False,
        score=[2.0, 1.0],
        rank=[1.0, 2.0],
        rank_high=[1.0, 2.0],
        mechanism=["d1", "d2"],
        presence="found",
        same="",
        evidence="",
        concerns="",
        benefit=[benefit, 0.0],
        benefit_low=[benefit - 0.1, -0.1],
        benefit_high=[benefit + 0.1, 0.1],
        reward=[benefit, 0.0],
    )
    screen = ad.AnnData(
        obs=obs, var=pd.DataFrame({"weight": [1.0, 0.0]}, index=["B|blood|T1", "B|blood|T0"])
    )
    for name in SCREEN.layers:
        screen.layers[name] = np.zeros((2, 2))
    screen.varm["regulators"] = np.array([[benefit * 10, 1.0], [99.0, 99.0]])
    screen.uns |= dict.fromkeys(SCREEN.uns, "")
    screen.uns["kinds"] = pd.DataFrame(columns=["kind", "layers", "score_weight"])
    screen.uns |= {
        "patient": {"patient": patient},
        "regulators": np.array(["JAK1", "STAT1"]),
        "call": {"called": called, "pvalue": 0.01, "fit_pvalue": 0.02, "n_null": 13},
        "spread": {"patient": 2.5},
    }
    path = folder / f"{patient}.screen.h5ad"
    screen.write_h5ad(path)
    return path


def trial_of(twins, screens, output, *, drugs=(), responses=""):
    """Run the virtual trial."""
    run_verb(
        *("trial", "--twins", *twins, "--screens", *screens, "--drugs", *drugs),
        *("--responses", responses, "--seed", 1, "--output", output),
    )


@pytest.fixture
def cohort(tmp_path):
    """Twelve patients; the first six have a large module and a benefit, and did respond."""
    twins, screens = [], []
    for i in range(12):
        helped = i < 6
        answer = "yes" if helped else "no"
        twins.append(
            write_twin(tmp_path, f"P{i:02}", 200 + i if helped else 10 + i, answer, helped)
        )
        screens.append(
            write_screen(tmp_path, f"P{i:02}", 0.5 - 0.03 * i if helped else -0.01 * i, True)
        )
    return twins, screens, tmp_path


def test_what_is_said_to_be_absent_is_no_feature_that_a_patient_has(tmp_path):
    twin = ad.read_h5ad(write_twin(tmp_path, "P", 10, "yes", variant=False))
    screen = ad.read_h5ad(write_screen(tmp_path, "P", 0.1, called=True))
    told = features_of(twin, screen)
    assert {key for key in told.has if key[0] != "batch"} - {("variant", "TYK2")} == {
        ("phenotype", "fever")
    }
    assert "phenotype" in told.asked
    assert "disease" not in told.asked  # of which the file could not be read


def test_planted_responders_are_found(cohort):
    twins, screens, folder = cohort
    trial_of(twins[::-1], screens[::-1], folder / "out", drugs=["one"], responses="response")
    trial = read_table(folder / "out" / "trial.parquet", COHORT_TRIAL)
    assert trial["patient"].tolist() == [f"P{i:02}" for i in range(12)]
    assert trial["responder"].tolist() == [True] * 6 + [False] * 6
    [drug] = read_table(folder / "out" / "trial_drugs.parquet", COHORT_TRIAL_DRUGS).to_dict(
        "records"
    )
    assert (drug["n_first"], drug["n_ranked"], drug["n_called"], drug["n_responders"]) == (
        *(12, 12, 12, 6),
    )
    assert (drug["n_observed"], drug["n_observed_responders"], drug["auc"]) == (12, 6, 1)
    assert drug["pvalue"] < 0.01
    features = read_table(folder / "out" / "trial_features.parquet", COHORT_TRIAL_FEATURES)
    for outcome in ("predicted", "observed"):
        found = features[features["outcome"] == outcome].set_index(["kind", "feature"])
        # 2 of the 924 ways to choose six of twelve part them so
        for key in (("module size", "B, blood"), ("variant", "JAK1"), ("regulator", "JAK1")):
            assert found.loc[key, "auc"] == 1
            assert found.loc[key, "pvalue"] == pytest.approx(2 / 924, abs=0.002)
        assert ("patient", "response: yes") not in found.index  # the answer is no feature
        assert ("variant", "TYK2") not in found.index  # all have it
        assert found.loc[("module size", "B, blood"), "mean_responders"] == 202.5
    assert (folder / "out" / "trial_features.tsv").exists()


def test_without_calls_nobody_responds_and_without_answers_nothing_is_judged(cohort, tmp_path):
    twins, _, folder = cohort
    screens = [write_screen(tmp_path, f"P{i:02}", 0.5, False) for i in range(12)]
    trial_of(twins, screens, folder / "out")
    drugs = read_table(folder / "out" / "trial_drugs.parquet", COHORT_TRIAL_DRUGS)
    assert drugs["name"].tolist() == ["one"]  # the only one that is first in anybody
    assert drugs["n_responders"].tolist() == [0]
    assert drugs["auc"].isna().all()
    assert read_table(folder / "out" / "trial_features.parquet", COHORT_TRIAL_FEATURES).empty


def test_a_cohort_of_nobody_scored_has_an_empty_trial(cohort):
    twins, screens, folder = cohort
    for path in screens[:2]:
        screen = ad.read_h5ad(path)[:0].copy()
        screen.uns["unscorable"] = "no cells"
        screen.write_h5ad(path)
    trial_of(twins[:2], screens[:2], folder, drugs=["one"])
    assert read_table(folder / "trial.parquet", COHORT_TRIAL).empty
    assert read_table(folder / "trial_drugs.parquet", COHORT_TRIAL_DRUGS).empty


def test_screens_in_another_order_than_twins_are_refused(cohort):
    twins, screens, folder = cohort
    for wrong, said in ((screens[::-1], "the screen of P11"), (screens[1:], "11 screens")):
        with pytest.raises(InputError, match=said):
            trial_of(twins, wrong, folder / "out")


def test_the_same_trial_gives_the_same_bytes(cohort):
    twins, screens, folder = cohort
    for name, step in (("a", 1), ("b", -1)):
        trial_of(twins[::step], screens[::step], folder / name, responses="response")
    for file in sorted((folder / "a").iterdir()):
        assert file.read_bytes() == (folder / "b" / file.name).read_bytes(), file.name


# --- neighbours --------------------------------------------------------------------------


def test_of_a_cohort_one_patient_at_a_time_is_in_memory(cohort, most_alive):
    twins, screens, folder = cohort
    output = folder / "out"
    with most_alive() as numbers:
        run_verb("similarity", "--twins", *twins, "--seed", 1, "--output", output)
    assert max(numbers) == 1
    with most_alive() as numbers:
        run_verb("cohort", "--twins", *twins, "--screens", *screens, "--output", output)
        trial_of(twins, screens, output)
    assert max(numbers) == 2  # a twin and its screen


def test_batches_that_make_patients_alike_are_seen():
    generator = np.random.default_rng(3)
    batch = np.repeat(["x", "y"], 8)
    values = generator.normal(size=(16, 300)) + (batch == "x")[:, None] * generator.normal(size=300)
    similarity = np.corrcoef(values)
    patients = [f"P{i:02}" for i in range(16)]
    texts = {
        name: {"batch": batch[i], "coin": "hd"[generator.integers(2)], "own": str(i), "all": "1"}
        for i, name in enumerate(patients)
    }
    found = neighbours(similarity, patients, texts, rng=rng()).set_index("feature")
    assert list(found.index) == ["batch", "coin"]  # one's own value and everybody's say nothing
    same = batch[:, None] == batch
    np.fill_diagonal(similarity, NAN)
    assert found.loc["batch", "same"] == pytest.approx(np.nanmean(similarity[same]))
    assert found.loc["batch", "others"] == pytest.approx(np.nanmean(similarity[~same]))
    assert found.loc["batch", "pvalue"] == 0.001
    assert found.loc["coin", "pvalue"] > 0.05
