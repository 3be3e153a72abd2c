"""What it takes to plan a run of a large cohort, and how much of it is Snakemake's own.

`python benchmarks/planning.py FOLDER`, where FOLDER holds a cohort that `made_up_cohort.py cells`
wrote: dry runs of the workflow, and of one with as many jobs and files of five rules without a
function, a parameter or a resource, each a process of its own.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]

#: The stages of patients alone: what each makes, and of what.
BARE = """
import csv
SAMPLES = {}
for row in csv.DictReader(open("SHEET"), delimiter="\\t"):
    SAMPLES.setdefault(row["patient"], []).append(f"out/observations/{row['sample']}.h5ad")
HEALTHY = [one for patient, own in SAMPLES.items() if patient not in TREATED for one in own]
rule all:
    input: expand("out/reports/{patient}.html", patient=TREATED)
rule observe:
    output: "out/observations/{sample}.h5ad"
    shell: "true"
rule reference:
    input: HEALTHY
    output: "out/reference.h5ad"
    shell: "true"
rule twin:
    input: lambda wildcards: SAMPLES[wildcards.patient], "out/reference.h5ad"
    output: "out/twins/{patient}.h5ad", "out/replicates/{patient}.h5ad"
    shell: "true"
rule screen:
    input: "out/twins/{patient}.h5ad", "out/replicates/{patient}.h5ad"
    output: "out/screens/{patient}.h5ad", "out/screens/{patient}.ranking.tsv"
    shell: "true"
rule report:
    input: "out/twins/{patient}.h5ad", "out/screens/{patient}.h5ad"
    output: "out/reports/{patient}.html"
    shell: "true"
"""


def main() -> None:
    """Plan both workflows, and print what each takes."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("folder", type=Path, help="a cohort of made_up_cohort.py")
    folder = given.parse_args().folder.absolute()
    own = folder / "planning"
    own.mkdir(exist_ok=True)
    told = measured(
        "the workflow",
        own,
        "--snakefile",
        ROOT / "Snakefile",
        "--configfile",
        folder / "config.yaml",
    )
    print(total(told))
    sheet = pd.read_csv(folder / "samples.tsv", sep="\t")
    treated = dict.fromkeys(sheet.loc[sheet["condition"] != "healthy", "patient"])
    text = BARE.replace("SHEET", str(folder / "samples.tsv"))
    (own / "Snakefile").write_text(f"TREATED = {treated}\n{text}", encoding="utf-8")
    told = measured("Snakemake alone", own, "--snakefile", own / "Snakefile")
    print(total(told))


def total(told: str) -> str:
    """Say how many jobs a dry run counts."""
    return next(line for line in told.splitlines() if line.startswith("total"))


def measured(what: str, folder: Path, *arguments: object) -> str:
    """Print CPU seconds and peak memory of a dry run; return what it says."""
    command = ["snakemake", "--dry-run", "--quiet", "rules", "host", "--cores", "2"]
    with open(folder / "said.txt", "w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*command, *map(str, arguments)], cwd=folder, stdout=said, stderr=sys.stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        said.seek(0)
        text = said.read()
    if status:
        sys.exit(text)
    print(f"{what}: {usage.ru_utime + usage.ru_stime:.1f} CPU-s, {usage.ru_maxrss / 1024:,.0f} MiB")
    return text


if __name__ == "__main__":
    main()
