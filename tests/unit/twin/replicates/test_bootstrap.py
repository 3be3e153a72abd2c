"""Copies from resampled cells and donors: their moments, their modules, how often they cover."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.network import (
    Interactome,
    components_of_replicates,
    eigenvector_centrality,
    largest_component,
)
from twinscreen.twin.deviation.compartment import BootstrapReplicates
from twinscreen.twin.deviation.moderation import Moderation
from twinscreen.twin.deviation.modules import SeedRule, seeds
from twinscreen.twin.deviation.statistics import (
    HealthyDonors,
    against_own_control,
    against_reference,
)
from twinscreen.twin.replicates.bootstrap import (
    donor_weights,
    intervals,
    replicate_against_own_control,
    replicate_against_reference,
    resampled_cells,
    seeds_of_replicates,
    weighted_moments,
)

RULE = SeedRule(max_qvalue=0.05, min_fold_change=1.5, most=500)


def test_resampled_cells_keep_their_number_and_scatter_as_sums_do():
    random = np.random.default_rng(0)
    cells = random.poisson(3.0, (40, 6)).astype(float)
    drawn = resampled_cells(sparse.csr_array(cells), 4000, random)
    assert np.all(drawn == np.round(drawn))
    assert drawn.mean(axis=0) == pytest.approx(cells.sum(axis=0), rel=0.02)
    assert drawn.var(axis=0) == pytest.approx(40 * cells.var(axis=0), rel=0.15)
    alike = resampled_cells(sparse.csr_array(np.ones((40, 1))), 5, random)
    assert alike.tolist() == [[40.0]] * 5


def test_a_donor_weighs_the_same_wherever_it_stands():
    three, two = donor_weights(["a", "b", "c"], 7, 1), donor_weights(["c", "a"], 7, 1)
    assert three.sum(axis=1) == pytest.approx(np.ones(7))
    assert two[:, 0] / two[:, 1] == pytest.approx(three[:, 2] / three[:, 0])


@pytest.mark.parametrize(("donors", "base"), [(3, 3), (5, 5), (12, 12), (12, 2), (12, 1)])
def test_weighted_means_scatter_as_means_of_new_donors(donors, base):
    """Of as many as are compared with, where the others tell the variance alone."""
    level = np.random.default_rng(1).normal(size=(donors, 400))
    weights = donor_weights([f"d{i}" for i in range(donors)], 4000, 1)
    study = (np.arange(donors) < base).astype(int)
    about = level - np.array([level[study == one].mean(axis=0) for one in study])
    none, df = np.zeros(400), donors - len(set(study))
    fitted = HealthyDonors(
        *(none, about, base, df, none, none, none), moderation=Moderation(none, 0.0, df)
    )
    mean, variance = weighted_moments(fitted, weights)
    expected = (about**2).sum(axis=0) / df
    assert np.median(mean.var(axis=0) / expected * base) == pytest.approx(1, abs=0.06)
    assert np.median(variance.mean(axis=0) / expected) == pytest.approx(1, abs=0.06)


def experiment(random, genes=400, donors=8, cells=60):
    """One patient against healthy donors who differ by biology and counting."""
    level = np.exp(np.random.default_rng(0).normal(1, 1, genes))
    change = np.where(np.arange(genes) % 4 == 0, 4.0, 1.0)
    biology = np.exp(random.normal(0, 0.25, (donors, genes)))
    reference = random.poisson(level * biology * cells).astype(float)
    return sparse.csr_array(random.poisson(level * change, (cells, genes)).astype(float)), reference


def test_intervals_cover_what_repeats_of_the_experiment_center_on():
    """90 % intervals, of the effect against donors; the truth is the median over repeats."""
    point, low, high = [], [], []
    for repeat in range(60):
        random = np.random.default_rng([2, repeat])
        cells, reference = experiment(random)
        found = against_reference(np.asarray(cells.sum(axis=0)), reference, min_count=10)
        replicates = replicate_against_reference(
            resampled_cells(cells, 100, random),
            reference,
            donor_weights([f"{repeat}-{i}" for i in range(8)], 100, 1),
            found,
            RULE,
        )
        point.append(found.effect)
        low.append(np.quantile(replicates.effect, 0.05, axis=0))
        high.append(np.quantile(replicates.effect, 0.95, axis=0))
    truth = np.nanmedian(point, axis=0)
    covered = (np.array(low) <= truth) & (truth <= np.array(high))
    print(covered.mean())
    assert 0.80 < covered.mean() < 0.95


def test_paired_intervals_cover_too():
    level = np.exp(np.random.default_rng(0).normal(1, 1, 400))
    change = np.where(np.arange(400) % 4 == 0, 2.0, 1.0)
    effect, low, high = [], [], []
    for repeat in range(60):
        random = np.random.default_rng([3, repeat])
        sides = [
            sparse.csr_array(random.poisson(rate, (cells, 400)).astype(float))
            for rate, cells in ((level * change, 40), (level, 70))
        ]
        found = against_own_control(*sides, min_count=10)
        drawn = tuple(resampled_cells(side, 100, random) for side in sides)
        replicates = replicate_against_own_control(*sides, drawn, found, RULE)
        effect.append(found.effect)
        low.append(np.quantile(replicates.effect, 0.05, axis=0))
        high.append(np.quantile(replicates.effect, 0.95, axis=0))
    truth = np.nanmedian(effect, axis=0)
    covered = (np.array(low) <= truth) & (truth <= np.array(high))
    print(covered.mean())
    assert 0.86 < covered.mean() < 0.94


def test_a_copy_that_is_the_compartment_has_its_seeds():
    random = np.random.default_rng(4)
    sides = [
        sparse.csr_array(random.poisson(rate, (30, 300)).astype(float))
        for rate in (np.where(np.arange(300) < 30, 6.0, 2.0), 2.0)
    ]
    found = against_own_control(*sides, min_count=10)
    same = tuple(np.asarray(side.sum(axis=0))[None] for side in sides)
    replicates = replicate_against_own_control(*sides, same, found, RULE)
    assert replicates.effect[0] == pytest.approx(found.effect, abs=1e-5)
    assert replicates.logfc[0] == pytest.approx(found.logfc, abs=1e-5)
    expected = seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=500)
    assert expected.sum() >= 25
    assert replicates.seeds[0].tolist() == expected.tolist()


def test_a_gene_with_too_few_counts_in_a_copy_has_no_fold_change_there():
    random = np.random.default_rng(6)
    sides = [sparse.csr_array(random.poisson(0.3, (30, 200)).astype(float)) for _ in range(2)]
    found = against_own_control(*sides, min_count=15)
    drawn = tuple(resampled_cells(side, 20, random) for side in sides)
    replicates = replicate_against_own_control(*sides, drawn, found, RULE, min_count=15)
    tested = np.isfinite(found.effect)
    few = drawn[0] + drawn[1] < 15
    assert 0.05 < few[:, tested].mean() < 0.6
    assert np.array_equal(np.isnan(replicates.logfc), few | ~tested)
    assert np.array_equal(np.isnan(replicates.effect), np.tile(~tested, (20, 1)))


def test_fold_changes_of_copies_against_donors_are_from_their_weighted_mean():
    """By hand: log2 counts per million of the copy less the weighted, widened mean of donors'."""
    random = np.random.default_rng(7)
    cells, reference = experiment(random, genes=50)
    kept = np.arange(50) != 3  # the other is not compared
    cells, reference = sparse.csr_array(cells.toarray() * kept), reference * kept
    found = against_reference(np.asarray(cells.sum(axis=0)), reference, min_count=10)
    drawn, weights = resampled_cells(cells, 4, random), donor_weights(list("abcdefgh"), 4, 1)
    replicates = replicate_against_reference(drawn, reference, weights, found, RULE)
    assert replicates.logfc.dtype == np.float32
    assert np.isnan(replicates.logfc).any(axis=0).tolist() == (~kept).tolist()
    level, of_replicates = (
        np.log2((counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 1) * 1e6)
        for counts in (reference, drawn)
    )
    for replicate in range(4):
        mean = level.mean(axis=0)
        mean = mean + (weights[replicate] @ level - mean) * np.sqrt(9 / 7)
        expected = np.where(kept, of_replicates[replicate] - mean, np.nan)
        assert replicates.logfc[replicate] == pytest.approx(expected, abs=1e-5, nan_ok=True)


def test_the_most_deviating_seeds_are_kept_in_each_copy():
    effect = np.array([[5.0, -9.0, 7.0, 1.0], [9.0, 8.0, 0.0, -8.5]])
    chosen = seeds_of_replicates(effect, np.full(effect.shape, 2.0), 4.0, SeedRule(0.05, 1.5, 2))
    assert chosen.tolist() == [[False, True, True, False], [True, False, False, True]]


def test_components_and_centralities_of_copies_are_those_of_each_alone():
    random = np.random.default_rng(5)
    network = Interactome.from_networkx(nx.gnp_random_graph(120, 0.03, seed=6))
    members = random.random((20, 120)) < random.uniform(0, 0.8, (20, 1))
    members[0] = False
    sizes, centrality = components_of_replicates(network, members)
    for replicate in range(20):
        component = largest_component(network, members[replicate])
        assert sizes[replicate] == component.sum()
        expected = eigenvector_centrality(network, component)
        assert centrality[replicate][~component].max(initial=0) == 0
        if sizes[replicate] > 2:
            assert centrality[replicate][component] == pytest.approx(expected[component], abs=0.02)


def test_intervals_by_hand():
    network = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    genes = pd.Index(["C", "B", "X", "A"])
    place = pd.Index(network.names.astype(str)).get_indexer(genes)
    seeds_of = np.array([[1, 1, 1, 0]] * 10 + [[1, 1, 1, 1]] * 10, dtype=bool)
    effect = np.tile(np.arange(20, dtype=np.float32)[:, None], (1, 4))
    found = intervals(
        BootstrapReplicates(effect, effect, seeds_of), place, network, np.ones(4, dtype=bool)
    )
    assert found.support == pytest.approx([0.5, 1, 1, np.nan], nan_ok=True)
    assert found.effect[:, 0] == pytest.approx([0.95, 18.05])
    assert np.isnan(found.effect[:, 3]).all()
    assert found.lcc_size.tolist() == [2, 3]
    assert found.centrality[:, 1] == pytest.approx([1, 1], abs=1e-3)
    assert found.centrality[0, 0] == 0  # outside in half of the copies
    assert found.centrality[1, 0] == pytest.approx(np.sqrt(0.5), abs=1e-2)
    assert np.isnan(found.centrality[:, 3]).all()
