"""Read the cells of one sample from an h5ad file and check what they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from anndata.io import read_elem, sparse_dataset
from scipy import sparse

from twinscreen.files import FilePath, InputError

_PROTEIN = "Antibody Capture"
_GENE = "Gene Expression"


@dataclass(frozen=True)
class SampleCells:
    """Raw counts of one sample: c cells x f features, with the annotation of both."""

    counts: sparse.csr_array
    obs: pd.DataFrame
    names: np.ndarray
    is_protein: np.ndarray

    def digest(self) -> str:
        """SHA-256 of the counts and the features they belong to."""
        content = hashlib.sha256("\0".join(self.names).encode())
        for part in (self.counts.indptr, self.counts.indices, self.counts.data):
            content.update(np.ascontiguousarray(part).tobytes())
        return content.hexdigest()


def read_sample(path: FilePath, *, select: Mapping[str, str], cell_type: str) -> SampleCells:
    """Read the cells of one sample; only their rows are read from disk.

    Parameters
    ----------
    path
        An h5ad file with raw counts in X.
    select
        Columns of obs and the value each must have; empty takes all cells.
    cell_type
        Column of obs that holds the cell types.

    Raises
    ------
    InputError
        The file is missing or no h5ad; a column is missing; no cell fits; the counts are not raw.
    """
    if not Path(path).is_file():
        raise InputError(
            file=path,
            found="a folder" if Path(path).is_dir() else "no such file",
            expected="an h5ad file with raw counts",
            remedy="correct the column `cells` of the sample sheet, or put the file there",
        )
    if not h5py.is_hdf5(path):
        raise InputError(
            file=path,
            found=_first_bytes(path),
            expected="an h5ad (HDF5) file",
            remedy="write the cells with anndata's write_h5ad, uncompressed by gzip or zip",
        )
    try:
        with h5py.File(path) as file:
            if lacking := [part for part in ("X", "obs", "var") if part not in file]:
                raise InputError(
                    file=path,
                    found=f"an HDF5 file without {', '.join(lacking)}",
                    expected="an h5ad file with X, obs and var",
                    remedy="write the cells with anndata's write_h5ad",
                )
            obs, var = _table(path, file, "obs"), _table(path, file, "var")
            rows = _rows(path, obs, select, cell_type)
            counts = _read_rows(file["X"], rows)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # whatever h5py and anndata stumble over is in the file
        raise InputError(
            file=path,
            found="a file that breaks off, or holds something that can't be read",
            expected="a whole h5ad file",
            remedy="copy the file again, or write the cells again with anndata's write_h5ad",
        ) from error
    _check_raw(path, counts, select)
    feature = var.get("feature_types", pd.Series(_GENE, index=var.index)).astype(str)
    return SampleCells(
        counts=counts,
        obs=obs.iloc[rows],
        names=var.index.astype(str).to_numpy(),
        is_protein=(feature == _PROTEIN).to_numpy(),
    )


def _table(path: FilePath, file: h5py.File, part: str) -> pd.DataFrame:
    """Read obs or var."""
    table = read_elem(file[part])
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            file=path,
            place=part,
            found=f"a {type(table).__name__}",
            expected="a table",
            remedy="write the cells with anndata's write_h5ad",
        )
    return table


def _rows(
    path: FilePath, obs: pd.DataFrame, select: Mapping[str, str], cell_type: str
) -> np.ndarray:
    """Row numbers of the cells that fit, ascending."""
    for column in [*select, cell_type]:
        if column not in obs:
            raise InputError(
                file=path,
                place="obs",
                found=f"no column {column!r}; there are {', '.join(map(str, obs.columns))}",
                expected=f"a column {column!r}",
                remedy="correct observe.cell_type in the configuration"
                if column == cell_type and column not in select
                else "correct the column `select` of the sample sheet",
            )
    fits = np.ones(len(obs), dtype=bool)
    for column, value in select.items():
        fits &= (obs[column].astype(str) == value).to_numpy()
    if not fits.any():
        wanted = " and ".join(f"{column} = {value}" for column, value in select.items())
        raise InputError(
            file=path,
            place="obs",
            found=f"no cell with {wanted}" if select else "no cells",
            expected="at least one cell",
            remedy="correct the column `select` of the sample sheet; values there: "
            + "; ".join(f"{c}: {', '.join(map(str, obs[c].unique()[:5]))}, ..." for c in select)
            if select
            else "write the cells of the sample to the file, or leave the sample out",
        )
    return np.flatnonzero(fits)


def _read_rows(matrix: h5py.Group | h5py.Dataset, rows: np.ndarray) -> sparse.csr_array:
    """Read some rows of a dense or sparse matrix."""
    found = matrix[rows] if isinstance(matrix, h5py.Dataset) else sparse_dataset(matrix)[rows]
    # A narrow type of the file would overflow where columns of one gene are summed.
    return sparse.csr_array(found).astype(np.float64)


def _check_raw(path: FilePath, counts: sparse.csr_array, select: Mapping[str, str]) -> None:
    """Refuse anything but whole, non-negative numbers, and say what it looks like instead."""
    values = counts.data
    expected = "raw counts: whole numbers, 0 or more"
    remedy = "put the raw counts in X (often kept in a layer or in .raw) and write the file again"
    odd = np.flatnonzero((values < 0) | (values != np.floor(values)) | ~np.isfinite(values))
    if not len(odd):
        return
    first = odd[0]
    row = int(np.searchsorted(counts.indptr, first, side="right")) - 1
    finite = values[np.isfinite(values)]
    if (values < 0).any():
        kind = "scaled or corrected values (some are negative)"
    elif finite.max(initial=0) < 25:
        kind = f"log-normalised values (largest {finite.max(initial=0):.3g})"
    else:
        kind = "normalised values"
    raise InputError(
        file=path,
        place="X"
        + (f" of the cells with {dict(select)}" if select else "")
        + f", cell {row + 1}, feature {int(counts.indices[first]) + 1}",
        found=f"{values[first]:.6g}: {kind} instead of raw counts",
        expected=expected,
        remedy=remedy,
    )


def _first_bytes(path: FilePath) -> str:
    """Show how a file begins."""
    with open(path, "rb") as file:
        first = file.read(12)
    return f"a file that starts with {first!r}" if first else "an empty file"
