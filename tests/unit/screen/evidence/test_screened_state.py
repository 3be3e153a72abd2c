"""The state that is treated: order and size, compartments and copies put together, spread."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.screen.evidence.screened_state import (
    deviation_scores,
    loudness,
    normal_scores,
    screened_state,
    tails,
)

NAN = np.nan
GENES = [f"G{i}" for i in range(30)]


def by_hand(effect, logfc):
    """One row: the limited effects of what has both, in the order of mean normal scores, scaled."""
    known = np.isfinite(effect) & np.isfinite(logfc)
    scores = [
        stats.norm.ppf((stats.rankdata(v[known]) - 0.5) / known.sum()) for v in (effect, logfc)
    ]
    values = np.sort(np.clip(effect[known], -10, 10))
    result = np.zeros(len(effect))
    rank = stats.rankdata(np.sum(scores, axis=0)) - 1  # of ties, the mean of two values
    dealt = (values[np.floor(rank).astype(int)] + values[np.ceil(rank).astype(int)]) / 2
    result[known] = (dealt - dealt.mean()) / dealt.std()
    return result


def tail_by_hand(effect):
    """Mean square of the five greatest effects over that of the five greatest normal values."""
    known = np.clip(effect[np.isfinite(effect)], -10, 10)
    greatest = np.sort(np.abs(known))[-5:]
    noise = stats.norm.isf((np.arange(5) + 0.5) / len(known) / 2)
    return (greatest**2).mean() / (noise**2).mean()


def share_of(weight, effect, usual=1.0):
    """How much compartments count: their weight, by how far their tails go beyond the usual."""
    beyond = np.array([tail_by_hand(row) for row in np.asarray(effect)]) / usual - 1
    return np.array(weight) * np.sqrt(np.maximum(beyond, 0.1))


def stouffer(parts, weight, effect, usual=1.0):
    """Compartments together."""
    share = share_of(weight, effect, usual)
    return (share[:, None] * np.asarray(parts)).sum(axis=0) / np.sqrt((share**2).sum())


def table(rows, names, genes):
    """Random rows; a tenth of the values are missing."""
    random = np.random.default_rng(rows)
    effect = random.normal(0, 2, (rows, len(genes)))
    logfc = effect / 3 + random.normal(size=effect.shape)
    effect[random.random(effect.shape) < 0.1] = NAN
    logfc[np.isnan(effect)] = NAN
    data = ad.AnnData(effect, obs=pd.DataFrame(index=names), var=pd.DataFrame(index=genes))
    data.layers["logfc"] = logfc
    return data


@pytest.fixture
def twin():
    return table(3, ["a", "b", "old"], GENES)


def replicates_of(rows, genes=GENES):
    """Copies with the compartment, copy and kind of each row."""
    data = table(len(rows), [str(i) for i in range(len(rows))], genes)
    for column, values in zip(
        ("compartment", "replicate", "kind"), zip(*rows, strict=True), strict=True
    ):
        data.obs[column] = list(values)
    return data


WEIGHT = np.array([1.0, 2.0, 0.0])


def test_normal_scores_by_hand():
    """Three values stand at 1/6, 1/2 and 5/6; the two ties share the mean of their places."""
    z = stats.norm.ppf(5 / 6)
    assert normal_scores(np.array([[5.0, -7, 6]]))[0] == pytest.approx([0, -z, z])
    tied = normal_scores(np.array([[1.0, 1, 3, 2]]))[0]
    assert tied == pytest.approx(stats.norm.ppf([1 / 4, 1 / 4, 7 / 8, 5 / 8]))
    assert normal_scores(np.full((1, 4), 2.0))[0] == pytest.approx(np.zeros(4))


def test_an_outlier_counts_as_the_greatest_and_no_more():
    values = np.arange(20.0)[None]
    beyond = values.copy()
    beyond[0, -1] = 1e6
    assert normal_scores(beyond).tolist() == normal_scores(values).tolist()


def test_each_row_is_scored_over_what_it_measures(twin):
    found = deviation_scores(twin.X, twin.layers["logfc"])
    for row in range(3):
        assert found[row] == pytest.approx(
            by_hand(twin.X[row], twin.layers["logfc"][row]), abs=1e-6
        )
        measured = np.isfinite(twin.X[row])
        assert (found[row, ~measured] == 0).all()
        assert found[row, measured].mean() == pytest.approx(0, abs=1e-6)
        assert found[row, measured].std() == pytest.approx(1, abs=1e-6)


def test_rows_that_measure_the_same_and_others_do_not_disturb_each_other(twin):
    """Rows with one pattern of missing values are scored together: it must not show."""
    effect = np.vstack([twin.X, twin.X[::-1] / 2])
    logfc = np.vstack([twin.layers["logfc"], twin.layers["logfc"][::-1] * 3])
    found = deviation_scores(effect, logfc)
    assert found[:3] == pytest.approx(found[5:2:-1], abs=1e-6)  # a scale changes nothing


@pytest.mark.parametrize("measured", [0, 1])
def test_a_row_with_nothing_to_compare_is_0(measured):
    effect = np.full((1, 5), NAN)
    effect[0, :measured] = 3
    assert deviation_scores(effect, effect).tolist() == [[0] * 5]


def test_a_row_without_differences_is_0():
    assert deviation_scores(np.ones((1, 5)), np.ones((1, 5))).tolist() == [[0] * 5]


def test_compartments_are_put_together_by_stouffer_and_earlier_ones_stay_out(twin):
    state = screened_state(twin, None, WEIGHT)
    parts = deviation_scores(twin.X, twin.layers["logfc"])
    assert state.parts == pytest.approx(parts)
    assert state.whole == pytest.approx(stouffer(parts[:2], [1, 2], twin.X[:2]), abs=1e-6)
    assert state.seen.tolist() == np.isfinite(twin.X[:2]).any(axis=0).tolist()
    assert state.resampled.shape == state.null.shape == (0, 30)
    assert state.null_spread.shape == (0,)


def test_tails_by_hand(twin):
    """Missing values take no part; a row without two values has none."""
    assert tails(twin.X) == pytest.approx([tail_by_hand(row) for row in twin.X])
    assert tails(np.array([[1.0, NAN], [NAN, NAN]])).tolist() == [1, 1]


def test_the_tail_of_noise_is_1_and_few_genes_raise_it():
    """One of a hundred genes responds: the mean square tells of it 15 times less."""
    noise = np.random.default_rng(0).normal(size=(2, 9_000))
    noise[1, :90] += 5
    usual, focal = tails(noise)
    assert usual == pytest.approx(1, abs=0.05)
    assert focal > 3
    assert np.mean(noise[1] ** 2) < 1.3


def test_a_compartment_counts_by_its_tail_beyond_the_usual():
    found = loudness(np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.5, 2.0]))
    assert found == pytest.approx(np.sqrt([0.1, 1 / 3, 2]))


def test_spread_is_the_root_of_the_mean_tail_of_limited_effects(twin):
    """Compartments count by the square of their share in the state."""
    twin.X[0, :2] = [1000, -1000]  # count as 10
    tail, share = [tail_by_hand(row) for row in twin.X[:2]], share_of([1, 2], twin.X[:2])
    expected = np.sqrt(np.average(tail, weights=share**2))
    assert screened_state(twin, None, WEIGHT).spread == pytest.approx(expected)


def test_usual_is_the_median_tail_of_the_null_replicates(twin):
    """Compartment a has three, b one, for which the median of all stands."""
    rows = [("a", number, "null") for number in range(3)] + [("b", 0, "null")]
    replicates = replicates_of(rows)
    replicates.X[:3] *= np.array([[1], [2], [3]])
    state = screened_state(twin, replicates, WEIGHT)
    tail = [tail_by_hand(row) for row in replicates.X]
    usual = np.maximum([np.median(tail[:3]), np.median(tail)], 1)
    parts = deviation_scores(twin.X, twin.layers["logfc"])
    expected = stouffer(parts[:2], [1, 2], twin.X[:2], usual)
    assert state.whole == pytest.approx(expected, abs=1e-6)


def test_a_silent_compartment_does_not_drown_one_that_responds():
    """One of a hundred genes responds in one compartment, nine others are noise."""
    random = np.random.default_rng(0)
    effect = random.normal(size=(10, 9_000))
    effect[0, :90] += 6
    twin = ad.AnnData(effect, layers={"logfc": effect})
    state = screened_state(twin, None, np.ones(10))
    assert np.corrcoef(state.whole, state.parts[0])[0, 1] > 0.75
    assert np.corrcoef(state.parts.sum(axis=0), state.parts[0])[0, 1] < 0.4


def test_effects_of_noise_have_a_spread_of_1():
    noise = np.random.default_rng(0).normal(size=(2, 20_000))
    twin = ad.AnnData(noise, layers={"logfc": noise})
    assert screened_state(twin, None, np.ones(2)).spread == pytest.approx(1, abs=0.02)


def test_copies_are_put_together_as_the_patient_is(twin):
    rows = [
        *(("a", 0, "bootstrap"), ("b", 0, "bootstrap"), ("a", 1, "bootstrap")),
        *(("b", 1, "bootstrap"), ("old", 0, "bootstrap"), ("b", 3, "null"), ("a", 3, "null")),
    ]
    replicates = replicates_of(rows)
    usual = np.median([tail_by_hand(row) for row in replicates.X[5:7]])
    state = screened_state(twin, replicates, WEIGHT)
    parts = deviation_scores(replicates.X, replicates.layers["logfc"])
    for replicate, rows_of in enumerate(([0, 1], [2, 3])):
        expected = stouffer(parts[rows_of], [1, 2], replicates.X[rows_of], usual)
        assert state.resampled[replicate] == pytest.approx(expected, abs=1e-6)
    expected = stouffer(parts[[6, 5]], [1, 2], replicates.X[[6, 5]], usual)
    assert state.null[0] == pytest.approx(expected, abs=1e-6)
    tail = [tail_by_hand(row) for row in replicates.X[[6, 5]]]
    share = share_of([1, 2], replicates.X[[6, 5]], usual)
    assert state.null_spread == pytest.approx([np.sqrt(np.average(tail, weights=share**2))])


def test_a_copy_that_lacks_a_compartment_stands_on_the_others(twin):
    replicates = replicates_of(
        [("a", 0, "null"), ("b", 0, "null"), ("b", 1, "null"), ("old", 2, "null")]
    )
    state = screened_state(twin, replicates, WEIGHT)
    parts = deviation_scores(replicates.X, replicates.layers["logfc"])
    assert state.null.shape == (2, 30)  # of the third there is nothing that is treated
    assert state.null[1] == pytest.approx(parts[2], abs=1e-6)  # of standard deviation 1 too
    assert state.null_spread[1] == pytest.approx(np.sqrt(tail_by_hand(replicates.X[2])))


def test_genes_of_copies_are_found_by_name(twin):
    """The copies know a gene that the twin does not, and lack the first; the others are mixed."""
    genes = ["other", *GENES[:0:-1]]
    replicates = replicates_of([("a", 0, "bootstrap")], genes)
    found = screened_state(twin, replicates, np.array([1.0, 0, 0])).resampled[0]
    parts = pd.Series(deviation_scores(replicates.X, replicates.layers["logfc"])[0], index=genes)
    assert found[0] == 0
    assert found[1:] == pytest.approx(parts[GENES[1:]].to_numpy())


def test_copies_stand_for_the_patient_only_if_they_cover_what_is_treated(twin):
    """Of weights 1 and 2, intervals need all; where nothing is wrong, half is enough."""

    def replicates_in(compartment, weight):
        rows = [(compartment, 0, kind) for kind in ("bootstrap", "null")]
        state = screened_state(twin, replicates_of(rows), np.array(weight))
        return len(state.resampled), len(state.null)

    assert replicates_in("a", [1.0, 2, 0]) == (0, 0)
    assert replicates_in("b", [1.0, 2, 0]) == (0, 1)
    assert replicates_in("b", [0.0, 2, 0]) == (1, 1)
    assert replicates_in("old", [1.0, 2, 0]) == (0, 0)
