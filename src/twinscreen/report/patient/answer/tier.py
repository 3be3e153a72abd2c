"""The tier of evidence for the first drug in words: what it means, and what it lacks."""

from collections.abc import Iterator
from dataclasses import dataclass

from twinscreen.files.contracts.tier import MODERATE_KINDS, STRONG_KINDS, WIDE, CalledDrug, Tier
from twinscreen.report import words
from twinscreen.report.patient.answer.call import CallInWords
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism

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
    drug = CalledDrug(
        supports=len(first.outlook.supports),
        rank_high=first.rank_high,
        n_ranked=n_ranked,
        presence=first.presence,
        pvalue=call.pvalue,
        n_null=call.n_null,
    )
    return Evidence(drug.tier, tuple(_lacks(drug)))


def _lacks(drug: CalledDrug) -> Iterator[str]:
    """Say what keeps a called drug from the next higher tier."""
    weak = drug.tier is Tier.WEAK
    if drug.supports < (MODERATE_KINDS if weak else STRONG_KINDS):
        yield (
            f"{'one' if drug.supports else 'no'} kind of evidence in the score supports it alone"
            if drug.supports < 2
            else f"{drug.supports} kinds of evidence support it"
        )
    if not drug.certain_rank:
        unknown = words.is_missing(drug.rank_high)
        yield "its rank has no interval" if unknown else "its rank is uncertain"
    if not weak and not drug.found:
        yield "whether the cells have its targets is unknown"
    if not weak and not drug.counted:
        yield "there are few null replicates"
