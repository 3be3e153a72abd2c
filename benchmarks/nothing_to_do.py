"""What it costs to find that a finished cohort has nothing to do.

    python benchmarks/nothing_to_do.py 1000 FOLDER

A made-up cohort of so many patients is finished without running a job: a dry run of the workflow in
which each job, as it is planned, leaves small files and the record of them. Then dry runs by
Snakemake alone are timed: of the finished folder, of one more patient, and of a copy whose files
have other times, the first time and the second.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
CONTROLS = 13


def write_cohort(folder: Path, patients: int) -> None:
    """Write configuration, sheets and files that stand for cells."""
    samples = [f"D{n}\tD{n}\thealthy\tT0" for n in range(CONTROLS)]
    for n in range(patients):  # two of three patients have two samples
        samples += [f"P{n}_T{t}\tP{n}\till\tT{t}" for t in range(2 if n % 3 else 1)]
    rows = [f"{row}\tcells/{row.split(chr(9))[0]}.h5ad\n" for row in samples]
    (folder / "cells").mkdir(parents=True, exist_ok=True)
    for row in rows:
        path = folder / row.split("\t")[-1].strip()
        if not path.exists():
            path.write_text(row)
    (folder / "samples.tsv").write_text("sample\tpatient\tcondition\ttime\tcells\n" + "".join(rows))
    people = sorted({row.split("\t")[1] for row in rows})
    (folder / "patients.tsv").write_text("patient\n" + "".join(f"{name}\n" for name in people))
    config = {
        "samples": "samples.tsv",
        "patients": "patients.tsv",
        "observe": {"cell_type": "cell_type"},
        "reference": {"control": "healthy"},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def snakemake(folder: Path, *, program: tuple[str, ...] = ("-m", "snakemake")) -> str:
    """Plan a run; give what was printed, with CPU-seconds and memory of it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [
            *(sys.executable, *program, "--dry-run", "--quiet", "rules", "--cores", "1"),
            *("--snakefile", str(ROOT / "Snakefile"), "--configfile", "config.yaml"),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode:
        sys.exit(ran.stdout)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    jobs = re.findall(r"^total +(\d+)", ran.stdout, re.MULTILINE)
    return f"{seconds:.1f} CPU-s, at most {after.ru_maxrss >> 10} MB, {(jobs or ['no'])[-1]} jobs"


def finishing() -> None:
    """Plan as Snakemake does, but finish each job when it is described."""
    from snakemake.cli import main

    from twinscreen.records.keep import recording
    from twinscreen.records.plan import Plan
    from twinscreen.records.record import outside

    describe, done = Plan.describe, set()

    def finish(plan, job, *, decide):
        path = describe(plan, job, decide=False)
        for name in job.inputs:  # as cells are there, all others are made first
            if (before := plan._making(name)) and before.name not in done:
                finish(plan, before, decide=decide)
        if job.name not in done and all(outside(n, plan._output).is_file() for n in job.inputs):
            done.add(job.name)
            with recording(path, [job.rule]):
                for name in job.outputs:
                    file = outside(name, plan._output)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(f"{job.name} {name}\n")
        return path

    Plan.describe = finish
    sys.argv = ["snakemake", *sys.argv[2:]]
    main()


def main() -> None:
    """Make a cohort and plan runs of it."""
    patients, folder = int(sys.argv[1]), Path(sys.argv[2])
    write_cohort(folder, patients)
    print("making it:", snakemake(folder, program=(__file__, "--finish")), flush=True)
    for what in ("finished", "again"):
        print(f"{what}:", snakemake(folder), flush=True)
    copy = folder.with_name(f"{folder.name}_copy")
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    for what in ("a copy, all times new", "again"):
        print(f"{what}:", snakemake(copy), flush=True)
    write_cohort(folder, patients + 1)
    print("one more patient:", snakemake(folder), flush=True)


if __name__ == "__main__":
    finishing() if sys.argv[1] == "--finish" else main()
