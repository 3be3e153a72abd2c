"""What the parts of the validation compute beside the shipped code, on cases counted by hand."""

import importlib
import sys
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.kb.wiring import Wiring
from twinscreen.network import Interactome
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges
from twinscreen.screen.evidence.targets import Targets
from twinscreen.screen.rank.contract import Outcome

BENCHMARKS = str(Path(__file__).resolve().parents[2] / "benchmarks")


@pytest.fixture
def part(monkeypatch):
    """Import parts of the validation by name."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield lambda name: importlib.import_module(f"validation.{name}")
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("validation", "combinations"):
            sys.modules.pop(name)


def test_percentile_of_the_raised_factor(part):
    value = np.array([[3.0, 0.0], [1.0, 0.0], [2.0, 0.0], [np.nan, 5.0]])
    found = part("overexpression").percentiles(value, np.array([0, 1]))
    # Best of three that have a value; one of three equal ones, the mean rank of which is 2, of 4.
    assert found.tolist() == pytest.approx([2.5 / 3, 1.5 / 4])


def test_a_factor_is_found_by_its_genes(part):
    module = part("overexpression")
    # P raises A to E, Q raises F to H and lowers I and J; R, of four genes, says too little.
    source = np.repeat([10, 11, 12], [5, 5, 4])
    sign = np.array([1] * 8 + [-1] * 2 + [1] * 4)
    regulation = SignedEdges.of(source, np.r_[np.arange(10), np.arange(4)], sign, n=13)
    nothing = SignedEdges.of(np.array([0]), np.array([1]), np.array([1]), n=13)
    network = SignalNetwork(nothing, regulation, 0.5, 3)
    wiring = Wiring(pd.Index(list("ABCDEFGHIJPQR")), network, np.empty((0, 1), dtype=int))
    z = np.zeros((4, 11))
    z[0, :2], z[1, 5], z[1, 8], z[2, 0], z[3, 0] = (2.0, 1.5), 3.0, -2.0, 1.0, 1.0
    found = module.Experiments(z, pd.Index(list("ABCDEFGHIJX")), np.array(["P", "Q", "X", "R"]))
    factors = module.Factors.of(found, wiring)
    assert wiring.proteins[factors.rows].tolist() == ["P", "Q"]
    assert factors.raised.tolist() == [0, 1]  # X regulates nothing
    regulons = regulation.transition()
    assert factors.all_at_once(regulons).tolist() == [0.75, 0.75]
    assert factors.one_by_one(regulons).tolist() == [0.75, 0.75]
    assert factors.listed_of_own(regulons).tolist() == [True, True]
    swapped = sparse.csr_array(regulons[[*range(10), 11, 10, 12]])
    assert factors.all_at_once(swapped).tolist() == [0.25, 0.25]
    assert factors.listed_of_own(swapped).tolist() == [False, False]


def test_drugs_by_all_of_their_signed_targets(part):
    drugs = pd.DataFrame({"drug_id": ["a", "b", "c", "d", "e"]})
    targets = pd.DataFrame(
        [
            ("a", "JAK1", -1),
            ("a", "JAK2", -1),
            ("a", "ABL1", 0),  # action not known
            ("b", "JAK1", -1),
            ("b", "ABL1", -1),
            ("c", "JAK1", 1),
            ("d", "JAK1", 0),
        ],
        columns=["drug_id", "gene", "sign"],
    )
    chosen = part("direction").acting_on(drugs, targets, frozenset({"JAK1", "JAK2"}), -1)
    assert chosen.tolist() == [True, False, False, False, False]


def test_what_is_raised_takes_the_largest_values(part):
    twin = ad.AnnData(np.array([[0.5, np.nan, -2.0, 1.0]], dtype=np.float32))
    twin.layers["logfc"] = np.array([[0.1, np.nan, 0.3, -0.2]], dtype=np.float32)
    part("direction")._deal(twin, 0, np.array([True, False, True, True]), np.array([1, 3, 2]))
    assert twin.X[0, [0, 2, 3]].tolist() == [-2.0, 1.0, 0.5]
    assert twin.layers["logfc"][0, [0, 2, 3]].tolist() == pytest.approx([-0.2, 0.3, 0.1])
    assert np.isnan(twin.X[0, 1])


def test_mean_percentile_of_chosen_drugs(part):
    score = np.array([5.0, 1.0, np.nan, 3.0, 2.0])
    nothing = np.zeros(5)
    outcome = Outcome(score, score[:, None], nothing, nothing, nothing)
    chosen = np.array([True, False, True, True, False])
    # Of four drugs with a score the first and the second; the third has none.
    assert part("healthy").percentile(outcome, chosen) == pytest.approx((3.5 / 4 + 2.5 / 4) / 2)


def test_entropy_of_the_first_mechanisms(part):
    module = part("entropy")
    same, different = [["a", "b"]] * 4, [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]
    assert module.entropy(same) == pytest.approx(0)
    assert module.entropy(different) == pytest.approx(1)
    assert 0 < module.entropy([["a", "b"], ["a", "c"], ["a", "d"]]) < 1


def test_first_mechanisms_count_drugs_of_one_once(part):
    drugs = pd.DataFrame(
        {
            "name": ["b", "a", "c", "d"],
            "rank": [1.0, 1.0, 3.0, np.nan],
            "mechanism": ["m", "m", "n", "o"],
        }
    )
    assert part("entropy").first_mechanisms(drugs) == ["a", "c"]


def test_first_mechanisms_are_counted_by_whether_the_cells_have_their_target(part):
    drugs = pd.DataFrame(
        {
            "name": ["a", "b", "c", "d"],
            "mechanism": ["a", "a", "c", "d"],
            "rank": [1.0, 1, 3, np.nan],
            "presence": ["absent", "absent", "found", "found"],
        }
    )
    counted = part("entropy").presence_of_first(drugs)
    assert counted == {"found": 1, "circulating": 0, "absent": 1, "not judged": 0}


def test_a_disease_is_left_out_of_the_library_that_ranks_for_it(part):
    relatives = part("relatives").Relatives(
        ["S", "T", "U", "V", "W"],
        np.eye(5),
        Targets(pd.DataFrame({"drug": [0], "target": ["A"], "sign": [-1]}), None, 5),
        {"S": np.array([0.9, 0.5, 0.1, 0.0, -0.2])},
    )
    with_itself, without = relatives.held("S", set()), relatives.held("S", {"S"})
    assert with_itself.argmax() == 0
    assert without[0] == 0
    assert without.argmax() == 1
    fewer = relatives.held("S", {"S"}, nearest=1)
    np.testing.assert_array_equal(fewer[:2], 0)
    assert relatives.popularity({"S"}).tolist() == [0, 1, 1, 1, 1]


def made_wiring(rewirings=40, paths=12):
    """Receptors R, factors T of six genes each, and a few edges that cross over."""
    names = [f"{kind}{i}" for kind in "RT" for i in range(paths)]
    names += [f"G{i}.{j}" for i in range(paths) for j in range(6)]
    random = np.random.default_rng(3)
    start = np.r_[np.arange(paths), random.integers(paths, size=paths)]
    end = np.r_[np.arange(paths), (start[paths:] + 1 + random.integers(paths - 1)) % paths]
    edges = np.unique(np.column_stack([start, end]), axis=0)
    n = len(names)
    signalling = SignedEdges.of(edges[:, 0], paths + edges[:, 1], np.ones(len(edges), int), n=n)
    source = paths + np.repeat(np.arange(paths), 6)
    regulation = SignedEdges.of(source, 2 * paths + np.arange(6 * paths), np.ones(6 * paths), n=n)
    network = SignalNetwork(signalling, regulation, 0.5, 2)
    rewired = np.array([signalling.rewired(random) for _ in range(rewirings)])
    return Wiring(pd.Index(names), network, rewired)


def test_the_protein_acted_on_is_found_from_its_genes(part, monkeypatch):
    module = part("upstream")
    wiring = made_wiring()
    genes = pd.Index([name for name in wiring.proteins if name[0] == "G"] + ["X"])
    states = np.random.default_rng(4).normal(0, 0.1, (5, len(genes)))
    states[2, [genes.get_loc(f"G7.{j}") for j in range(6)]] = 3
    asked = pd.Index([f"R{i}" for i in range(12)] + ["X"])
    z = module.overactivity(states, genes, wiring, asked)
    assert z.shape == (13, 5)
    assert np.isnan(z[12]).all()  # no path leads from it
    assert np.nanargmax(z[:, 2]) == 7
    place = module.percentiles(z)
    assert place[7, 2] == pytest.approx(11.5 / 12)
    monkeypatch.setattr(module, "BLOCK", 2)
    assert module.overactivity(states, genes, wiring, asked) == pytest.approx(z, nan_ok=True)


def test_a_rewired_network_takes_the_place_of_the_real_one(part):
    wiring = made_wiring(rewirings=4)
    other = part("upstream").rewired_as_real(wiring, 2)
    assert np.array_equal(other.network.signalling.target, wiring.rewired[2])
    assert np.array_equal(other.rewired, wiring.rewired[[0, 1, 3]])


def test_targets_of_drugs_by_the_direction_of_their_action(part):
    """Of three proteins in three signatures of one half, and one signature of the other half."""
    module = part("l1000")
    pairs = pd.DataFrame({"drug": ["a", "b", "d"], "gene": ["P", "Q", "R"], "sign": [-1, 1, 1]})
    pairs = pairs.assign(column=[0, 1, 3], row=[0, 1, 2])
    known = module.Signatures(
        *(np.zeros((4, 1)), pd.Index(["G"]), np.array([0, 0, 0, 1]), np.ones(4, dtype=bool)),
        *(pd.Index(["P", "Q", "R"]), pairs),
    )
    z = np.array([[-2.0, 0, 3, 0], [0, 2, 0, 1], [1, 1, 1, np.nan]])
    found = module.found_targets(known, z)
    # R has no value in d's. P is the lowest in a's, and a lowers it; Q is the highest in b's.
    assert found["drug"].tolist() == ["a", "b"]
    assert found["own"].tolist() == pytest.approx([5 / 6, 5 / 6])
    # P lowered: 5/6, 5/6, 1/6; Q raised: 1/2, 5/6, 1/6.
    assert found["other"].tolist() == pytest.approx([11 / 18, 1 / 2])
    assert module.summary(found).startswith("2 drugs 0.833, 2 targets 0.833, own +0.278")


def test_halves_of_drugs_do_not_change(part):
    half = part("l1000").half_of
    assert [half(f"DB0000{i}") for i in range(4)] == [0, 0, 0, 0]
    assert 400 < sum(half(f"DB{i:05d}") for i in range(1000)) < 600


def test_a_raised_protein_by_what_it_does_to_other_genes(part):
    module = part("overexpression")
    wiring = made_wiring()
    genes = pd.Index([name for name in wiring.proteins if name[0] != "T"])
    z = np.zeros((3, len(genes)))
    z[0, [genes.get_loc(f"G7.{j}") for j in range(6)]] = 3
    z[0, genes.get_loc("R7")] = 9  # its own transcript takes no part
    z[1, [genes.get_loc(f"G2.{j}") for j in range(6)]] = 2
    z[2, genes.get_loc("R4")] = 5
    found = module.standing(module.Experiments(z, genes, np.array(["R7", "R2", "R4"])), wiring)
    assert found["listed"].tolist() == [6, 6]  # of the third nothing else changed
    assert found["own"].tolist() == pytest.approx([5 / 6, 5 / 6])


def test_pairs_are_counted_by_hand(part):
    """Two indications, six targets in a ring: three tried, one preclinical, two negatives."""
    module = part("pairs")
    ring = Interactome.from_edges([(a, b) for a, b in zip("ABCDEF", "BCDEFA", strict=True)])
    phase = np.array([[1, 4, 2, 0, -1, -1], [-1, -1, 1, 1, 4, 0]])
    weight = np.zeros((2, 6))
    weight[0, 0] = 1.0
    pairs = module.Pairs(["D1", "D2"], pd.Index([*"ABCDEF"]), phase, weight, ring, {})
    scores = np.array([[6.0, 5, 1, 9, 2, 0], [0.0, 1, 2, 3, 4, 5]])
    every = np.ones(6, dtype=bool)
    table = module.table_of(pairs, scores, least=1, among=every)
    # D1: A and B are above both negatives, C above one; by the scores of D2 all are below both
    assert table["auroc"].tolist() == pytest.approx([5 / 6, 1.0])
    assert table.loc["D1", "own"] == pytest.approx(5 / 6)
    # the associated target A is left out: two positives are too few
    assert list(module.table_of(pairs, scores, least=1, among=every, own=False).index) == ["D2"]
    assert module.popularity(pairs)[0].tolist() == [0, 0, 1, 1, 1, 0]
