"""Empirical-Bayes moderation of variances that were estimated from few donors."""

from dataclasses import dataclass

import numpy as np
from scipy import interpolate, special

_SMALLEST_DF = 1e-8


@dataclass(frozen=True)
class Moderation:
    """What variances of g genes are shrunk toward, and how strongly.

    `prior` (g,) is the trend s0^2; `weight` what it counts for in degrees of freedom, d0: 0 leaves
    variances alone, infinite replaces them; `df` those of each variance.
    """

    prior: np.ndarray
    weight: float
    df: float

    @property
    def total_df(self) -> float:
        """Degrees of freedom of a moderated variance."""
        return self.weight + self.df

    def apply(self, variance: np.ndarray) -> np.ndarray:
        """Shrink variances, shape (..., g): (d0 s0^2 + df s^2) / (d0 + df)."""
        share = 1.0 if np.isinf(self.weight) else self.weight / self.total_df
        moderated: np.ndarray = share * self.prior + (1 - share) * variance
        return moderated


def fit_moderation(variance: np.ndarray, df: float, mean: np.ndarray) -> Moderation:
    """Learn from all genes how far to shrink the variance of each toward its trend on the mean.

    Each s^2 is modelled as s0^2 F(df, d0), with log s0^2 a smooth function of the mean (a cubic
    regression spline) and d0 the weight of the trend in degrees of freedom, both fitted to the
    distribution of log s^2 over genes.

    Parameters
    ----------
    variance
        Sample variance of each gene, shape (g,); not negative.
    df
        Degrees of freedom of each variance.
    mean
        Average log expression of each gene, shape (g,).

    Returns
    -------
    The trend and its weight d0, which is infinite where the variances scatter no more than chance
    lets them.

    References
    ----------
    Smyth, Stat Appl Genet Mol Biol 2004;3:3; Phipson et al., Ann Appl Stat 2016;10:946.
    """
    if (variance > 0).sum() < 3:
        return Moderation(variance, 0.0, df)
    level = _log_level(variance, df)
    return _from_trend(level, *_smooth(mean, level), df)


def fit_moderations(variance: np.ndarray, df: float, mean: np.ndarray) -> list[Moderation]:
    """Do what `fit_moderation` does for b sets of variances of the same genes.

    Parameters
    ----------
    variance
        Shape (b, g); not negative.
    df, mean
        As there, the same for all sets.

    Returns
    -------
    b moderations; the trend on the mean is fitted to all sets at once.
    """
    if (variance > 0).sum(axis=1).min() < 3:
        return [fit_moderation(one, df, mean) for one in variance]
    level = np.array([_log_level(one, df) for one in variance])
    trend, spent = _smooth(mean, level.T)
    return [_from_trend(own, fit, spent, df) for own, fit in zip(level, trend.T, strict=True)]


def _log_level(variance: np.ndarray, df: float) -> np.ndarray:
    """Log variance, less what log s^2 falls below log sigma^2 on average."""
    floor = 1e-5 * np.median(variance[variance > 0])
    level: np.ndarray = (
        np.log(np.maximum(variance, floor)) - special.digamma(df / 2) + np.log(df / 2)
    )
    return level


def _from_trend(level: np.ndarray, trend: np.ndarray, spent: int, df: float) -> Moderation:
    """Find the weight of the trend from the scatter of g log variances about it."""
    scatter = np.sum((level - trend) ** 2) / max(len(level) - spent, 1)
    excess = scatter - special.polygamma(1, df / 2)
    if excess <= 0:
        return Moderation(np.exp(trend), np.inf, df)
    d0 = 2 * _inverse_trigamma(float(excess))
    prior = np.exp(trend + special.digamma(d0 / 2) - np.log(d0 / 2))
    return Moderation(prior, d0, df)


def _smooth(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, int]:
    """Fit y, shape (g,) or (g, b), on x by a cubic spline; give fit and parameters spent."""
    knots = np.unique(np.quantile(x, [0, 0.25, 0.5, 0.75, 1]))
    if len(knots) < 5 or len(x) < 20:
        return np.broadcast_to(y.mean(axis=0), y.shape), 1
    padded = np.concatenate([knots[[0] * 3], knots, knots[[-1] * 3]])
    basis = interpolate.BSpline.design_matrix(x, padded, 3).toarray()
    weight, *_ = np.linalg.lstsq(basis, y, rcond=None)
    return basis @ weight, basis.shape[1]


def _inverse_trigamma(value: float) -> float:
    """Solve trigamma(x) = value by Newton's method on 1 / trigamma, which is nearly linear."""
    if value > 1e7:
        return 1 / np.sqrt(value)
    if value < 1e-6:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(special.polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(special.polygamma(2, x))
        x += step
        if abs(step) < _SMALLEST_DF * x:
            break
    return x
