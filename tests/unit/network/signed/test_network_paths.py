"""Strongest signed paths against all walks of small random networks, listed one by one."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscreen.network.signed.paths import strongest_paths
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges

N = 6


def layer(edges):
    """Signed edges between N proteins from {(source, target): sign}."""
    source, target = np.array(list(edges), dtype=int).reshape(-1, 2).T
    return SignedEdges.of(source, target, np.array(list(edges.values()), dtype=np.int8), n=N)


def weights(edges):
    """W_ij = sign / outdegree, edge by edge."""
    outdegree = {a: sum(b == a for b, _ in edges) for a, _ in edges}
    return {(a, b): sign / outdegree[a] for (a, b), sign in edges.items()}


def walks(signalling, regulation, source, gene, damping, steps):
    """Give every walk from a protein to a gene, as (proteins, what it carries)."""
    onward, last = weights(signalling), weights(regulation)
    for k in range(steps + 1):
        for rest in product(range(N), repeat=k):
            proteins = (source, *rest)
            pairs = list(pairwise(proteins))
            if all(pair in onward for pair in pairs) and (proteins[-1], gene) in last:
                carried = np.prod([damping * onward[pair] for pair in pairs])
                yield proteins, carried * last[proteins[-1], gene]


edges = st.dictionaries(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), st.sampled_from([1, -1]), max_size=14
)


@settings(max_examples=150, deadline=None)
@given(
    edges.map(lambda found: {pair: sign for pair, sign in found.items() if pair[0] != pair[1]}),
    edges,
    st.sampled_from([0.5, 0.8]),
    st.integers(0, 3),
    st.integers(1, 4),
)
def test_no_path_is_stronger_than_those_found(signalling, regulation, damping, steps, most):
    network = SignalNetwork(layer(signalling), layer(regulation), damping, steps)
    influence = network.influence_of(np.arange(N))
    for gene in range(N):
        found = strongest_paths(network, np.arange(N), np.full(N, gene), most=most)
        for source in range(N):
            listed = list(walks(signalling, regulation, source, gene, damping, steps))
            total = sum(carried for _, carried in listed)
            assert influence[source, gene] == pytest.approx(total, abs=1e-6)
            simple = {path: part for path, part in listed if len(set(path)) == len(path)}
            best = sorted(map(abs, simple.values()), reverse=True)[:most]
            assert [abs(path.part) for path in found[source]] == pytest.approx(best)
            assert len({path.proteins for path in found[source]}) == len(best)
            for path in found[source]:
                assert path.part == pytest.approx(simple[path.proteins])
                signs = [signalling[pair] for pair in pairwise(path.proteins)]
                assert path.signs == (*signs, regulation[path.proteins[-1], gene])


def test_shares_of_two_ways_to_a_gene():
    """0 -> 1 -> gene 5 and 0 -| 2 -> gene 5, where 1 regulates two genes and 2 one."""
    signalling = layer({(0, 1): 1, (0, 2): -1})
    regulation = layer({(1, 5): 1, (1, 4): 1, (2, 5): 1})
    network = SignalNetwork(signalling, regulation, damping=0.5, steps=3)
    (against, along) = strongest_paths(network, np.array([0]), np.array([5]), most=2)[0]
    assert (against.proteins, against.signs, against.part) == ((0, 2), (-1, 1), -1 / 4)
    assert (along.proteins, along.signs, along.part) == ((0, 1), (1, 1), 1 / 8)
    assert network.influence_of(np.array([0]))[0, 5] == pytest.approx(-1 / 8)


def test_of_equal_paths_the_first_proteins_come_first():
    signalling = layer({(0, 3): 1, (0, 1): 1, (0, 2): 1})
    regulation = layer({(1, 5): 1, (2, 5): 1, (3, 5): 1})
    network = SignalNetwork(signalling, regulation, damping=0.5, steps=1)
    found = strongest_paths(network, np.array([0, 4]), np.array([5, 5]), most=2)
    assert [path.proteins for path in found[0]] == [(0, 1), (0, 2)]
    assert found[1] == []
