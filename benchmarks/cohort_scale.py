"""What the verbs of a cohort cost by its size: CPU seconds and peak memory, and a figure.

`python benchmarks/cohort_scale.py --run output`: twins and screens are those of a finished run,
multiplied by `made_up_cohort.py`. Every verb is a process of its own. `--keep` holds the measured
figures, so that a size or a verb can be measured again without the others.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
VERBS = ("cohort", "evaluate", "similarity", "trial", "treated-patients", "cohort-report")
COLOURS = ("#0b6e75", "#b4641e", "#08306b", "#8a3b6b", "#6b7d1e", "#5b6470")

#: What the page takes of the tables of a cohort, by flag.
PAGE = {
    "patients": "patients",
    "ranks": "ranks",
    "evaluation": "evaluation",
    "similarity": "similarity",
    "clusters": "clusters",
    "cluster-numbers": "cluster_numbers",
    "neighbours": "neighbours",
    "trial": "trial",
    "trial-drugs": "trial_drugs",
    "trial-features": "trial_features",
}


def main() -> None:
    """Measure every verb at every size, print the table, and draw the figure."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("--run", type=Path, default=Path("output"), help="output of a finished run")
    given.add_argument("--patients", type=int, nargs="*", default=[30, 100, 300, 1000])
    given.add_argument("--verbs", nargs="*", default=VERBS, choices=VERBS)
    given.add_argument("--scratch", type=Path, help="where to make the cohorts up, and keep them")
    given.add_argument("--keep", type=Path, help="measured figures (json), read and added to")
    given.add_argument("--output", default=str(HERE / "cohort_scale.svg"), help="figure to write")
    asked = given.parse_args()
    kept = asked.keep and asked.keep.is_file()
    found = json.loads(asked.keep.read_text(encoding="utf-8")) if kept else {}
    for n in asked.patients:
        scratch = asked.scratch or Path(tempfile.mkdtemp())
        folder = made_up(scratch / str(n), asked.run, n)
        for verb in asked.verbs:
            seconds, memory = measure(arguments(verb, folder, asked.run))
            found.setdefault(verb, {})[str(n)] = [seconds, memory]
            print(f"{n:6,} {verb:18s} {seconds:8.1f} CPU-s {memory:8,.0f} MB", flush=True)
        if not asked.scratch:
            shutil.rmtree(scratch)
        if asked.keep:
            asked.keep.write_text(json.dumps(found), encoding="utf-8")
    draw(found, asked.output)


def made_up(folder: Path, run: Path, n: int) -> Path:
    """Make a cohort up, unless it is there."""
    if not (folder / "labels.tsv").is_file():
        script = [sys.executable, str(HERE / "made_up_cohort.py"), "finished", str(folder)]
        subprocess.run([*script, "--run", str(run), "--patients", str(n)], check=True)
    return folder


def arguments(verb: str, folder: Path, run: Path) -> list[str]:
    """Give the command line of a verb."""
    tables = folder / "cohort"
    if verb == "cohort-report":
        there = {flag: tables / f"{name}.parquet" for flag, name in PAGE.items()}
        flags = [f"--{flag}={path}" for flag, path in there.items() if path.is_file()]
        return [verb, *flags, "--output", str(folder / "cohort.html")]
    flags = ["--twins", *sorted(map(str, (folder / "twins").glob("*.h5ad")))]
    if verb in ("cohort", "evaluate", "trial"):
        flags += ["--screens", *sorted(map(str, (folder / "screens").glob("*.h5ad")))]
    if verb == "evaluate":
        flags += ["--labels", str(folder / "labels.tsv")]
    if verb == "treated-patients":
        known = run / "knowledge"
        flags += ["--precedents", str(known / "precedents.h5ad")]
        flags += ["--drugs", str(known / "drugs.parquet")]
        flags += ["--outcomes", str(folder / "outcomes.tsv")]
        return [verb, *flags, "--output", str(tables / "precedents.h5ad")]
    return [verb, *flags, "--output", str(tables)]


def measure(verb: list[str]) -> tuple[float, float]:
    """Run a verb; give its CPU seconds and its peak memory in MB."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "twinscreen", *verb], stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        said.seek(0)
        if status:
            sys.exit(said.read().decode())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def draw(found: dict[str, dict[str, list[float]]], output: str) -> None:
    """Draw both figures against the number of patients."""
    figure, (time, memory) = plt.subplots(1, 2, figsize=(10, 3.6), layout="tight")
    for verb, colour in zip(VERBS, COLOURS, strict=True):
        sizes = sorted(map(int, found.get(verb, {})))
        figures = [found[verb][str(n)] for n in sizes]
        per_patient = [seconds / n for n, (seconds, _) in zip(sizes, figures, strict=True)]
        time.loglog(sizes, per_patient, "o-", color=colour, label=verb)
        memory.semilogx(sizes, [megabytes for _, megabytes in figures], "o-", color=colour)
    time.set_ylabel("CPU seconds per patient")
    memory.set_ylabel("peak memory, MB")
    memory.axhline(2048, color="#8d99a6", linewidth=1, linestyle="--")
    memory.set_ylim(bottom=0)
    measured = sorted({int(n) for figures in found.values() for n in figures})
    for place in (time, memory):
        place.minorticks_off()
        place.set_xticks(measured, [f"{n:,}" for n in measured])
        place.set_xlabel("patients")
        place.spines[["top", "right"]].set_visible(False)
    time.legend(fontsize=8, frameon=False)
    figure.savefig(output, metadata={"Date": None})


if __name__ == "__main__":
    main()
