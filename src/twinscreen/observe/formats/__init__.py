"""Formats of cells: one reader each, found by what a file is.

A format more is a module with a subclass of `CellFile`, and a row in `FORMATS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py

from twinscreen.files import FilePath, InputError
from twinscreen.observe.formats.cell_file import (
    GENE,
    NEITHER,
    PROTEIN,
    ROUNDING,
    CellFile,
    Counts,
    Features,
    are_counts,
)
from twinscreen.observe.formats.delimited import ENDINGS, IsGene, beginning
from twinscreen.observe.formats.dense import DenseTable
from twinscreen.observe.formats.h5ad import H5ad
from twinscreen.observe.formats.hdf_guard import walk_through
from twinscreen.observe.formats.in_memory import InMemory
from twinscreen.observe.formats.kinds import kinds_of
from twinscreen.observe.formats.loom import Loom
from twinscreen.observe.formats.not_read import not_read
from twinscreen.observe.formats.tenx_folder import TenxFolder, is_tenx_folder
from twinscreen.observe.formats.tenx_h5 import TenxH5, matrix_of
from twinscreen.observe.formats.triplets import Triplets, is_triplets

__all__ = [
    "FORMATS",
    "GENE",
    "NEITHER",
    "PROTEIN",
    "ROUNDING",
    "CellFile",
    "Counts",
    "Features",
    "InMemory",
    "IsGene",
    "are_counts",
    "kinds_of",
    "open_cells",
]


@dataclass(frozen=True)
class Format:
    """One format: how to tell it and how to open it."""

    name: str
    tells: Callable[[Path], bool]
    open: Callable[[Path, IsGene], CellFile]


def _hdf(tells: Callable[[h5py.File], bool]) -> Callable[[Path], bool]:
    """Tell a kind of HDF5 file by what stands at its top; never one that breaks off."""

    def told(path: Path) -> bool:
        if not (path.is_file() and h5py.is_hdf5(path)):
            return False
        try:
            with h5py.File(path) as file:
                return tells(file)
        except (OSError, RuntimeError, KeyError, ValueError):  # ValueError: a name that is no text
            return False

    return told


def _is_table(path: Path) -> bool:
    return path.is_file() and path.name.lower().endswith(ENDINGS)


#: In the order in which they are tried; what is HDF5 and nothing else is read as h5ad, whose
#: reader says what it lacks.
FORMATS = (
    Format("10x folder", is_tenx_folder, lambda path, _: TenxFolder(path)),
    Format("10x h5", _hdf(lambda file: matrix_of(file) is not None), lambda path, _: TenxH5(path)),
    Format(
        "loom",
        _hdf(lambda file: {"matrix", "row_attrs", "col_attrs"} <= set(file)),
        lambda path, _: Loom(path),
    ),
    Format("h5ad", lambda path: path.is_file() and h5py.is_hdf5(path), lambda path, _: H5ad(path)),
    Format("sparse table", lambda path: _is_table(path) and is_triplets(beginning(path)), Triplets),
    Format("dense table", _is_table, DenseTable),
)


#: Told by what stands in them, not by their name alone.
_SURE = ("10x h5", "loom")


def open_cells(path: FilePath, is_gene: IsGene) -> CellFile:
    """Open a file or folder with cells, whatever its format.

    Parameters
    ----------
    path
        The file, or the folder of 10x files.
    is_gene
        Tells whether a name means a gene: so a table shows which axis is that of the genes.

    Raises
    ------
    InputError
        There is no such file; it is of no known format, or not whole.
    """
    found = Path(path)
    if not found.exists():
        raise InputError(
            file=path,
            found="no such file",
            expected="cells with raw counts: " + ", ".join(one.name for one in FORMATS),
            remedy="correct the column `cells` of the sample sheet, or put the file there",
        )
    if not (found.is_file() or found.is_dir()):
        raise InputError(
            file=path,
            found="neither a file nor a folder",
            expected="cells with raw counts in a file or a folder",
            remedy="write what comes out of the pipe or device to a file, and name that",
        )
    if found.is_file() and h5py.is_hdf5(found):
        walk_through(found)
    reader = next((one for one in FORMATS if one.tells(found)), None)
    told = None if reader and reader.name in _SURE else not_read(found)
    if told:
        raise InputError(
            file=path,
            found=told.found,
            expected="cells with raw counts: " + ", ".join(one.name for one in FORMATS),
            remedy=told.remedy,
        )
    if reader:
        return reader.open(found, is_gene)
    raise InputError(
        file=path,
        found=_first_bytes(found),
        expected="an h5ad (HDF5) file, or another format of cells: "
        + ", ".join(one.name for one in FORMATS if one.name != "h5ad"),
        remedy="write the cells with anndata's write_h5ad, uncompressed by gzip or zip; a table"
        f" ends in {', '.join(ENDINGS)}",
    )


def _first_bytes(path: Path) -> str:
    """Show how a file begins."""
    with open(path, "rb") as file:
        first = file.read(12)
    return f"a file that starts with {first!r}" if first else "an empty file"
