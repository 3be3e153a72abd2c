"""Origin: the relevance that a twin has of its patient's layers, against seeds dealt out again."""

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twin_settings import GENERAL
from twinscreen.files import TWIN
from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.network import Interactome
from twinscreen.screen.evidence.origin import (
    _function,
    _redrawn,
    adding_to_the_change,
    joint_seeds,
    mean_of_targets,
    origin_evidence,
)
from twinscreen.screen.evidence.targets import Targets
from twinscreen.settings.twin import LayerSettings
from twinscreen.twin.layers.multilayer import add_layers

WEIGHTS = {"transcript": 1.0, "protein": 1.0, "variant": 2.0, "phenotype": 1.0, "exposure": 0.5}
WEIGHTS["disease"] = 1.0
RESTART, JUMP = 0.6, 0.4


@pytest.fixture
def network():
    graph = nx.barabasi_albert_graph(60, 2, seed=1)
    graph.add_node(60)  # without neighbours
    return Interactome.from_networkx(graph)


def make_twin(network, **layers):
    """A twin of two compartments, and the layers of its patient."""
    shape = (2, len(network.names))
    values = {name: np.full(shape, np.nan) for name in TWIN.layers}
    values["module"][:], values["pvalue"][:], values["qvalue"][:] = 0, 1, 1
    obs = pd.DataFrame({"scorable": True, "latest": True}, index=["a", "b"])
    var = pd.DataFrame({"degree": network.degree}, index=network.names.astype(str))
    twin = ad.AnnData(np.zeros(shape), obs=obs, var=var, layers=values)
    for name in LAYERS_OF_PATIENT:
        twin.var[name] = layers.get(name, np.full(shape[1], np.nan))
    twin.uns["settings"] = {"restart": RESTART, "jump": JUMP, "layer_weights": WEIGHTS}
    return twin


def some(network, *places, weight=1.0):
    values = np.full(len(network.names), np.nan)
    values[list(places)] = weight
    return values


def each_protein(n):
    """A drug for each protein, with any direction."""
    table = pd.DataFrame({"drug": range(n), "target": [f"P{i}" for i in range(n)], "sign": 0})
    return Targets(table, sparse.csr_array(np.eye(n)), n)


@pytest.mark.parametrize(
    "layers",
    [
        {"variant": (3, 9)},
        {"variant": (3, 9), "phenotype": (0, 1, 2, 20)},
        {"phenotype": (5,), "exposure": (6, 7), "disease": (6, 30, 31)},
    ],
)
def test_relevance_is_that_of_the_twin(network, layers):
    found = {name: some(network, *places) for name, places in layers.items()}
    twin = make_twin(network, **found)
    add_layers(
        twin,
        network,
        LayerSettings(restart=RESTART, jump=JUMP, weights=WEIGHTS, max_genes=50),
        GENERAL,
    )
    n = len(network.names)
    evidence = origin_evidence(
        twin, network, each_protein(n), draws=5, random=np.random.default_rng(0)
    )
    linked = network.degree > 0
    expected = np.log(twin.var["relevance"].to_numpy()[linked])
    assert evidence.raw[linked] == pytest.approx(np.column_stack([expected] * 2), abs=1e-4)
    assert np.isnan(evidence.raw[~linked]).all()
    assert evidence.resampled is None  # the same in all copies
    assert evidence.null is None


def test_a_layer_of_weight_0_counts_for_nothing(network):
    twin = make_twin(network, variant=some(network, 3), disease=some(network, 40))
    twin.uns["settings"]["layer_weights"] = WEIGHTS | {"disease": 0.0}
    seeds, restart = joint_seeds(twin)
    assert len(seeds) == 1
    assert seeds[0].nonzero()[0].tolist() == [3]
    assert restart == RESTART  # alone, a layer has no jumps


def test_seeds_of_the_layers_share_by_the_weights_of_the_layers(network):
    twin = make_twin(
        network, variant=some(network, 3, 4, weight=0.2), exposure=some(network, 4, weight=0.9)
    )
    seeds, restart = joint_seeds(twin)
    assert [layer.sum() for layer in seeds] == pytest.approx([0.8, 0.2])
    assert sum(seeds)[[3, 4]] == pytest.approx([0.4, 0.6])
    assert restart == pytest.approx(RESTART / (1 - (1 - RESTART) * JUMP))


def test_without_layers_nothing_is_said(network):
    evidence = origin_evidence(
        make_twin(network),
        network,
        each_protein(len(network.names)),
        draws=5,
        random=np.random.default_rng(0),
    )
    assert joint_seeds(make_twin(network))[0] is None
    for values in (evidence.z, evidence.weaker_z, evidence.raw, evidence.parts):
        assert np.isnan(values).all()


def test_z_is_against_the_same_weights_at_any_other_proteins(network):
    """Sixty-one proteins make one bin: with one seed, every protein is as likely to be it."""
    n = len(network.names)
    twin = make_twin(network, variant=some(network, 3))
    evidence = origin_evidence(
        twin, network, each_protein(n), draws=4000, random=np.random.default_rng(0)
    )
    linked = np.flatnonzero(network.degree > 0)
    dense = network.adjacency.toarray().astype(float)
    step = np.divide(dense, dense.sum(axis=0), out=np.eye(n), where=dense.sum(axis=0) > 0)
    walk = RESTART * np.linalg.inv(np.eye(n) - (1 - RESTART) * step)  # column: where it starts
    score = np.log(np.maximum(walk / walk.mean(axis=1, keepdims=True), 1e-9))
    expected = (score[:, 3] - score.mean(axis=1)) / score.std(axis=1)
    assert evidence.z[linked] == pytest.approx(expected[linked], abs=0.12)
    assert evidence.z[3] == np.nanmax(evidence.z)


def test_an_action_that_adds_to_a_loss_speaks_against_the_drug(network):
    """An inhibitor of a protein that a variant breaks, an activator, and one of neither kind."""
    twin = make_twin(network, variant=some(network, 3))
    twin.var["function"] = some(network, 3, weight=-1.0)
    table = pd.DataFrame({"drug": range(3), "target": "P3", "sign": [-1, 1, 0]})
    member = sparse.csr_array((np.ones(3), (range(3), [3] * 3)), shape=(3, len(network.names)))
    targets = Targets(table, member, 3)

    def found():
        random = np.random.default_rng(0)
        return origin_evidence(twin, network, targets, draws=200, random=random)

    inhibitor, activator, neither = found().z
    assert activator == neither > 1  # of 60 proteins that could be the seed
    assert inhibitor == pytest.approx(-activator, rel=0.2)
    twin.var["function"] = some(network, 3, weight=1.0)  # a gain: the other way round
    assert found().z[0] > 1 > -1 > found().z[1]
    twin.var["function"] = np.nan
    assert len(set(found().z)) == 1
    twin.var["function"] = some(network, 4, weight=-1.0)  # of a protein without a finding
    assert len(set(found().z)) == 1


def test_the_part_that_adds_to_the_change_is_over_all_targets():
    """A drug that inhibits A and B, and activates the complex of C and D."""
    table = pd.DataFrame({"drug": 0, "target": ["A", "B", "C|D"], "sign": [-1, -1, 1]})
    members = sparse.csr_array(np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1.0]]))
    beyond = np.array([[4.0, 4], [2, 2], [1, 1], [-3, 8]])
    function = np.array([[-1.0, 1], [0, 0], [1, -1], [1, 1]])
    usable = np.array([True, True, True, True])
    found = adding_to_the_change(Targets(table, members, 1), beyond, function, usable)
    # first: A (4) and C (1), D below 0 counts nothing; second: D alone (8)
    assert found.tolist() == [[5 / 4, 8 / 4]]


def test_weights_dealt_out_with_their_signs_are_beyond_196_in_one_of_twenty(network):
    """The null is calibrated, whatever the weights, and with signed findings among them."""
    n = len(network.names)
    linked = np.flatnonzero(network.degree > 0)
    random = np.random.default_rng(5)
    table = pd.DataFrame({"drug": range(n), "target": [f"P{i}" for i in range(n)], "sign": -1})
    targets = Targets(table, sparse.csr_array(np.eye(n)), n)
    beyond = []
    for _ in range(40):
        seeds = random.choice(linked, 12, replace=False)
        twin = make_twin(network, variant=some(network, *seeds[:4], weight=random.random(4)))
        twin.var["function"] = some(network, *seeds[:2], weight=-1.0)
        twin.var["disease"] = some(network, *seeds[4:], weight=random.random(8))
        z = origin_evidence(twin, network, targets, draws=100, random=random).z
        beyond.append(np.mean(np.abs(z[linked]) > 1.96))
    assert np.mean(beyond) == pytest.approx(0.05, abs=0.02)


def test_what_is_held_is_never_more_than_the_place_among_the_drugs(network):
    twin = make_twin(network, variant=some(network, 3))
    evidence = origin_evidence(
        twin, network, each_protein(len(network.names)), draws=50, random=np.random.default_rng(0)
    )
    known = np.isfinite(evidence.weaker_z)
    assert (np.abs(evidence.weaker_z[known]) <= np.abs(evidence.z[known]) + 1e-12).all()
    assert evidence.weaker_z[known].max() < 2.5  # of 60, the first stands at 1/120


def test_the_mean_is_over_all_genes_of_all_targets_once():
    """The second drug has a complex of B and C, and B alone; D has no value."""
    table = pd.DataFrame({"drug": [0, 1, 1, 2], "target": ["A", "B|C", "B", "D"], "sign": 1})
    members = sparse.csr_array(np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]]))
    values = np.array([[1.0], [2], [6], [9]])
    usable = np.array([True, True, True, False])
    found = mean_of_targets(Targets(table, members, 4), values, usable)[:, 0]
    assert found[:2].tolist() == [1, 4]
    assert np.isnan(found[2:]).all()


def test_the_change_of_function_counts_at_seeds_alone(network):
    twin = make_twin(network)
    twin.var["function"] = some(network, 3, 9, weight=-1.0)
    seed = np.isin(np.arange(twin.n_vars), [3, 20])
    assert np.flatnonzero(_function(twin, seed)).tolist() == [3]


def test_layers_whose_seeds_are_of_like_degree_are_all_dealt_out(network):
    """All weight of both layers is there in every draw, also where they meet in one protein."""
    seeds = [np.nan_to_num(some(network, *places)) for places in ((50, 51), (52, 53, 54))]
    drawn = list(_redrawn(seeds, np.zeros(61), network, 20, np.random.default_rng(1)))
    assert [home.sum() for home, _ in drawn] == [5.0] * 20
