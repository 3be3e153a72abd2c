"""Distances of more proteins than a block holds, against the distances of all to all."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from twinscreen.network import Interactome, distances, set_separation

N = 1200


@pytest.fixture(scope="module")
def case():
    """A tree and a few loops, its distances, and sets that together have more than 1,024."""
    graph = nx.random_labeled_tree(N, seed=4)
    graph.add_edges_from(np.random.default_rng(1).integers(N, size=(60, 2)).tolist())
    network = Interactome.from_networkx(graph)
    random = np.random.default_rng(2)
    drugs = [random.choice(N, size, replace=False) for size in (1, 3, 700, 900)]
    modules = [random.choice(N, size, replace=False) for size in (2, 600, 800)]
    return network, shortest_path(network.adjacency, unweighted=True), drugs, modules


def rows(sets):
    matrix = np.zeros((len(sets), N))
    for row, members in enumerate(sets):
        matrix[row, members] = 1
    return sparse.csr_array(matrix)


def within(hops, members):
    """Mean distance to the nearest other member; 0 for a single one."""
    if len(members) < 2:
        return 0.0
    inside = hops[np.ix_(members, members)].copy()
    np.fill_diagonal(inside, np.inf)
    return inside.min(axis=1).mean()


def test_five_measures_over_several_blocks(case):
    network, hops, drugs, modules = case
    found = distances(network, rows(drugs), rows(modules))
    for i, t in enumerate(drugs):
        for j, s in enumerate(modules):
            across = hops[np.ix_(t, s)]
            sums = hops[np.ix_(s, s)].sum(axis=0)
            nearest = np.concatenate([across.min(axis=1), across.min(axis=0)]).mean()
            expected = {
                "closest": across.min(axis=1).mean(),
                "shortest": across.mean(),
                "kernel": -np.log(np.exp(-across - 1).mean(axis=1)).mean(),
                "centre": across[:, sums == sums.min()].mean(),
                "separation": nearest - (within(hops, t) + within(hops, s)) / 2,
            }
            for name, value in expected.items():
                assert getattr(found, name)[i, j] == pytest.approx(value), (name, i, j)
    assert set_separation(network, rows(drugs), rows(modules)) == pytest.approx(found.separation)
