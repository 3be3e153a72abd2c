"""Presets behind one contract, and how near drugs are to modules."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

import twinscreen as ts
from twinscreen.cli import parser
from twinscreen.data import SCHEMAS
from twinscreen.network import Interactome, attribute, membership
from twinscreen.report.patient.drugs.wording import WORDINGS
from twinscreen.screen.evidence.nearness import distinct_rows, measure_nearness, nearest_targets
from twinscreen.screen.evidence.targets import TargetGenes
from twinscreen.screen.rank.contract import Outcome
from twinscreen.screen.rank.presets import PRESETS, proximity
from twinscreen.screen.rank.ranking import rank_drugs

ROOT = Path(__file__).resolve().parents[4]

#: A path of ten proteins, P0 to P9; the module of the one compartment is P0 and P1.
PATH = Interactome.from_edges([(f"P{i}", f"P{i + 1}") for i in range(9)])
TARGETS = [("near", "P1"), ("both", "P0"), ("both", "P4"), ("twin", "P4"), ("twin", "P0"),
           ("far", "P9"), ("off", "X")]  # fmt: skip
DRUGS = pd.Index(["near", "both", "twin", "far", "off"])


def found(modules=(("c", "P0"), ("c", "P1"))):
    targets, _ = membership(PATH, TARGETS)
    sets, _ = membership(PATH, modules)
    near = measure_nearness(PATH, targets, sets, draws=4096, random=np.random.default_rng(1))
    return targets, near


def test_every_preset_is_known_everywhere():
    schema = json.loads((SCHEMAS / "config.schema.json").read_text())
    enum = schema["properties"]["screen"]["properties"]["preset"]["enum"]
    verbs = parser()._subparsers._group_actions[0].choices
    flag = next(a for a in verbs["screen"]._actions if a.dest == "screen.preset")
    assert set(PRESETS) == set(enum) == set(WORDINGS) == set(flag.choices)


def test_distances_and_nulls_by_counting_all_sets():
    """All proteins of ten are in one bin: every pair is as likely to be the random module."""
    _, near = found()
    assert near.distance[:, 0] == pytest.approx([0, 1.5, 1.5, 8, np.nan], nan_ok=True)
    random = [min(abs(v - a), abs(v - b)) for a, b in combinations(range(10), 2) for v in range(10)]
    mean, sd = np.mean(random), np.std(random)
    assert near.z[[0, 3], 0] == pytest.approx([(0 - mean) / sd, (8 - mean) / sd])
    assert near.pvalue[[0, 3], 0] == pytest.approx([np.mean(np.array(random) <= 0), 1.0])


def test_q_is_over_distinct_target_sets():
    """`both` and `twin` are one hypothesis of three."""
    _, near = found()
    expected = stats.false_discovery_control(near.pvalue[[0, 1, 3], 0])
    assert near.qvalue[[0, 1, 3], 0] == pytest.approx(expected)
    assert near.qvalue[2, 0] == near.qvalue[1, 0]
    assert np.isnan(near.qvalue[4, 0])


def test_a_compartment_without_a_module_on_the_network_is_missing_not_far():
    _, near = found([("c", "P0"), ("empty", "X")])
    assert np.isfinite(near.z[0, 0])
    for values in (near.distance, near.z, near.pvalue, near.qvalue, near.target_z):
        assert np.isnan(values[:, 1]).all()


def test_targets_are_those_of_the_attribution():
    targets, near = found()
    sets, _ = membership(PATH, [("c", "P0"), ("c", "P1")])
    table = nearest_targets(
        near, [1, 4], drug_ids=DRUGS, compartments=pd.Index(["c"]), weight=np.ones(1)
    )
    assert table["gene"].tolist() == ["P0", "P4"]
    expected = attribute(PATH, targets, sets, np.array([[1, 0]]))
    assert PATH.names[expected.target].tolist() == ["P0", "P4"]
    for column in ("distance", "z", "pvalue", "change"):
        assert table[column].to_numpy() == pytest.approx(getattr(expected, column))


def test_the_place_shown_is_a_treated_one():
    _, near = found([("old", "P0"), ("old", "P1"), ("new", "P9")])
    table = nearest_targets(
        near, [0], drug_ids=DRUGS, compartments=pd.Index(["old", "new"]), weight=np.array([0, 1.0])
    )
    assert table["compartment"].tolist() == ["new"]
    assert np.isnan(table["change"]).all()  # an only target


def test_proximity_ranks_by_z_and_says_why_not():
    targets, near = found()
    genes = TargetGenes(targets, sparse.csr_array(targets.shape), np.array([1, 2, 2, 1, 1]))
    outcome = proximity(near, genes, np.ones(1))
    assert outcome.score == pytest.approx(-near.z[:, 0], nan_ok=True)
    assert outcome.status.tolist() == ["ranked"] * 4 + ["no target on the interactome"]
    assert outcome.n_scored.tolist() == [1, 2, 2, 1, 0]
    untreated = proximity(near, genes, np.zeros(1))
    assert untreated.status[0] == "no module to be near to"


def test_ties_share_the_best_rank_or_the_mean():
    drugs = pd.DataFrame({"drug_id": list("abcd"), "name": list("abcd")}).assign(
        kind="", approved=True, withdrawn=False
    )
    score = np.array([1.0, 2.0, 1.0, np.nan])
    status = np.array(["ranked", "ranked", "ranked", "why not"])
    count = np.ones(4, dtype=int)

    def ranks(**ties):
        outcome = Outcome(score, score[:, None], status, count, count, **ties)
        return rank_drugs(drugs, outcome)["rank"].tolist()[:3]

    assert ranks() == [2, 1, 2]
    assert ranks(ties="average") == [2.5, 1, 2.5]


def test_sets_are_the_same_whatever_the_order_of_their_members():
    sets = sparse.csr_array((np.ones(5), [2, 0, 0, 2, 1], [0, 2, 4, 5, 5]), shape=(4, 3))
    first, of = distinct_rows(sets)
    assert first.tolist() == [0, 2, 3]
    assert of.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize("preset", ["calibrated", "causal", "origin"])
def test_a_drug_whose_action_is_unknown_is_not_ranked_and_says_so(preset):
    kb = ts.datasets.toy_knowledge()
    sign = kb.targets["sign"].mask(kb.targets["drug_id"] == "toy:5", 0)
    twin = ts.tl.twin(
        ts.datasets.toy(),
        kb,
        patient="P1",
        control="healthy",
        communication={"permutations": 100},
        bootstrap_replicates=0,
        null_replicates=0,
        random_sets=20,
    )
    kb = kb.replaced(targets=kb.targets.assign(sign=sign))
    obs = ts.tl.screen(twin, kb, preset=preset, pairs=0).obs
    assert obs.loc["toy:5", "status"] == "unknown action"
    assert np.isnan(obs.loc["toy:5", ["rank", "score"]].astype(float)).all()
    assert obs.loc["toy:5", ["n_targets", "n_scored"]].tolist() == [0, 0]
    others = obs.drop("toy:5")
    assert (others["n_targets"] == 1).all()
    assert others.loc["toy:1", "n_scored"] == 1
    assert (others["n_scored"] == others["causal_z"].notna()).all()
