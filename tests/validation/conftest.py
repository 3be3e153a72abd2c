"""Parts of the workflow's output, made from public data for the tests of a module."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from shared_runs import once

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def make_output(cache_folder: Path, data_folder: Path) -> Callable[..., Path]:
    """Run the workflow up to some targets in a folder; give the folder of its output."""

    def make(folder: Path, config: str, *targets: str) -> Path:
        sheets = Path(config).parent
        subprocess.run(
            [
                *("snakemake", *(f"output/{target}" for target in targets)),
                *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)),
                *("--configfile", str(ROOT / config), "--cores", "2", "--quiet", "all"),
                *("--config", "output=output", f"cache={cache_folder}"),
                f"samples={ROOT / sheets / 'samples.tsv'}",
                f"patients={ROOT / sheets / 'patients.tsv'}",
            ],
            check=True,
            env=os.environ | {"TWINSCREEN_DATA": str(data_folder)},
        )
        return folder / "output"

    return make


@pytest.fixture(scope="session")
def healthy_output(make_output: Callable[..., Path], shared: Path) -> Path:
    """Observations of the demonstration's healthy donors, their reference, the interactome."""

    def make(folder: Path) -> None:
        folder.mkdir()
        make_output(
            folder,
            "config/config.yaml",
            "reference/reference.h5ad",
            "knowledge/genes.parquet",
            "knowledge/interactome.parquet",
        )

    return once(shared / "healthy", make) / "output"


@pytest.fixture(scope="session")
def kang_output(make_output: Callable[..., Path], shared: Path) -> Path:
    """Twins and screens of eight donors, each against the donor's own untreated cells."""
    rows = (ROOT / "tests/validation/kang/patients.tsv").read_text(encoding="utf-8").splitlines()
    names = [f"screens/{row.split()[0]}.ranking.tsv" for row in rows[1:]]

    def make(folder: Path) -> None:
        folder.mkdir()
        make_output(folder, "tests/validation/kang/config.yaml", *names)

    return once(shared / "kang", make) / "output"


@pytest.fixture(scope="session")
def kang_observations(kang_output: Path) -> list[Path]:
    """Observations of these donors, untreated and stimulated."""
    rows = (ROOT / "tests/validation/kang/samples.tsv").read_text(encoding="utf-8").splitlines()
    return [kang_output / f"observations/{row.split()[0]}.h5ad" for row in rows[1:]]
