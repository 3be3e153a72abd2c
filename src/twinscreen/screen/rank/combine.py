"""Evidence against its null models: what each kind is worth, and what all together are.

Each kind of evidence gives a drug a z against its own null, and is held by a second one that a
different accident would have to fool: the weaker of the two counts, and nothing where they
disagree in sign. So a kind that has nothing to say adds nothing, and a single gene or a rare wiring
that stands out in one of them does not decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from twinscreen.files.contracts.screen import LEAST_REPLICATES
from twinscreen.network import false_discovery_rate
from twinscreen.screen.evidence.contract import Calibrated


@dataclass(frozen=True)
class Call:
    """Whether the best drug stands out, of null replicates and of what fits by chance.

    `pvalue` is that of `best`, score times spread, among the best of the null replicates, and
    `fit_pvalue` that of the score of the first entry, or of what one kind of evidence says of it,
    if all entries were normal noise: the one
    tells patients who deviate no more than healthy people, the other those who deviate without any
    pattern that a drug's targets would explain. A call needs both. `held_back` says why there is
    none whatever the scores are, or nothing.
    """

    called: bool
    best: float
    threshold: float
    pvalue: float
    fit_pvalue: float
    null: str
    n_null: int
    reason: str
    held_back: str = ""

    def record(self) -> dict[str, object]:
        """Give it as it stands in a screen."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Combined:
    """All kinds of evidence on e entries together.

    `score` (e,) is Stouffer's sum, NaN where no kind says anything; `parts` (e, c) the same within
    each compartment; `resampled` (e, b) in bootstrap replicates. `pvalue` and `qvalue` (e,) are
    against the null replicates, where there are at least three of them (NaN where no cell touches a
    mechanism), else of the score as a normal one.
    """

    score: np.ndarray
    parts: np.ndarray
    resampled: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray
    call: Call
    weights: Mapping[str, float] = field(default_factory=dict)


def stouffer(values: Sequence[np.ndarray], weights: Sequence[float | np.ndarray]) -> np.ndarray:
    """Weighted sum of z over the kinds that say something, scaled to standard deviation 1.

    Parameters
    ----------
    values
        Of each kind, all of one shape; NaN where a kind says nothing.
    weights
        Of each kind, a number or one for each column of `values`; 0 leaves it out.
    """
    total, square = np.zeros(values[0].shape), np.zeros(values[0].shape)
    for value, weight in zip(values, weights, strict=True):
        share = np.where(np.isfinite(value), weight, 0.0)
        total += share * np.nan_to_num(value)
        square += share**2
    return np.divide(total, np.sqrt(square), out=np.full(total.shape, np.nan), where=square > 0)


def combine_kinds(
    kinds: Sequence[Calibrated],
    weights: Mapping[str, float],
    *,
    allowed: np.ndarray,
    spread: float,
    null_spread: np.ndarray,
    null: str,
    max_pvalue: float,
    eligible: np.ndarray | None = None,
) -> Combined:
    """Combine the kinds of evidence, and compare the best mechanism with null replicates.

    The score has no unit: ranks of noise look as sharp as ranks of a disease. What tells them apart
    is how far the patient deviates at all, so the score times the spread of the deviation is
    compared with the same of the null replicates. The p of a mechanism is that of Student's t with
    the mean and standard deviation of its own scaled scores over the null replicates; that of the
    best one likewise, with the logarithms of the replicates' best scaled scores, which are
    skewed.

    Parameters
    ----------
    kinds
        Evidence on e entries.
    weights
        Of each kind, by name; missing is 0. A kind has its `share` of it.
    allowed
        Entries that may be ranked, boolean, shape (e,).
    spread, null_spread
        How far the patient deviates (see `ScreenedState`), and m null replicates, shape (m,).
    null
        What the null replicates are, in words.
    max_pvalue
        A call is made if the best entry's p is below it.
    eligible
        Entries that may be called, boolean, shape (e,); all by default. Others keep their score
        and p, and take no part in the call, neither in the patient nor in the null replicates.
    """
    share = [weights.get(kind.name, 0.0) * kind.share for kind in kinds]
    score = np.where(allowed, stouffer([kind.weaker_z for kind in kinds], share), np.nan)
    parts = stouffer([kind.parts for kind in kinds], share)
    # What no cell touches is the same in all replicates: it is not the louder for a deviation.
    louder = [kind.weaker_z * (1 if kind.null is None else spread) for kind in kinds]
    scaled_score = np.where(allowed, stouffer(louder, share), np.nan)
    share_in_null = [
        weights.get(kind.name, 0.0) * (kind.share if kind.null_share is None else kind.null_share)
        for kind in kinds
    ]
    in_null = _in_replicates(kinds, share_in_null, "null", allowed, null_spread)
    m = in_null.shape[1]
    if m >= LEAST_REPLICATES:
        mean, sd = in_null.mean(axis=1), in_null.std(axis=1, ddof=1)
        pvalue = _beyond(scaled_score, mean, sd, m)
    else:
        pvalue = special.ndtr(-score)
    called = np.ones(len(allowed), dtype=bool) if eligible is None else eligible
    fit = _fit(score, kinds, share)
    return Combined(
        score,
        parts,
        _in_replicates(kinds, share, "resampled", allowed),
        pvalue,
        false_discovery_rate(pvalue),
        _call(score[called], scaled_score[called], in_null[called], fit[called], null, max_pvalue),
        {kind.name: weight for kind, weight in zip(kinds, share, strict=True)},
    )


def _in_replicates(
    kinds: Sequence[Calibrated],
    share: Sequence[float | np.ndarray],
    name: str,
    allowed: np.ndarray,
    spread: np.ndarray | None = None,
) -> np.ndarray:
    """Combine kinds in replicates, shape (e, m); no columns if no kind differs between them.

    With `spread`, shape (m,), what differs between them counts by it.
    """
    number = max((0 if (v := getattr(kind, name)) is None else v.shape[1]) for kind in kinds)
    if number == 0:
        return np.empty((len(allowed), 0))
    values = [
        np.repeat(kind.weaker_z[:, None], number, axis=1)
        if (value := getattr(kind, name)) is None
        else value * (1 if spread is None else spread)
        for kind in kinds
    ]
    return np.where(allowed[:, None], stouffer(values, share), np.nan)


def _beyond(value: np.ndarray, mean: np.ndarray, sd: np.ndarray, m: int) -> np.ndarray:
    """One-sided p of a further value after m others, by Student's t; NaN without spread."""
    scale = sd * np.sqrt(1 + 1 / m)
    t = np.divide(value - mean, scale, out=np.full(np.shape(value), np.nan), where=scale > 0)
    pvalue: np.ndarray = special.stdtr(m - 1, -t)
    return pvalue


def _fit(score: np.ndarray, kinds: Sequence[Calibrated], share: Sequence[float]) -> np.ndarray:
    """Give log(1 - p) of each entry by itself, by its score or by one of several kinds, (e,).

    A response that one kind alone can see is in the score beside kinds that say nothing of it. What
    no cell touches takes no part: it says nothing about a fit to the patient's deviation.
    """
    alone = [
        kind.weaker_z
        for kind, weight in zip(kinds, share, strict=True)
        if weight and kind.null is not None
    ]
    found = [score, *alone] if len(alone) > 1 else [score]
    return len(found) * np.asarray(special.log_ndtr(np.fmax.reduce(found)))


def _call(
    score: np.ndarray,
    scaled_score: np.ndarray,
    null: np.ndarray,
    fits_by_itself: np.ndarray,
    words: str,
    max_pvalue: float,
) -> Call:
    """Hold the best of e entries against the best of each null replicate, and against noise.

    Parameters
    ----------
    score, scaled_score
        Of the entries, shape (e,); NaN for those not ranked.
    null
        Their scaled scores in m null replicates, shape (e, m).
    fits_by_itself
        What `_fit` gives, shape (e,).
    """
    missing = float("nan")
    ranked = np.isfinite(score)
    if not ranked.any():
        why = "no drug could be scored"
        return Call(False, missing, missing, missing, missing, words, 0, why)
    best, m = float(np.nanmax(scaled_score)), null.shape[1]
    fit = float(-np.expm1(ranked.sum() * fits_by_itself[int(np.nanargmax(score))]))
    if m < LEAST_REPLICATES:
        why = "there are too few null replicates to compare the best drug with"
        return Call(False, best, missing, missing, fit, words, m, why)
    tops = np.log(np.maximum(np.nanmax(null, axis=0), 1e-9))
    mean, sd = tops.mean(), tops.std(ddof=1)
    scale = sd * np.sqrt(1 + 1 / m)
    threshold = float(np.exp(mean - special.stdtrit(m - 1, max_pvalue) * scale))
    pvalue = float(_beyond(np.log(max(best, 1e-9)), mean, np.asarray(sd), m))
    stands, fits = pvalue < max_pvalue, fit < max_pvalue
    if stands and not fits:
        why = "the patient deviates, but the best drug fits no better than one of so many by chance"
    else:
        verb = "exceeds" if stands else "does not exceed"
        why = f"the best drug {verb} the best drugs of null replicates ({m} x {words})"
    return Call(bool(stands and fits), best, threshold, pvalue, fit, words, m, why)
