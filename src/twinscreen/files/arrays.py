"""Plain arrays by name in one file, checked on read; and what waits in a temporary one."""

from __future__ import annotations

import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True)
class ArraysContract:
    """Arrays that a file must have, by name."""

    name: str
    arrays: tuple[str, ...]


def write_arrays(path: FilePath, contract: ArraysContract, **arrays: np.ndarray) -> None:
    """Write the arrays of a contract; the same content gives the same bytes.

    Raises
    ------
    ValueError
        Other arrays than the contract's: a fault of the stage that made them.
    """
    if set(arrays) != set(contract.arrays):
        raise ValueError(f"{contract.name}: has {sorted(arrays)}, not {sorted(contract.arrays)}")
    with atomic(path) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # of no object arrays


def read_arrays(path: FilePath, contract: ArraysContract) -> dict[str, np.ndarray]:
    """Read the arrays of a contract.

    Raises
    ------
    InputError
        The file is missing, is none of arrays, or lacks one.
    """
    remedy = "run the stage that writes this file again"
    expected = f"{contract.name}: the arrays {', '.join(contract.arrays)}"
    if not Path(path).is_file():
        raise InputError(file=path, found="no such file", expected=expected, remedy=remedy)
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in contract.arrays}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(file=path, found=str(error), expected=expected, remedy=remedy) from error


class WaitingArrays:
    """Arrays that wait in a temporary file, by number in the order in which they came."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # is gone with its last reference
        self._starts: list[int] = []

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> np.ndarray:
        self._file.seek(self._starts[number])
        return np.asarray(np.load(self._file, allow_pickle=False))

    def add(self, array: np.ndarray) -> None:
        """Let an array wait."""
        self._starts.append(self._file.seek(0, os.SEEK_END))
        np.save(self._file, array, allow_pickle=False)


class WaitingRows:
    """Rows of a sparse matrix that wait in a temporary file until all of them are there.

    So matrices of all patients grow side by side, patient by patient, and one of them is in memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # is gone with its last reference
        self._starts = [0]

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, indices: np.ndarray, data: np.ndarray) -> None:
        """Let a row wait: columns, and what stands in them."""
        self._file.write(indices.astype(np.int32).tobytes())
        self._file.write(data.astype(np.float32).tobytes())
        self._starts.append(self._file.tell())

    def matrix(self, order: np.ndarray, n_columns: int) -> sparse.csr_array:
        """Put m of the rows together.

        Parameters
        ----------
        order
            Of each row of the matrix, as which one it was added, shape (m,).
        n_columns
            Columns of the matrix.
        """
        from scipy import sparse

        self._file.flush()
        starts = np.array(self._starts, dtype=np.int64)
        sizes = np.diff(starts)[order] // 8
        ends = np.concatenate([[0], np.cumsum(sizes)])
        indices, data = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
        for number, first, end in zip(order, ends[:-1], ends[1:], strict=True):
            parts = [indices[first:end].data, data[first:end].data]
            os.preadv(self._file.fileno(), parts, int(starts[number]))
        return sparse.csr_array((data, indices, ends), shape=(len(sizes), n_columns))
