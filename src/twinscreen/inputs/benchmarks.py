"""What the jobs of a run took, as Snakemake measured it."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.files.paths import FilePath

#: Columns of the table of costs, and what Snakemake calls the numbers.
COLUMNS = ("patient", "stage", "of", "seconds", "cpu_seconds", "peak_mb")
_MEASURED = {"seconds": "s", "cpu_seconds": "cpu_time", "peak_mb": "max_rss"}


def read_costs(
    folder: FilePath, *, patients: Collection[str], samples: Mapping[str, str]
) -> pd.DataFrame:
    """Read what each job took.

    Parameters
    ----------
    folder
        The benchmarks of a run: `{stage}.tsv`, or `{stage}/{patient or sample}.tsv`.
    patients
        Patients of the cohort; benchmarks of others are of earlier runs, and left out.
    samples
        Samples of the cohort, and whose each is; "" where it stands for all patients.

    Returns
    -------
    A row per job: `patient`, "" where it served all; `stage`; `of`, the sample or source, where it
    is of one; `seconds` that passed, `cpu_seconds`, and `peak_mb`, the most memory, in MB (10^6).
    Numbers that were not measured are NaN.
    """
    rows: list[tuple[object, ...]] = []
    for path in sorted(Path(folder).rglob("*.tsv")):
        *stages, name = path.relative_to(folder).with_suffix("").parts
        if not stages and name == "costs":
            continue
        stage = stages[0] if stages else name
        patient, of = "", name if stages else ""
        if stage == "observe":
            if name not in samples:
                continue
            patient = samples[name]
        elif stages and stage != "fetch":
            if name not in patients:
                continue
            patient, of = name, ""
        rows.append((patient, stage, of, *_measured(path)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype(dict.fromkeys(_MEASURED, float)).sort_values(
        ["patient", "stage", "of"], ignore_index=True
    )


def _measured(path: Path) -> list[float]:
    """Read the numbers of one job, of all its repeats together."""
    table = pd.read_csv(path, sep="\t")
    # Snakemake writes "-" or "NA" of jobs that end before it looks
    numbers = table[list(_MEASURED.values())].apply(pd.to_numeric, errors="coerce")
    seconds, cpu, peak = numbers["s"].sum(), numbers["cpu_time"].sum(min_count=1), numbers.max()
    return [seconds, cpu, peak["max_rss"] * 1.048576]
