"""What is installed from the wheel works in an empty folder, without the clone."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import pytest

from tiny_cohort import ROOT, counts_of

pytestmark = pytest.mark.slow

#: What the build needs of the clone.
BUILT_FROM = ("src", "workflow", "pyproject.toml", "setup.py", "README.md", "LICENSE")

#: Options that make the run short; results are not looked at here.
SHORT = """\
knowledge: {rewirings: 20}
twin: {random_sets: 20, bootstrap_replicates: 20, null_replicates: 20}
communication: {permutations: 100}
screen: {random_seeds: 20, random_modules: 64, pairs: 0}
"""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder to work in."""

    bin: Path
    folder: Path

    def __call__(self, *arguments: str) -> str:
        """Run the command line by its full name, as nothing of it is on the path; it ends well."""
        ran = subprocess.run(
            [self.bin / "twinscreen", *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, "HOME": str(self.folder), "PIP_NO_INDEX": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """Folder with the wheel and the source distribution, built from a copy of the clone."""
    clone = tmp_path_factory.mktemp("clone")
    for name in BUILT_FROM:
        leave_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, clone / name, **({"ignore": leave_out} if (ROOT / name).is_dir() else {}))
    build = "import setuptools.build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=clone, check=True, capture_output=True)
    return clone / "dist"


@pytest.fixture(scope="module")
def installed(dist, tmp_path_factory) -> Installed:
    """The wheel in an environment of its own, which lends all other packages from this one."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    [wheel] = dist.glob("*.whl")
    python = folder / "venv" / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
            *("--no-deps", "--no-index", wheel),
        ],
        check=True,
    )
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    work = folder / "work"
    work.mkdir()
    return Installed(folder / "venv" / "bin", work)


def names_in_wheel(dist: Path) -> set[str]:
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {*archive.namelist()}


def test_the_wheel_holds_what_runs_and_not_what_derives(dist):
    names = names_in_wheel(dist)
    for folder in ("workflow", "src/twinscreen/data/schemas", "src/twinscreen/data/tables"):
        for path in (ROOT / folder).rglob("*"):
            place = path.relative_to(ROOT if folder == "workflow" else ROOT / "src" / "twinscreen")
            place = Path("data") / place if folder == "workflow" else place
            assert path.is_dir() or f"twinscreen/{place}" in names
    assert "twinscreen/data/sources.yaml" in names
    assert not [name for name in names if "derive" in name]


def test_the_source_distribution_has_the_workflow(dist):
    [archive] = dist.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"workflow/Snakefile", "workflow/rules/common.smk", "setup.py"} <= names


def test_from_cells_to_a_report_in_an_empty_folder(installed, cache_folder):
    people = [
        counts_of(name, ill=name[0] == "P", cells={"CD14 Mono": 30, "CD4 T": 24, "B": 16})
        for name in ("D1", "D2", "D3", "D4", "P1", "P2")
    ]
    cells = ad.concat(people, merge="same")
    cells.obs["condition"] = ["ill" if name[0] == "P" else "healthy" for name in cells.obs["donor"]]
    cells.write_h5ad(installed.folder / "cells.h5ad")
    assert "patients: 2" in installed("init", "mine", "--from", "cells.h5ad")
    assert "2 patients, 6 samples, 4 reference donors" in installed("check", "mine/config.yaml")
    (installed.folder / "short.yaml").write_text(SHORT)
    run = ["run", "--configfile", "mine/config.yaml", "short.yaml", "--cores", "2"]
    run += ["--config", f"cache={cache_folder}"]
    assert "rule cohort_report:" in installed(*run, "--dry-run")
    installed(*run)
    for name in ("P1", "P2", "cohort"):
        assert (installed.folder / "mine" / "output" / "reports" / f"{name}.html").stat().st_size
    assert "Nothing to be done" in installed(*run)
