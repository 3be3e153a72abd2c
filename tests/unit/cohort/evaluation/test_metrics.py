"""Measures of a ranking against known answers: by hand, by counting pairs, by all orders."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, wilcoxon

from twinscreen.cohort.evaluation.metrics import (
    auroc,
    average_precision,
    contrast,
    distinct_mechanisms,
    dm_k,
    expected_auroc,
    expected_average_precision,
    expected_precision,
    own_minus_other,
    precision_at_k,
    strata_of,
    stratified_auroc,
)
from twinscreen.cohort.evaluation.resampling import (
    beats,
    bootstrap_cases,
    bootstrap_mechanisms,
    sign_flip_p,
    weighted_auroc,
)

NAN = np.nan


def flags(text):
    """Read `+` as a right answer and anything else as none."""
    return np.array([letter == "+" for letter in text])


def counted(scores, positives):
    """AUROC by counting every pair."""
    pairs = [
        (right > wrong) + (right == wrong) / 2
        for right in scores[positives & ~np.isnan(scores)]
        for wrong in scores[~positives & ~np.isnan(scores)]
    ]
    return np.mean(pairs)


def over_orders(scores, positives, measure):
    """Mean of a measure over all orders that sort the scores."""
    found = [
        measure(positives[list(order)])
        for order in permutations(range(len(scores)))
        if all(np.diff(scores[list(order)]) <= 0)
    ]
    return np.mean(found)


def precision_of(answers):
    """Average precision of answers in one order: the mean precision at each right one."""
    return np.mean([answers[: place + 1].mean() for place in np.flatnonzero(answers)])


@pytest.fixture
def random():
    return np.random.default_rng(1)


def test_auroc_by_hand():
    # Right: 4 and 2; wrong: 3, 2, 1. Won: 3 of 3; then one tie and one win: 1.5 of 3.
    assert auroc(np.array([4, 3, 2, 2, 1.0]), flags("+-+--")) == 4.5 / 6


@pytest.mark.parametrize("seed", range(5))
def test_auroc_counts_pairs(seed):
    random = np.random.default_rng(seed)
    scores = random.integers(0, 8, 60).astype(float)
    scores[random.random(60) < 0.2] = NAN
    positives = random.random(60) < 0.3
    expected = counted(scores, positives)
    assert auroc(scores, positives) == pytest.approx(expected, abs=1e-12)
    known = ~np.isnan(scores)
    u = mannwhitneyu(scores[known & positives], scores[known & ~positives]).statistic
    pairs = (known & positives).sum() * (known & ~positives).sum()
    assert auroc(scores, positives) == pytest.approx(u / pairs, abs=1e-12)


def test_without_a_right_or_a_wrong_answer_there_is_no_figure():
    scores = np.array([1.0, 2.0])
    assert np.isnan(auroc(scores, flags("--")))
    assert np.isnan(auroc(scores, flags("++")))
    assert np.isnan(auroc(np.array([1.0, NAN]), flags("-+")))
    assert np.isnan(average_precision(scores, flags("--")))
    assert np.isnan(precision_at_k(scores, flags("--")))
    assert np.isnan(dm_k(scores, flags("++"), scores))
    assert np.isnan(stratified_auroc(scores, flags("+-"), np.array([0.0, 1.0])))


def test_infinite_scores_are_scores():
    scores = np.array([np.inf, -np.inf, 0.0, -np.inf])
    assert auroc(scores, flags("+---")) == 1
    assert auroc(scores, flags("-+--")) == pytest.approx(0.5 / 3)
    assert weighted_auroc(scores, flags("-+--"), np.ones((1, 4))) == pytest.approx(0.5 / 3)


def test_average_precision_by_hand():
    # Right answers at places 1 and 3: (1/1 + 2/3) / 2.
    found = average_precision(np.array([4, 3, 2, 1.0]), flags("+-+-"))
    assert found == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize(
    ("scores", "answers"),
    [
        ([1, 1, 1, 1, 1, 1], "+-+---"),
        ([3, 2, 2, 2, 1, 0], "-+-+-+"),
        ([3, 3, 2, 2, 2, 1], "+-++--"),
        ([5, 4, 4, 3, 3, 3], "--++-+"),
    ],
)
def test_ties_give_the_mean_over_all_orders(scores, answers):
    scores, positives = np.array(scores, dtype=float), flags(answers)
    expected = over_orders(scores, positives, precision_of)
    assert average_precision(scores, positives) == pytest.approx(expected, abs=1e-12)
    for k in (1, 2, 3, 5):
        expected = over_orders(scores, positives, lambda answers, k=k: answers[:k].mean())
        assert precision_at_k(scores, positives, k=k) == pytest.approx(expected, abs=1e-12)


def test_precision_of_fewer_drugs_than_k():
    assert precision_at_k(np.array([3.0, 2.0, 1.0, NAN]), flags("+--+"), k=10) == 1 / 3


def test_what_a_random_order_gives(random):
    positives = flags("+++--------")
    orders = random.permuted(np.tile(np.arange(11.0), (20_000, 1)), axis=1)
    for measure, (mean, sd) in [
        (auroc, expected_auroc(3, 8)),
        (
            lambda scores, answers: precision_at_k(scores, answers, k=4),
            expected_precision(3, 8, k=4),
        ),
    ]:
        drawn = [measure(scores, positives) for scores in orders]
        assert mean == pytest.approx(np.mean(drawn), abs=0.01)
        assert sd == pytest.approx(np.std(drawn), rel=0.03)
    drawn = [average_precision(scores, positives) for scores in orders]
    assert expected_average_precision(3, 8) == pytest.approx(np.mean(drawn), abs=0.01)
    assert expected_precision(3, 8, k=4)[0] == 3 / 11


def test_a_positive_meets_its_own_nearest_negatives():
    # Positive at 1.0 meets 1.1 and 0.8 (lower and higher than it: 1 of 2);
    # positive at 9.0 meets 8.0 and 5.0 (one lower, one equal: 1.5 of 2).
    covariate = np.array([1.0, 9.0, 1.1, 0.8, 8.0, 5.0, 3.0])
    scores = np.array([2.0, 7.0, 1.0, 3.0, 6.0, 7.0, 99.0])
    assert dm_k(scores, flags("++-----"), covariate, k=2) == pytest.approx((1 / 2 + 1.5 / 2) / 2)


def test_negatives_equally_far_share_the_last_place():
    # At the positive's distance 0 one negative, at 1 two: k = 2 takes half of each of these.
    covariate = np.array([5.0, 5.0, 4.0, 6.0, 9.0])
    scores = np.array([2.0, 1.0, 3.0, 1.0, 0.0])
    for order in permutations(range(5)):
        row = list(order)
        found = dm_k(scores[row], flags("+----")[row], covariate[row], k=2)
        assert found == (1 + 0.5 * 0 + 0.5 * 1) / 2


def test_with_all_negatives_it_is_the_auroc(random):
    scores, covariate = random.normal(size=(2, 40))
    positives = random.random(40) < 0.3
    assert dm_k(scores, positives, covariate, k=40) == pytest.approx(auroc(scores, positives))


def test_a_score_that_is_the_covariate_matches_nothing(random):
    covariate = random.normal(size=3000)
    positives = random.random(3000) < 1 / (1 + np.exp(-2 * covariate)) / 4
    assert auroc(covariate, positives) > 0.7
    assert dm_k(covariate, positives, covariate, k=60) == pytest.approx(0.5, abs=0.05)
    strata = strata_of(covariate, n_strata=50)
    assert stratified_auroc(covariate, positives, strata) == pytest.approx(0.5, abs=0.05)


def test_contrast_of_percentiles_by_hand():
    # Of the four drugs with a score percentiles are 1, 1/2, 1/2 and 0.
    scores = np.array([9.0, 5.0, NAN, 5.0, 1.0])
    assert contrast(scores, flags("+-+--"), flags("----+")) == 1
    assert contrast(scores, flags("++---"), flags("---++")) == pytest.approx(0.75 - 0.25)
    assert np.isnan(contrast(scores, flags("++---"), flags("--+--")))


def test_strata_are_of_equal_size_and_keep_equals_together():
    assert strata_of(np.arange(6.0), n_strata=3).tolist() == [0, 0, 1, 1, 2, 2]
    assert strata_of(np.array([1.0, 1, 1, 2]), n_strata=2).tolist() == [0, 0, 0, 1]
    found = strata_of(np.array([1.0, NAN, 0.0]), n_strata=2)
    assert found[[0, 2]].tolist() == [1, 0]
    assert np.isnan(found[1])


def test_stratified_auroc_pools_pairs(random):
    scores = random.integers(0, 5, 50).astype(float)
    positives = random.random(50) < 0.4
    strata = random.integers(0, 4, 50).astype(float)
    pairs = [
        (scores[i] > scores[j]) + (scores[i] == scores[j]) / 2
        for i in np.flatnonzero(positives)
        for j in np.flatnonzero(~positives)
        if strata[i] == strata[j]
    ]
    found = stratified_auroc(scores, positives, strata)
    assert found == pytest.approx(np.mean(pairs), abs=1e-12)


def test_own_minus_other_by_hand():
    scores = np.array([[4.0, 3, 2, 1], [1.0, 2, 3, 4], [4.0, 1, 1, 1]])
    positives = np.array([flags("+---"), flags("---+"), flags("-+--")])
    found = own_minus_other(scores, positives)
    assert found.own.tolist() == [1, 1, pytest.approx(1 / 3)]
    # With the others' scores: case 1: 0 and 1; case 2: 0 and (0 + 1/2 + 1/2)/3; case 3: 2/3, 1/3.
    assert found.other == pytest.approx([0.5, (0 + 1 / 3) / 2, 0.5])
    assert found.difference == pytest.approx(found.own - found.other)


def test_a_score_that_never_changes_is_not_specific(random):
    scores = np.tile(random.normal(size=30), (4, 1))
    positives = random.random((4, 30)) < 0.3
    assert own_minus_other(scores, positives).difference == pytest.approx(np.zeros(4))


def test_own_and_other_are_compared_on_the_same_drugs():
    # The second case does not score the drug that the first case finds: it counts for neither.
    scores = np.array([[9.0, 2, 3, 1], [NAN, 2, 3, 1]])
    found = own_minus_other(scores, flags("++--"))
    assert found.own[0] == found.other[0] == 0.5
    assert np.isnan(own_minus_other(scores[:1], flags("++--")).own).all()


def test_patients_with_the_same_drugs_and_answers_are_compared_as_all_others(random):
    scores = random.integers(0, 9, (7, 20)).astype(float)
    positives = random.random((7, 20)) < 0.3
    for several in ([0, 3, 5], [1, 6]):
        scores[np.ix_(several, random.choice(20, 4, replace=False))] = NAN
        positives[several] = positives[several[0]]
    found = own_minus_other(scores, positives)
    for case in range(7):
        figures = []
        for other in set(range(7)) - {case}:
            both = ~np.isnan(scores[[case, other]]).any(axis=0)
            right = positives[case, both]
            figures.append([auroc(scores[of, both], right) for of in (case, other)])
        assert [found.own[case], found.other[case]] == pytest.approx(np.mean(figures, axis=0))


def test_drugs_of_one_mechanism_count_once():
    mechanisms = np.array(["b", "a", "b", "c", "a"])
    positives, scores, degree = distinct_mechanisms(
        mechanisms,
        flags("--+--"),
        np.array([5.0, 1, 5, NAN, NAN]),
        np.array([2.0, 3, 4, 6, 3]),
    )
    assert positives.tolist() == [False, True, False]
    assert scores[:2].tolist() == [1, 5]
    assert np.isnan(scores[2])
    assert degree.tolist() == [3, 3, 6]


def test_weights_count_a_drug_so_often(random):
    scores = random.integers(0, 6, 30).astype(float)
    positives = random.random(30) < 0.4
    weight = random.integers(0, 4, (5, 30))
    found = weighted_auroc(scores, positives, weight.astype(float))
    for times, figure in zip(weight, found, strict=True):
        expected = auroc(np.repeat(scores, times), np.repeat(positives, times))
        assert figure == pytest.approx(expected, abs=1e-12)


def test_the_interval_over_cases_is_that_of_the_mean(random):
    values = random.normal(3, 2, 200)
    low, high = bootstrap_cases(values, rng=random, statistic="mean", draws=4000)
    half = 1.96 * values.std() / np.sqrt(200)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.05)
    assert np.isnan(bootstrap_cases(np.array([1.0, NAN]), rng=random)).all()
    assert bootstrap_cases(np.full(5, 0.7), rng=random) == pytest.approx((0.7, 0.7))


def test_many_drugs_of_one_mechanism_are_one_observation(random):
    scores = np.concatenate([np.full(30, 5.0), random.normal(size=60), random.normal(size=10)])
    positives = np.arange(100) < 40
    positives[30:] = np.arange(70) >= 60
    each = np.arange(100)
    together = np.where(np.arange(100) < 30, 0, each)
    low, high = bootstrap_mechanisms(scores, positives, each, rng=random)
    low_together, high_together = bootstrap_mechanisms(scores, positives, together, rng=random)
    assert high_together - low_together > 2 * (high - low)
    assert low < auroc(scores, positives) < high


def test_one_mechanism_alone_has_no_interval(random):
    found = bootstrap_mechanisms(
        np.arange(4.0), flags("--++"), np.array(["a", "b", "c", "c"]), rng=random
    )
    assert np.isnan(found).all()


def test_flips_of_signs_by_hand(random):
    # Of the 8 flips of (1, 2, 3) only the given one sums to 6; of (1, 2, -3) five reach 0.
    assert sign_flip_p(np.array([1.0, 2, 3]), rng=random) == 1 / 8
    assert sign_flip_p(np.array([1.0, 2, -3, NAN]), rng=random) == 5 / 8
    assert sign_flip_p(np.zeros(3), rng=random) == 1
    assert np.isnan(sign_flip_p(np.array([NAN]), rng=random))


def test_random_flips_agree_with_a_t_test(random):
    differences = random.normal(0.2, 1, 100)
    t = differences.mean() / (differences.std(ddof=1) / 10)
    assert t == pytest.approx(2, abs=1)  # so the normal approximation below holds
    from scipy.stats import t as student

    assert sign_flip_p(differences, rng=random) == pytest.approx(student.sf(t, 99), abs=0.01)


def test_beats_counts_cases():
    values = np.array([0.9, 0.8, 0.7, 0.6, NAN])
    baseline = np.array([0.5, 0.8, 0.75, 0.3, 0.1])
    found = beats(values, baseline)
    assert (found.wins, found.ties, found.n) == (2, 1, 4)
    assert found.difference == pytest.approx((0 + 0.3) / 2)
    assert found.pvalue == wilcoxon([0.4, -0.05, 0.3], alternative="greater").pvalue
    assert beats(values[:2], values[:2]).pvalue == 1
    assert beats(np.array([NAN]), np.array([1.0])).n == 0


def test_what_is_drawn_at_once_changes_nothing(monkeypatch):
    values = np.random.default_rng(1).normal(0.1, 1, 40)
    figures = []
    for most in (1 << 20, 100, 1):
        monkeypatch.setattr("twinscreen.cohort.evaluation.resampling.BLOCK", most)
        rng = np.random.default_rng(2)
        interval = bootstrap_cases(values, rng=rng, draws=50)
        figures.append((*interval, sign_flip_p(values, rng=rng, draws=99), rng.random()))
    assert figures[0] == figures[1] == figures[2]
