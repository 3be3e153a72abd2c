"""Evidence against its null models: the weight of each kind, and their sum.

Each kind of evidence gives a drug a z against its own null, and is held by a second one that a
different accident would have to fool: the weaker of the two counts, and nothing where they
disagree in sign. So a kind that has nothing to say adds nothing, and a single gene or a rare wiring
that stands out in one of them does not decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from twinscreen.files.contracts.screen import (
    FURTHER_REPLICATES,
    LEAST_REPLICATES,
    USUAL_SCATTER,
)
from twinscreen.network import false_discovery_rate
from twinscreen.screen.evidence.contract import Calibrated


@dataclass(frozen=True)
class Call:
    """Whether the best drug stands out, of null replicates and of what fits by chance.

    Both tests look at the first entry: at its score, or at what one kind of evidence says of it by
    itself. `pvalue` is that of `best`, the greater of these times the spread, among the greatest
    of the null replicates, and `fit_pvalue` that without the spread if all entries were normal
    noise: the one tells patients who deviate no more than healthy people, the other those who
    deviate without any pattern that a drug's targets would explain. A call needs both. `held_back`
    says why there is none whatever the scores are, or nothing.
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
    the mean and standard deviation of its own scaled scores over the null replicates. For the call
    the best mechanism is compared with the best of the replicates, by its score or by one kind of
    evidence alone: a response that one kind alone can see would be diluted by the others.

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
    alone, alone_in_null = _alone(kinds, share)
    standing = np.fmax.reduce([scaled_score, *(z * spread for z in alone)])
    standing_in_null = np.fmax.reduce([in_null, *(z * null_spread for z in alone_in_null)])
    return Combined(
        score,
        parts,
        _in_replicates(kinds, share, "resampled", allowed),
        pvalue,
        false_discovery_rate(pvalue),
        _call(
            score[called],
            standing[called],
            standing_in_null[called & allowed],
            _fit([score, *alone])[called],
            null,
            max_pvalue,
        ),
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


def _alone(
    kinds: Sequence[Calibrated], share: Sequence[float]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Give what kinds say of e entries by themselves, (e,), and in null replicates, (e, m).

    A response that one kind alone can see is in the score beside kinds that say nothing of it. What
    no cell touches takes no part: it says nothing about the patient's deviation. Nothing where one
    kind is the score.
    """
    found = [
        (kind.weaker_z, kind.null)
        for kind, weight in zip(kinds, share, strict=True)
        if weight and kind.null is not None
    ]
    return ([], []) if len(found) < 2 else ([z for z, _ in found], [null for _, null in found])


def _fit(looked_at: Sequence[np.ndarray]) -> np.ndarray:
    """Give log(1 - p) of each of e entries by itself, by the best of some figures of it, (e,)."""
    return len(looked_at) * np.asarray(special.log_ndtr(np.fmax.reduce(looked_at)))


def _call(
    score: np.ndarray,
    standing: np.ndarray,
    null: np.ndarray,
    fits_by_itself: np.ndarray,
    words: str,
    max_pvalue: float,
) -> Call:
    """Compare the best of e entries with the best of each null replicate, and with noise.

    Parameters
    ----------
    score, standing
        Of the entries, by which they are ranked and by how far they stand out, shape (e,); NaN for
        those not ranked.
    null
        How far those ranked stand out in m null replicates, a row of each.
    fits_by_itself
        What `_fit` gives, shape (e,).
    """
    missing = float("nan")
    ranked = np.isfinite(score)
    if not ranked.any():
        why = "no drug could be scored"
        return Call(False, missing, missing, missing, missing, words, 0, why)
    first, m = int(np.nanargmax(score)), null.shape[1]
    best = float(standing[first])
    fit = float(-np.expm1(ranked.sum() * fits_by_itself[first]))
    if m < LEAST_REPLICATES:
        why = "there are too few null replicates to compare the best drug with"
        return Call(False, best, missing, missing, fit, words, m, why)
    tops = np.log(np.maximum(np.nanmax(null, axis=0), 1e-9))
    freedom = m - 1 + FURTHER_REPLICATES
    variance = ((m - 1) * tops.var(ddof=1) + FURTHER_REPLICATES * USUAL_SCATTER**2) / freedom
    scale = np.sqrt(variance * (1 + 1 / m))
    threshold = float(np.exp(tops.mean() - special.stdtrit(freedom, max_pvalue) * scale))
    pvalue = float(special.stdtr(freedom, (tops.mean() - np.log(max(best, 1e-9))) / scale))
    stands_out, fits = pvalue < max_pvalue, fit < max_pvalue
    if stands_out and not fits:
        why = "the patient deviates, but the best drug fits no better than one of so many by chance"
    else:
        verb = "exceeds" if stands_out else "does not exceed"
        why = f"the best drug {verb} the best drugs of null replicates ({m} x {words})"
    return Call(bool(stands_out and fits), best, threshold, pvalue, fit, words, m, why)
