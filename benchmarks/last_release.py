"""Rankings beside those of the last release: what a change of code changed, a line per patient.

    python benchmarks/last_release.py OUTPUT [--keep]

`last_release.tsv` holds the rankings of the demonstration's first patients as the last release had
them. `--keep` writes those of OUTPUT there: on a release, and only then.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

KEPT = Path(__file__).with_suffix(".tsv")
COLUMNS = ["patient", "drug_id", "drug", "rank", "call"]
FIRST = 10


def read_rankings(output: Path) -> pd.DataFrame:
    """Read the rankings of an output folder: `patient, drug_id, drug, rank, call`."""
    parts = []
    for path in sorted((output / "screens").glob("*.ranking.tsv")):
        table = pd.read_csv(path, sep="\t", keep_default_na=False, na_values={"rank": [""]})
        parts.append(table.assign(patient=path.name.removesuffix(".ranking.tsv"))[COLUMNS])
    if not parts:
        sys.exit(f"no rankings in {output / 'screens'}: give the output folder of a run")
    every = pd.concat(parts, ignore_index=True)
    return every[every["rank"].notna()]


def compared(now: pd.DataFrame, before: pd.DataFrame) -> str:
    """Say in a line how far the ranking of a patient is from what it was."""
    both = now.merge(before, on="drug_id", suffixes=("", "_before"))
    correlation = both["rank"].corr(both["rank_before"], method="spearman")
    first, was = (set(one.nsmallest(FIRST, "rank", keep="all")["drug_id"]) for one in (now, before))
    share = len(first & was) / max(len(was), 1)
    best = [
        f"{one['drug'].iloc[0]} ({one['call'].iloc[0]})"
        for one in (now.sort_values("rank"), before.sort_values("rank"))
    ]
    return (
        f"rank correlation {correlation:.3f}, {share:.0%} of the first {FIRST} kept,"
        f" first {best[0]}, was {best[1]}"
    )


def main() -> None:
    """Print a line for each patient, or keep the rankings."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("output", type=Path, help="output folder of the demonstration")
    parser.add_argument("--keep", action="store_true", help="keep these as the last release's")
    given = parser.parse_args()
    now = read_rankings(given.output)
    if given.keep:
        now.to_csv(KEPT, sep="\t", index=False, lineterminator="\n")
        return
    before = pd.read_csv(KEPT, sep="\t", keep_default_na=False)
    for patient, ranking in now.groupby("patient"):
        known = before[before["patient"] == patient]
        told = compared(ranking, known) if len(known) else "not among those kept"
        print(f"against the last release: {patient}: {told}")


if __name__ == "__main__":
    main()
