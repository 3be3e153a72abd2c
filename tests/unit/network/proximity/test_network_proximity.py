"""Distances, nulls and tails against networkx, hand counts and brute force."""

import itertools
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from twinscreen.network import (
    DisconnectedError,
    EmptyModuleError,
    Interactome,
    attribute,
    degree_bins,
    distance_to_modules,
    distances,
    membership,
    proximity,
    set_separation,
)
from twinscreen.network.kernels import compiled

edges = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=40)


def rows(network, groups):
    groups = [list(group) for group in groups]
    pairs = [(i, name) for i, group in enumerate(groups) for name in group or ["off"]]
    return membership(network, pairs)[0]


def connected(seed, n=240):
    graph = nx.barabasi_albert_graph(n, 2, seed=seed)
    return graph, Interactome.from_edges(graph.edges)


def hops(graph, network):
    return nx.floyd_warshall_numpy(graph, nodelist=network.names.tolist())


def test_distances_on_a_path():
    path = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    distance = distance_to_modules(path, rows(path, [["A"], ["A", "D"]]))
    assert distance.tolist() == [[0, 0], [1, 1], [2, 1], [3, 0]]


@settings(deadline=None)
@given(edges, st.lists(st.sets(st.integers(0, 15), min_size=1), min_size=1, max_size=4))
def test_distances_are_networkx_s_also_in_pieces(pairs, groups):
    network = Interactome.from_edges(pairs)
    groups = [sorted(g & set(network.names.tolist())) or network.names[:1].tolist() for g in groups]
    graph = nx.Graph(pairs)
    found = distance_to_modules(network, rows(network, groups))
    for column, group in enumerate(groups):
        expected = nx.multi_source_dijkstra_path_length(graph, set(group))
        assert found[:, column].tolist() == [expected.get(v, 255) for v in network.names.tolist()]


def test_more_modules_than_fit_one_search():
    graph, network = connected(1, n=60)
    groups = list(itertools.combinations(range(60), 2))[:1100]
    nearest = hops(graph, network)
    expected = np.array([nearest[list(group)].min(axis=0) for group in groups]).T
    assert (distance_to_modules(network, rows(network, groups)) == expected).all()


def test_an_empty_module_is_named():
    network = Interactome.from_edges([("A", "B")])
    with pytest.raises(EmptyModuleError, match="module 1"):
        distance_to_modules(network, sparse.csr_array(np.array([[1, 0], [0, 0]])))


def test_five_measures_by_hand():
    # a path A-B-C-D-E; targets A and B; module D and E
    path = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D"), ("D", "E")])
    found = distances(path, rows(path, [["A", "B"]]), rows(path, [["D", "E"]]))
    assert found.closest == pytest.approx(np.array([[2.5]]))  # 3 and 2
    assert found.shortest == pytest.approx(np.array([[3.0]]))  # 3, 4, 2, 3
    kernel = -np.log([(np.exp(-4) + np.exp(-5)) / 2, (np.exp(-3) + np.exp(-4)) / 2]).mean()
    assert found.kernel == pytest.approx(np.array([[kernel]]))
    assert found.centre == pytest.approx(np.array([[3.0]]))  # D and E are both the centre
    assert found.separation == pytest.approx(np.array([[2.5 - 1]]))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_measures_are_their_definitions(seed):
    random = np.random.default_rng(seed)
    graph, network = connected(seed, n=40)
    d = hops(graph, network)
    t, s = (random.choice(40, random.integers(2, 8), replace=False) for _ in range(2))
    found = distances(network, rows(network, [t]), rows(network, [s]))
    across = d[np.ix_(t, s)]
    sums = d[np.ix_(s, s)].sum(axis=0)
    centre = s[sums == sums.min()]
    own = [np.where(np.eye(len(x)) > 0, np.inf, d[np.ix_(x, x)]).min(axis=1).mean() for x in (t, s)]
    between = (across.min(axis=1).sum() + across.min(axis=0).sum()) / (len(t) + len(s))
    assert found.closest[0, 0] == pytest.approx(across.min(axis=1).mean())
    assert found.shortest[0, 0] == pytest.approx(across.mean())
    assert found.kernel[0, 0] == pytest.approx(-np.log(np.exp(-across - 1).mean(axis=1)).mean())
    assert found.centre[0, 0] == pytest.approx(d[np.ix_(t, centre)].mean())
    assert found.separation[0, 0] == pytest.approx(between - sum(own) / 2)


def test_separation_of_a_set_from_itself_and_from_nothing():
    network = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    one = rows(network, [["A", "B"], []])
    found = set_separation(network, one, one)
    assert found[0, 0] == -1  # no distance across, 1 within
    assert np.isnan(found[[0, 1, 1], [1, 0, 1]]).all()


def brute_force(d, network, t, s, null, draws, random):
    bins = degree_bins(network.degree)
    pools = [np.flatnonzero(bins == b) for b in range(bins.max() + 1)]

    def redraw(members):
        wanted = np.bincount(bins[members], minlength=len(pools))
        return np.concatenate(
            [random.choice(pool, k, replace=False) for pool, k in zip(pools, wanted, strict=True)]
        ).astype(int)

    def one():
        targets = t if null == "disease" else redraw(t)
        module = s if null == "drug" else redraw(s)
        return d[np.ix_(targets, module)].min(axis=1).mean()

    return np.array([one() for _ in range(draws)])


@pytest.mark.parametrize("null", ["both", "disease", "drug"])
def test_nulls_are_those_of_redrawing(null):
    graph, network = connected(3)
    assert degree_bins(network.degree).max() > 0
    d = hops(graph, network)
    random = np.random.default_rng(5)
    groups = [random.choice(240, k, replace=False) for k in (1, 2, 5, 20)]
    modules = [random.choice(240, k, replace=False) for k in (3, 150)]
    found = proximity(
        network,
        rows(network, groups),
        rows(network, modules),
        null=null,
        draws=2048,
        below=np.inf,
        random=np.random.default_rng(1),
    )
    draws = 1500
    for i, t in enumerate(groups):
        for j, s in enumerate(modules):
            drawn = brute_force(d, network, t, s, null, draws, random)
            sd = drawn.std()
            assert found.expected[i, j] == pytest.approx(drawn.mean(), abs=4.5 * sd / draws**0.5)
            assert found.sd[i, j] == pytest.approx(sd, rel=0.15, abs=0.01)
            p = np.mean(drawn <= found.distance[i, j] + 1e-9)
            error = np.sqrt(max(p * (1 - p), 1 / draws) * (1 / draws + 1 / 2048))
            assert found.pvalue[i, j] == pytest.approx(p, abs=4.5 * error)


def test_one_target_is_exact_by_counting():
    # a star of five: one bin; module {1 leaf}; drug {centre}: m = 1 unless the leaf is the centre
    star = Interactome.from_edges([("c", leaf) for leaf in "vwxyz"])
    found = proximity(
        star,
        rows(star, [["c"]]),
        rows(star, [["v"]]),
        below=np.inf,
        random=np.random.default_rng(0),
    )
    # of 36 pairs of target and member: 6 equal, 10 adjacent, 20 two hops apart
    assert found.expected[0, 0] == pytest.approx(50 / 36)
    assert found.sd[0, 0] ** 2 == pytest.approx(90 / 36 - (50 / 36) ** 2)
    assert found.pvalue[0, 0] == pytest.approx(16 / 36)


def test_two_targets_of_one_bin_are_never_the_same_protein():
    # a path of three: drug {A, B}, module {A} fixed; the sum of two of (0, 1, 2)
    path = Interactome.from_edges([("A", "B"), ("B", "C")])
    found = proximity(
        path,
        rows(path, [["A", "B"]]),
        rows(path, [["A"]]),
        null="drug",
        below=np.inf,
        random=np.random.default_rng(0),
    )
    assert found.distance[0, 0] == 0.5
    assert found.expected[0, 0] == pytest.approx(1)
    assert found.sd[0, 0] ** 2 == pytest.approx(1 / 6)  # of 1/2, 1 and 3/2
    assert found.pvalue[0, 0] == pytest.approx(1 / 3)


def test_results_depend_on_nothing_but_the_pair():
    _, network = connected(7)
    random = np.random.default_rng(2)
    targets = rows(network, [random.choice(240, 1 + i % 5, replace=False) for i in range(12)])
    modules = rows(network, [random.choice(240, 4 + i, replace=False) for i in range(11)])

    def run(t, s, threads):
        found = proximity(network, t, s, random=np.random.default_rng(3), threads=threads)
        return np.stack([found.distance, found.expected, found.sd, found.pvalue])

    whole = run(targets, modules, 1)
    assert np.array_equal(run(targets, modules, 3), whole, equal_nan=True)
    part = run(targets[[4, 2]], modules[[9, 0]], 2)
    assert np.array_equal(part, whole[:, [4, 2]][:, :, [9, 0]], equal_nan=True)


def test_empty_sets_are_missing_and_no_error():
    _, network = connected(1)
    targets, modules = rows(network, [[1, 2], []]), rows(network, [[], [3, 4]])
    found = proximity(network, targets, modules, random=np.random.default_rng(0))
    assert np.isnan(found.distance).tolist() == [[True, False], [True, True]]
    assert np.isnan(found.z).tolist() == [[True, False], [True, True]]


def test_only_the_background_is_redrawn():
    _, network = connected(9)
    allowed = np.arange(240) % 2 == 0
    t, s = [[0, 2, 4]], [[6, 8, 10, 12]]
    found = proximity(
        network,
        rows(network, t),
        rows(network, s),
        background=allowed,
        random=np.random.default_rng(0),
        draws=4096,
    )
    random, inside = np.random.default_rng(1), degree_bins(network.degree[allowed])
    d = hops(*connected(9))[np.ix_(allowed, allowed)]
    pools = [np.flatnonzero(inside == b) for b in range(inside.max() + 1)]

    def redraw(members):
        wanted = np.bincount(inside[np.array(members) // 2], minlength=len(pools))
        drawn = [random.choice(p, k, replace=False) for p, k in zip(pools, wanted, strict=True)]
        return np.concatenate(drawn).astype(int)

    drawn = [d[np.ix_(redraw(t[0]), redraw(s[0]))].min(axis=1).mean() for _ in range(3000)]
    assert found.expected[0, 0] == pytest.approx(np.mean(drawn), abs=0.06)
    assert found.sd[0, 0] == pytest.approx(np.std(drawn), rel=0.1)


def test_a_network_in_pieces_is_refused_with_a_remedy():
    network = Interactome.from_edges([("A", "B"), ("C", "D")])
    sets = rows(network, [["A"]])
    with pytest.raises(DisconnectedError, match="largest_component"):
        proximity(network, sets, sets, random=np.random.default_rng(0))


def test_sets_over_other_proteins_are_refused():
    network = Interactome.from_edges([("A", "B")])
    with pytest.raises(ValueError, match="membership"):
        proximity(
            network,
            sparse.csr_array(np.ones((1, 3))),
            rows(network, [["A"]]),
            random=np.random.default_rng(0),
        )


def test_attribution_names_the_target_that_brings_the_drug_near():
    path = Interactome.from_edges([(i, i + 1) for i in range(6)])
    found = attribute(path, rows(path, [[0, 5]]), rows(path, [[6]]), np.array([[0, 0]]))
    assert found.target.tolist() == [0, 5]
    assert found.distance.tolist() == [6, 1]
    assert found.change.tolist() == [-2.5, 2.5]  # the mean of 3.5 becomes 1, or 6
    assert found.z[1] < 0 < found.z[0]
    # of the 49 pairs of a path of seven, 7 are the same and 12 adjacent
    assert found.pvalue[1] == pytest.approx(19 / 49)


def test_without_one_of_three_targets_the_mean_is_that_of_two():
    path = Interactome.from_edges([(i, i + 1) for i in range(6)])
    found = attribute(path, rows(path, [[0, 2, 5]]), rows(path, [[6]]), np.array([[0, 0]]))
    assert found.distance.tolist() == [6, 4, 1]
    assert found.change == pytest.approx([2.5 - 11 / 3, 3.5 - 11 / 3, 5 - 11 / 3])


def test_kernels_compile_where_no_folder_can_be_written(tmp_path):
    program = (
        "import numba, numpy as np\n"
        "from pathlib import Path\n"
        "from twinscreen.network.kernels import compiled\n"
        "compiled._writable = lambda folder: False\n"
        "print(compiled.cache_folder(Path('/nowhere')))"
    )
    environment = {"TMPDIR": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    folder = run.stdout.strip()
    assert folder.startswith(str(tmp_path)), run.stderr
    assert (tmp_path / folder).stat().st_mode & 0o077 == 0


def test_machine_code_stays_where_numba_puts_it_if_the_user_can_write(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "_writable", lambda folder: folder == tmp_path)
    assert compiled.cache_folder(Path("/nowhere")) == ""
