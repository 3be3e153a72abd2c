"""The tiny cohort after its first run, made once in a test session."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_cohort import Study, write_cells

from twinscreen.cli import main


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Make a folder in the first test process that asks for it; others wait and share it."""
    with open(folder.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.with_suffix(".done")
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of this test session, shared by all its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def study(shared: Path, cache_folder: Path) -> Study:
    """The tiny cohort after its first run; tests read it and plan runs, but change nothing."""

    def make(folder: Path) -> None:
        folder.mkdir()
        write_cells(folder)
        new = Study(folder, cache_folder)
        new.run(new.configure())

    return Study(once(shared / "study", make), cache_folder)


@pytest.fixture
def twinscreen(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run one verb of the command line; give its exit code and what it said on stderr."""

    def run(*arguments: object) -> tuple[int, str]:
        code = main([str(argument) for argument in arguments])
        return code, capsys.readouterr().err

    return run
