"""How well a ranking finds known answers: pure measures on the scores of d drugs.

Greater scores are better. A drug whose score is NaN takes no part; drugs of equal score share
their place, so that no measure depends on the order of the drugs. Where a measure needs a positive
and a negative and there is none, it is NaN. See docs/methods/evaluation.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

#: Figures under a random order: what one expects, and its standard deviation.
Expected = tuple[float, float]


def auroc(scores: np.ndarray, positives: np.ndarray) -> float:
    """Give the share of pairs of a positive and a negative in which the positive scores higher.

    A pair of equal scores counts half.

    Parameters
    ----------
    scores
        Shape (d,), NaN where a drug takes no part.
    positives
        Right answers, bool, shape (d,); all others are negatives.

    References
    ----------
    Hanley and McNeil, Radiology 1982;143:29.
    """
    scores, positives = _taking_part(scores, positives)
    n_positive = int(positives.sum())
    n_negative = len(positives) - n_positive
    if not n_positive or not n_negative:
        return np.nan
    above = rankdata(scores)[positives].sum() - n_positive * (n_positive + 1) / 2
    return float(above / (n_positive * n_negative))


def average_precision(scores: np.ndarray, positives: np.ndarray) -> float:
    """Average the precision at the place of each positive; where scores tie, what one expects.

    The expectation is over all orders of the drugs of equal score: a block of m drugs, p of them
    positive, that N drugs and P positives precede, adds the sum over its places i = 1..m of
    p/m (P + 1 + (i - 1)(p - 1)/(m - 1)) / (N + i).

    Parameters
    ----------
    scores, positives
        As of `auroc`.

    References
    ----------
    McSherry and Najork, ECIR 2008, LNCS 4956:414.
    """
    scores, positives = _taking_part(scores, positives)
    if not positives.any():
        return np.nan
    total = 0.0
    for block in _blocks(scores, positives):
        place = np.arange(block.size)
        further = place * (block.found - 1) / max(block.size - 1, 1)
        precision = (block.found_before + 1 + further) / (block.before + place + 1)
        total += block.found / block.size * precision.sum()
    return float(total / positives.sum())


def precision_at_k(scores: np.ndarray, positives: np.ndarray, *, k: int = 10) -> float:
    """Give the share of positives among the first k drugs; where scores tie, what one expects.

    Parameters
    ----------
    scores, positives
        As of `auroc`.
    k
        Number of drugs from the top; all of them where there are fewer.
    """
    scores, positives = _taking_part(scores, positives)
    k = min(k, len(scores))
    if not k or not positives.any():
        return np.nan
    found = 0.0
    for block in _blocks(scores, positives):
        taken = min(max(k - block.before, 0), block.size)
        found += block.found * taken / block.size
    return found / k


def expected_auroc(n_positive: int, n_negative: int) -> Expected:
    """Give mean and standard deviation of the AUROC of a random order without ties."""
    if not n_positive or not n_negative:
        return np.nan, np.nan
    variance = (n_positive + n_negative + 1) / (12 * n_positive * n_negative)
    return 0.5, float(np.sqrt(variance))


def expected_precision(n_positive: int, n_negative: int, *, k: int = 10) -> Expected:
    """Give mean and standard deviation of the precision at k of a random order: hypergeometric."""
    n = n_positive + n_negative
    if not n_positive or not n_negative:
        return np.nan, np.nan
    k = min(k, n)
    share = n_positive / n
    variance = share * (1 - share) * (n - k) / (k * (n - 1))
    return share, float(np.sqrt(variance))


def expected_average_precision(n_positive: int, n_negative: int) -> float:
    """Give the mean of the average precision over all orders of the drugs."""
    return average_precision(
        np.zeros(n_positive + n_negative), np.arange(n_positive + n_negative) < n_positive
    )


def dm_k(scores: np.ndarray, positives: np.ndarray, covariate: np.ndarray, *, k: int = 60) -> float:
    """Compare each positive with the k negatives nearest to it in a covariate (DM60).

    The mean over positives of the share of its own k nearest negatives that score lower, a tie
    counting half. Negatives that are equally far as the k-th share the places that are left
    among them in equal parts, so that the order of the drugs decides nothing. Where there are
    fewer than k negatives, all are taken.

    Parameters
    ----------
    scores, positives
        As of `auroc`.
    covariate
        What to match, such as the mean log degree of a drug's targets; shape (d,), NaN where a
        drug takes no part.
    k
        Negatives for each positive.
    """
    scores, positives, covariate = _taking_part(scores, positives, covariate)
    negatives = ~positives
    k = min(k, int(negatives.sum()))
    if not k or not positives.any():
        return np.nan
    shares = []
    for score, value in zip(scores[positives], covariate[positives], strict=True):
        away = np.abs(covariate[negatives] - value)
        edge = np.partition(away, k - 1)[k - 1]
        near, last = away < edge, away == edge
        weight = near + last * (k - near.sum()) / last.sum()
        shares.append(float(weight @ wins(score, scores[negatives])) / k)
    return float(np.mean(shares))


def strata_of(covariate: np.ndarray, *, n_strata: int = 10) -> np.ndarray:
    """Cut drugs into strata of about equal size by a covariate; equal values stay together.

    Parameters
    ----------
    covariate
        Shape (d,); NaN where a drug belongs to none.
    n_strata
        Greatest number of strata.

    Returns
    -------
    Stratum of each drug, shape (d,), float; NaN where the covariate is.
    """
    known = ~np.isnan(covariate)
    strata = np.full(len(covariate), np.nan)
    place = (rankdata(covariate[known], method="average") - 0.5) / max(known.sum(), 1)
    strata[known] = np.floor(place * n_strata)
    return strata


def stratified_auroc(scores: np.ndarray, positives: np.ndarray, strata: np.ndarray) -> float:
    """AUROC over the pairs of a positive and a negative of the same stratum, pooled.

    Parameters
    ----------
    scores, positives
        As of `auroc`.
    strata
        Stratum of each drug, shape (d,), NaN where it belongs to none: as of `strata_of`.
    """
    scores, positives, strata = _taking_part(scores, positives, strata)
    won = pairs = 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        n_positive = int(positives[here].sum())
        n_pairs = n_positive * (int(here.sum()) - n_positive)
        if n_pairs:
            won += n_pairs * auroc(scores[here], positives[here])
            pairs += n_pairs
    return won / pairs if pairs else np.nan


def contrast(scores: np.ndarray, positives: np.ndarray, bottom: np.ndarray) -> float:
    """Subtract the mean percentile of drugs that belong at the bottom from that of positives.

    A drug's percentile is the share of the other drugs that score lower, a tie counting half: 1 at
    the top, 0 at the bottom.

    Parameters
    ----------
    scores, positives
        As of `auroc`.
    bottom
        Drugs that do the opposite of what helps, bool, shape (d,).

    Returns
    -------
    From -1 to 1; NaN where either kind is missing.
    """
    scores, positives, last = _taking_part(scores, positives, bottom)
    last = last.astype(bool)
    if not positives.any() or not last.any():
        return np.nan
    percentile = (rankdata(scores) - 1) / max(len(scores) - 1, 1)
    return float(percentile[positives].mean() - percentile[last].mean())


@dataclass(frozen=True)
class Specificity:
    """What is specific to each of n cases: AUROC with its own scores, and with the others'.

    `own`, `other` and `difference` = own - other have shape (n,), NaN where a case has no answers
    or no other case. Test `difference` over cases with `resampling.sign_flip_p`.
    """

    own: np.ndarray
    other: np.ndarray
    difference: np.ndarray


def own_minus_other(scores: np.ndarray, positives: np.ndarray) -> Specificity:
    """Ask whether a case's own scores find its answers better than the scores of other cases.

    A score that favours the same drugs in every case, such as those with many targets or hubs,
    has a difference of 0. So has any score where the cases share their answers and do not
    differ: read it beside the AUROC.

    Parameters
    ----------
    scores
        Shape (n, d): n cases, d drugs; NaN where a drug takes no part in a case.
    positives
        Right answers of each case, bool, shape (n, d), or (d,) for all alike.

    Returns
    -------
    For each case the mean over the other cases of both figures, each pair of cases on the drugs
    that both score.
    """
    positives = np.broadcast_to(positives, scores.shape)
    answers = np.flatnonzero(positives.any(axis=0))  # all else is a negative in every case
    # patients mostly share their drugs and answers: what depends on these alone is found once
    kinds, kind = _distinct(np.hstack([~np.isnan(scores), positives]))
    there, answer = np.split(kinds, 2, axis=1)
    known, right, wrong = (of.astype(float) for of in (there, there & answer, there & ~answer))
    others = np.full((len(kinds), len(scores)), np.nan)
    means = np.full((len(scores), 2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        for case, its in enumerate(kind):
            beaten = wins(scores[case, answers, None], scores[case])  # drugs, by each answer
            won = (wrong @ beaten.T * right[:, answers]).sum(axis=1)
            others[:, case] = won / ((right @ known[its]) * (wrong @ known[its]))
        for case, its in enumerate(kind):
            beaten = wins(scores[case, answers, None], scores[case]) * wrong[its]
            won = (known @ beaten.T * known[:, answers]) @ right[its, answers]
            own = won / ((known @ right[its]) * (known @ wrong[its]))
            both = np.column_stack([own[kind], others[its]])
            both[case] = np.nan
            if (compared := ~np.isnan(both).any(axis=1)).any():
                means[case] = both[compared].mean(axis=0)
    mine, its = means.T
    return Specificity(mine, its, mine - its)


def distinct_mechanisms(
    mechanisms: np.ndarray, positives: np.ndarray, *values: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Count drugs with the same signed targets once.

    Parameters
    ----------
    mechanisms
        What names the mechanism of each drug, shape (d,).
    positives
        Right answers, bool, shape (d,).
    values
        Scores or covariates, shape (d,) each; NaN is left out.

    Returns
    -------
    Positives, then values, each of shape (m,), one entry per mechanism in sorted order. A
    mechanism is a right answer if any of its drugs is; its value is the mean of theirs, which is
    that of each where their targets alone decide it.
    """
    names, row = np.unique(mechanisms, return_inverse=True)
    any_of = np.bincount(row, weights=positives, minlength=len(names)) > 0
    return any_of, *(_mean_by(row, np.asarray(value, dtype=float), len(names)) for value in values)


@dataclass(frozen=True)
class _Block:
    """Drugs of one score: how many, how many positive, and how many of both come before."""

    size: int
    found: int
    before: int
    found_before: int


def _blocks(scores: np.ndarray, positives: np.ndarray) -> list[_Block]:
    """Group drugs of equal score, best first; groups without a positive are left out."""
    _, row = np.unique(-scores, return_inverse=True)
    size, found = np.bincount(row), np.bincount(row, weights=positives).astype(int)
    figures = size, found, np.cumsum(size) - size, np.cumsum(found) - found
    return [_Block(*map(int, of)) for of in np.column_stack(figures)[found > 0]]


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the distinct rows of a table of bool, as they come, and the place of each row there."""
    places: dict[bytes, int] = {}
    place = np.array([places.setdefault(row.tobytes(), len(places)) for row in rows], dtype=int)
    return rows[np.unique(place, return_index=True)[1]], place


def wins(score: float | np.ndarray, others: np.ndarray) -> np.ndarray:
    """Say whether a score is greater than each other: 1, a half for a tie, 0."""
    return np.asarray((score > others) + 0.5 * (score == others))


def _taking_part(
    scores: np.ndarray, positives: np.ndarray, *further: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Leave out drugs that have no score, or lack one of the further figures."""
    figures = [np.asarray(figure, dtype=float) for figure in (scores, *further)]
    known = ~np.any([np.isnan(figure) for figure in figures], axis=0)
    kept = [figure[known] for figure in figures]
    return kept[0], np.asarray(positives, dtype=bool)[known], *kept[1:]


def _mean_by(row: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Average values by group, those that are NaN left out; NaN where none is left."""
    known = ~np.isnan(values)
    count = np.bincount(row[known], minlength=n)
    total = np.bincount(row[known], weights=values[known], minlength=n)
    return np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
