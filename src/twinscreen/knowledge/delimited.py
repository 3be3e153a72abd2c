"""Reading the delimited text files of public sources without losing a value.

Everything is read as text: a gene called `NA`, a ligand called `None` and a type `None` are
names here, and a number is parsed only where a number is meant.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from twinscreen.files import FilePath, InputError, text_table
from twinscreen.files.text_table import read_header, read_text_table

_REMEDY = "check the path, or fetch the source first"


def require_file(path: FilePath, *, content: str) -> None:
    """Check that a file is there.

    Raises
    ------
    InputError
        There is no such file.
    """
    text_table.require_file(path, content=content, remedy=_REMEDY)


def header(path: FilePath, *, delimiter: str, content: str) -> list[str]:
    """Return the column names of a delimited file (leading lines that start with # are skipped).

    Raises
    ------
    InputError
        There is no such file, it is empty, or it isn't UTF-8 text.
    """
    return read_header(path, content=content, separator=delimiter, comments=True, remedy=_REMEDY)


def read_columns(
    path: FilePath,
    *,
    columns: Mapping[str, str] | Sequence[str],
    content: str,
    delimiter: str = "\t",
) -> pd.DataFrame:
    """Read some columns of a delimited text file.

    Parameters
    ----------
    path
        Text in UTF-8, with a header; compressed with gzip if the name ends in `.gz`. Leading
        lines that start with # are skipped.
    columns
        Columns to read, or the new name of each by its name in the file.
    content
        What the file holds, for error messages.
    delimiter
        What stands between two fields.

    Returns
    -------
    One row per line, texts only; what is empty in the file is an empty text.

    Raises
    ------
    InputError
        The file is missing, isn't such text, or lacks a column.
    """
    table = read_text_table(
        path,
        content=f"{content} with the columns {', '.join(columns)}",
        required=list(columns),
        optional=(),
        separator=delimiter,
        comments=True,
        strip=False,
        typed=False,
        remedy=_REMEDY,
    )
    frame = table.frame().reset_index(drop=True)
    return frame.rename(columns=dict(columns)) if isinstance(columns, Mapping) else frame


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
