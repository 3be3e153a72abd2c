"""Plain arrays by name in one file, checked on read."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath


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
