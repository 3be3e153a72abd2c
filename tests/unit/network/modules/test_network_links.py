"""Links of sets: hypergeometric overlaps and distances against redrawn sets."""

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from scipy import sparse, stats

from twinscreen.network import (
    Interactome,
    degree_bins,
    distance_to_modules,
    link_sets,
    membership,
    overlap_significance,
)


def sets(n, *members):
    matrix = np.zeros((len(members), n), dtype=int)
    for row, chosen in enumerate(members):
        matrix[row, chosen] = 1
    return sparse.csr_array(matrix)


def test_overlap_in_one_bin_is_hypergeometric():
    degree = np.ones(20, dtype=int)
    everyone = np.ones(20, dtype=bool)
    a, b = sets(20, range(5)), sets(20, range(3, 9))
    overlap, z, pvalue = overlap_significance(degree, a, b, background=everyone)
    law = stats.hypergeom(20, 6, 5)
    assert overlap[0, 0] == 2
    assert pvalue[0, 0] == pytest.approx(law.sf(1))
    assert z[0, 0] == pytest.approx((2 - law.mean()) / law.std())


def test_overlap_over_bins_is_counted_over_all_redrawn_sets():
    # 100 proteins of degree 1 and 103 of degree 2; two drawn of the first, one of the second
    degree = np.repeat([1, 2], [100, 103])
    bins = degree_bins(degree)
    assert np.bincount(bins).tolist() == [100, 103]
    fixed = np.zeros(203, dtype=int)
    fixed[[0, 1, 2, 100, 101]] = 1
    low = [fixed[list(pair)].sum() for pair in combinations(range(100), 2)]
    high = fixed[100:]
    totals = np.array([a + b for a, b in product(low, high)])
    _, z, pvalue = overlap_significance(
        degree,
        sets(203, [0, 50, 100]),
        sparse.csr_array(fixed[None]),
        background=np.ones(203, dtype=bool),
    )
    assert pvalue[0, 0] == pytest.approx((totals >= 2).mean())
    assert z[0, 0] == pytest.approx((2 - totals.mean()) / totals.std())


def test_only_what_could_have_been_in_a_set_counts():
    # of the fixed set only 3 of 10 could be measured, and all of them are in the redrawn set
    degree = np.ones(40, dtype=int)
    measured = np.arange(40) < 12
    _, _, pvalue = overlap_significance(
        degree, sets(40, range(3)), sets(40, [0, 1, 2, *range(30, 37)]), background=measured
    )
    assert pvalue[0, 0] == pytest.approx(1 / 220)  # 12 choose 3


def test_distances_against_redrawn_modules():
    graph = nx.barabasi_albert_graph(300, 2, seed=1)
    network = Interactome.from_networkx(graph)
    random = np.random.default_rng(5)
    module, fixed = random.choice(200, 15, replace=False), random.choice(300, 8, replace=False)
    background = np.arange(300) < 200
    pairs = [("m", v) for v in module.tolist()]
    found = link_sets(
        network,
        membership(network, pairs)[0],
        sets(300, fixed),
        background=background[None],
        random=random,
        draws=2048,
    )
    bins = degree_bins(network.degree[background])
    drawn = np.zeros((4000, 300))
    for b in range(bins.max() + 1):
        pool = np.flatnonzero(background)[bins == b]
        for row in drawn:
            row[random.choice(pool, np.isin(module, pool).sum(), replace=False)] = 1
    hops = distance_to_modules(network, sparse.csr_array(drawn))[fixed].mean(axis=0)
    exact = min(nx.shortest_path_length(graph, int(fixed[0]), int(member)) for member in module)
    assert distance_to_modules(network, sets(300, module))[fixed[0], 0] == exact
    assert found.distance[0, 0] == distance_to_modules(network, sets(300, module))[fixed].mean()
    z = (found.distance[0, 0] - hops.mean()) / hops.std()
    assert found.distance_z[0, 0] == pytest.approx(z, abs=0.1)
    assert found.distance_p[0, 0] == pytest.approx((hops <= found.distance[0, 0]).mean(), abs=0.04)


def test_a_set_of_its_own_neighbours_is_linked_and_one_far_away_is_not():
    # a line of 240: ten proteins beside the module's, and ten at the other end
    line = Interactome.from_networkx(nx.path_graph(240))
    module = list(range(20, 60, 4))
    beside, far = [v + 1 for v in module], list(range(220, 230))
    found = link_sets(
        line,
        sets(240, module),
        sets(240, beside, far, []),
        background=np.ones((1, 240), dtype=bool),
        random=np.random.default_rng(0),
    )
    assert found.distance[0, 0] == 1
    assert found.distance_z[0, 0] < -1 < 1 < found.distance_z[0, 1]
    assert found.distance_p[0, 0] < 0.01 < 0.9 < found.distance_p[0, 1]
    assert np.isnan(found.distance[0, 2])
    assert found.overlap[0].tolist() == [0, 0, 0]


def test_a_set_that_could_only_be_off_the_network_has_no_distance():
    # surface proteins may be few, and none of them on the largest component
    network = Interactome.from_edges([("a", "b"), ("b", "c"), ("y", "z")])
    found = link_sets(
        network,
        sets(5, [3]),
        sets(5, [0, 3]),
        background=np.array([[False, False, False, True, True]]),
        random=np.random.default_rng(0),
    )
    assert found.overlap[0, 0] == 1
    assert np.isnan([found.distance[0, 0], found.distance_p[0, 0]]).all()


def test_every_set_has_its_own_background_whatever_stands_beside_it():
    network = Interactome.from_networkx(nx.barabasi_albert_graph(250, 3, seed=2))
    background = np.ones((3, 250), dtype=bool)
    background[1, 125:] = False
    module = list(range(0, 40, 3))
    how = {"fixed": sets(250, range(90, 110), [5, 6, 200])}
    together = link_sets(
        network,
        sets(250, module, module, []),
        background=background,
        random=np.random.default_rng(3),
        **how,
    )
    alone = link_sets(
        network,
        sets(250, module),
        background=background[1:2],
        random=np.random.default_rng(3),
        **how,
    )
    assert together.distance_z[1].tolist() == alone.distance_z[0].tolist()
    assert together.overlap_p[1].tolist() == alone.overlap_p[0].tolist()
    assert (together.distance_z[0] != together.distance_z[1]).any()
    assert np.isnan(together.distance[2]).all()


def test_pairs_that_are_not_asked_for_are_missing_and_change_nothing():
    network = Interactome.from_networkx(nx.barabasi_albert_graph(120, 3, seed=2))
    pairs = np.array([[True, False], [False, True]])
    how = {
        "redrawn": sets(120, range(9), range(50, 60)),
        "fixed": sets(120, range(5, 20), [90, 91]),
        "background": np.ones((2, 120), dtype=bool),
    }
    every = link_sets(network, **how, random=np.random.default_rng(1))
    some = link_sets(network, **how, random=np.random.default_rng(1), pairs=pairs)
    for name in ("overlap", "overlap_p", "distance_z", "distance_p"):
        full, part = getattr(every, name), getattr(some, name)
        assert part[pairs].tolist() == full[pairs].tolist()
        assert np.isnan(part[~pairs]).all()
