"""Tables of text: what people bring, and what public sources give.

A line is a row: a quotation mark left open joins the lines below it only where they make one row
as wide as the header, between commas or semicolons, and do not make such rows one by one.
Marks that enclose a whole field are taken off; any other mark is a letter. In a table separated by
commas or semicolons the separator is a letter between marks, if all marks of the row fit.
"""

import csv
import gzip
import re
import zlib
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import pandas as pd

#: Bytes: neither a line nor a whole table, unpacked, is longer.
LONGEST_LINE, LARGEST_TABLE = 2**20, 2**32

#: Lines that one field between quotation marks may fill.
_LONGEST_FIELD = 100

#: Any of these may stand between fields: the one that the header has most of.
ANY_SEPARATOR = "\t,;"


@dataclass(frozen=True)
class TextTable:
    """A table as it was read.

    Attributes
    ----------
    path
        The file, for messages.
    columns
        Names of the c columns.
    rows
        One list of c texts for each line below the header that is not blank.
    lines
        Number of each of these lines in the file, from 1.
    """

    path: FilePath
    columns: list[str]
    rows: list[list[str]]
    lines: list[int]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the number of each line and its texts by column."""
        for line, row in zip(self.lines, self.rows, strict=True):
            yield line, dict(zip(self.columns, row, strict=True))

    def frame(self) -> "pd.DataFrame":
        """Return the texts with the numbers of the lines as index."""
        import pandas as pd

        return pd.DataFrame(self.rows, index=self.lines, columns=self.columns, dtype=str)

    def require_filled(self, columns: Sequence[str], *, expected: str = "a value") -> None:
        """Check that some columns have a text in every line.

        Raises
        ------
        InputError
            A field is empty; the message names line and column.
        """
        chosen = [(self.columns.index(name), name) for name in columns]
        for line, row in zip(self.lines, self.rows, strict=True):
            for column, name in chosen:
                if not row[column]:
                    raise InputError(
                        file=self.path,
                        place=f"line {line}, column {name}",
                        found="nothing",
                        expected=expected,
                        remedy="fill it in, or leave the line out",
                    )


def read_text_table(
    path: FilePath,
    *,
    content: str,
    required: Sequence[str] = (),
    optional: Sequence[str] | None = None,
    separator: str = "",
    comments: bool = False,
    strip: bool = True,
    row_names: bool = False,
    empty: bool = True,
    remedy: str = "correct the path",
) -> TextTable:
    """Read a table with a header; text in UTF-8, compressed with gzip if its name ends in `.gz`.

    Parameters
    ----------
    path
        The table.
    content
        What it holds, for messages.
    required
        Columns that it must have.
    optional
        Further columns to read, empty texts where there is no such column; by default all that
        have a name.
    separator
        What stands between two fields. Of several letters, the one that the header has most of.
        By default a comma or semicolon where the name ends in `.csv`, else a tab.
    comments
        Skip lines before the header that start with #.
    strip
        Take white space off both ends of every text.
    row_names
        Where lines have one field more than the header, as R writes the names of rows, read that
        field as a first column without a name.
    empty
        Accept a header alone.
    remedy
        What to do where there is no such file.

    Raises
    ------
    InputError
        The file is missing, is no text in UTF-8, is too large, lacks a column or has one twice, or
        a line has more fields than the header.
    """
    lines = read_lines(path, content=content, remedy=remedy)
    number, header, separator = _begin(path, lines, separator, comments)
    widths = {len(header), len(header) + row_names}
    body = _body(path, lines, separator, strip, widths)
    first = next(body, None)
    if row_names and first and len(first[1]) == len(header) + 1:
        header = ["", *header]
    unnamed = {place for place, name in enumerate(header) if not name and (place or not row_names)}
    if optional is None:
        taken = [name for place, name in enumerate(header) if place not in unnamed]
    else:
        taken, unnamed = [*required, *optional], set()
    _check_header(path, number, header, required, taken, content)
    places = [header.index(name) if name in header else -1 for name in taken]
    rows, numbers = [], []
    for at, fields in chain([first], body) if first else ():
        _check_width(path, at, fields, len(header), unnamed)
        fields += [""] * (len(header) + 1 - len(fields))  # the last one stands for no such column
        rows.append([fields[place] for place in places])
        numbers.append(at)
    if not (rows or empty):
        raise InputError(
            file=path,
            found="a header alone",
            expected=f"{content}: at least one line",
            remedy="add lines, or leave the table out",
        )
    return TextTable(path, taken, rows, numbers)


def read_header(
    path: FilePath, *, content: str, separator: str = "", comments: bool = False, remedy: str
) -> list[str]:
    """Read the names of the columns alone, as `read_text_table` would.

    Raises
    ------
    InputError
        The file is missing, has no line, or does not begin as text in UTF-8.
    """
    lines = read_lines(path, content=content, remedy=remedy)
    number, header, _ = _begin(path, lines, separator, comments)
    if not header:
        raise _lacking(path, number, header, [], content)
    return header


def read_lines(
    path: FilePath, *, content: str, remedy: str = "correct the path"
) -> Iterator[tuple[int, str]]:
    """Read the lines of a text in UTF-8, without their ends, and number them from 1.

    Raises
    ------
    InputError
        The file is missing, can't be read, is no such text, or is too large.
    """
    require_file(path, content=content, remedy=remedy)
    number = size = 0
    try:
        with gzip.open(path) if str(path).endswith(".gz") else open(path, "rb") as file:
            while raw := file.readline(LONGEST_LINE + 1):
                size += len(raw)
                if len(raw) > LONGEST_LINE or size > LARGEST_TABLE:
                    raise _too_large(path, number + 1, content)
                text = raw.decode("utf-8" if number else "utf-8-sig").rstrip("\r\n")
                if "\0" in text:
                    raise _no_text(path, number + 1, "a zero byte", content)
                for part in text.split("\r"):  # as old spreadsheet programs end lines
                    number += 1
                    yield number, part
    except UnicodeDecodeError as error:
        raise _no_text(path, number + 1, error.reason, content) from error
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {getattr(error, 'strerror', None) or error}",
            expected=content,
            remedy="give whoever runs this the right to read it; if it is damaged, export it again,"
            " compressed with gzip only if its name ends in .gz",
        ) from error


def require_file(path: FilePath, *, content: str, remedy: str) -> None:
    """Check that a file is there.

    Raises
    ------
    InputError
        There is no such file.
    """
    if not Path(path).is_file():
        raise InputError(file=path, found="no such file", expected=content, remedy=remedy)


def read_people_table(
    path: FilePath, *, columns: Sequence[str], optional: Sequence[str] = (), content: str
) -> "pd.DataFrame":
    """Read named columns of a table as text, with a header; none named: all, at least two.

    Parameters
    ----------
    path
        Parquet if the name ends so, else text.
    columns
        Columns to read, which have no empty field; if none are named, the first two have none.
    optional
        Further columns to read, with empty texts where there is no such column.
    content
        What the table holds, for error messages.

    Returns
    -------
    Texts, with the numbers of the lines as index.

    Raises
    ------
    InputError
        The file is missing, can't be read, lacks a column, or has an empty field.
    """
    expected = f"{content}, with " + (
        f"the columns {', '.join(columns)}" if columns else "a header and at least two columns"
    )
    if Path(path).suffix == ".parquet":
        table = _read_parquet(path, expected)
    else:
        table = read_text_table(path, content=expected, required=columns)
    lacking = [name for name in columns if name not in table.columns]
    if lacking or (len(table.columns) < 2 and not columns):
        raise _lacking(path, 1, table.columns, lacking, expected)
    chosen = list(columns) or table.columns[:2]
    table.require_filled(chosen, expected="a name")
    read = [*columns, *optional] if columns else table.columns
    return table.frame().reindex(columns=read, fill_value="")


def _begin(
    path: FilePath, lines: Iterator[tuple[int, str]], separators: str, comments: bool
) -> tuple[int, list[str], str]:
    """Find the header: its line, its names, and what separates them."""
    for number, line in lines:
        if line.strip() and not (comments and line.startswith("#")):
            separators = separators or (",;" if str(path).endswith((".csv", ".csv.gz")) else "\t")
            separator = max(separators, key=line.count)
            return (
                number,
                [name.strip() for name in _fields(line, separator) or _letters(line, separator)],
                separator,
            )
    return 1, [], "\t"


def _body(
    path: FilePath,
    lines: Iterator[tuple[int, str]],
    separator: str,
    strip: bool,
    widths: Collection[int],
) -> Iterator[tuple[int, list[str]]]:
    """Split the lines below the header; those without any text are left out."""
    blank = separator + ' "\t'
    ahead: deque[tuple[int, str]] = deque()
    while taken := ahead.popleft() if ahead else next(lines, None):
        number, line = taken
        if not line.strip(blank):
            continue
        fields = _fields(line, separator)
        if not fields:
            ahead.extend(islice(lines, _LONGEST_FIELD - len(ahead)))
            fields, below = _open_field(line, [text for _, text in ahead], separator, widths)
            for _ in range(below):
                ahead.popleft()
        if not fields:
            raise _open_mark(path, number, line, max(widths))
        yield number, [text.strip() for text in fields] if strip else fields


def _open_field(
    line: str, below: Sequence[str], separator: str, widths: Collection[int]
) -> tuple[list[str], int]:
    """Split a line whose marks don't fit; return the fields and how many lines below they take."""
    reader = csv.reader((f"{text}\n" for text in (line, *below)), delimiter=separator, strict=True)
    try:
        joined = next(reader)
    except csv.Error:
        joined = []
    rest = below[: reader.line_num - 1]
    alone = [_fields(text, separator) or _letters(text, separator) for text in (line, *rest)]
    if len(joined) in widths and any(len(fields) not in widths for fields in alone):
        return joined, len(rest)
    return (alone[0], 0) if len(alone[0]) in widths else ([], 0)


def _fields(line: str, separator: str) -> list[str]:
    """Split a line; nothing where its quotation marks don't fit."""
    if '"' not in line:
        return line.split(separator)
    if separator == "\t":
        return _letters(line, separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return []


def _letters(line: str, separator: str) -> list[str]:
    """Split a line at every separator, whatever stands between marks."""
    return [_without_marks(text) for text in line.split(separator)]


def _without_marks(text: str) -> str:
    """Take off quotation marks that enclose a field, in which those doubled stand for one."""
    enclosed = re.fullmatch(r'\s*"((?:[^"]|"")*)"\s*', text)
    return enclosed[1].replace('""', '"') if enclosed else text


def _read_parquet(path: FilePath, expected: str) -> TextTable:
    """Read a Parquet file as text; its rows are numbered as lines below a header would be."""
    import pandas as pd

    require_file(path, content=expected, remedy="correct the path")
    try:
        table = pd.read_parquet(path).astype("string").fillna("")
    except (ValueError, OSError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {error}",
            expected=expected,
            remedy="export the table again",
        ) from error
    rows = [[str(text).strip() for text in row] for row in table.itertuples(index=False)]
    return TextTable(path, [str(name) for name in table], rows, list(range(2, len(rows) + 2)))


def _check_header(
    path: FilePath,
    line: int,
    header: Sequence[str],
    required: Sequence[str],
    taken: Sequence[str],
    content: str,
) -> None:
    """Check that each column that is read stands there once."""
    twice = [name for name in taken if name and header.count(name) > 1]
    if twice:
        raise InputError(
            file=path,
            place=f"line {line}",
            found=f"the column {twice[0]!r} twice",
            expected="each column once",
            remedy="rename or remove one of them",
        )
    if lacking := [name for name in required if name not in header]:
        raise _lacking(path, line, header, lacking, content)


def _lacking(
    path: FilePath, line: int, header: Sequence[str], lacking: Sequence[str], content: str
) -> InputError:
    """Say which columns a header lacks."""
    there = ", ".join(filter(None, header))
    return InputError(
        file=path,
        place=f"line {line}",
        found=(f"no column {', '.join(lacking)}; " if lacking else "")
        + (f"the columns {there}" if there else "an empty file"),
        expected=content,
        remedy="name the columns in the first line, separated by tabs (commas or semicolons in a"
        " file whose name ends in .csv)",
    )


def _check_width(
    path: FilePath, line: int, fields: Sequence[str], width: int, unnamed: Collection[int]
) -> None:
    """Check that nothing stands beyond the last column, or in one without a name."""
    odd = [text for text in fields[width:] if text.strip()]
    odd += [fields[place] for place in unnamed if place < len(fields) and fields[place].strip()]
    if odd:
        raise InputError(
            file=path,
            place=f"line {line}",
            found="a value beyond the last column, or in one without a name",
            expected=f"{width - len(unnamed)} values, one for each column that the header names",
            remedy="remove the value, or the separator too many before it, or name its column",
            detail=repr(odd[0]),
        )


def _open_mark(path: FilePath, line: int, text: str, width: int) -> InputError:
    """Say that a quotation mark is left open, so that the fields of a line can't be told."""
    return InputError(
        file=path,
        place=f"line {line}",
        found="a quotation mark that is left open",
        expected=f"{width} values, each between two marks or without any",
        remedy="close the quotation mark, or remove it",
        detail=text[:80],
    )


def _no_text(path: FilePath, line: int, why: str, content: str) -> InputError:
    """Say that a file is no text."""
    return InputError(
        file=path,
        place=f"line {line}",
        found=f"bytes that are no text in UTF-8 ({why})",
        expected=content,
        remedy="save the table as text in UTF-8 (not as a workbook, nor as Unicode text)",
    )


def _too_large(path: FilePath, line: int, content: str) -> InputError:
    """Say that a file is larger than any such table."""
    return InputError(
        file=path,
        place=f"line {line}",
        found=f"more than {LONGEST_LINE >> 20} MiB in one line, or {LARGEST_TABLE >> 30} GiB in"
        " all",
        expected=content,
        remedy="check that it is the file that was meant",
    )
