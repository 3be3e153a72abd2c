"""Evidence put together and held against null copies: by hand, and by simulation of nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twinscreen.files.contracts.screen import FURTHER_REPLICATES, USUAL_SCATTER
from twinscreen.screen.evidence.contract import (
    Calibrated,
    mechanisms,
    of_drugs,
    rank_scores,
    weaker,
)
from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.rank.combine import combine_kinds, stouffer

NAN = np.nan
numbers = st.floats(-9, 9, allow_nan=False)


# --- drugs that are one entry -----------------------------------------------------------


def sets(**drugs):
    """Drugs by name, with signed targets as `JAK1 -` or `A|B +`, `?` where not known."""
    rows = [
        (name, words[:-2], gene, {"-": -1, "+": 1, "?": 0}[words[-1]])
        for name, targets in drugs.items()
        for words in targets
        for gene in words[:-2].split("|")
    ]
    table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
    return target_sets(pd.DataFrame({"drug_id": list(drugs)}), table, pd.Index(list("ABCD")))


def groups(targets):
    first, of = mechanisms(targets)
    assert sorted(first) == list(first)
    assert of[first].tolist() == list(range(len(first)))
    return of.tolist(), first.tolist()


def test_drugs_with_the_same_signed_targets_are_one_entry():
    targets = sets(one=["A -", "B +"], same=["B +", "A -"], part=["A -"], other=["A +", "B +"])
    assert groups(targets) == ([0, 0, 1, 2], [0, 2, 3])


def test_a_complex_is_not_its_members_apart():
    targets = sets(both=["A|B -"], apart=["A -", "B -"], again=["A|B -"])
    assert groups(targets) == ([0, 1, 0], [0, 1])


def test_a_drug_without_targets_is_an_entry_of_its_own():
    targets = sets(nothing=[], blocker=["A -"], too=[], again=["A -"], unknown=["A ?"])
    assert groups(targets) == ([0, 1, 2, 1, 3], [0, 1, 2, 4])


def test_targets_outside_the_network_tell_entries_apart_too():
    targets = sets(one=["A -", "X -"], other=["A -", "Y -"])
    assert groups(targets)[0] == [0, 1]


def test_without_drugs_there_are_no_entries():
    first, of = mechanisms(sets())
    assert len(first) == len(of) == 0


def test_targets_of_some_drugs_are_numbered_by_their_place():
    targets = sets(a=["A -", "B|C +"], b=["D -"], c=["C ?"])
    kept = of_drugs(targets, np.array([2, 0]))
    assert kept.drugs == 2
    found = sorted(zip(kept.table["drug"], kept.table["target"], kept.table["sign"], strict=True))
    assert found == [(0, "C", 0), (1, "A", -1), (1, "B|C", 1)]
    by_target = dict(zip(kept.table["target"], kept.members.toarray().tolist(), strict=True))
    assert by_target == {"C": [0, 0, 1, 0], "A": [1, 0, 0, 0], "B|C": [0, 1, 1, 0]}


# --- two nulls, several kinds -----------------------------------------------------------


def test_the_weaker_by_hand():
    one = np.array([3.0, -3, 2, -2, 0, NAN, 1])
    other = np.array([1.0, -4, -5, 6, 2, 1, NAN])
    assert weaker(one, other) == pytest.approx([1, -3, 0, 0, 0, NAN, NAN], nan_ok=True)


@given(numbers, numbers)
def test_the_weaker_never_says_more_than_either(one, other):
    found = weaker(np.array([one]), np.array([other]))[0]
    assert abs(found) <= min(abs(one), abs(other))
    assert found == weaker(np.array([other]), np.array([one]))[0]
    assert -found == weaker(np.array([-one]), np.array([-other]))[0]


def test_ranks_are_over_those_that_have_a_value_in_each_column():
    values = np.array([[5.0, NAN], [1, 2], [NAN, NAN], [3, 9]])
    z = stats.norm.ppf([1 / 6, 5 / 6, 1 / 4, 3 / 4])
    expected = [[z[1], NAN], [z[0], z[2]], [NAN, NAN], [0, z[3]]]
    assert rank_scores(values) == pytest.approx(np.array(expected), nan_ok=True)
    assert rank_scores(values[:, 0]) == pytest.approx(np.array(expected)[:, 0], nan_ok=True)


def test_stouffer_by_hand():
    """Weights 1 and 2: (3 + 2 x 1) / sqrt 5; alone each is itself; a weight of 0 is left out."""
    values = [np.array([3.0, NAN, 3, NAN]), np.array([1.0, 1, NAN, NAN])]
    assert stouffer(values, [1, 2]) == pytest.approx([np.sqrt(5), 1, 3, NAN], nan_ok=True)
    assert stouffer(values, [1, 0]) == pytest.approx([3, NAN, 3, NAN], nan_ok=True)
    assert stouffer(values, [2, 4]) == pytest.approx(stouffer(values, [1, 2]), nan_ok=True)


def test_stouffer_of_noise_has_standard_deviation_1():
    values = np.random.default_rng(0).normal(size=(3, 100_000))
    assert stouffer(list(values), [1, 0.5, 2]).std() == pytest.approx(1, abs=0.01)


# --- calls ------------------------------------------------------------------------------

MECHANISMS, REPLICATES = 60, 30


def kind(weaker_z, null=None, resampled=None, name="causal"):
    weaker_z = np.asarray(weaker_z, dtype=float)
    parts = np.column_stack([weaker_z, weaker_z])
    return Calibrated(name, weaker_z, weaker_z, parts, parts, resampled, null)


def combined(
    kinds,
    *,
    weights=None,
    allowed=None,
    spread=1.0,
    null_spread=None,
    alpha=0.01,
    eligible=None,
):
    m = 0 if kinds[0].null is None else kinds[0].null.shape[1]
    return combine_kinds(
        kinds,
        {one.name: 1.0 for one in kinds} if weights is None else weights,
        allowed=np.ones(len(kinds[0].weaker_z), dtype=bool) if allowed is None else allowed,
        spread=spread,
        null_spread=np.ones(m) if null_spread is None else null_spread,
        null="copies",
        max_pvalue=alpha,
        eligible=eligible,
    )


def nothing_wrong(random, spread=True):
    """Patient and copies alike: noise in all entries, and a spread that varies by a tenth."""
    z = random.normal(size=(MECHANISMS, REPLICATES + 1))
    spreads = 1 + 0.1 * random.normal(size=REPLICATES + 1) if spread else np.ones(REPLICATES + 1)
    return kind(z[:, 0], z[:, 1:]), spreads[0], spreads[1:]


def test_scores_are_the_sum_over_kinds_and_what_is_not_allowed_has_none():
    one, two = kind([1.0, 2, NAN, 4]), kind([3.0, NAN, NAN, 4], name="origin")
    found = combined([one, two], allowed=np.array([True, True, True, False]))
    assert found.score == pytest.approx([4 / np.sqrt(2), 2, NAN, NAN], nan_ok=True)
    assert found.parts[3] == pytest.approx([8 / np.sqrt(2)] * 2)  # shown, not ranked
    assert found.weights == {"causal": 1, "origin": 1}


def test_a_kind_without_a_weight_counts_for_nothing():
    one, two = kind([1.0, 2]), kind([9.0, -9], name="origin")
    assert combined([one, two], weights={"causal": 1.0}).score == pytest.approx([1, 2])


def test_a_kind_counts_by_its_share_in_this_patient_and_in_each_copy():
    """Of weight 2 a quarter: 1/2, and 2, 1 and 1 in the copies, beside a kind of weight 1."""
    null = np.array([[1.0, 2, 9], [3, 4, 7], [5, 6, 8]])
    one = replace(kind([1.0, 3, 5], null), share=0.25, null_share=np.array([1, 0.5, 0.5]))
    two = kind([2.0, 2, 2], 2 * null, name="counteraction")
    found = combined([one, two], weights={"causal": 2.0, "counteraction": 1.0})
    assert found.score == pytest.approx((np.array([1, 3, 5]) / 2 + 2) / np.sqrt(1.25))
    assert found.weights == {"causal": 0.5, "counteraction": 1}
    copied = null * [4 / np.sqrt(5), 3 / np.sqrt(2), 3 / np.sqrt(2)]
    scale = copied.std(axis=1, ddof=1) * np.sqrt(4 / 3)
    expected = stats.t.sf((found.score - copied.mean(axis=1)) / scale, 2)
    assert found.pvalue == pytest.approx(expected)


def test_a_kind_that_is_the_same_in_all_copies_stands_in_each():
    random = np.random.default_rng(1)
    moving = random.normal(size=(4, 5))
    one = kind(np.arange(4.0), null=moving, resampled=moving + 1)
    still = kind([1.0, NAN, 2, 3], name="origin")
    found = combined([one, still])
    expected = (moving + 1 + still.weaker_z[:, None]) / np.sqrt(2)
    assert found.resampled[[0, 2, 3]] == pytest.approx(expected[[0, 2, 3]])
    assert found.resampled[1] == pytest.approx(moving[1] + 1)


def test_p_of_an_entry_is_uniform_where_nothing_is_wrong():
    random = np.random.default_rng(2)
    found = []
    for _ in range(300):
        evidence, _, null_spread = nothing_wrong(random, spread=False)
        found.append(combined([evidence], null_spread=null_spread).pvalue)
    assert stats.kstest(np.concatenate(found), "uniform").pvalue > 0.001


def test_p_of_an_entry_by_hand():
    """Strengths 0, 1 and 2 in copies: mean 1, deviation 1; a 4 is 3 / sqrt(4/3) away."""
    null = np.array([[0.0, 1, 2]] * 2)
    found = combined([kind([2.0, NAN], null)], spread=2.0)
    assert found.pvalue[0] == pytest.approx(stats.t.sf(3 / np.sqrt(4 / 3), 2))
    assert np.isnan(found.pvalue[1])
    assert found.qvalue[0] == found.pvalue[0]  # one hypothesis
    assert np.isnan(found.qvalue[1])


def test_a_call_is_hardly_ever_made_where_nothing_is_wrong():
    """At 1 % in 2000 patients: 20 are expected, and above 1.5 % is rarer than 1 in 50."""
    random = np.random.default_rng(3)
    calls = []
    for _ in range(2000):
        evidence, spread, null_spread = nothing_wrong(random)
        found = combined([evidence], spread=spread, null_spread=null_spread)
        calls.append((found.call.called, found.call.pvalue))
    called, pvalue = np.array(calls, dtype=float).T
    assert called.mean() < 0.02
    assert pvalue.mean() == pytest.approx(0.5, abs=0.03)
    assert (pvalue < 0.1).mean() == pytest.approx(0.1, abs=0.03)


def test_a_planted_entry_is_called():
    random = np.random.default_rng(4)
    calls = []
    for _ in range(100):
        evidence, spread, null_spread = nothing_wrong(random)
        evidence.weaker_z[7] = 8
        found = combined([evidence], spread=spread, null_spread=null_spread)
        assert np.nanargmax(found.score) == 7
        calls.append(found.call)
    assert np.mean([call.called for call in calls]) > 0.95
    call = calls[0]
    assert call.best > call.threshold > 0
    assert call.pvalue < 0.01
    assert "exceeds" in call.reason
    assert f"{REPLICATES} x copies" in call.reason


def test_the_threshold_is_where_a_call_begins():
    evidence, _, null_spread = nothing_wrong(np.random.default_rng(5))
    threshold = combined([evidence], null_spread=null_spread).call.threshold
    for factor, called in ((0.999, False), (1.001, True)):
        evidence.weaker_z[:] = -1
        evidence.weaker_z[3] = threshold * factor
        found = combined([evidence], null_spread=null_spread)
        assert found.call.called is called
        assert found.call.best == pytest.approx(threshold * factor)


def test_sharp_ranks_of_a_patient_who_hardly_deviates_make_no_call():
    """The same scores, with three times the spread of the copies, and with the same spread."""
    random = np.random.default_rng(6)
    null = random.normal(size=(MECHANISMS, REPLICATES))
    weaker_z = random.normal(size=MECHANISMS)
    weaker_z[0] = 3.7
    assert combined([kind(weaker_z, null)], spread=3.0).call.called
    assert not combined([kind(weaker_z, null)], spread=1.0).call.called


def test_a_patient_who_deviates_without_a_pattern_makes_no_call():
    """Ten times the spread of the copies, and scores of noise: something is wrong, nothing fits."""
    random = np.random.default_rng(8)
    calls = []
    for _ in range(400):
        evidence, _, null_spread = nothing_wrong(random)
        calls.append(combined([evidence], spread=10.0, null_spread=null_spread).call)
    assert np.mean([call.pvalue < 0.01 for call in calls]) > 0.99
    assert np.mean([call.called for call in calls]) < 0.03
    fit = [call.fit_pvalue for call in calls]
    assert stats.kstest(fit, "uniform").pvalue > 0.001
    assert "fits no better" in next(call.reason for call in calls if not call.called)


def test_p_of_the_fit_by_hand():
    """The best of 3 normal values is above 2 in 1 - Phi(2)^3 of cases; one is not ranked."""
    found = combined([kind([2.0, -1, 0, NAN])])
    assert found.call.fit_pvalue == pytest.approx(1 - stats.norm.cdf(2) ** 3)


def test_one_kind_alone_may_fit_among_several():
    """Of two kinds that cells touch three z are looked at, of the first entry alone; not origin."""
    null = np.random.default_rng(11).normal(size=(3, REPLICATES))
    one, other = kind([6.0, 0, 0], null), kind([-1.0, 0, 7], null, name="other")
    origin = kind([0.0, 9, 0], name="origin")
    weights = {"causal": 1.0, "other": 0.5, "origin": 0.1}
    call = combined([one, other, origin], weights=weights).call
    assert call.fit_pvalue == pytest.approx(1 - stats.norm.cdf(6) ** (3 * 3), rel=1e-3)
    call = combined([one, origin], weights=weights).call
    assert call.fit_pvalue == pytest.approx(1 - stats.norm.cdf(6 / np.sqrt(1.01)) ** 3, rel=1e-3)


def test_the_fit_is_that_of_the_first_whatever_else_fits():
    """Entry 0 is first by both kinds together, entry 1 far out in one of them."""
    null = np.random.default_rng(12).normal(1, 0.1, size=(3, REPLICATES))
    one, other = kind([3.0, 6, 0], null), kind([3.5, 0, 0], null, name="other")
    best = 6.5 / np.sqrt(2)
    assert combined([one, other]).call.fit_pvalue == pytest.approx(1 - stats.norm.cdf(best) ** 9)


def test_one_kind_alone_may_stand_out_among_several():
    """A z of 5 beside kinds that say nothing is compared as it is, in patient and copies alike."""
    random = np.random.default_rng(13)
    null = random.normal(size=(3, 40, 8))
    kinds = [kind(np.zeros(40), one, name=str(i)) for i, one in enumerate(null)]
    kinds[0].weaker_z[0] = 5.0
    spread = np.linspace(1, 1.2, 8)
    call = combined(kinds, spread=2.0, null_spread=spread).call
    tops = np.log(
        (np.maximum(null.sum(axis=0) / np.sqrt(3), null.max(axis=0)) * spread).max(axis=0)
    )
    scale = np.sqrt(
        (7 * tops.var(ddof=1) + FURTHER_REPLICATES * USUAL_SCATTER**2) / (7 + FURTHER_REPLICATES)
    )
    t = (np.log(10) - tops.mean()) / (scale * np.sqrt(9 / 8))
    assert call.best == 10
    assert call.pvalue == pytest.approx(stats.t.sf(t, 7 + FURTHER_REPLICATES))
    assert call.called
    diluted = np.log(10 / np.sqrt(3)) - tops.mean()
    assert stats.t.sf(diluted / (scale * np.sqrt(9 / 8)), 7 + FURTHER_REPLICATES) > 0.01


def test_few_copies_neither_silence_a_response_nor_make_one():
    """Of three copies the scatter is hardly known: it is not taken for 0, nor for what it seems."""
    best = np.array([[3.0, 3.01, 3.02], [1, 1, 1]])
    assert not combined([kind([5.0, 0], best)]).call.called
    apart = np.array([[2.5, 3.5, 5.5], [1, 1, 1]])
    assert combined([kind([16.0, 0], apart)]).call.called
    assert not combined([kind([9.0, 0], apart)]).call.called


def test_what_may_not_be_called_keeps_its_score_and_takes_no_part_in_the_call():
    """The call is the same as if the entry were not there, in the patient and in replicates."""
    random = np.random.default_rng(10)
    evidence, spread, null_spread = nothing_wrong(random)
    evidence.weaker_z[:2] = 12, 6
    evidence.null[0] += 5
    eligible = np.arange(MECHANISMS) > 0
    found = combined([evidence], spread=spread, null_spread=null_spread, eligible=eligible)
    rest = kind(evidence.weaker_z[1:], evidence.null[1:])
    assert found.score[0] == 12
    assert np.isfinite(found.pvalue[0])
    assert found.call == combined([rest], spread=spread, null_spread=null_spread).call
    assert found.call.called


def test_what_no_cell_touches_is_not_the_louder_for_a_deviation():
    """Origin alone says something of entry 1, and of entry 0 beside cells that say nothing."""
    random = np.random.default_rng(9)
    null = random.normal(size=(2, REPLICATES))
    null[1] = NAN
    cells, origin = kind([0.0, NAN], null), kind([2.5, 2.5], name="origin")
    once, thrice = (combined([cells, origin], spread=spread) for spread in (1.0, 3.0))
    assert once.pvalue[0] == pytest.approx(thrice.pvalue[0])
    assert 0.3 < once.pvalue[0] < 0.7
    assert np.isnan(once.pvalue[1])
    assert once.score == pytest.approx([2.5 / np.sqrt(2), 2.5])


def test_evidence_that_is_the_same_in_all_copies_makes_no_call():
    """Copies were made, but none of the kinds asked for differs between them."""
    found = combined([kind([9.0, 1], name="origin")], null_spread=np.ones(13))
    assert not found.call.called
    assert found.call.n_null == 0
    assert found.pvalue == pytest.approx(stats.norm.sf([9, 1]))


@pytest.mark.parametrize("replicates", [0, 1, 2])
def test_without_null_copies_there_is_no_call_and_the_reason_is_said(replicates):
    weaker_z = np.array([9.0, 1, 0])
    null = np.random.default_rng(7).normal(size=(3, replicates)) if replicates else None
    found = combined([kind(weaker_z, null)])
    assert not found.call.called
    assert found.call.best == 9
    assert np.isnan(found.call.pvalue)
    assert np.isnan(found.call.threshold)
    assert found.call.n_null == replicates
    assert "too few null replicates" in found.call.reason
    assert found.pvalue == pytest.approx(stats.norm.sf(weaker_z))  # what z alone says


def test_where_no_drug_has_a_score_there_is_no_call():
    found = combined([kind([NAN, NAN], np.full((2, 5), NAN))])
    assert not found.call.called
    assert np.isnan(found.call.best)
    assert found.call.reason == "no drug could be scored"


def test_a_record_of_a_call_holds_its_parts():
    record = combined([kind([1.0])]).call.record()
    figures = {"best", "threshold", "pvalue", "fit_pvalue", "n_null"}
    assert set(record) == {"called", "null", "reason", "held_back"} | figures


def test_evidence_on_entries_is_that_of_each_drug():
    null = np.arange(6.0).reshape(3, 2)
    found = kind([1.0, 2, 3], null=null).of_mechanisms(np.array([2, 0, 2, 1]))
    assert found.z.tolist() == found.weaker_z.tolist() == [3, 1, 3, 2]
    assert found.parts[:, 1].tolist() == [3, 1, 3, 2]
    assert found.null.tolist() == [[4, 5], [0, 1], [4, 5], [2, 3]]
    assert found.resampled is None
