"""Activities of transcription factors against linear algebra on dense matrices, and simulation."""

import numpy as np
import pytest
from scipy import sparse

from twinscreen.network.signed.ridge_activity import RIDGE, factor_model

FACTORS, GENES = 12, 90


@pytest.fixture
def regulons():
    random = np.random.default_rng(0)
    weights = random.choice([-1.0, 1.0], (FACTORS, GENES)) * (random.random((FACTORS, GENES)) < 0.2)
    return weights / np.maximum(np.abs(weights).sum(axis=1, keepdims=True), 1)


def by_hand(regulons, values, ridge):
    """Centre, scale to norm 1, solve, and divide by the standard deviation under white noise."""
    centred = regulons - regulons.mean(axis=1, keepdims=True)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    gram = unit @ unit.T
    solved = np.linalg.solve(gram + ridge * np.eye(len(gram)), unit)
    return (solved @ values) / np.linalg.norm(solved, axis=1, keepdims=True)


@pytest.mark.parametrize("ridge", [0.01, RIDGE, 100])
def test_activity_is_ridge_regression_on_all_factors(regulons, ridge):
    values = np.random.default_rng(1).normal(size=(GENES, 4))
    model = factor_model(sparse.csr_array(regulons), np.ones(GENES, dtype=bool), ridge=ridge)
    assert model.activity(values) == pytest.approx(by_hand(regulons, values, ridge))


def test_activity_has_standard_deviation_1_where_genes_are_noise(regulons):
    values = np.random.default_rng(2).normal(size=(GENES, 20_000))
    model = factor_model(sparse.csr_array(regulons), np.ones(GENES, dtype=bool))
    found = model.activity(values)
    assert found.std(axis=1) == pytest.approx(np.ones(FACTORS), abs=0.03)
    assert found.mean(axis=1) == pytest.approx(np.zeros(FACTORS), abs=0.03)


def test_a_shift_of_all_genes_changes_nothing(regulons):
    values = np.random.default_rng(3).normal(size=(GENES, 2))
    model = factor_model(sparse.csr_array(regulons), np.ones(GENES, dtype=bool))
    assert model.activity(values + 5) == pytest.approx(model.activity(values))


def sharing():
    """The first factor regulates genes 0 to 29, the second genes 10 to 39; it alone is active."""
    weights = np.zeros((2, 200))
    weights[0, :30] = weights[1, 10:40] = 1
    values = np.zeros((200, 1))
    values[10:40] = 1
    return weights, values


def test_a_factor_that_only_shares_genes_with_an_active_one_is_told_apart():
    weights, values = sharing()
    everything = np.ones(200, dtype=bool)

    def share(ridge):
        found = factor_model(sparse.csr_array(weights), everything, ridge=ridge).activity(values)
        return found[0, 0] / found[1, 0]

    alone = np.corrcoef(weights)[0, 1]
    assert share(1e6) == pytest.approx(alone, rel=1e-4)  # each factor by itself: it looks active
    assert share(1e-9) == pytest.approx(0, abs=1e-6)  # regression on both: it is not
    assert 0 < share(RIDGE) < 0.9 * alone
    assert share(0.3) < share(RIDGE)


def test_genes_that_were_not_measured_are_as_if_they_did_not_exist(regulons):
    random = np.random.default_rng(4)
    measured = random.random(GENES) < 0.6
    values = np.where(measured[:, None], random.normal(size=(GENES, 3)), 0)
    found = factor_model(sparse.csr_array(regulons), measured).activity(values)
    assert found == pytest.approx(by_hand(regulons[:, measured], values[measured], RIDGE))


def test_a_factor_without_a_measured_gene_is_silent_and_does_not_disturb():
    weights, values = sharing()
    third = np.zeros((1, 200))
    third[0, 150:160] = 1
    measured = np.arange(200) < 150
    with_it = factor_model(sparse.csr_array(np.vstack([weights, third])), measured)
    without = factor_model(sparse.csr_array(weights), measured)
    assert with_it.activity(values)[2].tolist() == [0]
    assert with_it.activity(values)[:2] == pytest.approx(without.activity(values))
    assert np.isfinite(with_it.solve).all()


def test_a_factor_of_all_genes_alike_says_nothing():
    weights = np.vstack([np.ones(50), np.arange(50) < 10]).astype(float)
    values = np.random.default_rng(6).normal(size=(50, 1))
    found = factor_model(sparse.csr_array(weights), np.ones(50, dtype=bool)).activity(values)
    assert found[0, 0] == pytest.approx(0, abs=1e-6)


def test_with_nothing_measured_nothing_is_active(regulons):
    model = factor_model(sparse.csr_array(regulons), np.zeros(GENES, dtype=bool))
    assert not model.activity(np.zeros((GENES, 1))).any()


def test_a_factor_of_few_measured_genes_is_silent():
    weights, values = np.zeros((2, 60)), np.zeros((60, 1))
    weights[0, :10], weights[1, 10:20], values[:20] = 0.1, 0.1, 2
    measured = np.ones(60, dtype=bool)
    measured[14:20] = False  # four genes of the second factor are left
    found = factor_model(sparse.csr_array(weights), measured)
    assert found.activity(values * measured[:, None])[1, 0] == 0
    assert found.activity(values * measured[:, None])[0, 0] > 0
    every = factor_model(sparse.csr_array(weights), measured, fewest=4)
    assert every.activity(values * measured[:, None])[1, 0] > 0
