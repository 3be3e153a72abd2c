"""What every reader of cells gives: annotation at once, counts when asked for."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import FilePath, InputError

GENE = "Gene Expression"
PROTEIN = "Antibody Capture"

#: Kind of a feature of which the file does not say what it counts.
UNSAID = "unsaid"

#: What 10x counts beside genes and surface proteins; left out.
NEITHER = (
    "CRISPR Guide Capture",
    "Multiplexing Capture",
    "Antigen Capture",
    "Custom",
    "Peaks",
)

#: Cells whose values are looked at where a look must do.
A_FEW = 20

#: Columns or attributes of features that hold their kinds, the first that is there is taken.
KIND_COLUMNS = ("feature_types", "feature_type")


@dataclass(frozen=True)
class Features:
    """Names of the f features of a file, texts of shape (f,) each.

    `names` are symbols, or whatever the file has; `ids` Ensembl ids, "" where there is none;
    `kinds` what was counted, as the file spells it, UNSAID where it does not say.
    """

    names: np.ndarray
    ids: np.ndarray
    kinds: np.ndarray

    @classmethod
    def of(
        cls,
        names: np.ndarray,
        ids: np.ndarray | None = None,
        kinds: np.ndarray | None = None,
    ) -> "Features":
        """Fill in what a file does not say: no ids, and no kinds."""
        return cls(
            names.astype(str),
            np.full(len(names), "") if ids is None else ids.astype(str),
            np.full(len(names), UNSAID) if kinds is None else kinds.astype(str),
        )


@dataclass(frozen=True)
class Counts:
    """Values of some cells, cells x features, and the part of the file they stood in.

    Where these are no counts, `instead` is the Python that names another part which holds some.
    """

    matrix: sparse.csr_array
    features: Features
    place: str
    instead: str = ""


class CellFile(ABC):
    """Cells of one file.

    Attributes
    ----------
    path
        The file, or the folder.
    obs
        What the file says of each cell, by barcode; no columns if it says nothing.
    """

    path: Path
    obs: pd.DataFrame

    @abstractmethod
    def read(self, rows: np.ndarray) -> Counts:
        """Read the cells in the rows given, ascending."""

    def look(self, rows: np.ndarray) -> Counts:
        """Read a few of these cells, or of any: enough to tell counts from other values."""
        return self.read(rows[:A_FEW])


#: What to do with a text in another encoding.
SAVE_AS_UTF8 = "save the table as text in UTF-8 (not as a workbook, nor as Unicode text)"

#: What a count may lie off a whole number, for how computers round; see `are_counts`.
ROUNDING = 1e-6


def are_counts(values: np.ndarray) -> bool:
    """Tell whether all values are whole but for ROUNDING, and not negative."""
    if values.dtype.kind in "bu":
        return values.dtype.kind == "u"
    if values.dtype.kind == "i":
        return bool(np.all(values >= 0))
    with np.errstate(invalid="ignore"):
        near = np.abs(values - np.rint(values)) <= ROUNDING  # false where a value is not finite
    return bool(np.all(near & (values > -ROUNDING)))


def require_numbers(path: FilePath, place: str, dtype: np.dtype) -> None:
    """Check that values are of a type that counts have.

    Raises
    ------
    InputError
        They are truth values, texts, complex, or of so few digits that large counts are lost.
    """
    if dtype.kind not in "iuf" or (dtype.itemsize == 2 and dtype.kind == "f"):
        raise InputError(
            file=path,
            place=place,
            found=f"values of type {dtype}",
            expected="counts as whole numbers, or as float32 or float64",
            remedy="write the counts that these were made of; if they are still whole numbers, by"
            ' adata.X = adata.X.astype("float32")',
        )


def as_text(values: np.ndarray) -> np.ndarray:
    """Texts of an HDF5 file, which come as bytes or as objects."""
    return np.array([v.decode() if isinstance(v, bytes) else str(v) for v in values], dtype=str)


@contextmanager
def reading(path: FilePath, whole: str, remedy: str) -> Iterator[None]:
    """Turn whatever a library stumbles over in a file into a fault of the file.

    Parameters
    ----------
    path
        The file that is read.
    whole
        What it should be, as in "a whole h5ad file".
    remedy
        How to make it so.
    """
    try:
        yield
    except (InputError, MemoryError):
        raise
    except UnicodeDecodeError as error:
        raise InputError(
            file=path,
            found=f"bytes that are no text in UTF-8 ({error.reason})",
            expected=whole,
            remedy=SAVE_AS_UTF8,
        ) from error
    except Exception as error:
        raise InputError(
            file=path,
            found="a file that breaks off, or holds something that can't be read",
            expected=whole,
            remedy=f"copy the file again, or {remedy}",
        ) from error


def same_length(path: FilePath, place: str, found: int, expected: int, what: str) -> None:
    """Check that two parts of a file fit.

    Raises
    ------
    InputError
        They don't.
    """
    if found != expected:
        raise InputError(
            file=path,
            place=place,
            found=f"{found} {what}",
            expected=f"{expected}, as many as the matrix has",
            remedy="take the header off, which such files do not have"
            if found == expected + 1
            else "the parts are not of one matrix: copy all of them again from one run",
        )
