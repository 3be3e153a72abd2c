"""How alike twins are, and whether they form groups."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.metrics import silhouette_samples

from twinscreen.cohort.similarity import compare as similarity
from twinscreen.cohort.similarity.clusters import (
    LIMIT,
    clouds_for,
    find_clusters,
    silhouette,
    single_clouds,
)
from twinscreen.cohort.similarity.compare import compare, effect_correlation, weighted_jaccard
from twinscreen.cohort.similarity.pairs import Pairs
from twinscreen.cohort.similarity.profiles import Place

NAN = np.nan


def stored(values) -> sparse.csr_array:
    """Store what is not NaN, zeros too."""
    values = np.asarray(values, dtype=np.float32)
    row, column = np.nonzero(np.isfinite(values))
    return sparse.csr_array((values[row, column], (row, column)), shape=values.shape)


def place(rows, effect, relevance) -> Place:
    return Place(np.asarray(rows), stored(effect), sparse.csr_array(np.asarray(relevance)))


def test_weighted_jaccard_by_hand():
    # (1, 2, 0) and (2, 1, 1): smaller 1 + 1 + 0 = 2, greater 2 + 2 + 1 = 5; (0, 0, 3) and the
    # second: 1 over 6; nothing in common: 0; a row without weight has no figure.
    found = weighted_jaccard(sparse.csr_array([[1.0, 2, 0], [2, 1, 1], [0, 0, 3], [0, 0, 0]]))
    np.testing.assert_allclose(
        found, [[1, 0.4, 0, NAN], [0.4, 1, 1 / 6, NAN], [0, 1 / 6, 1, NAN], [NAN] * 4]
    )


def test_weighted_jaccard_over_more_genes_than_one_block():
    rng = np.random.default_rng(1)
    weight = rng.gamma(1.0, size=(5, 5000)) * (rng.random((5, 5000)) < 0.3)
    expected = [[np.minimum(a, b).sum() / np.maximum(a, b).sum() for b in weight] for a in weight]
    np.testing.assert_allclose(weighted_jaccard(sparse.csr_array(weight)), expected, rtol=1e-9)


def test_correlation_over_genes_measured_in_both():
    rng = np.random.default_rng(2)
    values = rng.normal(3, 1, size=(6, 4500)).astype(np.float32)
    values[rng.random(values.shape) < 0.4] = NAN
    values[0, :10] = 0  # an effect of 0 was measured
    found, shared = effect_correlation(stored(values))
    np.testing.assert_allclose(found, pd.DataFrame(values.T.astype(float)).corr(), atol=1e-10)
    there = np.isfinite(values).astype(int)
    assert shared.tolist() == (there @ there.T).tolist()


def test_no_correlation_without_two_shared_genes_or_without_variation():
    found, shared = effect_correlation(stored([[1, 2, NAN], [NAN, 5, 6], [4, 4, 4]]))
    assert shared[0, 1] == 1
    assert np.isnan(found[0, 1])
    assert np.isnan(found[2]).all()


def test_places_weigh_as_their_shared_genes_and_pairs_without_a_place_are_missing():
    up, down = np.arange(40.0), -np.arange(40.0)
    few = np.where(np.arange(40) < 20, up, NAN)
    places = [
        place([0, 1], [up, up], np.eye(2, 40) + 1),  # 40 genes, correlation 1
        place([0, 1, 2], [few, down, few], np.ones((3, 40))),  # 20 genes: -1 and 1
        place([3], [up], np.ones((1, 40))),
    ]
    found = compare(places, 4)
    # pairs 01, 02, 03, 12, 13, 23
    assert found.n_compartments.tolist() == [2, 1, 0, 1, 0, 0]
    assert found.n_places.tolist() == [2, 2, 1, 1]
    assert found.effect[0] == pytest.approx((40 * 1 + 20 * -1) / 60)
    assert found.effect[1] == pytest.approx(1)
    # smaller weights 1 in each of 40 genes, greater 2 in two of them: 40 / 42
    assert found.relevance[0] == pytest.approx((40 * 40 / 42 + 20 * 1) / 60)
    assert np.isnan([found.effect[2], found.relevance[2], found.similarity[2]]).all()


def test_too_few_shared_genes_are_no_place():
    values = np.full((2, 30), NAN)
    values[:, :19] = np.arange(19)
    assert compare([place([0, 1], values, np.ones((2, 30)))], 2).n_compartments.tolist() == [0]


def test_where_all_have_all_places_the_similarity_is_the_mean_of_both():
    rng = np.random.default_rng(3)
    places = [
        place(range(5), rng.normal(size=(5, 60)), rng.gamma(1.0, size=(5, 60))) for _ in range(3)
    ]
    found = compare(places, 5)
    np.testing.assert_allclose(found.similarity, (found.effect + found.relevance) / 2, atol=1e-12)


def test_sharing_a_cell_type_that_is_alike_in_all_makes_nobody_alike():
    rng = np.random.default_rng(4)
    common = rng.normal(size=200)
    alike = common + 0.1 * rng.normal(size=(6, 200))
    unlike = rng.normal(size=(4, 200))
    weight = np.ones((6, 200))
    # patients 4 and 5 have only the cell type in which everybody is alike
    found = compare([place(range(6), alike, weight), place(range(4), unlike, weight[:4])], 6)
    assert found.effect[-1] > found.effect[0] + 0.3
    assert found.similarity[-1] == pytest.approx(found.similarity[0], abs=0.1)


def test_blocks_of_patients_give_what_all_at_once_do(monkeypatch):
    rng = np.random.default_rng(9)

    def made() -> list[Place]:
        values = rng.normal(size=(2, 11, 90)) * np.where(rng.random((2, 11, 90)) < 0.3, NAN, 1)
        weight = rng.gamma(1.0, size=(2, 11, 90)) * (rng.random((2, 11, 90)) < 0.4)
        weight[1, 3] = 0  # a patient without relevance
        return [place([0, 2, *range(4, 13)], *of) for of in zip(values, weight, strict=True)]

    places = made()
    whole = compare(places, 14)
    monkeypatch.setattr(similarity, "_PATIENTS", 4)
    blocks = compare(places, 14)
    for name in ("effect", "relevance", "similarity", "n_compartments", "n_places"):
        np.testing.assert_allclose(getattr(blocks, name), getattr(whole, name), atol=1e-12)
    assert np.isnan(whole.effect).sum() == 14 * 13 / 2 - 11 * 10 / 2


def test_pairs_stand_in_the_order_of_the_upper_triangle():
    pairs, square = Pairs(5), np.arange(25).reshape(5, 5)
    first, second = np.triu_indices(5, 1)
    for some in (slice(0, 4), slice(4, 99)):
        who = pairs.who(some)
        assert [of.tolist() for of in who] == [first[some].tolist(), second[some].tolist()]
    figure = np.zeros(10, dtype=int)
    for row, column in ((0, 0), (0, 3), (3, 3)):
        pairs.put(figure, square[row : row + 3, column : column + 3], row, column)
    assert figure.tolist() == square[first, second].tolist()
    pairs.add(figure, np.array([1, 2, 4]), np.array([100, 200, 300]))
    more = figure - square[first, second]
    assert more.tolist() == [0, 0, 0, 0, 100, 0, 200, 0, 300, 0]


def test_silhouette_as_scikit_learn_has_it():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(30, 3))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    labels = np.append(rng.integers(1, 5, size=29), 9)  # the last is alone
    np.testing.assert_allclose(
        silhouette(apart, labels), silhouette_samples(apart, labels, metric="precomputed")
    )


def profiles(group_effect: float, *, gradient: float = 0.0, n: int = 18, seed: int = 6):
    """Correlations of noisy profiles: three groups of patients, or a gradient over all."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 1500)) + 2 * rng.normal(size=1500)
    values += group_effect * rng.normal(size=(3, 1500))[np.arange(n) % 3]
    values += gradient * rng.normal(size=(n, 1)) * rng.normal(size=1500)
    return np.corrcoef(values)


def find(similarity, **more):
    return find_clusters(similarity, rng=np.random.default_rng(7), **more)


def test_planted_groups_are_found_and_stand_together():
    found = find(profiles(2.0))
    assert found.n_clusters == 3
    assert found.pvalue <= 0.05
    assert found.by_number[3] > found.limit
    labels = found.labels
    assert all(len(set(labels[start::3])) == 1 for start in range(3))
    assert labels[np.argsort(found.place)].tolist() == [1] * 6 + [2] * 6 + [3] * 6


@pytest.mark.parametrize("gradient", [0.0, 1.5])
def test_neither_noise_nor_a_gradient_is_a_group(gradient):
    found = find(profiles(0.0, gradient=gradient))
    assert found.n_clusters == 1
    assert set(found.labels) == {1}
    assert np.isnan(found.silhouettes).all()
    assert sorted(found.place) == list(range(18))


def test_clouds_lie_as_far_apart_as_the_patients():
    similarity = profiles(0.0, n=40)
    apart = np.sqrt(1 - similarity)
    drawn = np.array(list(single_clouds(apart, rng=np.random.default_rng(8), clouds=50)))
    pairs = np.triu_indices(40, 1)
    assert np.mean(drawn[:, *pairs] ** 2) == pytest.approx(np.mean(apart[pairs] ** 2), rel=0.03)


def test_thousands_of_patients_have_fewer_clouds_but_enough():
    assert [clouds_for(n) for n in (30, 1000, 2000, 5000, 50_000)] == [199, 199, 99, 39, 39]
    assert 1 / (clouds_for(50_000) + 1) <= LIMIT


def test_a_patient_without_a_partner_stands_last_and_in_no_group():
    similarity = np.full((19, 19), NAN)
    similarity[1:, 1:] = profiles(2.0)
    found = find(similarity)
    assert found.labels[0] == 0
    assert found.place[0] == 18
    assert found.n_clusters == 3


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_patients_are_not_grouped(n):
    found = find(np.full((n, n), 0.5))
    assert found.n_clusters == 1
    assert np.isnan(found.pvalue)
    assert sorted(found.place) == list(range(n))


def test_patients_all_equally_alike_are_not_grouped():
    assert find(np.full((8, 8), 0.5)).n_clusters == 1
    assert find(np.ones((8, 8))).n_clusters == 1
