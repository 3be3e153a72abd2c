"""Whether responders have more of a feature than others: shares of pairs, against permutations."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from twinscreen.cohort.evaluation.resampling import weighted_auroc

#: Permutations of who responded, and draws of patients.
PERMUTATIONS = 9999
DRAWS = 2000
#: Differences smaller than this are rounding.
_ROUNDING = 1e-12
#: Permutations at a time, so that a thousand features of 2,000 patients fit into memory.
_BLOCK = 1000


def shares_of_pairs(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Give the share of pairs of a responder and another in which the responder has more (AUC).

    A pair of equal values counts half; patients whose value is NaN take no part.

    Parameters
    ----------
    labels
        Who responded, bool, shape (b, n): b assignments.
    values
        Features, shape (n, f).

    Returns
    -------
    Shape (b, f), 0 to 1; a half, which says nothing, where no pair is left.

    References
    ----------
    Hanley and McNeil, Radiology 1982;143:29.
    """
    known = np.isfinite(values)
    ranks = np.zeros(values.shape)
    for feature, there in enumerate(known.T):
        ranks[there, feature] = rankdata(values[there, feature])
    chosen = labels.astype(float)
    n_chosen = chosen @ known
    pairs = n_chosen * (known.sum(axis=0) - n_chosen)
    above = chosen @ ranks - n_chosen * (n_chosen + 1) / 2
    return np.asarray(np.divide(above, pairs, out=np.full(pairs.shape, 0.5), where=pairs > 0))


def permutation_p(
    labels: np.ndarray,
    values: np.ndarray,
    *,
    rng: np.random.Generator,
    two_sided: bool = True,
    permutations: int = PERMUTATIONS,
) -> np.ndarray:
    """Test whether responders differ in each feature, by dealing out anew who responded.

    Parameters
    ----------
    labels
        Who responded, bool, shape (n,).
    values
        Features, shape (n, f); NaN where a patient has none.
    rng
        Source of randomness.
    two_sided
        Whether less counts as much as more; else only more.
    permutations
        Number of permutations.

    Returns
    -------
    p of each feature, shape (f,): the share of permutations, what was found among them, whose
    share of pairs is as far from a half.
    """
    found = _distance(shares_of_pairs(labels[None], values)[0], two_sided)
    reached = np.zeros(values.shape[1])
    for start in range(0, permutations, _BLOCK):
        size = min(_BLOCK, permutations - start)
        dealt = rng.permuted(np.tile(labels, (size, 1)), axis=1)
        by_chance = _distance(shares_of_pairs(dealt, values), two_sided)
        reached += (by_chance >= found - _ROUNDING).sum(axis=0)
    return np.asarray((1 + reached) / (permutations + 1))


@dataclass(frozen=True)
class Prediction:
    """How well a figure tells responders: AUC, 90 % interval, one-sided p; NaN if it can't be."""

    auc: float = np.nan
    auc_low: float = np.nan
    auc_high: float = np.nan
    pvalue: float = np.nan


def judge_prediction(
    predicted: np.ndarray, responded: np.ndarray, *, rng: np.random.Generator
) -> Prediction:
    """Compare a prediction with what happened.

    Parameters
    ----------
    predicted
        Greater means more likely to respond, shape (n,), no NaN.
    responded
        What happened, bool, shape (n,).
    rng
        Source of randomness.

    Returns
    -------
    The interval is of the 5 % and 95 % points over patients drawn again, responders and others
    each among themselves; p of an AUC as great or greater when the responses are permuted.
    """
    if responded.all() or not responded.any():
        return Prediction()
    weight = np.zeros((DRAWS, len(responded)))
    for group in (responded, ~responded):
        size = int(group.sum())
        weight[:, group] = rng.multinomial(size, np.full(size, 1 / size), size=DRAWS)
    low, high = np.quantile(weighted_auroc(predicted, responded, weight), [0.05, 0.95])
    return Prediction(
        auc=float(shares_of_pairs(responded[None], predicted[:, None])[0, 0]),
        auc_low=float(low),
        auc_high=float(high),
        pvalue=float(permutation_p(responded, predicted[:, None], rng=rng, two_sided=False)[0]),
    )


def _distance(shares: np.ndarray, two_sided: bool) -> np.ndarray:
    """Say how far shares are from a half, in either direction or upwards."""
    return np.abs(shares - 0.5) if two_sided else shares - 0.5
