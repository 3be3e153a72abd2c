"""Putting a twin together: seeds, modules, times, protein deviations."""

import numpy as np
import pandas as pd
import pytest

from twin_settings import GENERAL
from twin_settings import changed as with_changes
from twinscreen.files import GROWN_LAYER, time_order
from twinscreen.network import Interactome
from twinscreen.settings.twin import TwinSettings
from twinscreen.twin.assemble import _latest, assemble
from twinscreen.twin.designs.compare import _protein_deviation
from twinscreen.twin.deviation.compartment import BootstrapReplicates, Compartment
from twinscreen.twin.deviation.modules import find_module, seeds
from twinscreen.twin.deviation.statistics import Deviation


def deviation(effect, logfc, qvalue):
    return Deviation(*(np.array(x, dtype=float) for x in (effect, logfc, qvalue, qvalue)))


def test_seeds_need_a_small_q_and_a_fold_change_that_matters():
    found = deviation(
        [5, 5, 5, np.nan, -6], [2, 0.5, 2, np.nan, -2], [0.01, 0.01, 0.2, np.nan, 0.01]
    )
    chosen = seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=500)
    assert chosen.tolist() == [True, False, False, False, True]


def test_the_fold_change_limit_is_a_ratio():
    found = deviation([5, 5], [np.log2(1.49), np.log2(1.51)], [0.01, 0.01])
    assert seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=9).tolist() == [False, True]


def test_no_cell_type_wins_by_size():
    found = deviation([3, -9, 5, 4], [2, 2, 2, 2], [0.01] * 4)
    chosen = seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=2)
    assert chosen.tolist() == [False, True, True, False]


def test_module_lives_among_the_proteins_allowed():
    # a chain A-B-C-D: without B the seeds A and C, D fall apart
    network = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    everything = np.ones(4, dtype=bool)
    without_b = np.array([True, False, True, True])
    whole = find_module(network, everything, everything, draws=50, random=np.random.default_rng(0))
    part = find_module(network, everything, without_b, draws=50, random=np.random.default_rng(0))
    assert whole.lcc_size == 4
    assert part.lcc_size == 2
    assert part.members.tolist() == without_b.tolist()
    assert np.isfinite(part.centrality).tolist() == [False, False, True, True]


@pytest.fixture
def bridge():
    """X links the seeds a and b and nothing else; Y one of them and three others."""
    return Interactome.from_edges(
        [("a", "X"), ("b", "X"), ("a", "Y"), ("Y", "u"), ("Y", "v"), ("Y", "w"), ("w", "u")]
    )


def module_of(network, seeds, without=(), effect=None, **rule):
    return find_module(
        network,
        np.isin(network.names, list(seeds)),
        ~np.isin(network.names, list(without)),
        draws=50,
        random=np.random.default_rng(0),
        effect=effect,
        rule=TwinSettings(**rule),
    )


def test_diamond_joins_a_module_in_pieces_and_leaves_its_significance(bridge):
    # both neighbours of X are seeds, 2 of 7 proteins: p = 1 / 21, and nothing else is below 0.06
    alone = module_of(bridge, "ab")
    joined = module_of(bridge, "ab", growth="diamond", growth_pvalue=0.06)
    assert bridge.names[joined.grown].tolist() == ["X"]
    assert joined.members.tolist() == alone.members.tolist()
    assert (joined.lcc_size, joined.lcc_p) == (alone.lcc_size, alone.lcc_p) == (1, 1)
    middle = dict(zip(bridge.names, joined.centrality, strict=True))
    assert [middle[name] for name in "aXb"] == pytest.approx([np.sqrt(0.5), 1, np.sqrt(0.5)])
    assert np.isnan([middle[name] for name in "Yuvw"]).all()
    assert not module_of(bridge, "ab", growth="diamond", growth_pvalue=0.04).grown.any()
    most = module_of(bridge, "ab", growth="diamond", growth_pvalue=1, grown_genes=2)
    assert sorted(bridge.names[most.grown]) == ["X", "Y"]


def test_growth_stays_among_the_proteins_allowed(bridge):
    for growth in ("diamond", "walk"):
        found = module_of(bridge, "ab", without="X", growth=growth, growth_pvalue=1)
        assert sorted(bridge.names[found.grown]) == ["Y", "u", "v", "w"]
        assert not module_of(bridge, "", growth=growth).grown.any()


def test_a_walk_adds_what_it_visits_most():
    chain = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D"), ("E", "F")])
    one = module_of(chain, "A", growth="walk", grown_genes=1)
    assert chain.names[one.grown].tolist() == ["B"]
    assert one.centrality[~np.isnan(one.centrality)] == pytest.approx([1, 1])
    # never what it cannot reach
    assert chain.names[module_of(chain, "A", growth="walk").grown].tolist() == ["B", "C", "D"]


def test_pagerank_starts_anew_in_proportion_to_the_effect():
    # r_A = 0.15 x 3/4 + 0.85 r_B and r_A + r_B = 1
    pair = Interactome.from_edges([("A", "B")])
    found = module_of(pair, "AB", effect=np.array([-3.0, 1.0]), centrality="pagerank")
    assert found.centrality == pytest.approx([1, 0.8875 / 0.9625])


def test_betweenness_counts_paths():
    # in a chain of four the inner two lie on two paths each, in one of three one lies on all
    chain = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    assert module_of(chain, "ABCD", centrality="betweenness").centrality.tolist() == [0, 1, 1, 0]
    part = module_of(chain, "ABC", centrality="betweenness").centrality
    assert part == pytest.approx([0, 1, 0, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    "rule", [{}, {"growth": "diamond"}, {"growth": "walk"}, {"centrality": "pagerank"}]
)
def test_a_twin_has_grown_genes_and_intervals_of_centrality_as_its_rule_says(bridge, rule):
    known = {"grown_genes": 1, "growth_pvalue": 0.07}
    settings = with_changes(GENERAL, min_genes=2, bootstrap_replicates=20, **(known | rule))
    genes = pd.Index(["a", "b", "X", "Y", "u", "v"])  # not w: p of X is 1 / 15
    changed = genes.isin(["a", "b"])
    there = deviation(np.where(changed, 6, 0.1), np.where(changed, 2, 0.1), 1 - changed * 0.99)
    replicates = BootstrapReplicates(
        *(np.tile(of, (20, 1)) for of in (there.effect, there.logfc, changed))
    )
    compartment = Compartment(
        "B", "blood", "T0", 99, genes=genes, deviation=there, replicates=replicates
    )
    twin = assemble([compartment], bridge, settings)
    row = twin.to_df("module").iloc[0]
    assert set(row[row == 1].index) == {"a", "b"}
    assert np.isfinite(twin.layers["effect_low"]).sum() == 6
    assert twin.obs["lcc_size_high"].item() == 1
    assert np.isfinite(twin.layers["centrality_low"]).any() == (not rule)
    assert (GROWN_LAYER in twin.layers) == ("growth" in rule)
    if "growth" in rule:
        grown = twin.to_df(GROWN_LAYER).iloc[0]
        assert grown[genes].to_dict() == {"a": 0, "b": 0, "X": 1, "Y": 0, "u": 0, "v": 0}
        assert np.isnan(grown["w"])
        assert set(twin.var_names[np.isfinite(twin.layers["centrality"][0])]) == {"a", "b", "X"}


def test_time_points_stand_in_the_order_of_their_numbers():
    times = ["T10", "T2", "T0", "day 1.5", "day 1", "day -7", "day-3"]
    expected = ["T0", "T2", "T10", "day -7", "day 1", "day 1.5", "day-3"]
    assert sorted(times, key=time_order) == expected


def test_the_latest_time_point_is_that_of_each_tissue_with_something_to_score():
    obs = pd.DataFrame(
        {
            "tissue": ["blood", "blood", "blood", "skin"],
            "time": ["T0", "T1", "T2", "T0"],
            "scorable": [True, True, False, True],
        }
    )
    assert _latest(obs).tolist() == [False, True, False, True]


def test_protein_deviation_is_a_prediction_interval_as_a_normal_score():
    donors = pd.DataFrame({"CD4": [1.0, 2.0, 3.0, 4.0], "CD8A": [1.0, np.nan, np.nan, 2.0]})
    found = _protein_deviation(pd.Series({"CD4": 6.0, "CD8A": 3.0, "CD3E": 1.0}), donors)
    from scipy import stats

    t = (6 - 2.5) / (donors["CD4"].std() * np.sqrt(1.25))
    assert found["CD4"] == pytest.approx(stats.norm.isf(stats.t.sf(t, 3)))
    assert np.isnan(found["CD8A"])  # two donors are too few
    assert "CD3E" not in found


@pytest.mark.filterwarnings("error")
def test_proteins_that_no_donor_has_do_not_deviate():
    level = pd.Series({"CD4": 6.0, "CD8A": 3.0})
    assert _protein_deviation(level, pd.DataFrame(index=range(4))).empty
