"""Where machine code is kept where neither home nor package can be written."""

import stat
from pathlib import Path

import pytest

from twinscreen.network.kernels.compiled import cache_folder

NOWHERE = Path("/proc/none")


@pytest.fixture(autouse=True)
def no_home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(NOWHERE))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_it_is_kept_in_a_folder_of_this_user_alone(tmp_path):
    folder = Path(cache_folder(NOWHERE))
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert cache_folder(NOWHERE) == str(folder)


@pytest.mark.parametrize(
    "take",
    [Path.touch, lambda path: path.symlink_to("/"), lambda path: path.mkdir(mode=0o777)],
    ids=["a file", "a link", "a folder of everybody"],
)
def test_whoever_has_taken_its_name_gains_nothing(tmp_path, take):
    taken = Path(cache_folder(NOWHERE))
    taken.rmdir()
    take(taken)
    taken.chmod(0o777) if taken.is_dir() and not taken.is_symlink() else None
    folder = Path(cache_folder(NOWHERE))
    assert folder != taken
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
