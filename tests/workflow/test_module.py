"""The workflow as part of another one, and where there is nothing to run it on."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiny_cohort import CONFIG, PATIENTS, ROOT, SAMPLES, sheet, write_cells
from twinscreen import __version__

WORKFLOW = ROOT / "workflow" / "Snakefile"

#: A workflow that takes all rules from a place, with a prefix or without.
SNAKEFILE = """\
configfile: "cohort.yaml"


module twinscreen:
    snakefile: {place}
    config: config
{prefix}

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


def plan(
    folder: Path,
    samples: str,
    *,
    place: str = f'"{WORKFLOW}"',
    prefix: str = '    prefix: "screened"\n',
    **changes: object,
) -> subprocess.CompletedProcess[str]:
    """Plan a run of the workflow above over the tiny cohort."""
    write_cells(folder)
    (folder / "samples.tsv").write_text(sheet(samples))
    (folder / "patients.tsv").write_text(sheet(PATIENTS))
    (folder / "cohort.yaml").write_text(yaml.safe_dump(CONFIG | {"cache": "cache"} | changes))
    (folder / "Snakefile").write_text(SNAKEFILE.format(place=place, prefix=prefix))
    return dry_run(folder, "--printshellcmds")


def planned(folder: Path, samples: str, **changes: Any) -> str:
    """Plan that run; give what was printed."""
    ran = plan(folder, samples, **changes)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_a_workflow_can_hold_it_under_a_prefix(tmp_path):
    (tmp_path / "sets.gmt").write_text("mine\t\tJAK1\tSTAT1\n")
    printed = planned(tmp_path, SAMPLES, pathways={"gmt": ["sets.gmt"]})
    assert ", screened/output/reports/P1.html, " in printed
    assert f", {tmp_path / 'P1_T0.h5ad'}, " in printed
    assert f"--gmt {tmp_path / 'sets.gmt'}" in printed
    assert "twinscreen report screened/output/twins/P1.h5ad screened/output/screens/P1" in printed
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


def git(*arguments: object, cwd: Path) -> None:
    """Run git, which knows no user here."""
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *who, *map(str, arguments)], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that has the workflow as version v1, and no file of it checked out."""
    clone, bare = tmp_path / "clone", tmp_path / "twinscreen"
    shutil.copytree(WORKFLOW.parent, clone / "workflow")
    git("init", "--quiet", "--initial-branch", "main", cwd=clone)
    git("add", ".", cwd=clone)
    git("commit", "--quiet", "--message", "workflow", cwd=clone)
    git("tag", "v1", cwd=clone)
    git("clone", "--quiet", "--no-checkout", clone, bare, cwd=tmp_path)
    shutil.rmtree(clone)
    return bare


def test_rules_come_from_a_git_repository(repository, tmp_path):
    """As `github(...)` and snakedeploy take them: no file of the clone is on this machine."""
    place = f'gitfile("{repository}", path="workflow/Snakefile", tag="v1")'
    work = tmp_path / "work"
    work.mkdir()
    printed = planned(work, SAMPLES, place=place, prefix="")
    assert ", output/reports/P1.html, " in printed
    assert "twinscreen screen output/twins/P1.h5ad" in printed


def test_rules_of_another_version_than_the_package_say_so(repository, tmp_path):
    """Before anything of the package is asked for that another version may not have."""
    clone, work = tmp_path / "again", tmp_path / "work"
    work.mkdir()
    git("clone", "--quiet", repository, clone, cwd=tmp_path)
    rules = clone / "workflow" / "rules" / "version.smk"
    text = rules.read_text(encoding="utf-8")
    assert f'RULES = "{__version__}"' in text
    rules.write_text(text.replace(f'RULES = "{__version__}"', 'RULES = "99.1.0"'))
    ran = plan(work, SAMPLES, place=f'"{clone}/workflow/Snakefile"', prefix="")
    assert ran.returncode == 2
    assert f"rules of version 99.1.0, and the package of {__version__}" in ran.stdout
    assert "install the package of version 99.1.0, or take the rules of v" in ran.stdout
    assert "Traceback" not in ran.stdout
