"""The walk over layers against networkx on the graph of all layers, and by hand."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscreen.network import Interactome, layer_probability, multiplex_walk, random_walk

edges = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30)


def supra_pagerank(network, seeds, layer_weight, restart, jump):
    """PageRank of networkx on L copies joined at each protein; seeds (L, n), all layers present."""
    layers, n = seeds.shape
    graph = nx.DiGraph()
    dense = network.adjacency.toarray()
    for layer in range(layers):
        for v in range(n):
            stay = 1.0 if layers == 1 else 1 - jump
            neighbours = np.flatnonzero(dense[v]).tolist() or [v]
            for w in neighbours:
                graph.add_edge((layer, v), (layer, w), weight=stay / len(neighbours))
            for other in range(layers):
                if other != layer:
                    graph.add_edge((layer, v), (other, v), weight=jump / (layers - 1))
    home = seeds / seeds.sum(axis=1, keepdims=True)
    home *= (np.asarray(layer_weight) / np.sum(layer_weight))[:, None]
    rank = nx.pagerank(
        graph,
        alpha=1 - restart,
        personalization={(i, v): home[i, v] for i in range(layers) for v in range(n)},
        weight="weight",
        tol=1e-14,
        max_iter=1000,
    )
    return np.array([[rank[i, v] for v in range(n)] for i in range(layers)])


def test_two_layers_of_two_proteins_by_hand():
    # A-B; layer 1 starts at A, layer 2 at B; r = 1/2, d = 1/2: the sum is a walk with restart
    # 0.5 / (1 - 0.25) = 2/3 from (1/2, 1/2), which is even; apart from the mean,
    # (1 + 1/4) x_A = 1/2 (1/2 - 1/4) + 1/4 x_B with x_B = -x_A, so x_A = 1/12
    pair = Interactome.from_edges([("A", "B")])
    seeds = np.array([[1.0, 0.0], [0.0, 1.0]])[:, :, None]
    how = {"layer_weight": np.ones(2), "restart": 0.5, "jump": 0.5}
    walk = multiplex_walk(pair, seeds, **how)
    assert walk.probability[:, 0] == pytest.approx([1 / 2, 1 / 2])
    assert walk.relevance[:, 0] == pytest.approx([1, 1])
    # from A alone p_A = 2/3 + 1/3 p_B, so 3/4 and 1/4, times the layer's share of 1/2
    assert walk.parts[0, :, 0] == pytest.approx([3 / 8, 1 / 8])
    assert walk.shares[0, :, 0] == pytest.approx([3 / 4, 1 / 4])
    each = layer_probability(pair, seeds, **how)[:, :, 0]
    assert each == pytest.approx(np.array([[1 / 3, 1 / 6], [1 / 6, 1 / 3]]))


def test_removing_a_layer_changes_relevance_as_computed_by_hand():
    # three separate pairs A-B, C-D, E-F: uniform seeds give 1/6 each, so relevance = 6 p.
    # Seeds: transcript at A, variant at C. In a pair p_seed = R + (1 - R) p_other with
    # R the restart of the sum, so p_seed = 1 / (2 - R), p_other = (1 - R) / (2 - R).
    network = Interactome.from_edges([("A", "B"), ("C", "D"), ("E", "F")])
    seeds = np.zeros((2, 6, 1))
    seeds[0, 0], seeds[1, 2] = 1, 1
    how = {"restart": 0.7, "jump": 0.5}
    both = multiplex_walk(network, seeds, layer_weight=np.ones(2), **how).relevance[:, 0]
    again = 0.7 / 0.85
    seed, other = 1 / (2 - again), (1 - again) / (2 - again)
    assert both == pytest.approx(np.array([seed, other, seed, other, 0, 0]) * 6 / 2)
    # without the variant layer there is nothing to jump to: restart 0.7 itself, A and B alone
    one = multiplex_walk(network, seeds, layer_weight=np.array([1.0, 0.0]), **how).relevance[:, 0]
    assert one == pytest.approx(np.array([1 / 1.3, 0.3 / 1.3, 0, 0, 0, 0]) * 6)


def test_a_column_in_which_no_layer_has_a_seed_is_missing():
    pair = Interactome.from_edges([("A", "B")])
    seeds = np.zeros((2, 2, 2))
    seeds[:, 0, 0] = 1
    how = {"layer_weight": np.ones(2), "restart": 0.5, "jump": 0.5}
    walk = multiplex_walk(pair, seeds, **how)
    assert np.isnan(walk.probability[:, 1]).all()
    assert walk.probability[:, 0].sum() == pytest.approx(1)
    assert np.isnan(layer_probability(pair, seeds, **how)[:, :, 1]).all()


@pytest.mark.parametrize("graph", [nx.karate_club_graph(), nx.star_graph(5), nx.path_graph(9)])
def test_a_single_layer_is_networkx_pagerank(graph):
    network = Interactome.from_networkx(graph)
    seeds = np.random.default_rng(2).random((1, len(graph), 4))
    walk = multiplex_walk(network, seeds, layer_weight=np.ones(1), restart=0.15)
    for column in range(4):
        exact = nx.pagerank(
            graph,
            alpha=0.85,
            personalization=dict(enumerate(seeds[0, :, column])),
            weight=None,
            tol=1e-12,
            max_iter=1000,
        )
        exact = [exact[v] for v in range(len(graph))]
        assert walk.probability[:, column] == pytest.approx(exact, abs=1e-6)


@settings(deadline=None, max_examples=25)
@given(edges, st.integers(1, 3), st.floats(0.1, 1), st.floats(0, 0.9), st.integers(0, 10**6))
def test_all_layers_are_networkx_pagerank_of_the_whole_graph(pairs, layers, restart, jump, seed):
    network = Interactome.from_edges(pairs)
    random = np.random.default_rng(seed)
    seeds = random.random((layers, len(network.names), 2))
    weight = random.random(layers) + 0.1
    how = {"layer_weight": weight, "restart": restart, "jump": jump}
    walk = multiplex_walk(network, seeds, **how)
    each = layer_probability(network, seeds, **how)
    for column in range(2):
        exact = supra_pagerank(network, seeds[:, :, column], weight, restart, jump)
        assert each[:, :, column] == pytest.approx(exact, abs=1e-8)
        assert walk.probability[:, column] == pytest.approx(exact.sum(axis=0), abs=1e-8)
        flat = supra_pagerank(network, np.ones_like(seeds[:, :, 0]), weight, restart, jump)
        assert walk.uniform[:, column] == pytest.approx(flat.sum(axis=0), abs=1e-8)


@settings(deadline=None, max_examples=25)
@given(edges, st.integers(0, 10**6))
def test_columns_may_lack_layers_and_isolated_proteins_keep_what_they_have(pairs, seed):
    network = Interactome.from_edges([*pairs, (99, 99)])
    random = np.random.default_rng(seed)
    n = len(network.names)
    seeds = random.random((3, n, 4)) * (random.random((3, n, 4)) < 0.5)
    seeds[:, -1] = 0.5
    seeds[1, :, 1] = 0  # two layers left
    seeds[:2, :, 2] = 0  # one layer left
    seeds[:, :, 3] = 0  # none
    weight = np.array([1.0, 2.0, 3.0])
    walk = multiplex_walk(network, seeds, layer_weight=weight)
    assert np.isnan(walk.relevance[:, 3]).all()
    for column, present in ((0, [0, 1, 2]), (1, [0, 2]), (2, [2])):
        exact = supra_pagerank(network, seeds[present, :, column], weight[present], 0.7, 0.5)
        assert walk.probability[:, column] == pytest.approx(exact.sum(axis=0), abs=1e-8)
        share = weight[present] / weight[present].sum()
        alone = (share * 0.5 / seeds[present, :, column].sum(axis=1)).sum()
        assert walk.probability[-1, column] == pytest.approx(alone)  # its restart, and no more
        assert walk.uniform[-1, column] == pytest.approx(1 / n)
    absent = np.setdiff1d(range(3), [0, 2])
    assert (walk.parts[absent, :, 1] == 0).all()


def test_the_part_of_a_layer_is_a_walk_from_its_seeds_alone():
    network = Interactome.from_networkx(nx.karate_club_graph())
    seeds = np.random.default_rng(0).random((3, 34, 1))
    walk = multiplex_walk(network, seeds, layer_weight=np.array([1.0, 1.0, 2.0]))
    for layer, share in enumerate([0.25, 0.25, 0.5]):
        alone = share * random_walk(network, seeds[layer], restart=0.7 / 0.85)
        assert walk.parts[layer] == pytest.approx(alone, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"restart": 0}, "restart 0"),
        ({"jump": 1}, "jump 1"),
        ({"layer_weight": np.array([-1.0, 1.0])}, "negative"),
        ({"layer_weight": np.ones(3)}, "3 layers"),
    ],
)
def test_what_is_out_of_range_is_refused(change, message):
    pair = Interactome.from_edges([("A", "B")])
    with pytest.raises(ValueError, match=message):
        multiplex_walk(pair, np.ones((2, 2, 1)), **{"layer_weight": np.ones(2), **change})
