"""What explains deviations downstream: against correlation, gene by gene."""

import numpy as np
import pytest

from twinscreen.network import activity

INFLUENCE = np.array(
    [
        [0.5, -0.5, 0.0, 0.2, 0.0],
        [-0.3, 0.4, 0.1, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.7],
    ]
)
EFFECT = np.array([[2.0, -1.0, 0.3, 0.9, np.nan, 0.1], [0.5, 0.1, -0.4, np.nan, 1.0, -2.0]])
REGULATED = np.arange(5)


def test_activity_is_the_correlation_over_measured_genes():
    found = activity(INFLUENCE, EFFECT, REGULATED)
    full = np.column_stack([INFLUENCE, np.zeros(3)])  # nothing regulates the sixth gene
    for protein, compartment in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1)]:
        measured = np.isfinite(EFFECT[compartment])
        r = np.corrcoef(full[protein, measured], EFFECT[compartment, measured])[0, 1]
        expected = r * np.sqrt(measured.sum())
        assert found.z[protein, compartment] == pytest.approx(expected)


def test_no_path_to_a_measured_gene_is_missing_not_zero():
    found = activity(INFLUENCE, EFFECT, REGULATED)
    assert np.isnan(found.z[2, 0])  # its one gene was not measured there


def test_a_shift_of_all_genes_changes_nothing():
    found = activity(INFLUENCE, EFFECT, REGULATED)
    shifted = activity(INFLUENCE, EFFECT + 3.0, REGULATED)
    assert shifted.z == pytest.approx(found.z, nan_ok=True)


def test_many_proteins_in_blocks_are_each_as_by_itself():
    random = np.random.default_rng(1)
    influence = random.normal(size=(600, 9)) * (random.random((600, 9)) < 0.4)
    effect = np.where(random.random((3, 12)) < 0.2, np.nan, random.normal(size=(3, 12)))
    regulated = random.permutation(12)[:9]
    full = np.zeros((600, 12))
    full[:, regulated] = influence
    found = activity(influence, effect, regulated)
    for compartment, measured in enumerate(np.isfinite(effect)):
        x = effect[compartment, measured]
        for protein in range(600):
            own = full[protein, measured]
            z = np.corrcoef(own, x)[0, 1] * np.sqrt(len(x)) if own.any() else np.nan
            assert found.z[protein, compartment] == pytest.approx(z, nan_ok=True)


def test_where_nothing_deviates_or_all_genes_are_alike_nothing_is_said():
    """A compartment without any deviation; a protein that drives all measured genes alike."""
    influence = np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]])
    effect = np.array([[0.5, 0.5, 0.5], [1.0, 2.0, 0.0]])
    found = activity(influence, effect, np.arange(3))
    assert np.isnan(found.z).tolist() == [[True, False], [True, True]]


def test_what_z_was_computed_from():
    """Mean 1 and centred 1, -2, 1; F is 3, 0, 0, centred 2, -1, -1, of norm sqrt 6; sd sqrt 2."""
    found = activity(np.array([[3.0, 0, 0]]), np.array([[2.0, -1, 2]]), np.arange(3))
    assert found.mean.tolist() == [1]
    assert found.centred.tolist() == [[1, -2, 1]]
    assert found.scale == pytest.approx(np.array([[np.sqrt(6) * np.sqrt(2)]]))
    assert found.z == pytest.approx(np.array([[3 / np.sqrt(12)]]))
