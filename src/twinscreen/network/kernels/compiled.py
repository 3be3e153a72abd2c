"""Compiling a kernel once and keeping the result, also where the usual folders are read-only."""

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.extending import intrinsic

PACKAGE = Path(__file__).resolve().parent


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function without the interpreter and its lock, and keep the machine code."""
    return numba.njit(cache=True, nogil=True, error_model="numpy", **options)


def instruction(generator: Callable[..., Any]) -> Any:
    """Make a function that compiled functions call, and that is written as instructions."""
    return intrinsic(generator)


def cache_folder(package: Path = PACKAGE) -> str:
    """Find where machine code can be kept; empty if numba's own choice will do.

    Numba keeps it beside the module, else in the user's cache folder, and refuses to import the
    module if it can write neither. Then it goes to a folder for temporary files that belongs to
    this user alone, because machine code is loaded without further questions.
    """
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.environ.get("NUMBA_CACHE_DIR") or _writable(package / "__pycache__") or _writable(user):
        return ""
    shared = Path(tempfile.gettempdir()) / f"twinscreen-kernels-{os.getuid()}"
    with suppress(FileExistsError):  # whatever stands there: a file, a link, a folder
        shared.mkdir(mode=0o700)
    state = shared.lstat()
    private = stat.S_ISDIR(state.st_mode) and not state.st_mode & 0o077
    if private and state.st_uid == os.getuid() and os.access(shared, os.W_OK):
        return str(shared)
    return tempfile.mkdtemp(prefix="twinscreen-kernels-")


def _writable(folder: Path) -> bool:
    """Say whether files can be made in a folder, or in the first of its parents that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


if folder := cache_folder():
    numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
