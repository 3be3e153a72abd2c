"""An evaluation of two patients made by hand, and the page of their cohort."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from twinscreen.files import COHORT_EVALUATION, write_table
from verbs import run_verb

SCORES = {f"P{n}": {"alpha": 9.0, "beta": 5.0, "gamma": 1.0} for n in (1, 2)}

#: kind, method, AUROC of two patients and of both, of 95 % the low and the high bound.
METHODS = [
    ("preset", "calibrated", (0.9, 0.96), 0.93, 0.912, 0.957),
    ("evidence", "origin", (0.4, 0.6), 0.5, 0.4, 0.6),
    ("baseline", "random order", (0.5, 0.5), 0.5, 0.31, 0.69),
    ("baseline", "target degree", (0.8, 0.7), 0.75, 0.7, 0.8),
    ("baseline", "popularity", (None, None), None, None, None),
]


def rows(popular: bool) -> Iterator[dict[str, Any]]:
    """Rows of the table; with `popular` the patients have answers of their own."""

    def row(kind, method, case, metric, value, n=2, **more):
        named = {"kind": kind, "method": method, "case": case, "metric": metric, "value": value}
        return named | {"n": n} | more

    for case in ("P1", "P2", "all"):
        numbers = {"drugs": 777.0, "labelled": 10.0, "positives": 7.0, "mechanisms": 4.0}
        for metric, value in numbers.items():
            yield row("answers", "answers", case, metric, value)
    for kind, method, cases, median, low, high in METHODS:
        if popular and method == "popularity":
            cases, median = (0.6, 0.6), 0.6
        for case, value in zip(("P1", "P2"), cases, strict=True):
            yield row(kind, method, case, "auroc", value)
        yield row(kind, method, "all", "auroc", median, low=low, high=high)
        yield row(kind, method, "all", "own_minus_other", 0.08, pvalue=0.02)
    yield row("preset", "calibrated", "all", "dm60", 0.62, low=0.55, high=0.71)
    bounds = {"low_mechanisms": 0.811, "high_mechanisms": 0.899}
    yield row("preset", "calibrated", "all", "mechanism_auroc", 0.888, **bounds)
    yield row("preset", "calibrated", "all", "precision_at_10", 0.35)
    yield row("preset", "calibrated", "all", "beats target degree", 1.0, pvalue=0.5)


def evaluated_page(
    render_cohort: Callable[..., Path], *, popular: bool = False, table: pd.DataFrame | None = None
) -> Path:
    """Write the page of a cohort with an evaluation."""
    output = render_cohort(SCORES)
    found = pd.DataFrame(rows(popular)) if table is None else table
    folder = output.parent
    found = found.reindex(columns=COHORT_EVALUATION.schema.names)
    write_table(found, folder / "evaluation.parquet", COHORT_EVALUATION)
    run_verb(
        *("cohort-report", "--patients", folder / "patients.parquet"),
        *("--ranks", folder / "ranks.parquet", "--output", output),
        *("--evaluation", folder / "evaluation.parquet"),
    )
    return output
