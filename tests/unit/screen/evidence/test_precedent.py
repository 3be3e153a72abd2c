"""Precedent: what helped in known states that look alike, against similarities dealt out."""

from itertools import permutations

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from twinscreen.kb import Knowledge
from twinscreen.kb.precedents import Library, Precedents
from twinscreen.screen.evidence.precedent import (
    LEAST,
    after_both,
    dealt_out,
    precedent_evidence,
    precedents_of,
    resembling,
    shared_targets,
    similarity,
)
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Targets
from twinscreen.screen.left_out import states_left_out

GENES = 400


def targets_of(*signed):
    """Mechanisms, each with its signed targets."""
    rows = [
        {"drug": drug, "target": target, "sign": sign}
        for drug, one in enumerate(signed)
        for target, sign in one.items()
    ]
    table = pd.DataFrame(rows, columns=["drug", "target", "sign"])
    return Targets(table, sparse.csr_array((len(rows), GENES)), len(signed))


def state_of(whole, null=(), resampled=()):
    shape = (0, GENES)
    return ScreenedState(
        parts=np.array([whole]),
        whole=np.asarray(whole),
        resampled=np.reshape(resampled, (-1, GENES)) if len(resampled) else np.empty(shape),
        null=np.reshape(null, (-1, GENES)) if len(null) else np.empty(shape),
        measured=np.ones((1, GENES), dtype=bool),
        spread=1.0,
        null_spread=np.ones(len(null)),
        weight=np.ones(1),
    )


def test_similarity_is_spearmans_correlation_over_the_genes_measured_in_both():
    random = np.random.default_rng(1)
    values, scores = random.normal(size=(3, GENES)), random.normal(size=(4, GENES))
    found = similarity(values, np.ones(GENES, dtype=bool), scores)
    expected = [[stats.spearmanr(x, y).statistic for y in scores] for x in values]
    np.testing.assert_allclose(found, expected, atol=1e-12)

    seen = np.arange(GENES) < 250
    scores[1, :120] = np.nan
    found = similarity(values, seen, scores)
    np.testing.assert_allclose(
        found[0, 0], stats.spearmanr(values[0, :250], scores[0, :250]).statistic, atol=1e-12
    )
    # ranks of the patient are those among all genes seen: near Spearman's where fewer are common
    assert found[0, 1] == pytest.approx(
        stats.spearmanr(values[0, 120:250], scores[1, 120:250]).statistic, abs=0.02
    )


def test_a_state_of_few_common_genes_is_not_compared():
    scores = np.random.default_rng(1).normal(size=(2, GENES))
    scores[0, 90:] = np.nan
    found = similarity(scores[1:], np.ones(GENES, dtype=bool), scores)
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(1)


def test_the_mean_and_the_spread_are_those_of_all_ways_to_deal_out_the_similarities():
    random = np.random.default_rng(2)
    alike, weights = random.normal(size=5), random.random((3, 5))
    weights[1] = 0
    every = np.array([weights @ np.array(one) for one in permutations(alike)])
    expected = (weights @ alike - every.mean(axis=0)) / every.std(axis=0).clip(1e-300)
    found = dealt_out(alike[None, :], weights)[:, 0]
    np.testing.assert_allclose(found[[0, 2]], expected[[0, 2]], rtol=1e-10)
    assert found[1] == 0


def test_a_drug_that_helps_everywhere_gains_nothing():
    alike = np.array([[0.3, 0.1, -0.2, 0.05]])
    everywhere, here = np.ones((1, 4)), np.array([[1.0, 0, 0, 0]])
    assert dealt_out(alike, everywhere)[0, 0] == 0
    assert dealt_out(alike, here)[0, 0] > 1


def test_a_state_that_could_not_be_compared_takes_no_part():
    alike = np.array([[0.3, 0.1, np.nan, 0.05]])
    weights = np.array([[1.0, 0.0, 9.0, 0.5]])
    np.testing.assert_allclose(
        dealt_out(alike, weights), dealt_out(alike[:, [0, 1, 3]], weights[:, [0, 1, 3]])
    )
    assert np.isnan(dealt_out(alike[:, :3], weights[:, :3])).all()  # two states are too few


def test_drugs_inherit_half_of_the_precedents_of_those_with_the_same_targets():
    targets = targets_of({"A": -1, "B": -1}, {"A": -1}, {"A": 1}, {"C": -1})
    np.testing.assert_allclose(
        shared_targets(targets, np.arange(4)),
        [[0, 0.5, 0, 0], [0.5, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    )
    helped = np.array([[0.0, 1], [4, 0], [0, 0], [0, 0]])  # four drugs of one mechanism
    found = precedents_of(helped, targets)
    np.testing.assert_allclose(found, [[0.5, 1], [2, 0.25], [0, 0], [0, 0]])


def test_what_helped_in_the_state_that_looks_alike_comes_first():
    random = np.random.default_rng(3)
    scores = random.normal(size=(6, GENES))
    library = Library(
        pd.DataFrame(index=[f"S{i}" for i in range(6)]), scores, np.eye(6), np.ones(6, bool), {}
    )
    targets = targets_of(*({f"T{i}": -1} for i in range(6)))
    null = random.normal(size=(20, GENES))
    found = precedent_evidence(state_of(scores[2] + null[0], null), library, targets)
    assert found.z.argmax() == 2
    assert found.weaker_z.argmax() == 2
    assert found.parts[:, 0].argmax() == 2
    assert found.null.shape == (6, 20)
    assert 0 < found.null.mean() < 0.6  # help elsewhere speaks against nothing
    assert found.resampled is None


def test_helped_counts_drugs_of_a_mechanism_less_those_that_did_not_help():
    states = pd.DataFrame({"name": ["s", "t"], "origin": "own", "patient": ""}, index=["S", "T"])
    outcomes = pd.DataFrame(
        {
            "state": ["S", "S", "T", "T"],
            "drug_id": ["a", "b", "c", "unknown"],
            "helped": [True, True, False, True],
        }
    )
    known = Precedents(states, np.zeros((2, 3)), pd.Index(["X", "Y", "Z"]), outcomes)
    library = known.on(
        pd.Index(["Y", "other"]), pd.Index(["a", "b", "c"]), np.array([0, 0, 1]), left_out={}
    )
    np.testing.assert_array_equal(library.helped, [[2, 0], [0, -1]])
    np.testing.assert_array_equal(library.scores, [[0, np.nan]] * 2)

    library = known.on(pd.Index(["Y"]), pd.Index(["a"]), np.array([0]), left_out={"S": "lupus"})
    assert library.helped.shape == (1, 1)
    assert library.left_out == {"S": "lupus"}
    np.testing.assert_array_equal(library.kept, [False, True])


def test_states_of_diseases_that_the_patient_has_and_the_patients_own_are_left_out():
    states = pd.DataFrame(
        {
            "name": ["lupus", "ulcerative colitis", "malaria", "P1"],
            "diseases": [
                "DOID:9074|systemic lupus erythematosus|lupus nephritis|MONDO:0007915",
                "DOID:8577|ulcerative colitis|inflammatory bowel disease",
                "DOID:12365|malaria",
                "",
            ],
            "patient": ["", "", "", "P1"],
            "origin": "own",
        },
        index=["S", "U", "M", "own"],
    )
    outcomes = pd.DataFrame({"state": [], "drug_id": [], "helped": []})
    kb = Knowledge({})
    kb.precedents = Precedents(states, np.zeros((4, 1)), pd.Index(["X"]), outcomes)
    findings = pd.DataFrame(
        [
            ("disease", "MONDO:0007915", "SLE of childhood", "present"),
            ("disease", "", "Inflammatory Bowel  Disease", "present"),
            ("disease", "DOID:12365", "malaria", "excluded"),
        ],
        columns=["kind", "id", "label", "status"],
    ).assign(simulated=False)
    twin = ad.AnnData(uns={"findings": findings, "patient": {"patient": "P1"}})
    found = states_left_out(kb, twin)
    assert set(found) == {"S", "U", "own"}
    assert found["S"] == "SLE of childhood (MONDO:0007915)"
    assert found["own"] == "P1"


def test_states_above_and_below_what_the_patient_has_are_left_out():
    states = pd.DataFrame(
        {
            "name": ["lupus", "lung cancer", "breast cancer", "malaria"],
            "diseases": ["DOID:1|lupus", "DOID:2|lung cancer|cancer", "DOID:3|breast cancer", ""],
            "patient": "",
            "origin": "library",
        },
        index=["DOID:1", "DOID:2", "DOID:3", "DOID:4"],
    )
    diseases = pd.DataFrame(
        [
            ("M:0", "disease", None, None, None),
            ("M:1", "systemic lupus", "lupus", "DOID:1", "M:0"),
            ("M:2", "cancer", None, None, "M:0"),
            ("M:3", "lung cancer", None, None, "M:2"),
            ("M:4", "adenocarcinoma of lung", None, None, "M:3"),
            ("M:5", "breast cancer", "mammary cancer", None, "M:2"),
            ("M:6", "lupus nephritis", "nephritis of lupus", "OMIM:7", "M:1"),
        ],
        columns=["id", "name", "synonyms", "xrefs", "parents"],
    )
    kb = Knowledge({})
    outcomes = pd.DataFrame({"state": [], "drug_id": [], "helped": []})
    kb.precedents = Precedents(states, np.zeros((4, 1)), pd.Index(["X"]), outcomes)
    kb.diseases = diseases

    def left_out(id_, label):
        findings = pd.DataFrame(
            [("disease", id_, label, "present", False)],
            columns=["kind", "id", "label", "status", "simulated"],
        )
        twin = ad.AnnData(uns={"findings": findings, "patient": {"patient": "P"}})
        return states_left_out(kb, twin)

    assert left_out("OMIM:7", "kidneys") == {"DOID:1": "kidneys (OMIM:7)"}
    assert set(left_out("", "Cancer")) == {"DOID:2", "DOID:3"}
    assert set(left_out("M:4", "")) == {"DOID:2"}
    assert set(left_out("", "mammary cancer")) == {"DOID:3"}
    assert left_out("X:1", "gout") == {}
    # a symptom is no diagnosis
    findings = pd.DataFrame(
        [("phenotype", "HP:1", "cancer", "present", False)],
        columns=["kind", "id", "label", "status", "simulated"],
    )
    twin = ad.AnnData(uns={"findings": findings, "patient": {"patient": "DOID:4"}})
    assert set(states_left_out(kb, twin)) == {"DOID:2", "DOID:4"}


def test_without_reference_states_nothing_is_said():
    empty = Precedents(
        pd.DataFrame({"name": [], "diseases": [], "origin": [], "patient": []}),
        np.empty((0, 0)),
        pd.Index([]),
        pd.DataFrame({"state": [], "drug_id": [], "helped": []}),
    )
    genes = pd.Index([f"G{number}" for number in range(GENES)])
    library = empty.on(genes, pd.Index(["a"]), np.array([0]), left_out={})
    found = precedent_evidence(state_of(np.arange(GENES) / GENES), library, targets_of({"A": 1}))
    assert np.isnan(found.z).all()
    assert np.isnan(found.parts).all()


def test_help_elsewhere_speaks_against_no_drug_and_what_did_not_help_does():
    z = np.array([[-2.0], [-2.0], [1.0], [np.nan], [0.5]])
    weights = np.array([[1.0, 0], [1, -1], [0, 1], [0, 0], [0, 0.5]])
    found = after_both(z, weights)[:, 0]
    assert found[0] == 0
    assert found[1] < 0
    assert found[2] > 0
    assert np.isnan(found[3])


def test_who_looks_like_no_state_more_than_others_do_has_little_precedent():
    random = np.random.default_rng(3)
    alike = random.normal(0, 0.05, size=(21, 30))
    alike[0] = alike[1]
    assert resembling(alike, None)[0] == LEAST
    alike[0, 4] = 0.6
    found = resembling(alike, None)
    assert found[0] == 1
    assert np.median(found[1:]) == LEAST
    # a replicate is compared with the others alone, as the patient is
    without = np.delete(alike, 0, axis=0)[[2, 0, 1, *range(3, 20)]]
    assert found[3] == pytest.approx(resembling(without, None)[0])


def test_with_few_null_replicates_or_none_precedent_has_all_of_its_weight():
    alike = np.random.default_rng(4).normal(size=(3, 30))
    assert resembling(alike, None).tolist() == [1, 1, 1]
    assert resembling(alike[:1], None).tolist() == [1]


def test_similarity_to_all_states_alike_is_no_precedent():
    alike = np.random.default_rng(5).normal(0, 0.05, size=(12, 30))
    found = resembling(alike, None)
    assert resembling(alike + np.arange(12)[:, None], None) == pytest.approx(found)
