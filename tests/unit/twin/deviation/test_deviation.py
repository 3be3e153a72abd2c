"""Deviation of a compartment: against independent implementations, and calibrated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, special, stats

from twinscreen.network import false_discovery_rate
from twinscreen.twin.deviation.moderation import _inverse_trigamma, fit_moderation
from twinscreen.twin.deviation.pseudobulk import counting_variance, log_cpm, pseudobulk
from twinscreen.twin.deviation.statistics import (
    HealthyDonors,
    Roles,
    against_own_control,
    against_reference,
)


def test_pseudobulk_by_hand():
    counts = sparse.csr_array(np.array([[1, 0], [2, 3], [4, 5]]))
    assert pseudobulk(counts, np.array([0, 1, 0]), groups=2).tolist() == [[5, 5], [2, 3]]


def test_log_cpm_by_hand():
    assert log_cpm(np.array([[3.0, 0.0, 996.0]]))[0] == pytest.approx(
        np.log2(np.array([3.5, 0.5, 996.5]) / 1000 * 1e6)
    )


@pytest.mark.parametrize("expected", [0.05, 0.7, 3.0, 40.0, 59.9, 60.1, 200.0])
def test_counting_variance_is_that_of_poisson_counts(expected):
    count = np.arange(2000)
    share = stats.poisson.pmf(count, expected)
    level = np.log2(count + 0.5)
    variance = share @ level**2 - (share @ level) ** 2
    assert counting_variance(np.array([expected]))[0] == pytest.approx(variance, rel=0.03)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_false_discovery_rate_is_scipy_s(pvalues):
    p = np.array(pvalues)
    assert false_discovery_rate(p) == pytest.approx(stats.false_discovery_control(p))


def test_what_was_not_tested_takes_no_part_in_the_false_discovery_rate():
    # of two p the larger stays, the smaller doubles; along either axis
    p = np.array([[0.01, np.nan, 0.4], [np.nan, np.nan, np.nan], [0.02, 0.02, 0.03]])
    q = np.array([[0.02, np.nan, 0.4], [np.nan, np.nan, np.nan], [0.03, 0.03, 0.03]])
    assert false_discovery_rate(p) == pytest.approx(q, nan_ok=True)
    assert false_discovery_rate(p.T, axis=0) == pytest.approx(q.T, nan_ok=True)
    assert false_discovery_rate(np.empty((2, 0))).shape == (2, 0)


def test_moderation_finds_the_prior_that_made_the_variances():
    # s^2 = s0^2 F(df, d0): the model itself, with a trend on the mean
    random = np.random.default_rng(1)
    mean = random.uniform(2, 12, size=20_000)
    prior = np.exp(-0.2 * mean)
    sampled = prior * random.f(4, 9, size=len(mean))
    found = fit_moderation(sampled, 4, mean)
    moderated = found.apply(sampled)
    assert found.total_df == found.weight + 4
    assert found.weight == pytest.approx(9, rel=0.1)
    truth = (9 * prior + 4 * sampled) / 13
    assert np.median(np.abs(moderated / truth - 1)) < 0.03


def test_equal_variances_are_pooled():
    random = np.random.default_rng(2)
    sampled = random.chisquare(5, size=5000) / 5
    found = fit_moderation(sampled, 5, np.zeros(5000))
    assert found.weight > 100
    assert found.apply(sampled) == pytest.approx(np.full(5000, 1.0), abs=0.1)


def test_of_two_variances_nothing_is_learnt():
    sampled = np.array([2.0, 0, 5, 0])
    found = fit_moderation(sampled, 4, np.arange(4.0))
    assert found.total_df == 4
    assert found.apply(sampled).tolist() == sampled.tolist()


@pytest.mark.parametrize("value", [1e-9, 9e-7, 1e-4, 0.3, 1.0, 40.0, 1e6, 2e7, 1e12])
def test_the_inverse_of_trigamma(value):
    assert special.polygamma(1, _inverse_trigamma(value)) == pytest.approx(value, rel=1e-3)


def test_several_patients_at_once_are_each_as_alone():
    counts = healthy_donors(np.random.default_rng(8), 9).astype(float)
    tested = counts.sum(axis=0) >= 10
    donors = HealthyDonors.fit(counts[3:], tested)
    both = donors.standardise(counts[:3], tested, donors.centre, donors.variance)
    for row in range(3):
        alone = donors.standardise(counts[row], tested, donors.centre, donors.variance)
        for many, one in zip(both, alone, strict=True):
            assert many[row] == pytest.approx(one)


def healthy_donors(random, donors, genes=1500, cells=60, batch=None):
    """Summed counts of donors who differ by biology (log-normal) and counting (Poisson).

    `batch` is what each gene of each donor is multiplied by.
    """
    level = np.exp(random.normal(-1, 1.5, genes))
    level = level * (1 if batch is None else batch)
    biology = np.exp(random.normal(0, 0.25, (donors, genes)))
    return random.poisson(level * biology * cells * random.uniform(0.5, 2, (donors, 1)))


def test_healthy_donors_as_patients_give_uniform_p():
    random = np.random.default_rng(3)
    shares = []
    for _ in range(8):
        counts = healthy_donors(random, 9).astype(float)
        found = against_reference(counts[0], counts[1:], min_count=10)
        shares.append(np.nanmean(found.pvalue < 0.05))
    assert 0.035 < np.mean(shares) < 0.065


@pytest.mark.parametrize("own", [1, 2])
def test_donors_of_another_study_say_how_much_people_differ_and_not_what_is_usual(own):
    """p of a healthy donor stays uniform though the studies differ; not so where all are pooled."""
    random = np.random.default_rng(5)
    shares = {"by study": [], "pooled": []}
    for _ in range(8):
        public = np.arange(11 + own)[:, None] > own
        batch = np.exp(random.normal(0, 0.7, 1500) * public)
        counts = healthy_donors(random, 11 + own, batch=batch).astype(float)
        reference = counts[1:]
        base = np.arange(len(reference)) < own
        for name, roles in (("by study", Roles(base, base.astype(int))), ("pooled", None)):
            found = against_reference(counts[0], reference, min_count=10, roles=roles)
            shares[name].append(np.nanmean(found.pvalue < 0.05))
    assert 0.035 < np.mean(shares["by study"]) < 0.065
    assert np.mean(shares["pooled"]) > 0.12


def test_a_mean_of_few_donors_costs_certainty():
    """t by hand, with counts so large that counting adds nothing."""
    random = np.random.default_rng(6)
    counts = np.round(1e6 * np.exp(random.normal(0, 0.3, (7, 300))))
    base = np.array([True, True, *[False] * 4])
    found = against_reference(
        counts[0], counts[1:], min_count=10, roles=Roles(base, base.astype(int))
    )
    level = np.log2((counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 1) * 1e6)
    difference = level[0] - level[1:3].mean(axis=0)
    assert found.logfc == pytest.approx(difference)
    own, others = level[1:3].var(axis=0, ddof=1), level[3:].var(axis=0, ddof=1)
    moderation = fit_moderation((own + 3 * others) / 4, 4, level[1:3].mean(axis=0))
    variance = moderation.apply((own + 3 * others) / 4) * (1 + 1 / 2)
    assert found.effect == pytest.approx(difference / np.sqrt(variance), rel=1e-3)
    assert found.df == pytest.approx(moderation.total_df, rel=1e-3)


def test_a_raised_gene_is_found_with_its_fold_change():
    random = np.random.default_rng(4)
    counts = healthy_donors(random, 11).astype(float)
    gene = int(np.argsort(counts.sum(axis=0))[-200])
    counts[0, gene] = 8 * counts[1:, gene].mean() * counts[0].sum() / counts[1:].sum(axis=1).mean()
    found = against_reference(counts[0], counts[1:], min_count=10)
    assert found.qvalue[gene] < 0.01
    assert found.logfc[gene] == pytest.approx(3, abs=0.5)
    assert found.effect[gene] > 5


def test_rarely_seen_genes_are_not_compared():
    counts = np.full((5, 40), 50.0)
    counts += np.arange(40) + np.arange(5)[:, None] ** 2
    counts[:, 0] = [1, 2, 1, 2, 3]
    found = against_reference(counts[0], counts[1:], min_count=10)
    for values in (found.effect, found.logfc, found.pvalue, found.qvalue):
        assert np.isnan(values[0])
        assert np.isfinite(values[1:]).all()


def test_own_control_by_hand():
    # one molecule per cell and gene at most: 30 of 40 cells against 10 of 40, 10 other genes alike
    def side(cells):
        counts = np.ones((40, 11))
        counts[cells:, 0] = 0
        counts[:cells, 1] = 0  # libraries stay alike
        return sparse.csr_array(counts)

    found = against_own_control(side(30), side(10), min_count=10)
    deviance = 2 * 2 * (30 * np.log(30 / 20) + 10 * np.log(10 / 20)) / 2
    # between cells counts vary less than Poisson's: the dispersion is taken for 1
    assert found.effect[0] == pytest.approx(np.sqrt(deviance), rel=0.01)
    assert found.effect[1] == pytest.approx(-np.sqrt(deviance), rel=0.01)
    assert found.effect[2:] == pytest.approx(np.zeros(9))
    assert found.logfc[0] == pytest.approx(np.log2(30.5 / 10.5))
    assert found.df >= 78


@pytest.mark.parametrize("cells", [(10, 10), (10, 60), (80, 50), (300, 100)])
def test_own_control_p_is_uniform_for_unequal_sizes_and_overdispersed_cells(cells):
    random = np.random.default_rng([5, *cells])
    level = np.exp(random.normal(0, 1, 2000))

    def side(number):  # negative binomial counts in cells of different sizes
        size = random.lognormal(0, 0.3, (number, 1))
        rate = level * size * random.gamma(2, 1 / 2, (number, 2000))
        return sparse.csr_array(random.poisson(rate).astype(np.float32))

    found = against_own_control(side(cells[0]), side(cells[1]), min_count=10)
    assert 0.03 < np.nanmean(found.pvalue < 0.05) < 0.08
    assert np.nanmean(found.pvalue < 0.01) < 0.025


def test_a_gene_that_is_seen_on_one_side_alone_deviates():
    random = np.random.default_rng(6)
    cells, control = (random.poisson(2.0, (20, 60)).astype(np.float32) for _ in range(2))
    control[:, 3] = 0
    found = against_own_control(sparse.csr_array(cells), sparse.csr_array(control), min_count=10)
    assert found.effect[3] == np.nanmax(found.effect)
    assert found.qvalue[3] < 1e-4
