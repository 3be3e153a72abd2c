"""Pairs of drugs: what both bring, how far apart their targets are, what speaks against them."""

from itertools import combinations

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.network import Interactome, membership
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import Targets
from twinscreen.screen.treatment.benefit import State, residual_activity, treat_with_all
from twinscreen.screen.treatment.drug_effect import DrugEffect
from twinscreen.screen.treatment.pairs import (
    NONE_LISTED,
    NOT_LOOKED_UP,
    Candidates,
    Penalties,
    first_mechanisms,
    interaction_levels,
    pair_benefit,
    pair_drugs,
    shared_warnings,
)

P, G, DRUGS, REPLICATES = 12, 40, 7, 15


def state_of(random: np.random.Generator, weight: float, replicates: int = REPLICATES) -> State:
    effect = random.normal(0, 3, G)
    drawn = effect + random.normal(0, 0.4, (replicates, G))
    everywhere = np.ones(G, dtype=bool)
    return State(0, weight, everywhere, np.arange(G), random.random(G), effect, drawn, "module")


def left(state: State, effect: np.ndarray, change: np.ndarray) -> float:
    """Residual by the formula, gene by gene."""
    weight = state.gene_weight
    return np.sqrt((weight * (effect + change) ** 2).sum() / (weight * effect**2).sum())


def test_pairs_by_brute_force():
    random = np.random.default_rng(1)
    states = [state_of(random, 2.0), state_of(random, 1.0)]
    changes = [random.normal(size=(5, G)) for _ in states]
    found = pair_benefit(states, changes, 0.8)
    assert [*zip(found.first, found.second, strict=True)] == [*combinations(range(5), 2)]

    def benefit(drugs, replicate=None):
        parts = [
            s.weight * (1 - left(s, x, 0.8 * change[list(drugs)].sum(axis=0)))
            for s, change in zip(states, changes, strict=True)
            for x in [s.effect if replicate is None else s.replicates[replicate]]
        ]
        return sum(parts) / 3

    for q, (a, b) in enumerate(combinations(range(5), 2)):
        gain = benefit((a, b)) - max(benefit((a,)), benefit((b,)))
        assert found.benefit[q] == pytest.approx(benefit((a, b)))
        assert found.gain[q] == pytest.approx(gain)
        drawn = np.array(
            [
                benefit((a, b), i) - max(benefit((a,), i), benefit((b,), i))
                for i in range(REPLICATES)
            ]
        )
        drawn += gain - np.median(drawn)
        assert found.gain_low[q] == pytest.approx(np.quantile(drawn, 0.05))
        assert found.gain_high[q] == pytest.approx(np.quantile(drawn, 0.95))


def test_two_drugs_that_are_the_same_gain_what_doubling_gives():
    random = np.random.default_rng(2)
    state = state_of(random, 1.0)
    change = np.repeat(-0.1 * state.effect[None] + random.normal(0, 0.1, (1, G)), 2, axis=0)
    found = pair_benefit([state], [change], 1.5)
    once, double = (
        residual_activity(state.effect[None], state.gene_weight, change[:1], beta)[0, 0]
        for beta in (1.5, 3.0)
    )
    assert found.gain[0] == pytest.approx(once - double)
    assert found.gain[0] > 0
    assert found.beyond_dose[0] == pytest.approx(0)  # more of the same does the same


def test_beyond_dose_compares_with_twice_the_better_drug():
    random = np.random.default_rng(6)
    state = state_of(random, 1.0, replicates=0)
    change = random.normal(size=(3, G)) - 0.2 * state.effect
    found = pair_benefit([state], [change], 0.7)
    for q, (a, b) in enumerate(combinations(range(3), 2)):
        alone = {d: left(state, state.effect, 0.7 * change[d]) for d in (a, b)}
        better = min(alone, key=alone.get)
        double = left(state, state.effect, 1.4 * change[better])
        both = left(state, state.effect, 0.7 * (change[a] + change[b]))
        assert found.beyond_dose[q] == pytest.approx(double - both)


def test_without_copies_the_gain_has_no_interval():
    random = np.random.default_rng(2)
    found = pair_benefit([state_of(random, 1.0, replicates=0)], [random.normal(size=(3, G))], 1.0)
    assert np.isfinite(found.gain).all()
    assert np.isnan(found.gain_low).all()
    assert np.isnan(found.gain_high).all()


def test_one_drug_of_each_entry_is_tried_best_first():
    rank = np.array([3.0, 1.0, np.nan, 1.0, 5.0, 6.0])
    mechanism = ["x", "y", "z", "y", "x", "w"]
    assert first_mechanisms(rank, mechanism, 9).tolist() == [1, 0, 5]
    assert first_mechanisms(rank, mechanism, 2).tolist() == [1, 0]
    assert first_mechanisms(np.full(2, np.nan), ["a", "b"], 9).tolist() == []


INTERACTIONS = pd.DataFrame(
    [
        ("d0", "d1", "moderate", "x"),
        ("d1", "d0", "major", "y"),
        ("d2", "d3", "unknown", "x"),
        ("d2", None, "major", "x"),
    ],
    columns=["drug_id", "other_id", "level", "source"],
)
WARNINGS = pd.DataFrame(
    [
        ("d0", "boxed_warning", "hepatotoxicity"),
        ("d2", "boxed_warning", "hepatotoxicity"),
        ("d2", "boxed_warning", "cardiotoxicity"),
        ("d3", "boxed_warning", "cardiotoxicity"),
        ("d1", "withdrawn", "hepatotoxicity"),
        ("d3", "boxed_warning", ""),
    ],
    columns=["drug_id", "kind", "subject"],
)


def test_the_most_severe_interaction_counts_in_both_orders():
    found = interaction_levels(["d0", "d1", "d2", "d3"], INTERACTIONS)
    assert found == {
        ("d0", "d1"): "major",
        ("d1", "d0"): "major",
        ("d2", "d3"): "unknown",
        ("d3", "d2"): "unknown",
    }
    assert interaction_levels(["d0", "d2"], INTERACTIONS) == {}


def test_penalties_are_those_of_the_configuration():
    levels = {"major": 0.4, "moderate": 0.2, "minor": 0.1, "unknown": 0.05}
    names = {f"interaction_{level}": value for level, value in levels.items()}
    assert Penalties.configured(names | {"boxed_warning": 0.3}) == Penalties(levels, 0.3)


def test_only_boxed_warnings_on_a_subject_are_shared():
    found = shared_warnings(["d0", "d1", "d2", "d3"], WARNINGS)
    both = {"hepatotoxicity", "cardiotoxicity"}
    assert found == {"d0": {"hepatotoxicity"}, "d2": both, "d3": {"cardiotoxicity"}}


@pytest.fixture
def patient():
    """One compartment with a module, 7 drugs of two targets each on a random connected graph."""
    random = np.random.default_rng(4)
    effect = random.normal(0, 3, (1, G)).astype(np.float32)
    twin = ad.AnnData(
        effect,
        obs=pd.DataFrame(index=["c"]),
        var=pd.DataFrame(index=[f"G{i}" for i in range(G)]),
        layers={
            "module": (np.abs(effect) > 1).astype(float),
            "pvalue": np.zeros((1, G)),
            "module_support": np.full((1, G), np.nan),
        },
    )
    influence = random.normal(size=(P, G)) * (random.random((P, G)) < 0.4)
    rows = [(d, (d + k) % P, -1) for d in range(DRUGS) for k in range(2)]
    table = pd.DataFrame(rows, columns=["drug", "target", "sign"])
    members = sparse.csr_array(
        (np.ones(len(rows)), (np.arange(len(rows)), table["target"])), shape=(len(rows), P)
    )
    proteins = pd.Index([f"P{i:02}" for i in range(P)])
    scored = Scored(
        Targets(table, members, DRUGS),
        *(None, None, influence, proteins),
        *(twin.var_names, twin.obs_names, np.ones(1)),
    )
    graph = nx.connected_watts_strogatz_graph(P + 20, 4, 0.3, seed=1)
    names = {i: f"P{i:02}" for i in range(P + 20)}
    network = Interactome.from_networkx(nx.relabel_nodes(graph, names))
    pairs = [(f"d{d}", f"P{(d + k) % P:02}") for d in range(DRUGS) for k in range(2)]
    targets, _ = membership(network, pairs)
    return twin, scored, network, targets


def paired(patient, *, harm=0.0, proximity=None, interactions=None, warnings=None, kept=50):
    twin, scored, network, targets = patient
    drugs = pd.DataFrame({"drug_id": [f"d{i}" for i in range(DRUGS)]})
    drugs["name"] = "drug " + drugs["drug_id"]
    near = np.full(DRUGS, -1.0) if proximity is None else proximity
    return pair_drugs(
        *(twin, scored, None, DrugEffect(1.0, "", 0), network),
        Candidates(drugs, np.arange(DRUGS), targets, near, np.full(DRUGS, harm)),
        interactions=interactions,
        warnings=warnings,
        penalties=Penalties(),
        kept=kept,
    )


def test_separation_is_that_of_the_shortest_paths(patient):
    _, _, network, targets = patient
    length = dict(nx.all_pairs_shortest_path_length(network.to_networkx()))

    def separation(a, b):
        between = [min(length[x][y] for y in b) for x in a]
        between += [min(length[x][y] for x in a) for y in b]
        within = [np.mean([min(length[x][y] for y in s if y != x) for x in s]) for s in (a, b)]
        return np.mean(between) - np.mean(within)

    sets = {f"d{d}": network.names[targets[[d]].indices] for d in range(DRUGS)}
    table = paired(patient)
    assert len(table) == DRUGS * (DRUGS - 1) / 2
    for row in table.itertuples():
        expected = separation(sets[row.drug_id_a], sets[row.drug_id_b])
        assert row.separation == pytest.approx(expected, abs=1e-5)


def test_complementary_exposure_is_near_and_apart(patient):
    near = np.array([-2.0, -1.0, 0.5, np.nan, -1.0, -1.0, -1.0])
    table = paired(patient, proximity=near)
    z = dict(zip([f"d{i}" for i in range(DRUGS)], near, strict=True))
    expected = [
        z[a] < 0 and z[b] < 0 and s >= 0
        for a, b, s in zip(table["drug_id_a"], table["drug_id_b"], table["separation"], strict=True)
    ]
    assert table["complementary"].tolist() == expected
    assert 0 < sum(expected) < len(expected)
    assert table["proximity_a"].tolist() == pytest.approx(
        [z[a] for a in table["drug_id_a"]], nan_ok=True
    )


def test_the_score_is_the_benefit_less_what_speaks_against_the_pair(patient):
    table = paired(patient, harm=0.01, interactions=INTERACTIONS, warnings=WARNINGS)
    table = table.set_index(table["drug_id_a"] + table["drug_id_b"])
    assert table.loc["d0d1", ["interaction", "shared", "penalty"]].tolist() == ["major", "", 0.3]
    assert table.loc["d2d3", ["interaction", "shared"]].tolist() == ["unknown", "cardiotoxicity"]
    assert table.loc["d0d2", ["interaction", "penalty"]].tolist() == [NONE_LISTED, 0.2]
    assert table.loc["d4d5", "penalty"] == 0
    score = table["benefit"] - 2 * 0.01 - table["penalty"]
    assert table["score"].to_numpy() == pytest.approx(score.to_numpy(), abs=2e-5)
    assert table["rank"].tolist() == score.round(4).rank(ascending=False, method="min").tolist()
    assert table["score"].is_monotonic_decreasing
    assert set(paired(patient)["interaction"]) == {NOT_LOOKED_UP}
    assert len(paired(patient, kept=4)) == 4


def test_a_pair_of_the_screen_is_both_drugs_at_once(patient):
    twin, scored, *_ = patient
    table = paired(patient)
    alone = treat_with_all(twin, scored, None, DrugEffect(1.0, "", 0)).benefit
    x = np.asarray(twin.X)[0].astype(float)
    module = np.asarray(twin.layers["module"])[0]
    for row in table.itertuples():
        a, b = int(row.drug_id_a[1:]), int(row.drug_id_b[1:])
        targets = scored.targets.table.query("drug in (@a, @b)")["target"]
        unit = scored.influence / np.sqrt((scored.influence**2).sum(axis=1, keepdims=True))
        after = np.sqrt((module * (x - unit[targets].sum(axis=0)) ** 2).sum())
        before = np.sqrt((module * x**2).sum())
        assert row.residual == pytest.approx(after / before, abs=1e-5)
        assert row.gain == pytest.approx(row.benefit - max(alone[a], alone[b]), abs=2e-5)


def test_drugs_without_a_predicted_change_make_no_pair(patient):
    twin, scored, network, targets = patient
    table = scored.targets.table.copy()
    table.loc[table["drug"] != 3, "sign"] = 0
    silent = Targets(table, scored.targets.members, DRUGS)
    changed = Scored(silent, None, None, *[getattr(scored, n) for n in FIELDS])
    assert len(paired((twin, changed, network, targets))) == 0


FIELDS = ("influence", "proteins", "genes", "compartments", "weight")
