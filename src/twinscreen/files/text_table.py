"""Tables that people bring and take: tab-separated, also compressed, or Parquet."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

#: Endings of tables, and how each is written.
ENDINGS = (".tsv", ".tsv.gz", ".parquet")


def read_people_table(path: FilePath, *, columns: Sequence[str], content: str) -> pd.DataFrame:
    """Read named columns of a table as text, with a header; none named: the first two.

    Parameters
    ----------
    path
        Parquet if the name ends so, else tab-separated text in UTF-8, compressed if it ends in
        `.gz`.
    columns
        Columns to read.
    content
        What the table holds, for error messages.

    Raises
    ------
    InputError
        The file is missing, can't be read, lacks a column, or has an empty field.
    """
    expected = f"{content}, with " + (
        f"the columns {', '.join(columns)}" if columns else "a header and at least two columns"
    )
    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected=expected, remedy="check the path"
        )
    try:
        table = _read(Path(path))
    except (EOFError, zlib.error, ValueError, OSError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {error}",
            expected=expected,
            remedy="export the table again: tab-separated, .gz if compressed, or .parquet",
        ) from error
    lacking = [name for name in columns if name not in table.columns]
    if lacking or (table.shape[1] < 2 and not columns):
        raise InputError(
            file=path,
            place="header",
            found=f"the columns {', '.join(map(str, table.columns))}",
            expected=expected,
            remedy="name the columns in the first line, and separate them by tabs",
        )
    chosen = table[list(columns)] if columns else table.iloc[:, :2]
    return _filled(path, chosen)


def write_people_table(table: pd.DataFrame, path: FilePath) -> None:
    """Write a table by the ending of its name; `require_ending` checks that first."""
    with atomic(path) as partial:
        if str(path).endswith(".parquet"):
            table.to_parquet(partial, index=False, compression="zstd")
            return
        if str(path).endswith(".gz"):
            # no time and no name in the compressed file: same content, same bytes
            with (
                open(partial, "wb") as raw,
                gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file,
            ):
                table.to_csv(file, sep="\t", index=False, lineterminator="\n")
            return
        table.to_csv(partial, sep="\t", index=False, lineterminator="\n")


def require_ending(path: FilePath) -> None:
    """Check that a table can be written under this name.

    Raises
    ------
    InputError
        The ending says nothing.
    """
    if not str(path).endswith(ENDINGS):
        raise InputError(
            file=path,
            found=f"the ending {Path(path).suffix or 'none'}",
            expected=f"one of {', '.join(ENDINGS)}",
            remedy="give the output another name",
        )


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype(str)
    return pd.read_csv(
        path,
        sep="\t",
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        quoting=csv.QUOTE_MINIMAL,
        compression="gzip" if path.suffix == ".gz" else None,
    )


def _filled(path: FilePath, table: pd.DataFrame) -> pd.DataFrame:
    """Check that no field is empty."""
    for name in table.columns:
        values = table[name].fillna("").str.strip()
        if (values == "").any():
            raise InputError(
                file=path,
                place=f"column {name}, line {int((values == '').to_numpy().argmax()) + 2}",
                found="nothing",
                expected="a name",
                remedy="fill it in, or leave the line out",
            )
        table = table.assign(**{name: values})
    return table


@contextmanager
def reading_rows(path: FilePath) -> Iterator[None]:
    """Tell what the module csv can't read as a fault of the table.

    Raises
    ------
    InputError
        A row can't be read, for example because a quotation mark is never closed.
    """
    try:
        yield
    except csv.Error as error:
        raise InputError(
            file=path,
            found=f"a row that can't be read ({error})",
            expected="values separated by tabs, each quotation mark closed",
            remedy="look for a quotation mark too many, which joins all lines after it, and for"
            " values of enormous length",
        ) from error
