"""Deviation of a compartment: against independent implementations, and calibrated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from twinscreen.twin.deviation import (
    against_own_control,
    against_reference,
    false_discovery_rate,
)
from twinscreen.twin.moderation import moderate
from twinscreen.twin.pseudobulk import counting_variance, log_cpm, pseudobulk


def test_pseudobulk_by_hand():
    counts = sparse.csr_array(np.array([[1, 0], [2, 3], [4, 5]]))
    assert pseudobulk(counts, np.array([0, 1, 0]), groups=2).tolist() == [[5, 5], [2, 3]]


def test_log_cpm_by_hand():
    assert log_cpm(np.array([[3.0, 0.0, 996.0]]))[0] == pytest.approx(
        np.log2(np.array([3.5, 0.5, 996.5]) / 1000 * 1e6)
    )


def test_counting_variance_is_that_of_poisson_counts():
    random = np.random.default_rng(0)
    counts = random.poisson(200, size=20_000)
    observed = np.log2(counts + 0.5).var()
    assert counting_variance(np.array([200.0]))[0] == pytest.approx(observed, rel=0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_false_discovery_rate_is_scipy_s(pvalues):
    p = np.array(pvalues)
    assert false_discovery_rate(p) == pytest.approx(stats.false_discovery_control(p))


def test_moderation_finds_the_prior_that_made_the_variances():
    # s^2 = s0^2 F(df, d0): the model itself, with a trend on the mean
    random = np.random.default_rng(1)
    mean = random.uniform(2, 12, size=20_000)
    prior = np.exp(-0.2 * mean)
    sampled = prior * random.f(4, 9, size=len(mean))
    moderated, d0 = moderate(sampled, 4, mean)
    assert d0 == pytest.approx(9, rel=0.1)
    truth = (9 * prior + 4 * sampled) / 13
    assert np.median(np.abs(moderated / truth - 1)) < 0.03


def test_equal_variances_are_pooled():
    random = np.random.default_rng(2)
    sampled = random.chisquare(5, size=5000) / 5
    moderated, d0 = moderate(sampled, 5, np.zeros(5000))
    assert d0 > 100
    assert moderated == pytest.approx(np.full(5000, 1.0), abs=0.1)


def healthy_donors(random, donors, genes=1500, cells=60):
    """Summed counts of donors who differ by biology (log-normal) and counting (Poisson)."""
    level = np.exp(random.normal(-1, 1.5, genes))
    biology = np.exp(random.normal(0, 0.25, (donors, genes)))
    return random.poisson(level * biology * cells * random.uniform(0.5, 2, (donors, 1)))


def test_healthy_donors_as_patients_give_uniform_p():
    random = np.random.default_rng(3)
    shares = []
    for _ in range(8):
        counts = healthy_donors(random, 9).astype(float)
        found = against_reference(counts[0], counts[1:])
        shares.append(np.nanmean(found.pvalue < 0.05))
    assert 0.035 < np.mean(shares) < 0.065


def test_a_raised_gene_is_found_with_its_fold_change():
    random = np.random.default_rng(4)
    counts = healthy_donors(random, 11).astype(float)
    gene = int(np.argsort(counts.sum(axis=0))[-200])
    counts[0, gene] = 8 * counts[1:, gene].mean() * counts[0].sum() / counts[1:].sum(axis=1).mean()
    found = against_reference(counts[0], counts[1:])
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


def test_own_control_standard_error_is_that_of_resampled_cells():
    random = np.random.default_rng(5)
    level = np.exp(random.normal(0, 1, 300))
    cells = sparse.csr_array(random.poisson(level, (50, 300)).astype(np.float32))
    control = sparse.csr_array(random.poisson(level, (50, 300)).astype(np.float32))
    found = against_own_control(cells, control, random=np.random.default_rng(6), draws=400)
    assert 0.02 < np.nanmean(found.pvalue < 0.05) < 0.08

    dense = cells.toarray(), control.toarray()
    differences = []
    for _ in range(400):
        drawn = [side[random.integers(0, len(side), 50)].sum(axis=0) for side in dense]
        differences.append(log_cpm(drawn[0]) - log_cpm(drawn[1]))
    error = np.std(differences, axis=0, ddof=1)
    ours = np.abs(found.logfc / found.effect)
    assert np.nanmedian(ours / error) == pytest.approx(1, abs=0.05)


def test_same_source_of_randomness_same_deviation():
    random = np.random.default_rng(7)
    cells = sparse.csr_array(random.poisson(2.0, (30, 20)).astype(np.float32))
    first = against_own_control(cells[:15], cells[15:], random=np.random.default_rng(8))
    again = against_own_control(cells[:15], cells[15:], random=np.random.default_rng(8))
    assert np.array_equal(first.effect, again.effect, equal_nan=True)
