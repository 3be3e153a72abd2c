"""All figures of all methods on many cases, with their intervals and comparisons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from twinscreen.cohort.evaluation import metrics
from twinscreen.cohort.evaluation.cases import BASELINE, BASELINES, EVIDENCE, PRESET, RANDOM, Case
from twinscreen.cohort.evaluation.resampling import (
    beats,
    bootstrap_cases,
    bootstrap_mechanisms,
    sign_flip_p,
)
from twinscreen.files import COHORT_EVALUATION, generator

#: A row of the table.
Row = dict[str, Any]

#: Name of the row that stands for all cases.
ALL = "all"

#: Drugs from the top for the precision, negatives for each positive, and strata of degree.
FIRST, NEAREST, N_STRATA = 10, 60, 10

#: Normal points that hold 95 %.
NORMAL = 1.96

#: Metrics of a case in the order in which they stand.
METRICS = (
    "auroc",
    "average_precision",
    "precision_at_10",
    "dm60",
    "same_degree",
    "contrast",
    "mechanism_auroc",
    "mechanism_dm60",
    "own_minus_other",
)


def all_figures(cases: Sequence[Case], *, seed: int, draws: int) -> pd.DataFrame:
    """Compute every figure of every method.

    Parameters
    ----------
    cases
        At least one right answer and one other drug each.
    seed, draws
        Of the bootstrap and the tests.

    Returns
    -------
    A table as `COHORT_EVALUATION`: of each method and metric a row for each case, and one for all:
    the median over cases.
    """
    counts = pd.DataFrame([row for case in cases for row in _counts(case)])
    # of thousands of cases, rows in one table each method take a tenth of what they take one by one
    tables = [counts, pd.DataFrame(_of_all("answers", "answers", counts, {}))]
    every = [(BASELINE, RANDOM), *dict.fromkeys(name for case in cases for name in case.methods)]
    methods = sorted(every, key=lambda method: (PRESET, EVIDENCE, BASELINE).index(method[0]))
    found = {method: _method(cases, method) for method in methods}
    for method in methods:
        kind, name = method
        more = _over_all(cases, method, found[method], seed=seed, draws=draws)
        rows = _of_all(kind, name, found[method], more)
        for other in BASELINES if kind != BASELINE else ():
            if (BASELINE, other) in found:
                rows += _comparison(kind, name, found[method], other, found[BASELINE, other])
        tables += [found[method], pd.DataFrame(rows)]
    table = pd.concat(tables, ignore_index=True)
    return table.reindex(columns=COHORT_EVALUATION.schema.names).astype({"n": int})


def figures(scores: np.ndarray, case: Case) -> dict[str, float]:
    """Compute the metrics of one method on one case, own minus other left out.

    Parameters
    ----------
    scores
        Of the case's d drugs, shape (d,), NaN where a drug takes no part.
    case
        The case.
    """
    positives = case.positives
    each = metrics.distinct_mechanisms(case.mechanisms, positives, scores, case.degree)
    right, score, degree = each
    strata = metrics.strata_of(case.degree, n_strata=N_STRATA)
    return {
        "auroc": metrics.auroc(scores, positives),
        "average_precision": metrics.average_precision(scores, positives),
        "precision_at_10": metrics.precision_at_k(scores, positives, k=FIRST),
        "dm60": metrics.dm_k(scores, positives, case.degree, k=NEAREST),
        "same_degree": metrics.stratified_auroc(scores, positives, strata),
        "contrast": metrics.contrast(scores, positives, case.bottom),
        "mechanism_auroc": metrics.auroc(score, right),
        "mechanism_dm60": metrics.dm_k(score, right, degree, k=NEAREST),
    }


def matrices(
    cases: Sequence[Case], method: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put the scores of a method side by side.

    Returns
    -------
    Scores, shape (n, d), NaN where a drug takes no part in a case; positives, bool, shape (n, d);
    and the mechanism of each drug, shape (d,), as the first case says that has it.
    """
    drugs = pd.Index(dict.fromkeys(drug for case in cases for drug in case.scores.index))
    scores = np.full((len(cases), len(drugs)), np.nan)
    positives = np.zeros(scores.shape, dtype=bool)
    mechanisms: dict[str, str] = {}
    for row, case in enumerate(cases):
        column = drugs.get_indexer(case.scores.index)
        scores[row, column] = case.scores.get(method, np.nan)
        positives[row, column] = case.positives
        mechanisms = dict(zip(case.scores.index, case.mechanisms, strict=True)) | mechanisms
    return scores, positives, np.array([mechanisms[drug] for drug in drugs], dtype=str)


def _method(cases: Sequence[Case], method: tuple[str, str]) -> pd.DataFrame:
    """Rows of one method, case by case."""
    if method == (BASELINE, RANDOM):
        return pd.DataFrame([row for case in cases for row in _random(case)])
    scores, positives, _ = matrices(cases, method)
    specific = metrics.own_minus_other(scores, positives).difference
    rows = []
    for case, difference in zip(cases, specific, strict=True):
        own = case.scores[method].to_numpy() if method in case.scores else None
        values = {} if own is None else figures(own, case)
        values["own_minus_other"] = float(difference)
        rows += [
            _row(*method, case.patient, metric, values.get(metric, np.nan), len(case.positives))
            for metric in METRICS
        ]
    return pd.DataFrame(rows)


def _random(case: Case) -> list[Row]:
    """Give what a random order would give a case, in closed form."""
    n, right = len(case.positives), int(case.positives.sum())
    (mechanisms,) = metrics.distinct_mechanisms(case.mechanisms, case.positives)
    area = metrics.expected_auroc(right, n - right)
    distinct = int(mechanisms.sum())
    precision = metrics.expected_average_precision(right, n - right)
    bottom = 0.0 if case.bottom.any() else np.nan
    matched = 0.5 if (~np.isnan(case.degree[case.positives])).any() else np.nan
    expected = {
        "auroc": area,
        "average_precision": (precision, np.nan),
        "precision_at_10": metrics.expected_precision(right, n - right, k=FIRST),
        "dm60": (matched, np.nan),
        "same_degree": (matched, np.nan),
        "contrast": (bottom, np.nan),
        "mechanism_auroc": metrics.expected_auroc(distinct, len(mechanisms) - distinct),
        "mechanism_dm60": (matched, np.nan),
        "own_minus_other": (0.0, np.nan),
    }
    return [
        _row(BASELINE, RANDOM, case.patient, metric, mean, n)
        | {"low": max(mean - NORMAL * sd, 0.0) if sd == sd else np.nan, "high": mean + NORMAL * sd}
        for metric, (mean, sd) in expected.items()
    ]


def _counts(case: Case) -> list[Row]:
    """Say what a case consists of: drugs, and right answers labelled, ranked, and distinct."""
    return [
        _row("answers", "answers", case.patient, metric, value, len(case.positives))
        for metric, value in {
            "drugs": len(case.positives),
            "labelled": case.n_labelled,
            "positives": int(case.positives.sum()),
            "mechanisms": len(set(case.mechanisms[case.positives])),
        }.items()
    ]


def _over_all(
    cases: Sequence[Case],
    method: tuple[str, str],
    table: pd.DataFrame,
    *,
    seed: int,
    draws: int,
) -> dict[str, dict[str, float]]:
    """Give intervals and p over all cases, by metric."""
    rng = generator(seed, "evaluation", *method)
    values = {metric: part["value"].to_numpy() for metric, part in table.groupby("metric")}
    if method == (BASELINE, RANDOM):
        return {
            str(metric): {bound: _median(part[bound]) for bound in ("low", "high")}
            for metric, part in table.groupby("metric")
        }
    more: dict[str, dict[str, float]] = {}
    for metric in METRICS:
        low, high = bootstrap_cases(values[metric], rng=rng, draws=draws)
        more[metric] = {"low": low, "high": high}
    scores, positives, mechanisms = matrices(cases, method)
    known = ~np.isnan(scores)
    each = [
        metrics.distinct_mechanisms(mechanisms, right & there, score)
        for right, there, score in zip(positives, known, scores, strict=True)
    ]
    distinct = np.array([score for _, score in each]), np.array([right for right, _ in each])
    for metric, drawn in {
        "auroc": (scores, positives, mechanisms),
        "mechanism_auroc": (*distinct, np.unique(mechanisms)),
    }.items():
        low, high = bootstrap_mechanisms(*drawn, rng=rng, draws=draws)
        more[metric] |= {"low_mechanisms": low, "high_mechanisms": high}
    more["own_minus_other"]["pvalue"] = sign_flip_p(values["own_minus_other"], rng=rng)
    return more


def _of_all(
    kind: str, method: str, table: pd.DataFrame, more: dict[str, dict[str, float]]
) -> list[Row]:
    """Give the median over cases of each metric, with what else is known of it."""
    rows = []
    for metric, part in table.groupby("metric", sort=False):
        value, n = _median(part["value"]), int(part["value"].notna().sum())
        row = _row(kind, method, ALL, str(metric), value, n)
        rows.append(row | more.get(str(metric), {}))
    return rows


def _comparison(
    kind: str, method: str, table: pd.DataFrame, other: str, baseline: pd.DataFrame
) -> list[Row]:
    """Say in how many of n cases the AUROC of a method is above that of a baseline, if in any."""
    own, its = (part[part["metric"] == "auroc"]["value"].to_numpy() for part in (table, baseline))
    found = beats(own, its)
    if not found.n:
        return []
    row = _row(kind, method, ALL, f"beats {other}", found.wins, found.n)
    return [row | {"pvalue": found.pvalue}]


def _median(values: pd.Series) -> float:
    """Give the median of what is known; NaN where nothing is."""
    known = values.dropna()
    return float(known.median()) if len(known) else np.nan


def _row(kind: str, method: str, case: str, metric: str, value: float, n: int) -> Row:
    """Give a row of the table."""
    row = {"kind": kind, "method": method, "case": case, "metric": metric}
    return row | {"value": float(value), "n": int(n)}
