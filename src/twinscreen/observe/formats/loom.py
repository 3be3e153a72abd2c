"""Cells in a loom file: genes x cells in HDF5, attributes of rows and columns beside it."""

from collections.abc import Iterable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import (
    KIND_COLUMNS,
    CellFile,
    Counts,
    Features,
    as_text,
    reading,
    same_length,
)

_WHOLE = "a whole loom file"
_REMEDY = "write the cells again with loompy or anndata's write_loom"

#: Names of the attributes, by the loom specification first, then as scanpy writes them.
_SYMBOLS = ("Gene", "var_names", "gene_names", "gene")
_IDS = ("Accession", "gene_ids", "ensembl_id")
_CELLS = ("CellID", "obs_names", "barcode", "barcodes")

#: Columns (cells) that are read at once: loom files are chunked in blocks of 64 x 64.
_BLOCK = 512


class Loom(CellFile):
    """Cells of a loom file; column attributes are the annotation of cells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with reading(path, _WHOLE, _REMEDY), h5py.File(path) as file:
            rows, cells = _attributes(file["row_attrs"]), _attributes(file["col_attrs"])
            shape = file["matrix"].shape
        names = _first(rows, _SYMBOLS)
        ids = _first(rows, _IDS)
        if names is None and ids is None:
            raise InputError(
                file=path,
                place="row_attrs",
                found=", ".join(rows) or "no attributes",
                expected=f"an attribute {_SYMBOLS[0]} or {_IDS[0]}",
                remedy="write the names of the genes to the file",
            )
        symbols = ids if names is None else names
        self._features = Features.of(np.asarray(symbols), ids, _first(rows, KIND_COLUMNS))
        barcodes = _first(cells, _CELLS)
        self.obs = pd.DataFrame(
            {name: values for name, values in cells.items() if name not in _CELLS},
            index=pd.Index(np.arange(shape[1]).astype(str) if barcodes is None else barcodes),
        )
        same_length(path, "row_attrs", len(self._features.names), shape[0], "genes")
        same_length(path, "col_attrs", len(self.obs), shape[1], "cells")

    def read(self, rows: np.ndarray) -> Counts:
        """Read the columns of these cells, block by block."""
        blocks = [sparse.csr_array((0, len(self._features.names)), dtype=float)]
        with reading(self.path, _WHOLE, _REMEDY), h5py.File(self.path) as file:
            for start in np.unique(rows // _BLOCK) * _BLOCK:
                inside = rows[(rows >= start) & (rows < start + _BLOCK)]
                block = file["matrix"][:, start : start + _BLOCK]
                blocks.append(sparse.csr_array(block[:, inside - start].T))
        stacked = sparse.csr_array(sparse.vstack(blocks, format="csr"))
        return Counts(stacked, self._features, "matrix")


def _attributes(group: h5py.Group) -> dict[str, np.ndarray]:
    """Read attributes that have one value for each row or column."""
    found = {}
    for name, part in group.items():
        if isinstance(part, h5py.Dataset) and part.ndim == 1:
            values = part[:]
            found[name] = values if values.dtype.kind in "biuf" else as_text(values)
    return found


def _first(attributes: dict[str, np.ndarray], names: Iterable[str]) -> np.ndarray | None:
    return next((attributes[name].astype(str) for name in names if name in attributes), None)
