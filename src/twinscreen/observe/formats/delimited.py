"""Texts in columns: how a table begins, whatever separates its fields."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import reading
from twinscreen.observe.formats.unpacked import open_text

#: Endings of tables.
ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")

#: Tells whether a name means a gene.
IsGene = Callable[[str], bool]

WHOLE = "a whole table with a header, separated by tabs, commas or semicolons, or as .gz"
REMEDY = "export it again"

#: Lines that are looked at to tell what a table holds.
_A_FEW = 200


@dataclass(frozen=True)
class Beginning:
    """Separator, header and first lines of a table.

    `header` names every column: where it has one name less than the lines have fields, as R
    writes row names, "" stands first.
    """

    separator: str
    header: list[str]
    lines: list[list[str]]


def beginning(path: Path) -> Beginning:
    """Read how a table begins.

    Raises
    ------
    InputError
        The file can't be read, is empty, or its lines have not the fields of its header.
    """
    with (
        reading(path, WHOLE, REMEDY),
        open_text(path) as file,
    ):
        first = file.readline()
        separator = max("\t,;", key=first.count)
        header, *_ = csv.reader([first], delimiter=separator) or [[]]
        lines = list(islice(csv.reader(file, delimiter=separator), _A_FEW))
    if len(header) < 2 or not lines:
        raise InputError(
            file=path,
            place="line 1",
            found="one column" if first.strip() else "an empty file",
            expected=WHOLE,
            remedy=REMEDY,
        )
    if len(header) == len(lines[0]) - 1:
        header = ["", *header]
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise InputError(
                file=path,
                place=f"line {number}",
                found=f"{len(line)} fields",
                expected=f"{len(header)}, as the header has",
                remedy=REMEDY,
            )
    return Beginning(separator, [name.strip() for name in header], lines)


def is_number(text: str) -> bool:
    """Tell a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def odd_field(path: Path, begun: Beginning, columns: Sequence[int]) -> InputError:
    """Find the first field of these columns that is no number."""
    with (
        reading(path, WHOLE, REMEDY),
        open_text(path) as file,
    ):
        for number, line in enumerate(csv.reader(file, delimiter=begun.separator), start=1):
            if number == 1:
                continue
            short = len(line) != len(begun.header)
            odd = [] if short else [c for c in columns if not is_number(line[c])]
            if short or odd:
                return InputError(
                    file=path,
                    place=f"line {number}" + (f", column {odd[0] + 1}" if odd else ""),
                    found=repr(line[odd[0]]) if odd else f"{len(line)} fields",
                    expected="a count" if odd else f"{len(begun.header)}, as the header has",
                    remedy="correct the line, or export the table again",
                )
    return InputError(file=path, found="no table", expected=WHOLE, remedy=REMEDY)


def share_of_genes(names: Sequence[str], is_gene: IsGene) -> float:
    """Share of names that mean a gene, of a spread of them."""
    some = [name for name in names[:: max(len(names) // 2000, 1)] if name]
    return sum(map(is_gene, some)) / max(len(some), 1)
