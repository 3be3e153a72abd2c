"""The tiny cohort after its first run, made once in a test session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared_runs import once
from tiny_cohort import Study, write_cells
from twinscreen.cli import main


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
