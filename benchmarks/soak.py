"""A long run in which one patient of ten is broken, each in another way, and what comes of it.

`python benchmarks/soak.py --patients 200` makes up a cohort of small samples, breaks a tenth of
them, runs the workflow as a user does, and holds against it: all others are finished, the broken
are named with their reasons in patients.tsv and on the cohort's page, nothing is half-written,
and neither a job nor the run itself takes the more memory the later it is. Few draws are made of
everything, as nothing here rests on them.
"""

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
import psutil
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from tiny_cohort import counts_of  # noqa: E402

DONORS = [f"D{number}" for number in range(1, 7)]

#: Of everything that is drawn, as little as may be.
FEW = {
    "twin": {"random_sets": 20, "bootstrap_replicates": 10, "null_replicates": 10},
    "communication": {"permutations": 100},
    "screen": {"random_seeds": 20, "random_modules": 64, "pairs": 0},
}

#: A job or the run has the same memory if it has no more than this, late against early.
MORE_MEMORY = 1.1


def _changed(change: Callable[[ad.AnnData], ad.AnnData | None]) -> Callable[[Path], None]:
    """Break the cells of a file by what is done to them."""

    def broken(path: Path) -> None:
        cells = ad.read_h5ad(path)
        found = change(cells)
        (cells if found is None else found).write_h5ad(path)

    return broken


def _with_counts(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    def changed(cells: ad.AnnData) -> None:
        cells.X = change(cells.X.toarray()).astype(np.float32)

    return _changed(changed)


def _with_first(value: float) -> Callable[[Path], None]:
    def changed(counts: np.ndarray) -> np.ndarray:
        counts[0, :5] = value
        return counts

    return _with_counts(changed)


def _cut(share: float) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def _other_names(name: str) -> Callable[[Path], None]:
    def changed(cells: ad.AnnData) -> None:
        cells.var_names = [name.format(number) for number in range(cells.n_vars)]

    return _changed(changed)


def _without_types(cells: ad.AnnData) -> None:
    del cells.obs["cell_type"]


def _zipped(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes(), 1))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _overwritten(path: Path) -> None:
    """Put zeros over the middle of a file, as a disk that fails does."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4)
        file.write(bytes(path.stat().st_size // 2))


#: Ways in which the cells of a patient are broken.
FAULTS: dict[str, Callable[[Path], None]] = {
    "no such file": Path.unlink,
    "an empty file": _cut(0),
    "a file cut in the middle": _cut(0.5),
    "a file cut near its end": _cut(0.98),
    "a file with zeros over its middle": _overwritten,
    "a text": lambda path: path.write_text("gene,cell\n", encoding="utf-8"),
    "another format": _zipped,
    "a folder": _folder,
    "log-normalised": _with_counts(lambda counts: np.log1p(counts / 7)),
    "scaled": _with_counts(lambda counts: counts - counts.mean(axis=0)),
    "counts below 0": _with_first(-1),
    "counts that are none": _with_first(np.nan),
    "counts without an end": _with_first(np.inf),
    "halves of counts": _with_first(0.5),
    "no count at all": _with_counts(lambda counts: 0 * counts),
    "six cells": _changed(lambda cells: cells[::12].copy()),
    "no cells": _changed(lambda cells: cells[:0].copy()),
    "no cell types": _changed(_without_types),
    "genes of a mouse": _other_names("ENSMUSG{:011d}"),
    "genes by numbers": _other_names("{}"),
}


def main() -> int:
    """Make the cohort up, run it, and print what came of it; 1 if anything is not as it must be."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("--patients", type=int, default=200)
    given.add_argument("--every", type=int, default=10, help="one patient of so many is broken")
    given.add_argument("--cores", type=int, default=2)
    given.add_argument("--cache", help="archives of public knowledge, if they are fetched")
    given.add_argument("--knowledge", help="a release that another run built, for less time")
    given.add_argument("--folder", type=Path, help="where to work, kept; else a temporary one")
    asked = given.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    cache = asked.cache or os.environ.get("TWINSCREEN_CACHE")
    known = (
        {"knowledge": {"folder": str(Path(asked.knowledge).resolve())}} if asked.knowledge else {}
    )
    broken = make_up(folder, asked.patients, asked.every, cache, known)
    code, seconds, memory = run(folder, asked.cores)
    wrong = judge(folder, asked.patients, broken, code, seconds, memory)
    if not asked.folder and not wrong:
        shutil.rmtree(folder)
    return int(wrong)


def make_up(
    folder: Path, n_patients: int, every: int, cache: str | None, options: dict[str, object]
) -> dict[str, str]:
    """Write cells, sheets and configuration; say of one patient of so many how it is broken."""
    patients = [f"P{number:04}" for number in range(n_patients)]
    faults = list(FAULTS)
    broken = {name: faults[i % len(faults)] for i, name in enumerate(patients[every // 2 :: every])}
    (folder / "cells").mkdir(exist_ok=True)
    rows = []
    for name in (*DONORS, *patients):
        path = folder / "cells" / f"{name}.h5ad"
        counts_of(name, ill=name in patients).write_h5ad(path)
        if name in broken:
            FAULTS[broken[name]](path)
        rows.append((name, name, "ill" if name in patients else "healthy", f"cells/{name}.h5ad"))
    sheet = pd.DataFrame(rows, columns=["sample", "patient", "condition", "cells"])
    sheet.to_csv(folder / "samples.tsv", sep="\t", index=False)
    sheet[["patient"]].to_csv(folder / "patients.tsv", sep="\t", index=False)
    config = {
        "samples": "samples.tsv",
        "patients": "patients.tsv",
        **FEW,
        **options,
        "observe": {"cell_type": "cell_type"},
        "reference": {"control": "healthy"},
        **({"cache": str(Path(cache).resolve())} if cache else {}),
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return broken


def run(folder: Path, cores: int) -> tuple[int, float, list[float]]:
    """Run the workflow; give its exit code, its CPU seconds, and the memory of the run itself."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--quiet", "rules"]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--configfile", "config.yaml"]
    before = os.times()
    memory = []
    with (folder / "run.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        one = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                memory.append(one.memory_info().rss / 2**20)
            except psutil.Error:
                break
            time.sleep(5)
        code = process.wait()
    after = os.times()
    used = after.children_user + after.children_system
    return code, used - before.children_user - before.children_system, memory


def judge(
    folder: Path,
    n_patients: int,
    broken: dict[str, str],
    code: int,
    seconds: float,
    memory: list[float],
) -> bool:
    """Print what must hold, and whether it does; say if anything does not."""
    output = folder / "output"
    counted = output / "benchmarks" / "costs.tsv"  # the last file of a whole run
    if not counted.is_file():
        print(f"exit code {code} before the end of the run: {folder / 'run.log'} says why")
        return True
    table = pd.read_csv(output / "cohort" / "patients.tsv", sep="\t", dtype=str).fillna("")
    table = table.set_index("patient")
    lost = table[table["status"] != "scored"]
    page = (output / "reports" / "cohort.html").read_text(encoding="utf-8")
    unscored = re.search(r'id="unscored".*?</table>', page, re.DOTALL)
    named = {name for name in lost.index if unscored and f'"{name}.html"' in unscored[0]}
    half = [path for path in output.rglob("*") if re.search(r"\.(part|tmp)", path.name)]
    reports = {path.stem for path in (output / "reports").glob("P*.html")}
    costs = pd.read_csv(counted, sep="\t")
    peaks = costs[costs["patient"].isin(table.index.difference(lost.index))]
    peaks = peaks.groupby("patient")["peak_mb"].max().sort_index()
    tenth = max(len(peaks) // 10, 1)
    early, late = peaks.head(tenth).median(), peaks.tail(tenth).median()
    third = max(len(memory) // 3, 1)
    middle, end = (float(np.median(part)) for part in (memory[third : 2 * third], memory[-third:]))
    rows = [
        ("exit code 0", str(code), code == 0),
        (
            f"{n_patients - len(broken)} patients scored",
            str((table["status"] == "scored").sum()),
            set(table.index) - set(lost.index) == set(table.index) - set(broken),
        ),
        (
            f"{len(broken)} in patients.tsv with a reason",
            str((lost["reason"] != "").sum()),
            set(lost.index) == set(broken) and (lost["reason"] != "").all(),
        ),
        ("the same on the page of the cohort", str(len(named)), named == set(broken)),
        ("a page for each patient", str(len(reports)), reports == set(table.index)),
        ("no file half-written", str(len(half)), not half),
        (
            "peak of a patient: last tenth as the first",
            f"{early:.0f}, {late:.0f} MB",
            late < MORE_MEMORY * early,
        ),
        (
            "the run itself: last third as the second",
            f"{middle:.0f}, {end:.0f} MB",
            end < MORE_MEMORY * middle,
        ),
    ]
    print("| what must hold | found | holds |\n|---|---:|---|")
    for what, found, holds in rows:
        print(f"| {what} | {found} | {'yes' if holds else 'NO'} |")
    print(f"\n{seconds:,.0f} CPU seconds; {folder}\n\n| broken | reason |\n|---|---|")
    for name, fault in broken.items():
        print(f"| {fault} | {table['reason'].get(name, 'not in the table')} |")
    return not all(holds for _, _, holds in rows)


if __name__ == "__main__":
    sys.exit(main())
