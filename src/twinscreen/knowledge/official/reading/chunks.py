"""Reading large files part by part: delimited text, also inside an archive, Parquet and JSON."""

import codecs
import csv
import fnmatch
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.dataset as ds

from twinscreen.files import InputError

#: Lines that are in memory at once.
LINES = 200_000


@contextmanager
def opened(path: Path, *, member: str = "") -> Iterator[IO[bytes]]:
    """Open a file, compressed or not, or the one file of a zip archive that fits a pattern.

    Raises
    ------
    InputError
        There is no such file, it is damaged, or the archive has no such member or several.
    """
    with ExitStack() as stack:
        try:
            if member and zipfile.is_zipfile(path):
                archive = stack.enter_context(zipfile.ZipFile(path))
                found = [name for name in archive.namelist() if fnmatch.fnmatch(name, member)]
                if len(found) != 1:
                    raise _fault(path, f"{len(found)} files that fit {member}", "one of them")
                yield stack.enter_context(archive.open(found[0]))
            elif (file := stack.enter_context(open(path, "rb"))).peek(2)[:2] == b"\x1f\x8b":
                yield io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=file)))
            else:
                yield file
        except (EOFError, zlib.error, zipfile.BadZipFile, OSError) as error:
            raise _fault(path, f"can't be read to its end: {error}", "a whole file") from error


def text_chunks(
    path: Path,
    columns: Mapping[str, str] | Sequence[str],
    *,
    content: str,
    delimiter: str = "\t",
    quoted: bool = False,
    member: str = "",
    header: Sequence[str] | None = None,
) -> Iterator[pd.DataFrame]:
    """Read some columns of a delimited text, part by part.

    Parameters
    ----------
    path
        UTF-8, compressed or not. Leading lines that begin with # are skipped, but for one that is
        the header itself; short lines are filled with empty texts.
    columns
        Columns to read, or the new name of each by its name in the file.
    content
        What the file is, for messages.
    delimiter
        What stands between fields.
    quoted
        Whether fields may stand in quotation marks.
    member
        Pattern of the name of a file in a zip archive.
    header
        Names of the first columns of a file that has no header.

    Yields
    ------
    Texts by these names; what is not there is an empty text.

    Raises
    ------
    InputError
        The file is missing, damaged, no such text, or lacks a column.
    """
    names = columns if isinstance(columns, Mapping) else {name: name for name in columns}
    with opened(path, member=member) as file:
        first = next(iter(names))
        named = list(header or _header(path, file, first, delimiter, content, quoted))
        if lacking := [name for name in names if name not in named]:
            found = f"no column {', '.join(lacking)}"
            raise _fault(path, found, f"{content} with the columns {', '.join(names)}")
        try:
            parts = pd.read_csv(
                file,
                sep=delimiter,
                header=None,
                names=named,
                usecols=[named.index(name) for name in names],
                index_col=False,
                dtype=str,
                na_filter=False,
                quoting=0 if quoted else 3,
                chunksize=LINES,
                encoding="utf-8",
            )
            for part in parts:
                yield part.fillna("").rename(columns=dict(names))
        except pd.errors.EmptyDataError:
            yield pd.DataFrame(columns=[*names.values()], dtype=str)
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise _fault(path, " ".join(str(error).split()), content) from error


def _header(
    path: Path, file: IO[bytes], first: str, delimiter: str, content: str, quoted: bool
) -> list[str]:
    """Read up to the header: the first line without #, or the one with # that holds a column."""
    for line in file:
        text = line.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace").rstrip("\r\n")
        note = text.lstrip('"').startswith("#")
        names = text.removeprefix("#").split(delimiter)
        if quoted:
            names = next(csv.reader([text.removeprefix("#")], delimiter=delimiter), [])
        if not note or first in names:
            return [name.strip() for name in names]
    raise _fault(path, "no header", content)


def number_batches(
    path: Path, texts: Sequence[str], numbers: Sequence[str], *, content: str
) -> Iterator[pa.RecordBatch]:
    """Read a very large table of small numbers, whose fields are separated by blanks.

    Yields
    ------
    Columns `texts` as strings and `numbers` as int16, some 16 MB of the file at a time.

    Raises
    ------
    InputError
        The file is missing, damaged, or lacks a column or a number.
    """
    with opened(path) as file:
        try:
            yield from arrow_csv.open_csv(
                pa.PythonFile(file, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=16 << 20),
                parse_options=arrow_csv.ParseOptions(delimiter=" "),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=[*texts, *numbers],
                    column_types=dict.fromkeys(texts, pa.string())
                    | dict.fromkeys(numbers, pa.int16()),
                ),
            )
        except pa.ArrowException as error:
            raise _fault(path, " ".join(str(error).split()), content) from error


def part_chunks(path: Path, columns: Sequence[str], *, content: str) -> Iterator[pd.DataFrame]:
    """Read some columns of a data set in Parquet or JSON lines: a file, or a folder of parts.

    Yields
    ------
    Rows as Python values; None where there is none, also of a column that no row fills.

    Raises
    ------
    InputError
        There is no such data set, or it lacks the first column.
    """
    if not path.exists():
        raise _fault(path, "no such file", content)
    files = sorted(path.glob("*.parquet")) or sorted(path.glob("*.json*")) or [path]
    if files == [path] and path.is_dir():
        raise _fault(path, "a folder without parts", content)
    for file in files:
        try:
            one = ds.dataset(file, format="parquet" if file.suffix == ".parquet" else "json")
            there = [name for name in columns if name in one.schema.names]
            if columns[0] not in there:
                found = f"the columns {', '.join(one.schema.names)}"
                raise _fault(file, found, f"{content} with the columns {', '.join(columns)}")
            for batch in one.to_batches(columns=there, batch_size=LINES):
                rows = pd.DataFrame(batch.to_pydict(), columns=there, dtype=object)
                rows = rows.reindex(columns=[*columns])
                yield rows.where(rows.notna(), None)
        except (pa.ArrowException, OSError) as error:
            said = " ".join(str(error).split())
            raise _fault(file, f"can't be read: {said}", content) from error


def _fault(path: Path, found: str, expected: str) -> InputError:
    return InputError(
        file=path,
        found=found,
        expected=expected,
        remedy="remove the file and fetch it again; if the source has changed its shape, take the"
        " release that the list of official sources names",
    )
