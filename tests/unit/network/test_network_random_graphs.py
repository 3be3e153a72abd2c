"""Every measure against networkx and dense algebra, on whatever graph hypothesis thinks of.

Edges may repeat, stand in both directions or be self-loops; proteins may have no neighbour, and
the graph may be in pieces.
"""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscreen.network import (
    Interactome,
    betweenness,
    distances,
    eigenvector_centrality,
    largest_component,
    membership,
    pagerank,
    set_separation,
)

PROTEINS = st.integers(0, 13)
MEASURES = ("closest", "shortest", "kernel", "centre", "separation")


@st.composite
def graphs(draw):
    """Make the graph that networkx keeps, without self-loops, and ours, from the same edges."""
    pairs = draw(st.lists(st.tuples(PROTEINS, PROTEINS), max_size=30))
    single = draw(st.sets(PROTEINS, min_size=1))  # also a graph of one protein
    graph = nx.Graph(pairs)
    graph.add_nodes_from(single)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    again = draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    ours = Interactome.from_edges(
        [*pairs, *((b, a) for a, b in again), *((v, v) for v in sorted(single))]
    )
    assert sorted(graph.nodes) == ours.names.tolist()
    return graph, ours


@st.composite
def graphs_and_sets(draw):
    """Make a graph and two lists of sets; a set may be empty or have proteins off the graph."""
    graph, ours = draw(graphs())
    sets = st.lists(st.sets(PROTEINS, max_size=6), min_size=1, max_size=3)
    return graph, ours, draw(sets), draw(sets)


@st.composite
def graphs_and_members(draw):
    """Make a graph and some of its proteins, as names and as a mask."""
    graph, ours = draw(graphs())
    chosen = draw(st.sets(st.sampled_from(ours.names.tolist())))
    return graph, ours, chosen, np.isin(ours.names, sorted(chosen))


def rows(network, groups):
    pairs = [(i, name) for i, group in enumerate(groups) for name in [*group, "off"]]
    return membership(network, pairs)[0]


def definitions(graph, targets, module):
    """Compute the five measures of Guney et al. word by word; missing for an empty set."""
    targets, module = targets & set(graph), module & set(graph)
    if not targets or not module:
        return dict.fromkeys(MEASURES, math.nan)
    found = dict(nx.all_pairs_shortest_path_length(graph))

    def hops(a, b):
        return found[a].get(b, math.inf)

    def mean(values):
        values = list(values)
        return sum(values) / len(values)

    def within(group):
        return mean(
            min((hops(a, b) for b in group if b != a), default=0) for a in group
        )  # a single protein is 0 away from its own set

    sums = {s: sum(hops(s, other) for other in module) for s in module}
    centre = [s for s in module if sums[s] == min(sums.values())]
    kernel = [mean(math.exp(-hops(t, s) - 1) for s in module) for t in targets]
    nearest = [min(hops(t, s) for s in module) for t in targets]
    back = [min(hops(s, t) for t in targets) for s in module]
    return {
        "closest": mean(nearest),
        "shortest": mean(hops(t, s) for t in targets for s in module),
        "kernel": mean(-math.log(k) if k else math.inf for k in kernel),
        "centre": mean(hops(t, s) for t in targets for s in centre),
        # infinite within and across is no number
        "separation": mean(nearest + back) - (within(targets) + within(module)) / 2,
    }


@settings(deadline=None, max_examples=150)
@given(graphs_and_sets())
def test_five_measures_are_their_definitions_on_any_graph(case):
    graph, ours, targets, modules = case
    found = distances(ours, rows(ours, targets), rows(ours, modules))
    for i, drug in enumerate(targets):
        for j, module in enumerate(modules):
            expected = definitions(graph, drug, module)
            for name in MEASURES:
                value = getattr(found, name)[i, j]
                assert value == pytest.approx(expected[name], nan_ok=True), (name, drug, module)


@settings(deadline=None)
@given(graphs_and_sets())
def test_separation_does_not_ask_which_set_stands_first(case):
    _, ours, targets, modules = case
    a, b = rows(ours, targets), rows(ours, modules)
    there, back = set_separation(ours, a, b), set_separation(ours, b, a)
    assert there == pytest.approx(back.T, nan_ok=True)


@settings(deadline=None)
@given(graphs_and_members())
def test_the_largest_component_is_one_of_networkx_s_and_the_first_of_equals(case):
    graph, ours, chosen, mask = case
    pieces = sorted(
        nx.connected_components(graph.subgraph(chosen)), key=lambda p: (-len(p), min(p))
    )
    assert set(ours.names[largest_component(ours, mask)].tolist()) == (
        pieces[0] if pieces else set()
    )


@settings(deadline=None, max_examples=100)
@given(graphs_and_members())
def test_betweenness_is_networkx_s_on_any_graph(case):
    graph, ours, chosen, mask = case
    exact = nx.betweenness_centrality(graph.subgraph(chosen), normalized=False)
    agree(betweenness(ours, mask), exact, ours, chosen)


@settings(deadline=None, max_examples=100)
@given(graphs_and_members(), st.sampled_from([0.5, 0.85]))
def test_pagerank_is_the_solution_of_its_equation_on_any_graph(case, damping):
    graph, ours, chosen, mask = case
    exact = walk(graph.subgraph(chosen), dict.fromkeys(chosen, 1.0), damping)
    agree(pagerank(ours, mask, damping=damping), exact, ours, chosen)


@settings(deadline=None, max_examples=100)
@given(graphs_and_members(), st.lists(st.integers(0, 4), min_size=14, max_size=14))
def test_personalised_pagerank_is_the_solution_of_its_equation_on_any_graph(case, weights):
    graph, ours, chosen, mask = case
    weight = np.array([weights[name] for name in ours.names.tolist()], dtype=float)
    home = {v: float(weights[v]) for v in chosen}
    if not sum(home.values()):  # as without weights
        home = dict.fromkeys(chosen, 1.0)
    exact = walk(graph.subgraph(chosen), home, 0.85)
    agree(pagerank(ours, mask, weight=weight), exact, ours, chosen)


@settings(deadline=None)
@given(graphs_and_members())
def test_pagerank_is_networkx_s_on_any_graph(case):
    graph, ours, chosen, mask = case
    weight = 1.0 + np.arange(len(mask))
    home = {v: w for v, w in zip(ours.names.tolist(), weight, strict=True) if v in chosen}
    inside = graph.subgraph(chosen)
    exact = nx.pagerank(inside, personalization=home, tol=1e-13, max_iter=1000) if chosen else {}
    agree(pagerank(ours, mask, weight=weight), exact, ours, chosen)


def walk(graph, home, damping):
    """Solve PageRank densely; who has no neighbour goes home."""
    names = list(graph)
    if not names:
        return {}
    start = np.array([home[v] for v in names])
    start /= start.sum()
    step = nx.to_numpy_array(graph, nodelist=names)
    degree = step.sum(axis=1)
    step = np.where(degree[:, None] > 0, step / np.maximum(degree, 1)[:, None], start)
    exact = np.linalg.solve(np.eye(len(names)) - damping * step.T, (1 - damping) * start)
    return dict(zip(names, exact, strict=True))


@settings(deadline=None, max_examples=150)
@given(graphs_and_members())
def test_eigenvector_centrality_is_the_limit_of_walks_on_any_graph(case):
    graph, ours, chosen, mask = case
    names = sorted(chosen)
    agree(
        eigenvector_centrality(ours, mask),
        dict(zip(names, endless_walks(graph.subgraph(chosen), names), strict=True)),
        ours,
        chosen,
    )


def endless_walks(graph, names):
    """Count walks of a length beyond all measure from each protein, by squaring.

    A step may stay (A + 1), which changes no eigenvector and keeps two-coloured graphs from
    going to and fro. Its limit is the principal eigenvector, also where several pieces share
    the largest eigenvalue; many more squarings than these let rounding choose among them.
    """
    if not names:
        return []
    power = nx.to_numpy_array(graph, nodelist=names, weight=None) + np.eye(len(names))
    for _ in range(30):
        power = power @ power
        power /= power.max()
    return power.sum(axis=1)


@settings(deadline=None)
@given(graphs())
def test_eigenvector_centrality_of_a_component_is_networkx_s(case):
    graph, ours = case
    mask = largest_component(ours, np.ones(len(ours.names), dtype=bool))
    inside = graph.subgraph(ours.names[mask].tolist())
    # of fewer than three it finds none
    if len(inside) > 2:
        exact = nx.eigenvector_centrality_numpy(inside)
        agree(eigenvector_centrality(ours, mask), exact, ours, set(inside))


@pytest.mark.parametrize("length", [1, 2, 8, 40])
def test_two_equal_cliques_far_apart_are_equally_central(length):
    # the two largest eigenvalues are equal to the last digit where the way is long
    graph = nx.barbell_graph(8, length)
    network = Interactome.from_networkx(graph)
    found = eigenvector_centrality(network, np.ones(len(network.names), dtype=bool))
    degree = np.array([graph.degree[name] for name in network.names.tolist()])
    bells, ends = (degree == 7), (degree == 8)
    assert found[bells] == pytest.approx(found[bells][0], abs=1e-6)
    assert found[ends] == pytest.approx(1, abs=1e-6)


def agree(found, exact, network, chosen):
    """Compare with the largest value scaled to 1, and missing outside."""
    largest = max(exact.values(), default=0)
    for name, value in zip(network.names.tolist(), found.tolist(), strict=True):
        if name in chosen:
            assert value == pytest.approx(exact[name] / largest if largest else 0, abs=1e-6)
        else:
            assert math.isnan(value)
