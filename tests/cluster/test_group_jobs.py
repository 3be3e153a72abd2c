"""How the pinned Snakemake and its plugin run a job of several patients: why the profile asks for
one core. If this fails, several run at once by now, and the profile may ask for more.
"""

import itertools
import os
import subprocess
import sys
from pathlib import Path

SNAKEFILE = """\
rule all:
    input: expand("{patient}.screen", patient=["P1", "P2", "P3", "P4"])
rule twin:
    output: "{patient}.twin"
    group: "patient"
    resources: mem_mb=600, runtime=1
    shell: "date +%s.%N > {output}; sleep 2; date +%s.%N >> {output}"
rule screen:
    input: "{patient}.twin"
    output: "{patient}.screen"
    group: "patient"
    resources: mem_mb=600, runtime=1
    shell: "date +%s.%N > {output}; sleep 2; date +%s.%N >> {output}"
"""
COMMAND = (
    *(sys.executable, "-m", "snakemake", "--executor", "slurm", "--jobs", "2", "--cores", "2"),
    *("--group-components", "patient=4", "--slurm-status-command", "squeue", "--slurm-no-account"),
    *("--slurm-init-seconds-before-status-checks", "1"),
)


def times(file: Path) -> tuple[float, float]:
    """Read when a step began and ended."""
    began, ended = map(float, file.read_text().split())
    return began, ended


def test_patients_of_one_job_are_done_one_after_another(slurm, tmp_path):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    subprocess.run(COMMAND, cwd=tmp_path, env={**os.environ, **slurm.variables()}, check=True)
    jobs = [
        job.split() for job in slurm.ask("squeue", "-h", "-t", "all", "-o", "%Z %C %M").split("\n")
    ]
    ((_, cores, took),) = [job for job in jobs if job[0] == str(tmp_path)]
    patients = sorted(
        (times(tmp_path / f"{patient}.twin")[0], times(tmp_path / f"{patient}.screen")[1])
        for patient in ("P1", "P2", "P3", "P4")
    )
    assert cores == "2"
    assert all(one[1] < other[0] for one, other in itertools.pairwise(patients))
    print(f"4 patients of 4 s each in {took} (minutes:seconds) on {cores} cores")
