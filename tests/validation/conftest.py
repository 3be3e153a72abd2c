"""Parts of the workflow's output, made from public data for the tests of a module."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

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
                f"sources={ROOT / 'resources/sources.yaml'}",
                f"samples={ROOT / sheets / 'samples.tsv'}",
                f"patients={ROOT / sheets / 'patients.tsv'}",
            ],
            check=True,
            env=os.environ | {"TWINSCREEN_DATA": str(data_folder)},
        )
        return folder / "output"

    return make


@pytest.fixture(scope="session")
def healthy_output(make_output: Callable[..., Path], tmp_path_factory) -> Path:
    """Observations of the demonstration's healthy donors, their reference, the interactome."""
    return make_output(
        tmp_path_factory.mktemp("healthy"),
        "config/config.yaml",
        *("reference/reference.h5ad", "knowledge/genes.parquet", "knowledge/interactome.parquet"),
    )


@pytest.fixture(scope="session")
def kang_observations(make_output: Callable[..., Path], tmp_path_factory) -> list[Path]:
    """Observations of eight donors, untreated and stimulated."""
    rows = (ROOT / "tests/validation/kang/samples.tsv").read_text(encoding="utf-8").splitlines()
    names = [f"observations/{row.split()[0]}.h5ad" for row in rows[1:]]
    output = make_output(
        tmp_path_factory.mktemp("kang_cells"), "tests/validation/kang/config.yaml", *names
    )
    return [output / name for name in names]
