"""A damaged HDF5 file can keep the HDF5 library in a loop that nothing interrupts.

So another process walks through the file first, and is ended if it does not come back.
"""

import subprocess
import sys
from pathlib import Path

from twinscreen.files import InputError

#: Seconds for a walk that takes a fraction of one, also where a file system or machine is busy.
_PATIENCE = 60

#: Visits everything and reads the small parts whole; what raises is left to the reader to say.
_WALK = """
import sys, h5py
def visit(name, part):
    if isinstance(part, h5py.Dataset) and part.size:
        part[()] if part.size < 100_000 else part[(slice(0, 1),) * part.ndim]
    dict(part.attrs)
try:
    with h5py.File(sys.argv[1]) as file:
        dict(file.attrs)
        file.visititems(visit)
except Exception:
    pass
"""


def walk_through(path: Path, *, patience: float = _PATIENCE) -> None:
    """Walk through an HDF5 file in another process.

    Raises
    ------
    InputError
        It does not come back in time.
    """
    try:
        subprocess.run(
            [sys.executable, "-c", _WALK, str(path)],
            timeout=patience,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            file=path,
            found=f"a file whose parts can't be found in {patience:g} seconds: it is damaged",
            expected="a whole HDF5 file",
            remedy="copy the file again from where it came; a busy disk would answer later",
        ) from error
