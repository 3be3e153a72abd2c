"""How the pinned Snakemake and its plugin run a job of several patients: why the profile asks for
one core. If this fails, several run at once by now, and the profile may ask for more.
"""

import os
import subprocess
import sys
from pathlib import Path

from slurm_daemons import ends_with_parent

SNAKEFILE = """\
rule all:
    input: expand("{patient}.screen", patient=["P1", "P2"])
rule twin:
    output: "{patient}.twin"
    group: "patient"
    resources: mem_mb=600, runtime=10
    shell: "date +%s.%N > {output}; sleep 2; date +%s.%N >> {output}"
rule screen:
    input: "{patient}.twin"
    output: "{patient}.screen"
    group: "patient"
    resources: mem_mb=600, runtime=10
    shell: "date +%s.%N > {output}; sleep 2; date +%s.%N >> {output}"
"""
COMMAND = (
    *(sys.executable, "-m", "snakemake", "--executor", "slurm", "--jobs", "2", "--cores", "2"),
    *("--group-components", "patient=2", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "1"),
)


def times(file: Path) -> tuple[float, float]:
    """Read when a step began and ended."""
    began, ended = map(float, file.read_text().split())
    return began, ended


def test_patients_of_one_job_are_done_one_after_another(slurm, tmp_path):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    variables = {**os.environ, **slurm.variables()}
    subprocess.run(COMMAND, cwd=tmp_path, env=variables, check=True, preexec_fn=ends_with_parent)
    jobs = [
        line.split() for line in slurm.ask("squeue", "-h", "-t", "all", "-o", "%Z %C").split("\n")
    ]
    assert [cores for folder, cores in jobs if folder == str(tmp_path)] == ["2"]
    first, second = sorted(
        (times(tmp_path / f"{patient}.twin")[0], times(tmp_path / f"{patient}.screen")[1])
        for patient in ("P1", "P2")
    )
    assert first[1] < second[0]
