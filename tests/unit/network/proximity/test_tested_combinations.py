"""The benchmark of tested combinations: its random pairs and its AUC."""

import sys
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from twinscreen.network import Interactome, membership

BENCHMARKS = str(Path(__file__).resolve().parents[4] / "benchmarks")


@pytest.fixture
def combinations(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import combinations

    yield combinations
    sys.modules.pop("combinations")


@pytest.fixture
def pairs():
    graph = nx.gnm_random_graph(30, 60, seed=2)
    return np.array(sorted(tuple(sorted(edge)) for edge in graph.edges()))


def test_exchanged_pairs_have_each_drug_as_often(combinations, pairs):
    drawn = combinations._exchanged(pairs, 30, np.random.default_rng(1))
    assert Counter(drawn.ravel().tolist()) == Counter(pairs.ravel().tolist())
    assert len({tuple(pair) for pair in drawn.tolist()}) == len(pairs)
    assert (drawn[:, 0] < drawn[:, 1]).all()
    kept = {tuple(p) for p in drawn.tolist()} & {tuple(p) for p in pairs.tolist()}
    assert len(kept) < len(pairs) / 2


@pytest.mark.parametrize("keep", [True, False])
def test_no_random_pair_is_one_of_the_list(combinations, pairs, keep):
    drawn = combinations.random_pairs(
        pairs, 30, keep_degrees=keep, number=5, random=np.random.default_rng(1)
    )
    assert not {tuple(p) for p in drawn.tolist()} & {tuple(p) for p in pairs.tolist()}
    assert len(drawn) > len(pairs)
    assert set(np.unique(drawn).tolist()) <= set(np.unique(pairs).tolist())


def test_auc_is_the_chance_of_being_greater(combinations):
    random = np.random.default_rng(1)
    one, other = random.integers(0, 6, 40), random.integers(0, 6, 90)
    weights = random.integers(0, 3, 40), random.integers(0, 3, 90)
    pairs = [(x, y) for x in np.repeat(one, weights[0]) for y in np.repeat(other, weights[1])]
    expected = np.mean([(x > y) + (x == y) / 2 for x, y in pairs])
    assert combinations.auc(one, other, weights) == pytest.approx(expected)


def test_measures_on_a_path_by_hand(combinations):
    path = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    sets, _ = membership(path, [("x", "A"), ("x", "B"), ("y", "B"), ("z", "D")])
    found = combinations.measures(path, sets)
    # x and y: distances A-B 1, B-B 0, B-B 0, mean 1/3; within x 1, within y 0
    assert found[combinations.APART][0, 1] == pytest.approx(1 / 3 - 1 / 2)
    assert found["smallest distance, near first"][0].tolist() == [0, 0, -2]
    assert found[combinations.SHARED][0].tolist() == [1, 1, 0]
    assert found[combinations.COMMON][0] == pytest.approx([1, 1 / 2, 0])
