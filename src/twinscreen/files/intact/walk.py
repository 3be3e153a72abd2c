"""What an HDF5 file can do to whoever reads it: never end, bring in another file, fill the memory.

A damaged file can keep the HDF5 library in a loop that nothing interrupts: so another process walks
through each file first, and is ended if it does not come back. And parts of a file can stand in
other files of the computer, by links, as external storage or as virtual datasets: what is read of a
patient would then be whatever those files hold. And a small file can declare parts larger than any
memory.
"""

import json
import select
import subprocess
import sys
from pathlib import Path

#: Seconds for a walk that takes a fraction of one, also where a file system or machine is busy.
PATIENCE = 60

#: What is told of a part that is not read.
ELSEWHERE = "a part that stands in another file (external, linked or virtual)"
SWOLLEN = "a part that declares a thousand times what the file holds of it, more than a gigabyte"

#: Visits everything and reads the small parts whole; what raises is left to the reader to say.
#: Files are named line by line, and each is answered by a line: places, and what is told of them.
#: What gzip packs at its best it makes 1,032 times smaller.
_WALK = f"""
import json, sys, h5py
def link(name, how):
    if isinstance(how, h5py.ExternalLink):
        told.append((name, {ELSEWHERE!r}))
def visit(name, part):
    if isinstance(part, h5py.Dataset):
        if part.external or part.is_virtual:
            told.append((name, {ELSEWHERE!r}))
        elif part.nbytes > max(2**30, 1100 * part.id.get_storage_size()):
            told.append((name, {SWOLLEN!r}))
        elif part.size:
            part[()] if part.size < 100_000 else part[(slice(0, 1),) * part.ndim]
    dict(part.attrs)
for line in sys.stdin:
    told = []
    try:
        with h5py.File(json.loads(line)) as file:
            file.visititems_links(link)
            dict(file.attrs)
            file.visititems(visit)
    except Exception:
        pass
    print(json.dumps(told), flush=True)
"""


class _Walker:
    """The other process: it is started for the first file, and again after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def walk(self, path: Path, patience: float) -> list[tuple[str, str]] | None:
        """Walk through a file, and tell of parts that are not to be read; None if it never ends."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  # a list of words, no shell
                [sys.executable, "-c", _WALK],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None  # noqa: S101  # for mypy alone
        assert answers is not None  # noqa: S101  # for mypy alone
        print(json.dumps(str(path.absolute())), file=asked, flush=True)
        in_time = bool(select.select([answers], [], [], patience)[0])
        told = answers.readline() if in_time else ""
        if not told:  # the file has ended the process, or keeps it
            self.end()
        return json.loads(told or "[]") if in_time else None

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


_walker = _Walker()


def walk(path: Path, *, patience: float = PATIENCE) -> list[tuple[str, str]] | None:
    """Walk through an HDF5 file in another process.

    Returns
    -------
    Places that are not to be read, and why; None where it does not come back in `patience` seconds.
    """
    return _walker.walk(path, patience)
