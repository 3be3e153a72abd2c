"""Whether a call is made, in words: what the best drug was held against, and what came of it."""

from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.report import words
from twinscreen.report.patient.drugs.wording import Wording

#: With fewer copies in which nothing is wrong there is nothing to hold against them
#: (screen.calibration).
LEAST_REPLICATES = 3


@dataclass(frozen=True)
class CallInWords:
    """What the page says of the call.

    `made`: a drug is called; `makes`: the preset makes calls at all. `pvalue` is that of the best
    drug against `held`, the `n_null` copies in which nothing is wrong, `fit_pvalue` that of its
    score among as many drugs without any sense, and `max_pvalue` what both must be below. `why`
    says in sentences why no call is made; none where one is made. `deviation` says how far the
    patient deviates beside those copies, or nothing.
    """

    makes: bool
    made: bool
    pvalue: float
    fit_pvalue: float
    max_pvalue: float
    n_null: int
    held: str
    why: tuple[str, ...]
    deviation: str
    as_healthy: bool


def call_in_words(
    screen: ad.AnnData, wording: Wording, first: str, n_ranked: int, *, nothing_deviates: bool
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
    nothing_deviates
        Whether not one gene has q < 0.05 in the treated compartments.
    """
    call = screen.uns["call"]
    limit = dict(screen.uns["provenance"].get("parameters", {})).get("max_pvalue", 0.01)
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
        max_pvalue=float(limit),
        n_null=int(call["n_null"]),
        held=str(call["null"]) or "copies in which nothing is wrong",
        why=(),
        deviation=_deviation(patient, low, high, as_healthy=as_healthy),
        as_healthy=as_healthy,
    )
    if made:
        return found
    why = [_reason(found, str(call["reason"]), first, n_ranked)]
    if nothing_deviates:
        why.append(
            "Not one gene deviates with q < 0.05, so there is nothing to treat as far as these"
            " data tell."
        )
    return CallInWords(**(found.__dict__ | {"why": tuple(why)}))


def _reason(call: CallInWords, given: str, first: str, n_ranked: int) -> str:
    """Say why no call is made."""
    if not call.makes:
        return "This preset makes no calls: it has nothing to hold its best drug against."
    if not first:
        return "No drug could be ranked."
    if call.n_null < LEAST_REPLICATES:
        return (
            f"There is nothing to hold {first}, the best of {words.whole(n_ranked)} drugs, against:"
            f" {words.plural(call.n_null, 'copy', 'copies')} in which nothing is wrong, where at"
            f" least {LEAST_REPLICATES} are needed. Ranks of noise look as sharp as ranks of a"
            " disease."
        )
    if words.is_missing(call.pvalue):
        return f"{given[:1].upper()}{given[1:]}."
    if call.pvalue < call.max_pvalue:
        return (
            f"The patient deviates more than where nothing is wrong, but {first}, the best of"
            f" {words.whole(n_ranked)} drugs, fits no better than the best of so many does by"
            f" chance (p {words.probability(call.fit_pvalue)}). A call needs p below"
            f" {words.probability(call.max_pvalue)}."
        )
    return (
        f"{first}, the best of {words.whole(n_ranked)} drugs, is not clearly stronger than the best"
        f" drug where nothing is wrong (p {words.probability(call.pvalue)} against"
        f" {words.whole(call.n_null)} copies: {call.held}). A call needs p below"
        f" {words.probability(call.max_pvalue)}."
    )


def _deviation(patient: float, low: float, high: float, *, as_healthy: bool) -> str:
    """Say how far the patient deviates beside copies in which nothing is wrong."""
    if words.is_missing(patient) or words.is_missing(high):
        return ""
    beside = f"{words.decimal(low, 2)} to {words.decimal(high, 2)}"
    verdict = "no farther than" if as_healthy else "farther than"
    return (
        f"All in all the patient deviates {verdict} copies in which nothing is wrong"
        f" (root mean square z {words.decimal(patient, 2)}; copies {beside})."
    )
