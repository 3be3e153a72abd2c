"""Graph mathematics against networkx, scipy and hand counts."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from twinscreen.network import (
    BackgroundError,
    Interactome,
    component_significance,
    degree_bins,
    eigenvector_centrality,
    influence,
    largest_component,
    signed_transition,
)
from twinscreen.network.degree_bins import redrawing_bins

edges = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=40)


def members(network, names):
    return np.isin(network.names, list(names))


def test_direction_repeats_and_self_loops_are_dropped():
    network = Interactome.from_edges([("A", "B"), ("B", "A"), ("A", "B"), ("C", "C")])
    assert network.names.tolist() == ["A", "B", "C"]
    assert network.degree.tolist() == [1, 1, 0]
    assert network.adjacency.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


@settings(deadline=None)
@given(edges)
def test_interactome_is_the_simple_graph_that_networkx_makes(pairs):
    ours = Interactome.from_edges(pairs).to_networkx()
    graph = nx.Graph(pairs)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    assert set(ours.nodes) == set(graph.nodes)
    assert {frozenset(e) for e in ours.edges} == {frozenset(e) for e in graph.edges}


@settings(deadline=None)
@given(edges, st.sets(st.integers(0, 15)))
def test_largest_component_is_as_large_as_networkx_says(pairs, chosen):
    network = Interactome.from_edges(pairs)
    inside = members(network, chosen)
    graph = nx.Graph(pairs).subgraph(network.names[inside].tolist())
    expected = max(map(len, nx.connected_components(graph)), default=0)
    component = largest_component(network, inside)
    assert component.sum() == expected
    if expected:
        assert nx.is_connected(graph.subgraph(network.names[component].tolist()))


def test_bins_of_given_degrees_are_made_from_the_background_alone():
    """Of 100 in the background half have degree 1, half 5; the others stand where they fit."""
    network = Interactome.from_edges([(i, i + 1) for i in range(203)])
    degree = np.array([1] * 100 + [5] * 100 + [1, 3, 5, 9])
    allowed = np.arange(204) < 200
    found, kept = redrawing_bins(network, degree, allowed)
    assert found.tolist() == [0] * 100 + [1] * 100 + [0, 1, 1, 1]
    assert kept.tolist() == allowed.tolist()
    assert redrawing_bins(network, None, None)[0].tolist() == [0] * 204  # a chain: too few ends
    with pytest.raises(BackgroundError, match="no protein"):
        redrawing_bins(network, degree, np.zeros(204, dtype=bool))


def test_bins_close_at_the_size_and_the_tail_joins_the_last():
    # 3 of degree 1, 1 of degree 2, 2 of degree 3, 1 of degree 9; bins of 3
    assert degree_bins(np.array([3, 1, 1, 9, 1, 2, 3]), size=3).tolist() == [1, 0, 0, 1, 0, 1, 1]
    assert degree_bins(np.array([1, 2, 3]), size=100).tolist() == [0, 0, 0]
    assert degree_bins(np.array([1, 1, 2, 2]), size=2).tolist() == [0, 0, 1, 1]


def test_component_null_is_that_of_redrawing_within_bins():
    graph = nx.gnp_random_graph(260, 0.02, seed=3)
    network = Interactome.from_edges(graph.edges)
    bins = degree_bins(network.degree)
    assert len(set(bins)) > 1
    chosen = np.zeros(len(bins), dtype=bool)
    chosen[np.random.default_rng(1).choice(len(bins), 60, replace=False)] = True
    found = component_significance(network, chosen, draws=4000, random=np.random.default_rng(2))

    random = np.random.default_rng(5)
    sizes = []
    for _ in range(1500):
        drawn = np.zeros(len(bins), dtype=bool)
        for b in set(bins):
            pool = np.flatnonzero(bins == b)
            drawn[random.choice(pool, chosen[pool].sum(), replace=False)] = True
        sizes.append(largest_component(network, drawn).sum())
    z = (found.size - np.mean(sizes)) / np.std(sizes, ddof=1)
    assert found.size == largest_component(network, chosen).sum()
    assert found.z == pytest.approx(z, abs=0.12)
    assert found.pvalue == pytest.approx(np.mean(np.array(sizes) >= found.size), abs=0.04)


def test_a_clique_in_a_sparse_network_is_significant_and_the_seed_decides():
    ring = [(f"r{i}", f"r{(i + 1) % 300}") for i in range(300)]
    network = Interactome.from_edges(ring)
    arc = members(network, {f"r{i}" for i in range(20)})
    first = component_significance(network, arc, random=np.random.default_rng(7))
    again = component_significance(network, arc, random=np.random.default_rng(7))
    assert first == again
    assert first.size == 20
    assert first.pvalue == pytest.approx(1 / 1001)


def test_empty_set_has_no_significance():
    network = Interactome.from_edges([("A", "B")])
    found = component_significance(
        network, np.zeros(2, dtype=bool), random=np.random.default_rng(0)
    )
    assert found.size == 0
    assert np.isnan(found.z)


def test_eigenvector_centrality_is_networkx_s():
    graph = nx.karate_club_graph()
    network = Interactome.from_edges(graph.edges)
    expected = nx.eigenvector_centrality_numpy(graph, weight=None)
    values = np.array([expected[name] for name in network.names.tolist()])
    ours = eigenvector_centrality(network, np.ones(len(values), dtype=bool))
    assert ours == pytest.approx(values / values.max(), abs=1e-9)


def test_centrality_outside_the_members_is_missing():
    network = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    ours = eigenvector_centrality(network, members(network, "ABC"))
    assert ours[:3] == pytest.approx([np.sqrt(0.5), 1, np.sqrt(0.5)])
    assert np.isnan(ours[3])


def test_influence_by_hand():
    # A activates T, B inhibits A and C; T raises g, lowers h.
    signalling = signed_transition(
        np.array([0, 1, 1]), np.array([3, 0, 2]), np.array([1, -1, -1]), shape=(4, 4)
    )
    regulation = signed_transition(
        np.array([3, 3]), np.array([0, 1]), np.array([1, -1]), shape=(4, 2)
    )
    direct = [0.5, -0.5]
    values = influence(signalling, regulation, damping=0.5, steps=3)
    assert values[3].tolist() == direct
    assert values[0].tolist() == [0.25, -0.25]  # one step, halved
    assert values[1].tolist() == [-0.0625, 0.0625]  # half of B goes to A, two steps, inhibiting
    assert values[2].tolist() == [0, 0]
    assert influence(signalling, regulation, steps=1)[1].tolist() == [0, 0]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_influence_is_the_sum_over_signed_walks(seed):
    random = np.random.default_rng(seed)
    dense = random.choice([-1, 0, 0, 1], size=(6, 6))
    np.fill_diagonal(dense, 0)
    genes = random.choice([-1, 0, 1], size=(6, 4))

    def weights(matrix):
        source, target = np.nonzero(matrix)
        return signed_transition(source, target, matrix[source, target], shape=matrix.shape)

    w = dense / np.maximum(np.abs(dense).sum(axis=1, keepdims=True), 1)
    r = genes / np.maximum(np.abs(genes).sum(axis=1, keepdims=True), 1)
    expected = sum(np.linalg.matrix_power(0.5 * w, k) @ r for k in range(4))
    assert influence(weights(dense), weights(genes)) == pytest.approx(expected)
    assert sparse.issparse(weights(dense))
