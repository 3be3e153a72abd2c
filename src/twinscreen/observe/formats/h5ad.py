"""Cells in an h5ad file, as anndata, scanpy and CELLxGENE write it."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from anndata.io import read_elem, sparse_dataset
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import (
    A_FEW,
    KIND_COLUMNS,
    CellFile,
    Counts,
    Features,
    are_counts,
    reading,
    require_numbers,
)

_WHOLE = "a whole h5ad file"
_REMEDY = "write the cells again with anndata's write_h5ad"

#: Where raw counts may stand, the first that holds counts is taken: X, or beside a normalised X
#: raw (CELLxGENE) or the layer `counts` (a habit of scanpy's users).
_PLACES = {
    "X": ("X", "var"),
    "raw.X": ("raw/X", "raw/var"),
    "layers[counts]": ("layers/counts", "var"),
}

#: Columns of var with Ensembl ids (10x by scanpy, others) and with symbols (CELLxGENE, others).
_IDS = ("gene_ids", "gene_id", "ensembl_id", "feature_id")
_SYMBOLS = (
    *("feature_name", "gene_symbols", "gene_symbol", "gene_name", "symbol", "hgnc_symbol"),
    *("gene_short_name", "features", "gene"),
)


class H5ad(CellFile):
    """Cells of an h5ad file; only the rows asked for are read from disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with reading(path, _WHOLE, _REMEDY), h5py.File(path) as file:
            self._places = [place for place, (x, _) in _PLACES.items() if x in file]
            lacking = [part for part in ("obs", "var") if part not in file]
            if lacking := ([] if self._places else ["X"]) + lacking:
                raise InputError(
                    file=path,
                    found=f"an HDF5 file without {', '.join(lacking)}",
                    expected="an h5ad file with X, obs and var",
                    remedy="write the cells with anndata's write_h5ad",
                )
            self.obs = self._table(file, "obs")

    def read(self, rows: np.ndarray) -> Counts:
        """Read rows of the first part that holds counts; of the first part if none does."""
        first: Counts | None = None
        fault: InputError | None = None
        with reading(self.path, _WHOLE, _REMEDY), h5py.File(self.path) as file:
            for place in self._places:
                try:
                    found = self._part(file, place, rows)
                except InputError as error:  # of a type that no counts have
                    fault = fault or error
                    continue
                if are_counts(found.matrix.data):
                    return found
                first = first or found
            if first is None:
                assert fault is not None  # noqa: S101  # for mypy alone
                raise fault
            return replace(first, instead=self._instead(file, rows[:A_FEW]))

    def _instead(self, file: h5py.File, rows: np.ndarray) -> str:
        """Name a layer that seems to hold counts, or nothing."""
        for name in file.get("layers", ()):
            with suppress(InputError):
                values = self._matrix(file[f"layers/{name}"], rows).data
                if len(values) and are_counts(values):
                    return f'adata.layers["{name}"]'
        return ""

    def _part(self, file: h5py.File, place: str, rows: np.ndarray) -> Counts:
        matrix, var = (file[part] for part in _PLACES[place])
        values = self._matrix(matrix, rows)
        table = self._table(file, var.name.strip("/"))
        if place == "raw.X":  # may say less of its features than var does
            named = self._table(file, "var")
            # names may stand twice: then what var says of the first is taken
            said = named[~named.index.duplicated()].reindex(table.index)
            table = table.assign(**{str(c): said[c] for c in said if c not in table})
        return Counts(values, features_of(table), place)

    def _matrix(self, matrix: h5py.Dataset | h5py.Group, rows: np.ndarray) -> sparse.csr_array:
        dense = isinstance(matrix, h5py.Dataset)
        dtype = (matrix if dense else matrix["data"]).dtype
        require_numbers(self.path, matrix.name.strip("/"), dtype)
        if dense:
            return sparse.csr_array(matrix[rows])
        _check_sparse(matrix)
        values = sparse.csr_array(sparse_dataset(matrix)[rows])
        values.check_format()
        return values

    def _table(self, file: h5py.File, part: str) -> pd.DataFrame:
        table = read_elem(file[part])
        if not isinstance(table, pd.DataFrame):
            raise InputError(
                file=self.path,
                place=part,
                found=f"a {type(table).__name__}",
                expected="a table",
                remedy="write the cells with anndata's write_h5ad",
            )
        return table


def _check_sparse(group: h5py.Group) -> None:
    """Check what would lead beyond the ends of a sparse matrix, before anything follows it.

    Of a matrix by rows its rows are checked when they have been read.

    Raises
    ------
    ValueError
        Starts of rows or columns fall, or a matrix by columns names rows that it has not.
    """
    starts, stored = group["indptr"][:], len(group["indices"])
    if len(starts) and (starts[0] < 0 or starts[-1] > stored or np.any(np.diff(starts) < 0)):
        raise ValueError(f"{group.name}: starts that fall, or lie beyond the end")
    if group.attrs.get("encoding-type") == "csc_matrix":
        rows = group["indices"][:]
        if len(rows) and (rows.min() < 0 or rows.max() >= group.attrs["shape"][0]):
            raise ValueError(f"{group.name}: rows that the matrix has not")


def features_of(var: pd.DataFrame) -> Features:
    """Find symbols, Ensembl ids and kinds among the index and the columns of var."""
    index = var.index.astype(str)
    columns = {name: var[name].astype(object).fillna("").astype(str).to_numpy() for name in var}
    ids = next((columns[name] for name in _IDS if name in columns), None)
    names = index.to_numpy()
    by_id, by_number = index.str.startswith("ENSG").mean() > 0.5, index.str.isdecimal().all()
    if by_id:
        ids = names
    if by_id or by_number:
        names = next((columns[name] for name in _SYMBOLS if name in columns), names)
    kinds = next((columns[name] for name in KIND_COLUMNS if name in columns), None)
    return Features.of(names, ids, kinds)
