"""Nulls of the measures other than the closest against enumeration and brute force."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from twinscreen.network import (
    BackgroundError,
    Interactome,
    degree_bins,
    proximity_by_draws,
)
from twinscreen.network.proximity.linear import Pools, sums_of_distances

MEASURES = ["shortest", "kernel", "centre", "separation"]
NULLS = ["both", "disease", "drug"]


def rows(n, groups):
    """Sets of row numbers as a matrix."""
    matrix = np.zeros((len(groups), n))
    for row, group in enumerate(groups):
        matrix[row, list(group)] = 1
    return sparse.csr_array(matrix)


def large(seed=3, n=240):
    graph = nx.barabasi_albert_graph(n, 2, seed=seed)
    network = Interactome.from_edges(graph.edges)
    return network, nx.floyd_warshall_numpy(graph, nodelist=network.names.tolist())


def measured(d, t, s, measure):
    """One distance by its definition."""
    across = d[np.ix_(t, s)]
    if measure == "shortest":
        return across.mean()
    if measure == "kernel":
        return -np.log(np.exp(-across - 1).mean(axis=1)).mean()
    if measure == "centre":
        sums = d[np.ix_(s, s)].sum(axis=0)
        return across[:, sums == sums.min()].mean()
    own = [np.where(np.eye(len(x)) > 0, np.inf, d[np.ix_(x, x)]).min(axis=1) for x in (t, s)]
    within = [x[np.isfinite(x)].mean() if len(x) > 1 else 0 for x in own]
    between = across.min(axis=1).sum() + across.min(axis=0).sum()
    return between / (len(t) + len(s)) - sum(within) / 2


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("measure", MEASURES)
def test_nulls_are_those_of_redrawing(measure, null):
    network, d = large()
    bins = degree_bins(network.degree)
    assert bins.max() > 0
    pools = [np.flatnonzero(bins == b) for b in range(bins.max() + 1)]
    random = np.random.default_rng(5)
    drugs = [random.choice(240, k, replace=False) for k in (1, 2, 6)]
    modules = [random.choice(240, k, replace=False) for k in (1, 15)]
    found = proximity_by_draws(
        network,
        rows(240, drugs),
        rows(240, modules),
        measure=measure,
        null=null,
        draws=3000,
        random=np.random.default_rng(1),
    )

    def redraw(members):
        wanted = np.bincount(bins[members], minlength=len(pools))
        drawn = [random.choice(p, k, replace=False) for p, k in zip(pools, wanted, strict=True)]
        return np.concatenate(drawn).astype(int)

    for (i, t), (j, s) in itertools.product(enumerate(drugs), enumerate(modules)):
        drawn = np.array(
            [
                measured(
                    d,
                    t if null == "disease" else redraw(t),
                    s if null == "drug" else redraw(s),
                    measure,
                )
                for _ in range(1000)
            ]
        )
        assert found.distance[i, j] == pytest.approx(measured(d, t, s, measure))
        error = drawn.std() * np.sqrt(1 / 1000 + 1 / 3000)
        assert found.expected[i, j] == pytest.approx(drawn.mean(), abs=4.5 * error)
        assert found.sd[i, j] == pytest.approx(drawn.std(), rel=0.2)
        p = np.mean(drawn <= found.distance[i, j] + 1e-9)
        error = np.sqrt(max(p * (1 - p), 1e-3) * (1 / 1000 + 1 / 3000))
        assert found.pvalue[i, j] == pytest.approx(p, abs=4.5 * error)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(NULLS))
def test_mean_and_variance_of_shortest_are_those_of_all_possible_draws(seed, null):
    # ten proteins in three bins, one of which may not be drawn
    random = np.random.default_rng(seed)
    graph = nx.random_labeled_tree(10, seed=seed)
    d = nx.floyd_warshall_numpy(graph, nodelist=range(10))
    bins = np.repeat([0, 1, 2], [4, 4, 2])
    allowed = np.arange(10) != 3
    pools = [np.flatnonzero((bins == b) & allowed) for b in range(3)]
    t, s = (random.choice(np.flatnonzero(allowed), random.integers(1, 5), False) for _ in "ts")

    def draws(members):
        choices = [
            itertools.combinations(pool, np.count_nonzero(bins[members] == b))
            for b, pool in enumerate(pools)
        ]
        return [list(itertools.chain(*parts)) for parts in itertools.product(*choices)]

    sums = [
        d[np.ix_(x, y)].sum()
        for x in ([t] if null == "disease" else draws(t))
        for y in ([s] if null == "drug" else draws(s))
    ]
    mean, variance = sums_of_distances(
        d.astype(np.uint8), Pools.of(bins, allowed), rows(10, [t]), rows(10, [s]), null
    )
    assert mean[0, 0] == pytest.approx(np.mean(sums))
    assert variance[0, 0] == pytest.approx(np.var(sums), abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_results_depend_on_nothing_but_the_pair(measure):
    network, _ = large(7)
    random = np.random.default_rng(2)
    targets = rows(240, [random.choice(240, 1 + i % 5, replace=False) for i in range(12)])
    modules = rows(240, [random.choice(240, 4 + i, replace=False) for i in range(11)])

    def run(t, s, threads):
        random = np.random.default_rng(3)
        found = proximity_by_draws(
            network, t, s, measure=measure, draws=40, threads=threads, random=random
        )
        return np.stack([found.distance, found.expected, found.sd, found.pvalue])

    whole = run(targets, modules, 1)
    assert np.isfinite(whole).all()
    assert np.array_equal(run(targets, modules, 3), whole)
    part = run(targets[[4, 2]], modules[[9, 0]], 2)
    assert np.array_equal(part, whole[:, [4, 2]][:, :, [9, 0]])


def test_a_set_against_itself_is_redrawn_twice():
    # were both draws the same, the separation would never vary
    network, _ = large()
    one = rows(240, [[3, 50, 77]])
    found = proximity_by_draws(
        network, one, one, measure="separation", random=np.random.default_rng(0)
    )
    assert found.sd[0, 0] > 0
    assert found.distance[0, 0] < found.expected[0, 0] - found.sd[0, 0]


def test_empty_sets_are_missing_and_no_error():
    network, _ = large()
    targets, modules = rows(240, [[1, 2], []]), rows(240, [[], [3, 4]])
    for measure in MEASURES:
        found = proximity_by_draws(
            network, targets, modules, measure=measure, random=np.random.default_rng(0)
        )
        assert np.isnan(found.distance).tolist() == [[True, False], [True, True]]
        assert np.isnan(found.pvalue).tolist() == [[True, False], [True, True]]


def test_what_cannot_be_drawn_is_refused():
    network, _ = large()
    one = rows(240, [range(20)])
    random = np.random.default_rng(0)
    few = np.arange(240) < 5
    with pytest.raises(BackgroundError, match="drug"):
        proximity_by_draws(network, one, one, measure="centre", background=few, random=random)
    with pytest.raises(BackgroundError, match="no protein"):
        proximity_by_draws(
            network, one, one, measure="centre", background=~few & few, random=random
        )
    with pytest.raises(ValueError, match="at least 2"):
        proximity_by_draws(network, one, one, measure="centre", draws=1, random=random)
    with pytest.raises(ValueError, match="expected one of"):
        proximity_by_draws(network, one, one, measure="closest", random=random)
