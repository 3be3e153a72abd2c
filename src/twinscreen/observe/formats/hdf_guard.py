"""No file of cells is opened that would keep the reader, bring in others, or fill the memory."""

from pathlib import Path

from twinscreen.files import InputError
from twinscreen.files.intact.walk import PATIENCE, walk


def walk_through(path: Path, *, patience: float = PATIENCE) -> None:
    """Walk through an HDF5 file in another process.

    Raises
    ------
    InputError
        It does not come back in time, parts of the file stand in other files, or declare to be
        larger than any memory.
    """
    told = walk(path, patience=patience)
    if told:
        place, found = told[0]
        raise InputError(
            file=path,
            place=place,
            found=found,
            expected="an HDF5 file that holds all of its parts",
            remedy="write the cells again to one file, with anndata's write_h5ad or h5repack",
        )
    if told is None:
        raise InputError(
            file=path,
            found=f"a file whose parts can't be found in {patience:g} seconds: it is damaged",
            expected="a whole HDF5 file",
            remedy="copy the file again from where it came; a busy disk would answer later",
        )
