"""Uncertainty of an evaluation: intervals over cases and mechanisms, paired tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import wilcoxon

from twinscreen.cohort.evaluation.metrics import wins

#: Up to so many differences the test flips the signs of all in every way.
EXACT = 14

#: Differences smaller than this are rounding, not differences.
ROUNDING = 1e-12

#: Numbers drawn at once; how many does not change what is drawn.
BLOCK = 1 << 20

Statistic = Callable[..., np.ndarray]


def bootstrap_cases(
    values: np.ndarray,
    *,
    rng: np.random.Generator,
    statistic: Literal["median", "mean"] = "median",
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Give the interval of the median (or mean) over cases, drawn again with replacement.

    Parameters
    ----------
    values
        One figure per case, shape (n,); NaN is left out.
    rng
        Source of randomness.
    statistic, draws, level
        What is taken of each draw, how many draws, and how much of them the interval holds.

    Returns
    -------
    Lower and upper bound (percentile method); NaN where fewer than two cases have a figure.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return np.nan, np.nan
    n, summary = len(values), _summary(statistic)
    drawn = [summary(values[rng.integers(n, size=(rows, n))], axis=1) for rows in _blocks(draws, n)]
    return _interval(np.concatenate(drawn), level)


def bootstrap_mechanisms(
    scores: np.ndarray,
    positives: np.ndarray,
    mechanisms: np.ndarray,
    *,
    rng: np.random.Generator,
    statistic: Literal["median", "mean"] = "median",
    draws: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Give the interval of the median AUROC over cases when mechanisms are drawn again.

    Drugs of one mechanism are drawn together, as often in each case: 36 drugs that hit one
    receptor are one observation, not 36. A draw in which a case has no right answer, or nothing
    else, leaves that case out.

    Parameters
    ----------
    scores
        Shape (n, d), or (d,) for one case; NaN where a drug takes no part.
    positives
        Right answers, bool, shape (n, d) or (d,).
    mechanisms
        What names the mechanism of each drug, shape (d,).
    rng, statistic, draws, level
        As of `bootstrap_cases`.

    Returns
    -------
    Lower and upper bound; NaN where fewer than two mechanisms are right answers somewhere.
    """
    scores = np.atleast_2d(np.asarray(scores, dtype=float))
    positives = np.broadcast_to(np.asarray(positives, dtype=bool), scores.shape)
    names, row = np.unique(mechanisms, return_inverse=True)
    right = np.unique(row[(positives & ~np.isnan(scores)).any(axis=0)])
    if len(right) < 2:
        return np.nan, np.nan
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    # draws of a drug stand side by side; sums of halves up to 2^23 are exact in 32 bits
    exact = np.float32 if len(row) * times.max() < 2**22 else np.float64
    weight = times.T.astype(exact)[row].T
    drawn = np.array(
        [
            weighted_auroc(case, answers, weight)
            for case, answers in zip(scores, positives, strict=True)
        ]
    )
    drawn = drawn[:, ~np.isnan(drawn).all(axis=0)]
    summary = np.nanmedian if statistic == "median" else np.nanmean
    return _interval(summary(drawn, axis=0), level)


def weighted_auroc(scores: np.ndarray, positives: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """AUROC where each drug counts as often as its weight says.

    Parameters
    ----------
    scores, positives
        Shape (d,); NaN where a drug takes no part.
    weight
        At least 0, shape (b, d): b weightings.

    Returns
    -------
    Shape (b,); NaN where all positives or all negatives weigh nothing.
    """
    known = ~np.isnan(scores)
    right, wrong = np.flatnonzero(known & positives), known & ~positives
    if not len(right) or not wrong.any():
        return np.full(len(weight), np.nan)
    by_drug = weight.T
    beaten = np.vstack([np.where(wrong, wins(scores[right, None], scores), 0), wrong])
    summed = (beaten.astype(weight.dtype) @ by_drug).astype(float)
    won_by_drug, all_wrong = summed[:-1], summed[-1]
    mine = by_drug[right].astype(float)
    won = (mine * won_by_drug).sum(axis=0)
    pairs = mine.sum(axis=0) * all_wrong
    return np.divide(won, pairs, out=np.full(len(weight), np.nan), where=pairs > 0)


def sign_flip_p(differences: np.ndarray, *, rng: np.random.Generator, draws: int = 9999) -> float:
    """Test whether paired differences are above 0 in the mean, by flipping their signs.

    Parameters
    ----------
    differences
        One per case, shape (n,); NaN is left out.
    rng
        Source of randomness, for more than `EXACT` cases; with fewer all 2^n flips are taken.
    draws
        Number of random flips.

    Returns
    -------
    One-sided p: the share of flips (the given signs among them) whose mean is at least as great;
    NaN without differences.
    """
    differences = np.asarray(differences, dtype=float)
    differences = differences[~np.isnan(differences)]
    n = len(differences)
    if not n:
        return np.nan
    if n <= EXACT:
        bits = np.arange(2**n)[:, None] >> np.arange(n) & 1
        flipped = (1 - 2 * bits) @ differences
        return float((flipped >= differences.sum() - ROUNDING).mean())
    flipped = np.concatenate(
        [rng.choice([-1.0, 1.0], size=(rows, n)) @ differences for rows in _blocks(draws, n)]
    )
    return float((1 + (flipped >= differences.sum() - ROUNDING).sum()) / (draws + 1))


@dataclass(frozen=True)
class Comparison:
    """One method against another on the same n cases.

    It wins `wins` of them and ties `ties`; `difference` is the median of the differences;
    `pvalue` that of Wilcoxon's signed ranks, one-sided (1 where all tie).
    """

    wins: int
    ties: int
    n: int
    difference: float
    pvalue: float


def beats(values: np.ndarray, baseline: np.ndarray) -> Comparison:
    """Count the cases in which a method has a greater figure than a baseline.

    Parameters
    ----------
    values, baseline
        One figure per case, shape (n,) each; a case where one of them is NaN is left out.

    References
    ----------
    Wilcoxon, Biometrics Bulletin 1945;1:80.
    """
    differences = np.asarray(values, dtype=float) - np.asarray(baseline, dtype=float)
    differences = differences[~np.isnan(differences)]
    differences[np.abs(differences) < ROUNDING] = 0.0
    n = len(differences)
    if not n:
        return Comparison(0, 0, 0, np.nan, np.nan)
    apart = differences[differences != 0]
    p = float(wilcoxon(apart, alternative="greater").pvalue) if len(apart) else 1.0
    wins = int((differences > 0).sum())
    return Comparison(wins, n - len(apart), n, float(np.median(differences)), p)


def _blocks(draws: int, n: int) -> Iterator[int]:
    """Part draws of n numbers each, so that memory does not grow with the number of cases."""
    most = max(1, BLOCK // n)
    for first in range(0, draws, most):
        yield min(most, draws - first)


def _summary(statistic: Literal["median", "mean"]) -> Statistic:
    """Give the function that a statistic's name stands for."""
    return np.median if statistic == "median" else np.mean


def _interval(drawn: np.ndarray, level: float) -> tuple[float, float]:
    """Give the bounds that hold the middle of the draws."""
    if not len(drawn):
        return np.nan, np.nan
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
