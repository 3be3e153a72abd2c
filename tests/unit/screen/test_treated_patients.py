"""Patients of the cohort as reference states: their state, their outcomes, and who gains by it."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

import twinscreen as ts
from twinscreen.files import PRECEDENTS, InputError, check_anndata
from twinscreen.files.drug_names import DrugNames
from twinscreen.kb.precedents import Precedents
from twinscreen.screen.evidence.precedent import beyond_others, dealt_out, popularity
from twinscreen.screen.evidence.screened_state import normal_scores, screened_state
from twinscreen.screen.left_out import states_left_out
from twinscreen.screen.treated_patients import take, with_patients

GENES = pd.Index([f"G{number}" for number in range(120)])
DRUGS = DrugNames(
    pd.DataFrame(
        {"drug_id": ["x", "y"], "name": ["xamab", "yinib"], "synonyms": [None, "Y-1"]}
    ).assign(labelled=False)
)


def twin_of(patient, samples, *, unscorable="", response=""):
    """A twin of one cell type: at each time point one gene more deviates, G0 first."""
    times = [time for time, _ in samples]
    rows = [np.arange(len(GENES)) == number for number in range(len(times))]
    effect = np.array(rows, dtype=float) * 9 + np.linspace(1, 0, len(GENES))
    return ad.AnnData(
        X=effect,
        obs=pd.DataFrame(
            {"tissue": "blood", "time": times, "scorable": True},
            index=[f"B|blood|{time}" for time in times],
        ),
        var=pd.DataFrame(index=GENES),
        layers={"logfc": effect},
        uns={
            "samples": pd.DataFrame(samples, columns=["time", "treatment"]),
            "patient": {"patient": patient, "response": response},
            "unscorable": unscorable,
        },
    )


@pytest.mark.parametrize(
    ("samples", "gene", "first", "later"),
    [
        # the latest time point before the first treatment, whatever came before and after
        ([("T2", ""), ("T10", "xamab|Y-1"), ("T11", "")], "G0", ("xamab", "Y-1"), ()),
        ([("T0", ""), ("T1", ""), ("T2", "xamab")], "G1", ("xamab",), ()),
        ([("T0", ""), ("T1", "xamab"), ("T2", "xamab|Y-1")], "G0", ("xamab",), ("Y-1",)),
        ([("T0", ""), ("T1", "")], "G1", (), ()),
    ],
)
def test_the_state_is_that_before_the_first_treatment(samples, gene, first, later):
    found = take(twin_of("P1", samples))
    assert found.scores.idxmax() == gene
    assert (found.drugs, found.later, found.lacking) == (first, later, "")


def test_each_tissue_has_its_latest_time_point_before_the_treatment():
    twin = twin_of("P1", [("T0", ""), ("T1", ""), ("T2", "xamab")])
    twin.obs["tissue"] = ["skin", "blood", "blood"]
    expected = screened_state(twin, None, np.array([1.0, 1, 0])).whole[None, :]
    np.testing.assert_array_equal(take(twin).scores, normal_scores(expected)[0])


def test_what_was_not_measured_before_the_treatment_is_no_state():
    found = take(twin_of("P1", [("T0", "xamab"), ("T1", "")]))
    assert found.lacking == "nothing was measured before the treatment (T0)"
    assert take(twin_of("P1", [("T0", "")], unscorable="no cells")).lacking == "no cells"


def test_the_response_is_to_the_first_treatment_and_outcomes_go_before_it(caplog):
    course = [("T0", ""), ("T1", "xamab"), ("T2", "yinib")]
    patients = [take(twin_of(name, course)) for name in ("P1", "P2", "P3")]
    patients += [take(twin_of("P4", [("T0", "xamab")])), take(twin_of("P5", [("T0", "")]))]
    outcomes = pd.DataFrame(
        {"state": ["P2", "P2", "P5"], "drug": ["xamab", "y-1", "z"], "helped": [False, True, True]}
    )
    found = with_patients(
        Precedents.none(),
        patients,
        DRUGS,
        responses={"P1": True, "P2": True, "P4": True},
        outcomes=outcomes,
    )
    assert found.states.index.tolist() == ["P1", "P2"]
    assert found.states[["origin", "patient"]].to_numpy().tolist() == [
        ["cohort", "P1"],
        ["cohort", "P2"],
    ]
    assert found.outcomes.to_numpy().tolist() == [
        ["P1", "x", True],
        ["P2", "x", False],
        ["P2", "y", True],
    ]
    check_anndata(found.anndata(), PRECEDENTS)
    for told in (
        "P1 received later, not counted: yinib",
        "P4 is no reference state: nothing was measured before",
        "P5 received what is not in the drug table: z",
        "P3 has no known outcome of a treatment",
    ):
        assert told in caplog.text


def test_patients_stand_beside_other_states_and_share_no_name_with_them():
    known = Precedents(
        pd.DataFrame(
            {"name": "gout", "diseases": "gout", "origin": "library", "patient": ""}, index=["S"]
        ),
        np.array([[1.0, 2.0]]),
        pd.Index(["G0", "other"]),
        pd.DataFrame({"state": ["S"], "drug_id": ["y"], "helped": [True]}),
    )
    patient = take(twin_of("P1", [("T0", ""), ("T1", "xamab")]))
    found = with_patients(known, [patient], DRUGS, responses={"P1": False})
    scores = pd.DataFrame(found.scores, found.states.index, found.genes)
    assert scores.loc["S"].dropna().to_dict() == {"G0": 1.0, "other": 2.0}
    assert np.isnan(scores.loc["P1", "other"])
    assert found.outcomes.to_numpy().tolist() == [["S", "y", True], ["P1", "x", False]]

    same = take(twin_of("S", [("T0", ""), ("T1", "xamab")]))
    with pytest.raises(InputError, match="a patient of the cohort and a reference state"):
        with_patients(known, [same], DRUGS, responses={"S": True})
    with pytest.raises(InputError, match="a patient who was already added"):
        with_patients(found, [patient], DRUGS, responses={"P1": False})
    assert with_patients(known, [patient], DRUGS, responses={}) is known


# --- whom it helps ---------------------------------------------------------------------------


def test_states_of_the_cohort_are_held_against_each_other_alone():
    """What all patients share lets no drug gain, however alike they are."""
    alike = np.array([[0.1, -0.1, 0.05, 0.9, 0.8, 0.85, 0.7]])
    apart = np.arange(7) >= 3
    to_all, to_some = np.zeros(7), np.zeros(7)
    to_all[3:], to_some[3:5] = 1, (1, -1)
    weights = np.array([to_all, to_some])
    assert (dealt_out(alike, weights)[:, 0] > [2, 0]).all()
    found = dealt_out(alike, weights, apart)[:, 0]
    assert found[0] == 0
    assert found[1] == pytest.approx(dealt_out(alike[:, 3:], weights[:, 3:])[1, 0])
    np.testing.assert_allclose(
        beyond_others(alike[0], apart)[3:], alike[0, 3:] - alike[0, 3:].mean()
    )


def test_few_states_of_the_cohort_say_nothing():
    alike, apart = np.array([[0.1, -0.1, 0.05, 0.9, 0.8]]), np.arange(5) >= 3
    weights = np.array([[1.0, 0, 0, 5, 0]])
    np.testing.assert_allclose(
        dealt_out(alike, weights, apart), dealt_out(alike[:, :3], weights[:, :3])
    )
    assert beyond_others(alike[0], apart)[3:].tolist() == [0, 0]


@pytest.fixture(scope="module")
def cohort():
    """Knowledge with eight treated patients of two kinds, and twins by their number.

    All have one illness. Drug 5 helped the first four and not the others, whom drug 9 helped.
    """
    draw = np.random.default_rng(4)
    shared, one, other = draw.normal(size=(3, ts.datasets.toy_twin().n_vars))

    def twin(number, kind):
        twin = ts.datasets.toy_twin()
        twin.X = 2 * shared + kind + draw.normal(size=twin.shape)
        twin.layers["logfc"] = twin.X / 3
        twin.uns["patient"] = twin.uns["patient"] | {"patient": f"P{number}"}
        del twin.uns["replicates"]
        return twin

    twins = [twin(number, one if number < 4 else other) for number in range(8)]
    rows = [
        (f"P{number}", drug, (number < 4) == (drug == "drug 5"))
        for number in range(8)
        for drug in ("drug 5", "drug 9")
    ]
    outcomes = pd.DataFrame(rows, columns=["state", "drug", "helped"])
    alone = ts.datasets.toy_knowledge().replaced(precedents=None)
    kb = ts.tl.with_patients(alone, twins, outcomes=outcomes)
    return alone, kb, [*twins, twin(8, one), twin(9, other)]


def precedent_of(kb, twin, **options):
    screen = ts.tl.screen(twin, kb, pairs=0, **options)
    return screen.obs.set_index("name").loc[["drug 5", "drug 9"], ["precedent_z", "rank"]], screen


def test_what_helped_those_who_are_alike_gains_and_what_did_not_loses(cohort):
    alone, kb, twins = cohort
    for twin, winner, loser in ((twins[8], "drug 5", "drug 9"), (twins[9], "drug 9", "drug 5")):
        without, _ = precedent_of(alone, twin)
        found, _ = precedent_of(kb, twin)
        assert found.loc[winner, "precedent_z"] > 2
        assert found.loc[loser, "precedent_z"] < -2
        assert found.loc[winner, "rank"] < without.loc[winner, "rank"]
        assert found.loc[loser, "rank"] > without.loc[loser, "rank"]


def test_a_patient_never_stands_in_their_own_library(cohort):
    _, kb, twins = cohort
    assert states_left_out(kb, twins[2]) == {"P2": "P2"}
    _, screen = precedent_of(kb, twins[2])
    states = screen.uns["states"].set_index("state")
    assert states.loc[states["left_out"] != "", "left_out"].to_dict() == {"P2": "P2"}
    assert states["similarity"].isna().to_dict() == {f"P{n}": n == 2 for n in range(8)}

    # what others say of the patient is all that counts: the patient's own outcomes change nothing
    precedents = kb.precedents
    turned = precedents.outcomes.copy()
    own = turned["state"] == "P2"
    turned.loc[own, "helped"] = ~turned.loc[own, "helped"]
    known = precedents.anndata()
    known.uns["outcomes"] = turned
    _, again = precedent_of(kb.replaced(precedents=known), twins[2])
    pd.testing.assert_frame_equal(again.obs, screen.obs)


# --- popularity ------------------------------------------------------------------------------


def test_popularity_moves_the_adjusted_rank_alone(cohort):
    _, kb, twins = cohort
    known = kb.precedents.anndata()
    known.uns["outcomes"] = known.uns["outcomes"].query("helped")
    kb = kb.replaced(precedents=known)
    _, off = precedent_of(kb, twins[8])
    _, on = precedent_of(kb, twins[8], popularity_prior=1.0)
    same = [name for name in off.obs if name != "adjusted_rank"]
    pd.testing.assert_frame_equal(on.obs[same], off.obs[same])
    assert str(on.uns["call"]) == str(off.uns["call"])
    best = on.obs["score"].max()
    moved = on.obs["score"] + on.obs["popularity"] * best - on.obs["harm"] * best
    expected = moved.round(6).rank(ascending=False, method="min")
    pd.testing.assert_series_equal(on.obs["adjusted_rank"], expected, check_names=False)
    assert not on.obs["adjusted_rank"].equals(off.obs["adjusted_rank"])
    assert on.uns["settings"]["popularity_prior"] == 1.0
    assert ts.get.ranking(on)["popularity"].between(0, 1).all()
    assert on.obs.set_index("name").loc[["drug 5", "drug 9"], "popularity"].min() > 0.9


def test_without_reference_states_popularity_is_not_known(cohort):
    alone, _, twins = cohort
    _, screen = precedent_of(alone, twins[8], popularity_prior=0.5)
    assert screen.obs["popularity"].isna().all()
    assert popularity(None, screen_targets(3)).shape == (3,)


def screen_targets(number):
    from scipy import sparse

    from twinscreen.screen.evidence.targets import Targets

    table = pd.DataFrame({"drug": [], "target": [], "sign": []})
    return Targets(table, sparse.csr_array((0, 0)), number)
