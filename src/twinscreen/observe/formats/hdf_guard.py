"""A damaged HDF5 file can keep the HDF5 library in a loop that nothing interrupts.

So another process walks through each file first, and is ended if it does not come back.
"""

import json
import select
import subprocess
import sys
from pathlib import Path

from twinscreen.files import InputError

#: Seconds for a walk that takes a fraction of one, also where a file system or machine is busy.
_PATIENCE = 60

#: Visits everything and reads the small parts whole; what raises is left to the reader to say.
#: Files are named line by line, and each is answered by a line.
_WALK = """
import json, sys, h5py
def visit(name, part):
    if isinstance(part, h5py.Dataset) and part.size:
        part[()] if part.size < 100_000 else part[(slice(0, 1),) * part.ndim]
    dict(part.attrs)
for line in sys.stdin:
    try:
        with h5py.File(json.loads(line)) as file:
            dict(file.attrs)
            file.visititems(visit)
    except Exception:
        pass
    print(flush=True)
"""


class _Walker:
    """The other process: it is started for the first file, and again after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def comes_back(self, path: Path, patience: float) -> bool:
        """Walk through a file, and say whether that ends in time."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _WALK],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        print(json.dumps(str(path.absolute())), file=asked, flush=True)
        in_time = bool(select.select([answers], [], [], patience)[0])
        if not (in_time and answers.readline()):  # no line: the file has ended the process
            self.end()
        return in_time

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


_walker = _Walker()


def walk_through(path: Path, *, patience: float = _PATIENCE) -> None:
    """Walk through an HDF5 file in another process.

    Raises
    ------
    InputError
        It does not come back in time.
    """
    if not _walker.comes_back(path, patience):
        raise InputError(
            file=path,
            found=f"a file whose parts can't be found in {patience:g} seconds: it is damaged",
            expected="a whole HDF5 file",
            remedy="copy the file again from where it came; a busy disk would answer later",
        )
