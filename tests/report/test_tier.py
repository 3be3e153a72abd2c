"""The tier of evidence: what each lacks, and that no call is no evidence."""

import pytest
from page_reader import Page

from twinscreen.files.contracts.screen import TargetPresence
from twinscreen.files.contracts.tier import Tier, tier_of
from twinscreen.report.patient.answer.tier import LEGEND

KINDS = ("causal", "counteraction", "origin")


def support(case, kinds, **columns):
    """Make the kinds, and no other, support the first drug."""
    z = {f"{kind}_z": 3.0 if kind in kinds else 0.0 for kind in KINDS}
    told = {"evidence": "; ".join(f"{kind} 3.0" for kind in kinds)}
    for name, value in (z | told | columns).items():
        case.screen.obs.loc["D1", name] = value


def tier(case):
    """The tier on the page, which is that of the cohort's table."""
    assert tier_of(case.screen) is case.evidence.tier
    return case.evidence.tier


@pytest.fixture
def many(called):
    """Null replicates that can show the p of the call by counting."""
    called.screen.uns["call"] |= {"n_null": 600, "pvalue": 0.002}
    called.screen.obs.loc["D1", ["rank_low", "rank_high"]] = 1.0, 1.0
    return called


def test_three_kinds_a_found_target_and_a_countable_p_are_strong(many):
    support(many, KINDS, presence=str(TargetPresence.FOUND))
    assert tier(many) is Tier.STRONG
    assert many.evidence.lacks == ()


@pytest.mark.parametrize(
    ("kinds", "presence", "n_null", "lacks"),
    [
        (KINDS[:2], TargetPresence.FOUND, 600, "2 kinds of evidence support it"),
        (KINDS, TargetPresence.NOT_JUDGED, 600, "whether the cells have its targets is unknown"),
        (KINDS, TargetPresence.FOUND, 13, "there are few null replicates"),
    ],
)
def test_what_keeps_a_call_from_being_strong_is_said(many, kinds, presence, n_null, lacks):
    support(many, kinds, presence=str(presence))
    many.screen.uns["call"]["n_null"] = n_null
    assert tier(many) is Tier.MODERATE
    assert many.evidence.lacks == (lacks,)


def test_one_kind_or_a_wide_range_is_weak(many):
    support(many, KINDS[:1], presence=str(TargetPresence.FOUND))
    assert tier(many) is Tier.WEAK
    support(many, KINDS, rank_high=float(many.screen.n_obs))
    assert many.evidence.lacks == ("its rank is uncertain",)
    assert tier(many) is Tier.WEAK


def test_without_a_call_there_is_no_evidence(uncalled):
    support(uncalled, KINDS)
    assert tier(uncalled) is Tier.NONE


def test_the_page_says_what_each_tier_means(many):
    text = Page(many.render()).text
    for tier, meaning in LEGEND.items():
        assert str(tier).capitalize() in text
        assert meaning.split(":")[0] in text
