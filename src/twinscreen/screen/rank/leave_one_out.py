"""How each kind of evidence changes a weighted ranking: the ranking without it."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import STABILITY
from twinscreen.screen.evidence.contract import SCORE_DIGITS

#: Of the best drugs with all kinds, so many are looked for again.
TOP = 10


def stability(
    score_with: Callable[[Mapping[str, float]], np.ndarray], weights: Mapping[str, float]
) -> pd.DataFrame:
    """Leave out one kind at a time and see how far the ranks move.

    Parameters
    ----------
    score_with
        Scores of d drugs for some weights of kinds by name, NaN for those not ranked.
    weights
        Of all kinds.

    Returns
    -------
    One row per kind with a weight: `weight`, the rank `correlation` (Spearman) of all drugs ranked
    both ways, `top_kept`, the share of the ten best that stay among the ten best, and
    `largest_move`, by how many ranks one of those ten moves. NaN where nothing is left to rank by.
    """
    used = {name: weight for name, weight in weights.items() if weight}
    whole = _ranks(score_with(used))
    rows = []
    for name, weight in used.items():
        rest = {other: value for other, value in used.items() if other != name}
        if not rest:
            rows.append((name, weight, np.nan, np.nan, np.nan))
            continue
        without = _ranks(score_with(rest))
        both = np.isfinite(whole) & np.isfinite(without)
        top = both & (whole <= TOP)
        rows.append(
            (
                name,
                weight,
                pd.Series(whole[both]).corr(pd.Series(without[both]).rank(), method="pearson")
                if both.sum() > 2
                else np.nan,
                float((without[top] <= TOP).mean()) if top.any() else np.nan,
                float(np.abs(whole[top] - without[top]).max()) if top.any() else np.nan,
            )
        )
    return STABILITY.of(rows)


def _ranks(score: np.ndarray) -> np.ndarray:
    return pd.Series(score).round(SCORE_DIGITS).rank(ascending=False, method="min").to_numpy()
