"""Whether patients who have something in common, such as their batch, are more similar."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.network import false_discovery_rate

PERMUTATIONS = 999
#: Pairs of patients with the same value, and with different ones, below which nothing is tested.
FEWEST_PAIRS = 3
_ROUNDING = 1e-12


def neighbours(
    similarity: np.ndarray,
    patients: Sequence[str],
    texts: Mapping[str, Mapping[str, str]],
    *,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> pd.DataFrame:
    """Test for each property of patients whether those with the same value are more similar.

    Parameters
    ----------
    similarity
        Symmetric, shape (n, n), NaN where a pair can't be compared.
    patients
        Their names, n.
    texts
        What is told of each patient: values by feature; a patient may lack some. A feature of
        which nearly every patient has a value of their own, such as a weight, is not tested.
    rng
        Source of randomness.
    permutations
        How often the values are permuted among the patients who have one.

    Returns
    -------
    A row per feature, smallest p first: `feature, n_values, n_patients`; `same` and `others`, the
    mean similarity of pairs with the same value and of other pairs; `pvalue`, one-sided: the
    share of permutations, what was found among them, with as great a difference; `qvalue`.
    """
    rows = []
    for feature in sorted({name for row in texts.values() for name in row}):
        told = [texts.get(patient, {}).get(feature, "") for patient in patients]
        having = np.flatnonzero([bool(text) for text in told])
        names, values = np.unique([told[row] for row in having], return_inverse=True)
        if not 2 <= len(names) <= len(having) / 2:
            continue
        alike = similarity[np.ix_(having, having)]
        np.fill_diagonal(alike, np.nan)
        known = np.isfinite(alike).astype(float)
        alike[known == 0] = 0
        same, others, n_same, n_others = _means(alike, known, values, len(names))
        if min(n_same, n_others) < FEWEST_PAIRS:
            continue
        reached = sum(
            by_chance >= same - others - _ROUNDING
            for by_chance in _by_chance(alike, known, values, rng, permutations)
        )
        pvalue = (1 + reached) / (permutations + 1)
        rows.append((feature, len(names), len(having), same, others, pvalue))
    columns = ["feature", "n_values", "n_patients", "same", "others", "pvalue"]
    table = pd.DataFrame(rows, columns=columns).astype(
        {"n_values": int, "n_patients": int, "same": float, "others": float, "pvalue": float}
    )
    table["qvalue"] = false_discovery_rate(table["pvalue"].to_numpy())
    return table.sort_values(["pvalue", "feature"])


def _by_chance(
    alike: np.ndarray,
    known: np.ndarray,
    values: np.ndarray,
    rng: np.random.Generator,
    permutations: int,
) -> Iterator[float]:
    """Give by how much pairs of the same value are more similar when the values are permuted.

    Sums over the groups, however many there are, take one walk through the square.
    """
    whole, pairs = alike.sum() / 2, known.sum() / 2
    all_known = 2 * pairs == len(values) * (len(values) - 1)
    count = _within(known, values)  # where all pairs are known, so it is of all permutations
    for _ in range(permutations):
        dealt = rng.permutation(values)
        total = _within(alike, dealt)
        count = count if all_known else _within(known, dealt)
        same = total / count if count else 0.0
        others = (whole - total) / (pairs - count) if pairs > count else 0.0
        yield float(same - others)


def _within(square: np.ndarray, values: np.ndarray) -> float:
    """Sum up the pairs of the same value."""
    n = len(values)
    ends = np.concatenate([[0], np.cumsum(np.bincount(values))])
    member = sparse.csr_array((np.ones(n), np.argsort(values, kind="stable"), ends))
    return float((member @ square)[values, np.arange(n)].sum() / 2)


def _means(
    alike: np.ndarray, known: np.ndarray, values: np.ndarray, n_values: int
) -> tuple[float, float, float, float]:
    """Give the mean similarity of pairs of the same value and of others, and how many of each."""
    member = np.eye(n_values)[values]
    total, count = ((member * (of @ member)).sum() / 2 for of in (alike, known))
    n_others = known.sum() / 2 - count
    same = total / count if count else 0.0
    others = (alike.sum() / 2 - total) / n_others if n_others else 0.0
    return float(same), float(others), float(count), float(n_others)
