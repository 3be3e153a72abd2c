"""Whether a call is made, in words: what the best drug was compared with, and what came of it."""

from dataclasses import dataclass, replace

import anndata as ad
import numpy as np

from twinscreen.files.contracts.screen import LEAST_REPLICATES, HeldBack
from twinscreen.files.contracts.tier import countable
from twinscreen.report import words
from twinscreen.report.patient.drugs.wording import Wording
from twinscreen.report.standard import Standard


@dataclass(frozen=True)
class CallInWords:
    """What the page says of the call.

    `made`: a drug is called; `makes`: the preset makes calls at all. `pvalue` is that of the best
    drug against the `n_null` null replicates, which `null` describes ("healthy donors analysed as
    patients"); `fit_pvalue` is that of its fit against the best of as many drugs by chance, and
    `max_pvalue` what both must be below. `why` says in sentences why no call is made; none where
    one is made. `deviation` says how far the patient deviates compared with the null replicates,
    or nothing. `stands` says where the drug stands: "ranks first of 900 drugs";
    `held_back` is a HeldBack, or nothing.
    """

    makes: bool
    made: bool
    pvalue: float
    fit_pvalue: float
    max_pvalue: float
    n_null: int
    null: str
    why: tuple[str, ...]
    deviation: str
    as_healthy: bool
    stands: str
    held_back: str

    @property
    def countable(self) -> float:
        """The least p that counting null replicates can show."""
        return countable(self.n_null)

    @property
    def extrapolated(self) -> bool:
        """Whether p is below what counting can show, and so rests on a distribution's tail."""
        return self.pvalue < self.countable


def call_in_words(
    screen: ad.AnnData,
    wording: Wording,
    first: str,
    n_ranked: int,
    *,
    standard: Standard,
    nothing_deviates: bool,
) -> CallInWords:
    """Put the call of a screen in words.

    Parameters
    ----------
    screen
        Drugs x compartments.
    wording
        Of the preset.
    first
        Name of the first drug, or nothing.
    n_ranked
        How many drugs have a rank.
    standard
        What the patient is compared with.
    nothing_deviates
        Whether not one gene has q < 0.05 in the screened compartments.
    """
    call = screen.uns["call"]
    patient = float(screen.uns["spread"]["patient"])
    null = np.asarray(screen.uns["spread"]["null"], dtype=float)
    null = null[np.isfinite(null)]
    low, high = (
        np.quantile(null, [0.05, 0.95]) if len(null) >= LEAST_REPLICATES else (np.nan, np.nan)
    )
    as_healthy = bool(patient <= high)
    made = wording.calls and bool(call["called"])
    found = CallInWords(
        makes=wording.calls,
        made=made,
        pvalue=float(call["pvalue"]),
        fit_pvalue=float(call["fit_pvalue"]),
        max_pvalue=float(screen.uns["settings"]["max_pvalue"]),
        n_null=int(call["n_null"]),
        null=standard.null,
        why=(),
        deviation="",
        as_healthy=as_healthy,
        stands=_stands(n_ranked, int(call["n_absent"])),
        held_back=str(call["held_back"]),
    )
    found = replace(found, deviation=_deviation(found, patient, low, high))
    if made:
        return found
    why = [_reason(found, str(call["reason"]), first, n_ranked)]
    if found.held_back == HeldBack.BENEFIT:
        why = [_harmful(found, first)]
    elif found.held_back and found.makes and first:
        told = _NOT_TOLD[HeldBack(found.held_back)]
        why = [f"{first[:1].upper()}{first[1:]} {found.stands}, but {told}"]
    if nothing_deviates:
        why.append("No gene deviates with q < 0.05, so these data show nothing to treat.")
    return replace(found, why=tuple(why))


#: Why a batch can't be told from a disease.
_NOT_TOLD = {
    HeldBack.PUBLIC_ALONE: (
        "the patient is compared with donors of another study alone: what deviates may as well be"
        " how the other study was made. Two donors of the patient's own study would tell."
    ),
    HeldBack.ONE_DONOR: (
        "there is a single donor of the patient's own study, so nothing tells how far two of them"
        " deviate from each other. A second one would."
    ),
    HeldBack.FEW_PUBLIC: (
        "there are so few donors of the other study that nothing tells how far those of the"
        " patient's own study deviate from each other. More of them would."
    ),
    HeldBack.BATCH: (
        "donors of the patient's own study, analysed in the same way, deviate as much as the"
        " patient does: the donors of the other study do not tell how much people of this one"
        " differ."
    ),
}


def _p(value: float) -> str:
    """Show a p value in a sentence: "p = 0.027", "p < 0.001"."""
    shown = words.probability(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def _stands(n_ranked: int, n_absent: int) -> str:
    """Say where the best drug that may be called stands."""
    if not n_absent:
        return f"ranks first of {words.plural(n_ranked, 'drug')}"
    before = words.plural(n_absent, "mechanism")
    return (
        f"ranks first of {words.plural(n_ranked, 'drug')} but for {before} whose targets none of"
        " the patient's cells have"
    )


def _harmful(call: CallInWords, first: str) -> str:
    """Say why a drug with the best score is not called: its predicted benefit is below 0."""
    return (
        f"{first[:1].upper()}{first[1:]} {call.stands}, and its score passes both tests"
        f" ({_p(call.pvalue)}), but its predicted benefit is below 0: on a copy of the twin it"
        " leaves more deviation than there is."
    )


#: Why a drug can have the best score and a benefit below 0.
TWO_QUESTIONS = (
    "Score and benefit ask different questions. The score adds up evidence that the drug's targets"
    " are involved, over all genes and what the illness comes from; the benefit follows its signed"
    " paths alone, to the genes of the disease module. Where they disagree, the direction of its"
    " effect is in doubt."
)


def _reason(call: CallInWords, given: str, first: str, n_ranked: int) -> str:
    """Say why no call is made."""
    if not call.makes:
        return (
            "This preset makes no calls: it has no null replicates to compare its best drug with."
        )
    if not first:
        return f"{given[:1].upper()}{given[1:]}."
    leader = f"{first[:1].upper()}{first[1:]} {call.stands}"
    needed = f"a call needs p < {words.probability(call.max_pvalue)}"
    if call.n_null < LEAST_REPLICATES:
        return (
            f"{leader}, but there is nothing to compare it with:"
            f" {words.plural(call.n_null, 'null replicate')}, where at least {LEAST_REPLICATES} are"
            " needed. Ranks of noise look as sharp as ranks of a disease."
        )
    if words.is_missing(call.pvalue):
        return f"{given[:1].upper()}{given[1:]}."
    if call.pvalue < call.max_pvalue:
        return (
            f"{leader}, and the patient deviates more than {call.null}, but it fits no better"
            f" than the best of {words.plural(n_ranked, 'drug')} would by chance"
            f" ({_p(call.fit_pvalue)}; {needed})."
        )
    return (
        f"{leader}, but the best drugs of {call.null} score about as high"
        f" ({_p(call.pvalue)}, {words.plural(call.n_null, 'null replicate')}; {needed})."
    )


def _deviation(call: CallInWords, patient: float, low: float, high: float) -> str:
    """Say how far the patient deviates compared with the null replicates."""
    if words.is_missing(patient) or words.is_missing(high):
        return ""
    return (
        f"Overall the patient deviates {'no more' if call.as_healthy else 'more'} than {call.null}"
        f" (its most deviating genes, in multiples of noise: {words.decimal(patient, 2)};"
        f" null replicates {words.decimal(low, 2)} to {words.decimal(high, 2)})."
    )
