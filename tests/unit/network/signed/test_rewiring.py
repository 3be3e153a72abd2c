"""Rewired networks keep what they must, and are otherwise any network that does."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from twinscreen.network.signed.rewiring import rewire

NODES = 14

signed_edges = st.dictionaries(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(lambda e: e[0] != e[1]),
    st.sampled_from([-1, 1]),
    max_size=60,
)


def arrays(edges):
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], np.array(list(edges.values()), dtype=np.int8)


def large(seed=0, n=200, m=2000):
    """A random signed network without repeats and self-loops."""
    random = np.random.default_rng(seed)
    place = random.choice(n * n, size=m + n, replace=False)
    source, target = place // n, place % n
    kept = np.flatnonzero(source != target)[:m]
    return source[kept], target[kept], random.choice([-1, 1, 1], size=m).astype(np.int8)


@settings(deadline=None)  # the first call compiles
@given(edges=signed_edges, seed=st.integers(0, 2**16))
def test_every_protein_keeps_its_edges_of_each_sign_and_none_is_twice_or_to_itself(edges, seed):
    source, target, sign = arrays(edges)
    before = target.copy()
    found = rewire(source, target, sign, random=np.random.default_rng(seed))
    assert target.tolist() == before.tolist()  # the network itself is left alone
    assert found.shape == target.shape
    for kind in (-1, 1):  # sources stay, so what goes out is kept; what comes in:
        kept = sign == kind
        assert Counter(found[kept].tolist()) == Counter(target[kept].tolist())
    ends = list(zip(source.tolist(), found.tolist(), strict=True))
    assert len(set(ends)) == len(ends)
    assert all(a != b for a, b in ends)


def test_most_edges_lead_elsewhere():
    """Of 2000 random edges among 200 proteins about one in twenty is there by chance again."""
    source, target, sign = large()
    found = rewire(source, target, sign, random=np.random.default_rng(1))
    before = set(zip(source.tolist(), target.tolist(), strict=True))
    again = [edge in before for edge in zip(source.tolist(), found.tolist(), strict=True)]
    assert np.mean(again) < 0.08


def test_the_same_seed_gives_the_same_network_and_another_one_another():
    network = large()
    one, same, other = (rewire(*network, random=np.random.default_rng(s)) for s in (1, 1, 2))
    assert one.tolist() == same.tolist()
    assert (one != other).mean() > 0.8


def test_without_swaps_nothing_moves():
    source, target, sign = large()
    found = rewire(source, target, sign, random=np.random.default_rng(1), swaps=0)
    assert found.tolist() == target.tolist()


def test_all_networks_with_these_degrees_come_equally_often():
    """Three proteins with an edge each to three others: six networks."""
    source, target, sign = np.arange(3), np.arange(3, 6), np.ones(3, dtype=np.int8)
    random = np.random.default_rng(3)
    found = Counter(tuple(rewire(source, target, sign, random=random)) for _ in range(3000))
    assert len(found) == 6
    assert stats.chisquare(list(found.values())).pvalue > 0.001
