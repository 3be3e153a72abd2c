"""A Slurm of the tests' own, and what a run on this machine gives."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from on_slurm import SHORT
from slurm_daemons import Slurm, lacking

from tiny_cohort import Study, write_cells


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """Slurm, started before the first test on it and stopped after the last."""
    if remedy := lacking():
        pytest.skip(f"these tests start a Slurm of their own: {remedy}")
    # The path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    running = Slurm(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Study:
    """The tiny cohort after a run on this machine."""
    folder = tmp_path_factory.mktemp("local")
    write_cells(folder)
    study = Study(folder, cache_folder)
    study.run(study.configure(**SHORT))
    return study
