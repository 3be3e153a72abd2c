"""Reading the delimited text files of public sources without losing a value.

Everything is read as text: a gene called `NA`, a ligand called `None` and a type `None` are
names here, and a number is parsed only where a number is meant.
"""

import csv
import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, InputError


def require_file(path: FilePath, *, content: str) -> None:
    """Check that a file is there.

    Raises
    ------
    InputError
        There is no such file.
    """
    if not Path(path).is_file():
        raise InputError(
            file=path,
            found="no such file",
            expected=content,
            remedy="check the path, or fetch the source first",
        )


def header(path: FilePath, *, delimiter: str, content: str) -> list[str]:
    """Return the column names of a delimited file (leading lines that start with # are skipped).

    Raises
    ------
    InputError
        There is no such file, it is empty, or it isn't UTF-8 text.
    """
    return list(_read(path, delimiter=delimiter, content=content, rows=0).columns)


def read_columns(
    path: FilePath, *, columns: Mapping[str, str], delimiter: str, content: str
) -> pd.DataFrame:
    """Read some columns of a delimited text file and rename them.

    Parameters
    ----------
    path
        Text in UTF-8, with a header; compressed with gzip if the name ends in `.gz`. Leading
        lines that start with # are skipped.
    columns
        New name of each column to read, by its name in the file.
    delimiter
        What stands between two fields.
    content
        What the file holds, for error messages.

    Returns
    -------
    One row per line, texts only; what is empty in the file is an empty text.

    Raises
    ------
    InputError
        The file is missing, isn't such text, or lacks a column.
    """
    table = _read(path, delimiter=delimiter, content=content)
    if lacking := [name for name in columns if name not in table.columns]:
        raise InputError(
            file=path,
            place="header",
            found=f"no column {', '.join(lacking)}; columns are {', '.join(table.columns)}",
            expected=f"{content} with the columns {', '.join(columns)}",
            remedy="use the release of the source that sources.yaml names",
        )
    return table[list(columns)].rename(columns=dict(columns))


def require_values(
    path: FilePath, column: str, found: pd.Series, fits: pd.Series, *, expected: str
) -> None:
    """Check the values of a column.

    Raises
    ------
    InputError
        A value doesn't fit; the message shows the first that doesn't.
    """
    if not fits.all():
        raise InputError(
            file=path,
            place=f"column {column}",
            found=found[~fits].iloc[0] or "nothing",
            expected=expected,
            remedy="mend the table, or take the committed one",
        )


def _read(path: FilePath, *, delimiter: str, content: str, rows: int | None = None) -> pd.DataFrame:
    require_file(path, content=content)
    compressed = Path(path).suffix == ".gz"
    try:
        with gzip.open(path) if compressed else open(path, "rb") as file:
            comments = 0
            for line in file:
                if not line.startswith(b"#"):
                    break
                comments += 1
        return pd.read_csv(
            path,
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            skiprows=comments,
            nrows=rows,
            encoding="utf-8",
            compression="gzip" if compressed else None,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (EOFError, zlib.error, ValueError, OSError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {error}",
            expected=f"{content}, as UTF-8 text with a header",
            remedy="fetch or export the file again",
        ) from error
