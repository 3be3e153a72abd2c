"""Walks, growth and centralities against networkx and hand counts."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from twinscreen.network import (
    Interactome,
    betweenness,
    degree_bins,
    diamond,
    membership,
    pagerank,
    random_walk,
    walk_against_null,
)

edges = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=40)


def test_a_walk_of_two_by_hand():
    # p_A = r + (1 - r) p_B, p_B = (1 - r) p_A
    pair = Interactome.from_edges([("A", "B")])
    walk = random_walk(pair, np.array([2.0, 0.0]), restart=0.5)
    assert walk == pytest.approx([2 / 3, 1 / 3])


@settings(deadline=None)
@given(edges, st.integers(0, 10**6))
def test_walks_solve_their_equation(pairs, seed):
    network = Interactome.from_edges(pairs)
    n = len(network.names)
    seeds = np.random.default_rng(seed).random((n, 3))
    walk = random_walk(network, seeds, restart=0.3)
    degree = network.degree
    step = network.adjacency.toarray() / np.maximum(degree, 1) + np.diag(degree == 0)
    home = seeds / seeds.sum(axis=0)
    exact = np.linalg.solve(np.eye(n) - 0.7 * step, 0.3 * home)
    assert walk == pytest.approx(exact, abs=1e-8)


def test_seeds_without_weight_and_an_odd_restart_are_refused():
    pair = Interactome.from_edges([("A", "B")])
    with pytest.raises(ValueError, match="no weight"):
        random_walk(pair, np.zeros(2))
    with pytest.raises(ValueError, match="restart 0"):
        random_walk(pair, np.ones(2), restart=0)


def test_the_null_of_walks_is_that_of_redrawing_seeds():
    graph = nx.barabasi_albert_graph(260, 2, seed=4)
    network = Interactome.from_networkx(graph)
    random = np.random.default_rng(3)
    module = random.choice(260, 12, replace=False)
    members = membership(network, [("m", v) for v in module.tolist()])[0]
    asked = np.array([0, 50, 259])
    found = walk_against_null(network, members, asked)
    observed = np.zeros(260)
    observed[module] = 1
    assert found.score[0] == pytest.approx(random_walk(network, observed)[asked], abs=1e-8)

    bins = degree_bins(network.degree)
    seeds = np.zeros((260, 4000))
    for draw in range(4000):
        for b in range(bins.max() + 1):
            pool = np.flatnonzero(bins == b)
            chosen = random.choice(pool, (bins[module] == b).sum(), replace=False)
            seeds[chosen, draw] = 1
    drawn = random_walk(network, seeds)[asked]
    error = drawn.std(axis=1) / 4000**0.5
    assert (np.abs(found.expected[0] - drawn.mean(axis=1)) < 4.5 * error).all()
    assert found.sd[0] == pytest.approx(drawn.std(axis=1), rel=0.1)


def test_diamond_takes_the_best_linked_first():
    # X is linked to both seeds and nothing else, Y to one seed and three others
    network = Interactome.from_edges(
        [("a", "X"), ("b", "X"), ("a", "Y"), ("Y", "u"), ("Y", "v"), ("Y", "w"), ("w", "u")]
    )
    seeds = np.isin(network.names, ["a", "b"])
    grown = diamond(network, seeds, size=2)
    assert network.names[grown.proteins].tolist() == ["X", "Y"]
    assert grown.links.tolist() == [2, 1]
    # of the 7 proteins 2 are seeds: both neighbours of X are, with probability 1 in 21
    assert 10 ** grown.log10_pvalue[0] == pytest.approx(1 / 21)
    assert len(diamond(network, seeds, size=5, max_pvalue=0.06).proteins) == 1


@settings(deadline=None, max_examples=40)
@given(edges, st.sets(st.integers(0, 15), min_size=1))
def test_every_step_of_diamond_is_hypergeometric(pairs, chosen):
    network = Interactome.from_edges(pairs)
    inside = np.isin(network.names, sorted(chosen))
    grown = diamond(network, inside, size=3)
    dense = network.adjacency.toarray()
    n = len(inside)
    for protein, links, log in zip(grown.proteins, grown.links, grown.log10_pvalue, strict=True):
        outside = np.flatnonzero(~inside)
        to_module = dense[outside][:, inside].sum(axis=1)
        tail = stats.hypergeom.sf(to_module - 1, n, inside.sum(), network.degree[outside])
        assert 10**log == pytest.approx(tail[to_module > 0].min())
        assert links == dense[protein, inside].sum()
        inside[protein] = True


def test_pagerank_and_betweenness_are_networkx_s():
    graph = nx.karate_club_graph()
    network = Interactome.from_networkx(graph)
    everyone = np.ones(34, dtype=bool)
    weight = np.arange(34.0)
    exact = nx.pagerank(graph, personalization=dict(enumerate(weight)), weight=None, tol=1e-12)
    exact = np.array([exact[v] for v in range(34)])
    ours = pagerank(network, everyone, weight=weight)
    assert ours == pytest.approx(exact / exact.max(), abs=1e-6)
    between = nx.betweenness_centrality(graph)
    between = np.array([between[v] for v in range(34)])
    assert betweenness(network, everyone) == pytest.approx(between / between.max())


@pytest.mark.parametrize("centrality", [pagerank, betweenness])
def test_centralities_of_one_and_of_none(centrality):
    network = Interactome.from_edges([("A", "B"), ("C", "C")])
    alone = centrality(network, np.array([False, False, True]))
    assert np.isnan(alone).tolist() == [True, True, False]
    assert np.isnan(centrality(network, np.zeros(3, dtype=bool))).all()


def test_one_network_from_all_kinds_of_input():
    graph = nx.Graph([("B", "A"), ("C", "B"), ("C", "C")])
    graph.add_node("D")
    ours = Interactome.from_networkx(graph)
    assert ours.names.tolist() == ["A", "B", "C", "D"]
    assert ours.degree.tolist() == [1, 2, 1, 0]
    directed = sparse.csr_array(np.array([[0, 2.5, 0], [0, 1, 0], [0, -1, 0]]))
    again = Interactome.from_sparse(directed, np.array(["x", "y", "z"]))
    assert again.adjacency.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    with pytest.raises(ValueError, match="not square"):
        Interactome.from_sparse(sparse.csr_array(np.ones((2, 3))))
