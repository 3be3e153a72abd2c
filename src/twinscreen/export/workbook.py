"""Tables of results as a workbook of Excel, a sheet for each."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.files.tables import read_parquet
from twinscreen.files.text_table import read_text_table, require_file

#: What Excel takes: characters of the name of a sheet, and rows of it.
_LONGEST_NAME, MOST_ROWS = 31, 1_048_576

#: Written into each workbook, so that the same tables give the same bytes.
_CREATED = datetime(2000, 1, 1)


def read_sheets(paths: Sequence[FilePath]) -> dict[str, pd.DataFrame]:
    """Read tables for a workbook.

    Parameters
    ----------
    paths
        Parquet if the name ends so, else text.

    Returns
    -------
    The tables by the names of their sheets, which are those of the files. A column of text is a
    column of numbers where all that is filled in is a number.

    Raises
    ------
    InputError
        A file is missing, can't be read, or has more rows than a sheet.
    """
    sheets: dict[str, pd.DataFrame] = {}
    for path in paths:
        table = _read(Path(path))
        if len(table) >= MOST_ROWS:
            raise InputError(
                file=path,
                found=f"{len(table):,} rows",
                expected=f"fewer than {MOST_ROWS:,}, as many as a sheet of Excel has",
                remedy="take a part of the table, or read it by another program",
            )
        sheets[_name(Path(path), sheets)] = table
    return sheets


def write_workbook(sheets: Mapping[str, pd.DataFrame], output: FilePath) -> None:
    """Write a workbook: the first row stays in view, and every column can be filtered.

    Parameters
    ----------
    sheets
        Tables by the names of their sheets.
    output
        The workbook (xlsx). Texts stay texts, whatever they begin with.

    Raises
    ------
    InputError
        XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as error:
        raise InputError(
            file=output,
            found="XlsxWriter is not installed",
            expected="the package XlsxWriter, which writes workbooks",
            remedy="pip install 'twinscreen[excel]'; tables open in Excel as they are, too",
        ) from error
    with atomic(output) as partial:
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(str(partial), options) as book:
            book.set_properties({"created": _CREATED})
            bold = book.add_format({"bold": True})
            for name, table in sheets.items():
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, map(str, table.columns), bold)
                for at, column in enumerate(table):
                    sheet.write_column(1, at, map(_cell, table[column].tolist()))
                sheet.freeze_panes(1, 0)
                sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))


def _cell(value: object) -> object:
    """Give what a cell holds: a number, a truth, a text, or nothing."""
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return "" if math.isnan(value) else str(value)
    return value if isinstance(value, bool | int | float) else str(value)


def _read(path: Path) -> pd.DataFrame:
    """Read a table, numbers as numbers."""
    expected = "a table of results, with a header"
    if path.suffix == ".parquet":
        require_file(path, content=expected, remedy="correct the path")
        return read_parquet(path, expected=expected, remedy="make it again, or correct the path")
    frame = read_text_table(path, content=expected, typed=False).frame()
    for name in frame:
        filled = frame[name] != ""
        numbers = pd.to_numeric(frame[name].where(filled), errors="coerce")
        if filled.any() and numbers[filled].notna().all():
            frame[name] = numbers
    return frame


def _name(path: Path, taken: Mapping[str, object]) -> str:
    """Name a sheet after its file, in the way that Excel allows, and unlike the others."""
    stem = re.sub(r"[\[\]:*?/\\']", "_", path.stem)[:_LONGEST_NAME] or "table"
    name, number = stem, 2
    while name.casefold() in {other.casefold() for other in taken}:
        mark = f" {number}"
        name, number = stem[: _LONGEST_NAME - len(mark)] + mark, number + 1
    return name
