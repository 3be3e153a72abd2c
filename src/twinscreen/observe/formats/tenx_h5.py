"""Cells in an HDF5 file as 10x Genomics' Cell Ranger writes it."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import (
    A_FEW,
    CellFile,
    Counts,
    Features,
    as_text,
    reading,
    same_length,
)

_WHOLE = "a whole HDF5 file of Cell Ranger"
_REMEDY = "write it again with Cell Ranger"


def matrix_of(file: h5py.File) -> str | None:
    """Name the group with the matrix: `matrix`, or in Cell Ranger 2 the genome's; None if none."""
    return next((name for name in file if _is_matrix(file[name])), None)


def _is_matrix(part: h5py.Group | h5py.Dataset) -> bool:
    return isinstance(part, h5py.Group) and {"barcodes", "data", "indptr"} <= set(part)


class TenxH5(CellFile):
    """Cells of an HDF5 file of Cell Ranger 2 (one genome) or later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with reading(path, _WHOLE, _REMEDY), h5py.File(path) as file:
            groups = [name for name in file if _is_matrix(file[name])]
            if len(groups) > 1:
                raise InputError(
                    file=path,
                    found=f"matrices of several genomes: {', '.join(groups)}",
                    expected="one matrix, of human genes",
                    remedy="write the human genome's matrix to a file of its own",
                )
            self._group = file[groups[0]].name
            group = file[self._group]
            self.obs = pd.DataFrame(index=pd.Index(as_text(group["barcodes"][:])))
            self._features = _features(group)
            features, cells = (int(n) for n in group["shape"][:])
        same_length(path, "barcodes", len(self.obs), cells, "barcodes")
        same_length(path, "features", len(self._features.names), features, "features")

    def read(self, rows: np.ndarray) -> Counts:
        """Read the matrix, which stands in the file cell by cell."""
        return self._read(slice(0, len(self.obs)), rows)

    def look(self, rows: np.ndarray) -> Counts:
        """Read the first cells asked for and those between them."""
        rows = rows[:A_FEW]
        start, stop = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
        return self._read(slice(start, min(stop, start + 50 * A_FEW)), np.arange(0))

    def _read(self, cells: slice, rows: np.ndarray) -> Counts:
        with reading(self.path, _WHOLE, _REMEDY), h5py.File(self.path) as file:
            group = file[self._group]
            indptr = group["indptr"][cells.start : cells.stop + 1].astype(np.int64)
            if np.any(np.diff(indptr) < 0):  # scipy follows them, if the last of them is 0
                raise ValueError("starts of cells that fall")
            begin, end = (int(indptr[0]), int(indptr[-1])) if len(indptr) else (0, 0)
            values = sparse.csr_array(
                (group["data"][begin:end], group["indices"][begin:end], indptr - begin),
                shape=(cells.stop - cells.start, len(self._features.names)),
            )
            values.check_format()
        if len(rows):
            values = sparse.csr_array(values[rows])
        values.sort_indices()
        return Counts(values, self._features, self._group.strip("/"))


def _features(group: h5py.Group) -> Features:
    if "features" in group:
        table = group["features"]
        return Features.of(
            *(as_text(table[part][:]) for part in ("name", "id", "feature_type") if part in table)
        )
    return Features.of(as_text(group["gene_names"][:]), as_text(group["genes"][:]))
