"""Sums along signed edges against the series of dense matrices."""

import numpy as np
import pytest

from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges

N, DAMPING, STEPS = 25, 0.7, 4


def drawn(random, m):
    place = random.choice(N * N, size=m, replace=False)
    return place // N, place % N, random.choice([-1, 1], size=m).astype(np.int8)


def dense(source, target, sign):
    """W_ij = sign / number of edges out of i, one by one."""
    matrix = np.zeros((N, N))
    for i, j, s in zip(source, target, sign, strict=True):
        matrix[i, j] = s / np.sum(source == i)
    return matrix


def series(signalling, values):
    """[ I + dW + (dW)^2 + ... ] values by powers."""
    return sum(np.linalg.matrix_power(DAMPING * signalling, k) @ values for k in range(STEPS + 1))


@pytest.fixture
def case():
    random = np.random.default_rng(0)
    signalling, regulation = drawn(random, 80), drawn(random, 60)
    network = SignalNetwork(
        SignedEdges.of(*signalling, n=N), SignedEdges.of(*regulation, n=N), DAMPING, STEPS
    )
    values = random.normal(size=(N, 3)).astype(np.float32)
    return network, dense(*signalling), dense(*regulation), values


def test_edges_are_sorted_and_none_is_lost(case):
    edges = SignedEdges.of(np.array([2, 0, 2]), np.array([1, 3, 0]), np.array([1, -1, -1]), n=4)
    assert edges.start.tolist() == [0, 1, 1, 3, 3]
    assert edges.source.tolist() == [0, 2, 2]
    assert edges.target.tolist() == [3, 0, 1]
    assert edges.sign.tolist() == [-1, -1, 1]
    assert edges.transition().toarray().tolist() == [
        [0, 0, 0, -1],
        [0, 0, 0, 0],
        [-0.5, 0.5, 0, 0],
        [0, 0, 0, 0],
    ]
    network, signalling, _, _ = case
    assert network.signalling.transition().toarray() == pytest.approx(signalling)


def test_values_are_carried_back_as_the_series_says(case):
    network, signalling, _, values = case
    expected = series(signalling, values)
    assert network.upstream(values) == pytest.approx(expected, abs=1e-5)


def test_some_proteins_have_their_rows_of_the_whole(case):
    network, signalling, _, values = case
    rows = np.array([24, 3, 3, 0])
    assert network.upstream(values, rows=rows) == pytest.approx(
        series(signalling, values)[rows], abs=1e-5
    )
    still = SignalNetwork(network.signalling, network.regulation, DAMPING, 0)
    assert still.upstream(values, rows=rows).tolist() == values[rows].tolist()
    assert still.upstream(values).tolist() == values.tolist()


def test_on_other_targets_the_series_is_that_of_the_other_network(case):
    network, signalling, _, values = case
    targets = network.signalling.rewired(np.random.default_rng(5))
    other = dense(network.signalling.source, targets, network.signalling.sign)
    assert not np.allclose(other, signalling)
    assert np.sort(np.abs(other).sum(axis=1)) == pytest.approx(
        np.sort(np.abs(signalling).sum(axis=1))
    )
    assert network.upstream(values, targets) == pytest.approx(series(other, values), abs=1e-5)


def test_change_and_influence_are_the_whole_matrix(case):
    network, signalling, regulation, values = case
    whole = series(signalling, regulation)
    assert network.change(values) == pytest.approx(whole @ values, abs=1e-5)
    proteins = np.array([7, 0, 24])
    found = network.influence_of(proteins)
    assert found == pytest.approx(whole[proteins], abs=1e-5)
    assert found.dtype == np.float32


def test_what_is_left_alone_stays(case):
    network, _, _, values = case
    before = values.copy()
    network.upstream(values)
    network.change(values)
    assert (values == before).all()


def test_inhibiting_an_inhibitor_raises():
    """A -| B -> C with damping 1/2: A is worth 1 - 1/2 (1 + 1/2) of values 1, B 1 + 1/2."""
    none = SignedEdges.of(np.empty(0, int), np.empty(0, int), np.empty(0, np.int8), n=3)
    signalling = SignedEdges.of(np.array([0, 1]), np.array([1, 2]), np.array([-1, 1]), n=3)
    network = SignalNetwork(signalling, none, 0.5, 2)
    found = network.upstream(np.ones((3, 1), dtype=np.float32))
    assert found[:, 0] == pytest.approx([0.25, 1.5, 1])
