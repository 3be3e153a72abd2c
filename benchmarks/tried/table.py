"""The table of the benchmark of alternatives, and that its default is the screen's own."""

from collections.abc import Sequence

import numpy as np
from validation.common import SEED, screened

from twinscreen.cohort.evaluation.resampling import bootstrap_cases
from twinscreen.files import DRUGS, generator, read_table

from .bench import EQUAL, Bench, Measures, say

COLUMNS = (
    *("variant", "AUROC [95 %]", "less default [95 %]", "DM60", "own (p)", "mechanisms (DM60)"),
    *("beats degree", "AUROC", "worst", "AP", "interferons", "first drugs"),
)


def line(name: str, row: Measures, default: Measures) -> str:
    """Lay out one row."""
    random = generator(SEED, "alternatives")
    each, usual = np.asarray(row["each"]), np.asarray(default["each"])
    low, high = bootstrap_cases(each, rng=random)
    lower, upper = bootstrap_cases(each - usual, rng=random, statistic="mean")
    first = row["first"]
    drugs = ", ".join(f"{drug} {n}" for drug, n in first.most_common(3)) if first else ""
    cells = (
        name,
        f"{row['AUROC']:.3f} [{low:.2f}, {high:.2f}]",
        f"{np.nanmean(each - usual):+.3f} [{lower:+.3f}, {upper:+.3f}]"
        if row is not default
        else "",
        f"{row['DM60']:.3f}",
        f"{row['own']:+.3f} ({row['p']:.2g})",
        f"{row['mechanisms']:.3f} ({row['mechanisms60']:.3f})",
        f"{row['beats']:g}/{np.isfinite(each).sum()}",
        *(f"{row[key]:.3f}" for key in ("kang", "worst", "AP", "interferons")),
        drugs,
    )
    return "| " + " | ".join(cells) + " |"


def mean_of(rows: Sequence[Measures]) -> Measures:
    """Average measures; which drug is first is left out."""
    return {
        name: "" if name == "first" else np.mean([row[name] for row in rows], axis=0)
        for name in rows[0]
    }


def check(bench: Bench) -> None:
    """Hold the default of this file against the screen itself, on one patient of each truth."""
    diseases, donors = bench.scores(bench.kinds, EQUAL)
    files = {name: bench.places.scratch / f"dc_{name}.parquet" for name in ("drugs", "targets")}
    for number, (scores, drugs, given) in enumerate(
        (
            (diseases, read_table(files["drugs"], DRUGS), files),
            (donors, bench.donors.drugs, None),
        )
    ):
        twin = bench.truths[number].twins[0]
        _, outcome = screened(twin, None, drugs, bench.places, parts=given)
        apart = np.nanmax(np.abs(outcome.score - scores[0]))
        same = (np.isfinite(outcome.score) == np.isfinite(scores[0])).all()
        say(f"default here and the screen's own score: apart by {apart:.1e}, same drugs: {same}")
