"""The workflow as part of another one, and where there is nothing to run it on."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tiny_cohort import CONFIG, PATIENTS, ROOT, SAMPLES, sheet, write_cells

WORKFLOW = ROOT / "workflow" / "Snakefile"

SNAKEFILE = f"""\
configfile: "cohort.yaml"


module twinscreen:
    snakefile: "{WORKFLOW}"
    config: config
    prefix: "screened"


use rule * from twinscreen as twinscreen_*


rule pages:
    default_target: True
    input:
        rules.twinscreen_all.input,
"""


def dry_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Plan a run in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def plan(folder: Path, samples: str, **changes: object) -> subprocess.CompletedProcess[str]:
    """Plan a run of the workflow above over the tiny cohort."""
    write_cells(folder)
    (folder / "samples.tsv").write_text(sheet(samples))
    (folder / "patients.tsv").write_text(sheet(PATIENTS))
    (folder / "cohort.yaml").write_text(yaml.safe_dump(CONFIG | {"cache": "cache"} | changes))
    (folder / "Snakefile").write_text(SNAKEFILE)
    return dry_run(folder, "--printshellcmds")


def planned(folder: Path, samples: str, **changes: object) -> str:
    """Plan that run; give what was printed."""
    ran = plan(folder, samples, **changes)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_a_workflow_can_hold_it_under_a_prefix(tmp_path):
    (tmp_path / "sets.gmt").write_text("mine\t\tJAK1\tSTAT1\n")
    printed = planned(tmp_path, SAMPLES, pathways={"gmt": ["sets.gmt"]})
    assert "output: screened/output/reports/P1.html" in printed
    assert f"input: {tmp_path / 'P1_T0.h5ad'}, " in printed
    assert f"--gmt {tmp_path / 'sets.gmt'}" in printed
    assert " output/" not in printed


def test_cells_that_are_fetched_stand_below_the_prefix(tmp_path):
    fetched = SAMPLES.replace("D4.h5ad", "source:covid19_pbmc sample_id=B1_AA220014_HC")
    printed = planned(tmp_path, fetched)
    assert "twinscreen observe screened/output/knowledge/sources/covid19_pbmc " in printed
    assert "output: screened/output/knowledge/sources/covid19_pbmc\n" in printed


@pytest.mark.parametrize("output", ["/elsewhere", "../elsewhere"])
def test_an_output_that_no_prefix_fits_is_refused(tmp_path, output):
    ran = plan(tmp_path, SAMPLES, output=output)
    assert ran.returncode == 2
    assert f"'{output}' in a module with the prefix 'screened/'" in ran.stdout
    assert "leave out the prefix" in ran.stdout


def test_without_a_configuration_it_says_how_to_get_one(tmp_path):
    ran = dry_run(tmp_path, "--snakefile", str(WORKFLOW))
    assert ran.returncode == 2
    assert "no such file in this folder" in ran.stdout
    assert "twinscreen init" in ran.stdout
    assert "Traceback" not in ran.stdout
