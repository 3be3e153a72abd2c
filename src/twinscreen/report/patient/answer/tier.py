"""The tier of evidence for the first drug: strong, moderate, weak or none, by one stated rule."""

from dataclasses import dataclass
from enum import StrEnum

from twinscreen.files.contracts.screen import TargetPresence
from twinscreen.report import words
from twinscreen.report.patient.answer.call import CallInWords
from twinscreen.report.patient.answer.certainty import WIDE
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism

#: So many kinds of evidence of the score must support a drug for each tier.
STRONG_KINDS, MODERATE_KINDS = 3, 2


class Tier(StrEnum):
    """How much speaks for the first drug."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"


#: What each tier means, as the page's legend has it.
LEGEND = {
    Tier.STRONG: (
        f"a call that {STRONG_KINDS} kinds of evidence of the score support (z of at least 1.64"
        " each), of a drug with a target found in the patient's cells, with a p that the null"
        " replicates can show by counting, and a rank that stays within the first"
        f" {words.share(WIDE, 1)} in another sample"
    ),
    Tier.MODERATE: (
        f"a call that {MODERATE_KINDS} kinds support, with a rank that stays within the first"
        f" {words.share(WIDE, 1)}"
    ),
    Tier.WEAK: "any other call",
    Tier.NONE: "no call: nothing tells the first drug from what chance puts first",
}


@dataclass(frozen=True)
class Evidence:
    """A tier, and what keeps the drug from the next higher one; nothing for the highest."""

    tier: Tier
    lacks: tuple[str, ...]


def evidence_for(call: CallInWords, first: RankedMechanism, n_ranked: int) -> Evidence:
    """Put the first drug in a tier.

    Parameters
    ----------
    call
        Whether a call is made, and its p values.
    first
        The first drug that may be called.
    n_ranked
        How many drugs have a rank.
    """
    if not call.made:
        return Evidence(Tier.NONE, ())
    supports = len(first.outlook.supports)
    agree = f"{supports or 'none'} of the kinds of evidence in the score supports it by itself"
    agree = agree if supports < 2 else f"{supports} kinds of evidence support it"
    unsure = []
    if words.is_missing(first.rank_high):
        unsure.append("its rank has no interval")
    elif first.rank_high > max(WIDE * n_ranked, 1):
        unsure.append("its rank is uncertain")
    if supports < MODERATE_KINDS or unsure:
        return Evidence(Tier.WEAK, (*([agree] if supports < MODERATE_KINDS else []), *unsure))
    lacks = [agree] if supports < STRONG_KINDS else []
    if first.presence not in (TargetPresence.FOUND, TargetPresence.CIRCULATING):
        lacks.append("whether the cells have its targets is unknown")
    if call.extrapolated:
        lacks.append("there are few null replicates")
    return Evidence(Tier.MODERATE if lacks else Tier.STRONG, tuple(lacks))
