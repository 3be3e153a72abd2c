"""Patients too many for all pairs: landmarks, and who is nearest."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.cohort.similarity import landmarks, tables
from twinscreen.cohort.similarity.compare import effect_correlation, weighted_jaccard
from twinscreen.cohort.similarity.listed import compare_listed
from twinscreen.cohort.similarity.profiles import (
    Place,
    Profiles,
    Told,
    _Compartment,
    _Row,
    profiles_of,
)

GENES = 80


def made_up(n: int = 60) -> Profiles:
    """Three kinds of patients, some without one of two places, the last without any."""
    rng = np.random.default_rng(5)
    kinds = rng.normal(size=(3, 2, GENES))
    told = []
    for number in range(n):
        compartments = []
        for place in range(2):
            if number == n - 1 or (place and number % 7 == 0):
                continue
            effect = kinds[number % 3, place] + 0.3 * rng.normal(size=GENES)
            weight = 2 * np.abs(kinds[number % 3, place]) * rng.lognormal(sigma=0.2, size=GENES)
            measured = rng.random(GENES) < 0.9
            row = _Row.of(effect, measured), _Row.of(weight, weight > 1)
            compartments.append(_Compartment(f"cell {place}|blood", *row))
        texts = {"kind": f"kind {number % 3}"}
        told.append(Told("", f"P{number:03}", ["gene"] * GENES, compartments, texts))
    return profiles_of(told)


@pytest.fixture
def few_landmarks(monkeypatch):
    monkeypatch.setattr(tables, "ALL_PAIRS", 50)
    monkeypatch.setattr(landmarks, "LANDMARKS", 30)
    monkeypatch.setattr(landmarks, "_PATIENTS", 16)


def test_listed_pairs_have_the_figures_of_all_pairs():
    place = next(made_up().places())
    m = len(place.rows)
    first, second = np.divmod(np.arange(m * m), m)
    effect, alike, shared = compare_listed(place, first, second)
    expected, genes = effect_correlation(place.effect)
    np.testing.assert_allclose(effect.reshape(m, m), expected, atol=1e-12)
    np.testing.assert_allclose(alike.reshape(m, m), weighted_jaccard(place.relevance), atol=1e-12)
    assert (shared.reshape(m, m) == genes).all()


def test_listed_pairs_without_a_figure_have_none():
    effect = sparse.csr_array(np.vstack([np.arange(1, 41.0), np.full(40, 2.0)]))
    relevance = sparse.csr_array(np.vstack([np.ones(40), np.zeros(40)]))
    place = Place(np.arange(2), effect, relevance)
    found = compare_listed(place, np.array([0, 0, 1]), np.array([0, 1, 1]))
    assert np.isnan(found[0]).tolist() == [False, True, True]
    assert np.isnan(found[1]).tolist() == [False, True, True]


def test_a_large_cohort_is_grouped_as_all_pairs_are(few_landmarks, monkeypatch):
    large = tables.compare_twins(made_up(), seed=1)
    monkeypatch.setattr(tables, "ALL_PAIRS", 1000)
    whole = tables.compare_twins(made_up(), seed=1)
    assert len(large.pairs) == 30 * 29 / 2
    groups = [table.set_index("patient").sort_index() for table in (large.clusters, whole.clusters)]
    kind = np.arange(59) % 3
    for of in groups:
        assert pd.isna(of["cluster"].iloc[-1])
        assert of["place"].iloc[-1] == 59
        assert pd.Series(kind).groupby(of["cluster"].to_numpy()[:59]).nunique().tolist() == [1] * 3
        in_order = of.sort_values("place")["cluster"].to_numpy()[:59]
        assert (np.diff(in_order.astype(int)) >= 0).all()  # each group stands together
    assert (large.clusters["silhouette"].dropna() > 0).all()
    assert groups[0]["n_compartments"].equals(groups[1]["n_compartments"])


def test_the_nearest_of_a_large_cohort_are_those_of_all_pairs(few_landmarks, monkeypatch):
    large = tables.compare_twins(made_up(), seed=1).nearest
    monkeypatch.setattr(tables, "ALL_PAIRS", 1000)
    whole = tables.compare_twins(made_up(), seed=1).nearest
    assert large["patient"].nunique() == whole["patient"].nunique() == 59
    assert large.groupby("patient")["rank"].max().tolist() == [20] * 59
    both = large.merge(whole, on=["patient", "other"])
    # all others are candidates here: but for what pairs have on average, figures are the same
    assert len(both) > 0.9 * len(large)
    np.testing.assert_allclose(both["effect_x"], both["effect_y"], atol=1e-9)
    np.testing.assert_allclose(both["relevance_x"], both["relevance_y"], atol=1e-9)
    np.testing.assert_allclose(both["similarity_x"], both["similarity_y"], atol=0.03)


def test_the_nearest_of_few_patients_are_all_others():
    found = tables.compare_twins(made_up(4), seed=1)
    assert found.nearest.groupby("patient")["other"].apply(list).map(len).tolist() == [2, 2, 2]
    best = found.nearest[found.nearest["rank"] == 1].set_index("patient")["similarity"]
    pairs = pd.concat([found.pairs.set_index(one)["similarity"] for one in found.pairs.columns[:2]])
    assert best.to_dict() == pairs.groupby(level=0).max().dropna().to_dict()


def test_a_large_cohort_of_whom_nobody_can_be_compared(few_landmarks):
    told = (Told("", f"P{number:03}", ["gene"], [], {}) for number in range(60))
    found = tables.compare_twins(profiles_of(told), seed=1)
    assert found.clusters["cluster"].isna().all()
    assert found.pairs["similarity"].isna().all()
    assert found.nearest.empty
