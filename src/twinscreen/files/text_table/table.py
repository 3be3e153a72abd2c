"""Tables of text with a header: what people bring, and what public sources give."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.text_table.lines import read_lines
from twinscreen.files.text_table.rows import find_header, split_rows
from twinscreen.files.text_table.seen import require_seen
from twinscreen.files.words.missing import is_missing

if TYPE_CHECKING:
    import pandas as pd

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

    def require_filled(
        self, columns: Sequence[str], *, genes: Collection[str] = (), expected: str = "a value"
    ) -> None:
        """Check that some columns have a text in every line, and no word for nothing.

        Among `genes` such words may stand: lists of genes have them, and they mean no gene.

        Raises
        ------
        InputError
            A field is empty; the message names line and column.
        """
        chosen = [(self.columns.index(name), name) for name in columns]
        for line, row in zip(self.lines, self.rows, strict=True):
            for column, name in chosen:
                if not row[column] or (name not in genes and is_missing(row[column])):
                    raise InputError(
                        file=self.path,
                        place=f"line {line}, column {name}",
                        found=f"{row[column]!r}, a word for nothing" if row[column] else "nothing",
                        expected=expected,
                        remedy="fill it in, or leave the line out",
                    )

    def require_seen(self, columns: Sequence[str]) -> None:
        """Check that the texts of some columns are what they look like.

        Raises
        ------
        InputError
            One has letters of another alphabet among Latin ones, or two look the same.
        """
        for name in columns:
            place = self.columns.index(name)
            texts = [row[place] for row in self.rows]
            require_seen(self.path, name, texts, places=self.lines)


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
    typed: bool = True,
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
    typed
        Whether people typed it: then names that are not what they look like are refused. Public
        sources are read as they are.
    remedy
        What to do where there is no such file.

    Raises
    ------
    InputError
        The file is missing, is no text in UTF-8, is too large, lacks a column or has one twice, a
        line has more fields than the header, or a name is not what it looks like.
    """
    lines = read_lines(path, content=content, remedy=remedy)
    number, header, separator = find_header(path, lines, separator, comments)
    widths = {len(header), len(header) + row_names}
    body = split_rows(path, lines, separator, strip, widths)
    first = next(body, None)
    if row_names and first and len(first[1]) == len(header) + 1:
        header = ["", *header]
    unnamed = {place for place, name in enumerate(header) if not name and (place or not row_names)}
    if optional is None:
        taken = [name for place, name in enumerate(header) if place not in unnamed]
    else:
        taken, unnamed = [*required, *optional], set()
    if typed:
        require_seen(path, "names", header, places=[number] * len(header))
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
    table = TextTable(path, taken, rows, numbers)
    if typed:
        table.require_seen(taken)
    return table


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
    number, header, _ = find_header(path, lines, separator, comments)
    if not header:
        raise lacking_columns(path, number, header, [], content)
    return header


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
        raise lacking_columns(path, line, header, lacking, content)


def lacking_columns(
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
