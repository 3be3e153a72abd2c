"""Fields of the lines of a table.

A line is a row: a quotation mark left open joins the lines below it only where they make one row
as wide as the header, between commas or semicolons, and do not make such rows one by one.
Marks that enclose a whole field are taken off; any other mark is a letter. In a table separated by
commas or semicolons the separator is a letter between marks, if all marks of the row fit.
"""

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.words.unseen import bare

#: Lines that one field between quotation marks may fill.
_LONGEST_FIELD = 100


def find_header(
    path: FilePath, lines: Iterator[tuple[int, str]], separators: str, comments: bool
) -> tuple[int, list[str], str]:
    """Find the header: its line, its names, and what separates them."""
    for number, line in lines:
        if line.strip() and not (comments and line.startswith("#")):
            separators = separators or (",;" if str(path).endswith((".csv", ".csv.gz")) else "\t")
            separator = max(separators, key=line.count)
            return (
                number,
                [bare(name) for name in _fields(line, separator) or _letters(line, separator)],
                separator,
            )
    return 1, [], "\t"


def split_rows(
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
        yield number, [bare(text) for text in fields] if strip else fields


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
