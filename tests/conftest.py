"""Where tests find public archives and validation data, and how they count what is in memory."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

# How long an example takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]


#: Tests below these folders and in these files run workflows, validation data or a browser, or
#: compare many cohorts or random graphs.
SLOW = (
    "tests/workflow/",
    "tests/validation/",
    "tests/report/test_browser.py",
    "tests/unit/cohort/",
    "tests/unit/cli/test_cli_proximity.py",
    "tests/unit/knowledge/test_knowledge_embedded.py",
    "tests/unit/network/test_network.py",
    "tests/unit/network/test_network_random_graphs.py",
    "tests/unit/network/proximity/",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests that start a Slurm unless their folder or one of its files is named."""
    cluster = ROOT / "tests" / "cluster"
    if collection_path != cluster:
        return None
    named = [Path(config.invocation_params.dir, word.split("::")[0]) for word in config.args]
    return None if any(path.resolve().is_relative_to(cluster) for path in named) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow lanes, which `make test-fast` leaves out; take axe-core's where -m names it."""
    if "axe" not in config.getoption("markexpr"):
        left = [item for item in items if item.get_closest_marker("axe")]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
    for item in items:
        if item.path.relative_to(ROOT).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of this test session, shared by all its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def cache_folder() -> Path:
    """Folder of the archives of public knowledge: TWINSCREEN_CACHE, filled by `make test`."""
    return _folder(
        "TWINSCREEN_CACHE", ".cache/twinscreen", remedy="`make test` fetches what belongs there"
    )


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of validation data: TWINSCREEN_DATA."""
    return _folder(
        "TWINSCREEN_DATA", "../shared/data", remedy="set TWINSCREEN_DATA to the folder that has it"
    )


def _folder(variable: str, default: str, *, remedy: str) -> Path:
    """Find a folder; skip if the usual one is absent, fail if one that somebody named is."""
    folder = (ROOT / os.environ.get(variable, default)).resolve()
    if folder.is_dir():
        return folder
    if variable in os.environ:
        pytest.fail(f"{variable}={os.environ[variable]}: no such folder; {remedy}")
    pytest.skip(f"no folder {default}: {remedy}")


@pytest.fixture
def most_alive():
    """Count how many files' AnnData are in memory at once, at most, during a `with` block."""
    import anndata as ad

    @contextmanager
    def counting() -> Iterator[list[int]]:
        made: list[weakref.ref] = []
        numbers = [0]

        class Counted(ad.AnnData):
            def __init__(self, *args, **more):
                super().__init__(*args, **more)
                if not self.is_view:
                    made.append(weakref.ref(self))
                numbers.append(sum(one() is not None for one in made))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ad, "AnnData", Counted)
            yield numbers

    return counting
