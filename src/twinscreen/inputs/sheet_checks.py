"""What the rows of the two sheets may hold: spellings, diseases, and cells of their own."""

import os
import re
from collections.abc import Mapping
from typing import Any

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.words.look_alike import as_seen, by_letter
from twinscreen.inputs.select import parse_select
from twinscreen.settings.spelling import plain

#: Columns whose values are compared between samples.
_COMPARED = ("condition", "tissue", "time", "batch")

#: An identifier of a disease, as it stands in the patient sheet.
_IDENTIFIER = re.compile(r"\b[A-Za-z]+[:_][A-Z]*\d+\b")

#: One whose prefix, or what joins it to the number, was lost on the way.
_HALF_AN_IDENTIFIER = re.compile(r"\d+|(?:MONDO|OMIM|ORPHA|Orphanet|DOID|EFO|MESH)[\s-]*\d+", re.I)


def check_spelling(
    samples: Mapping[str, Mapping[str, str]], control: str, *, file: FilePath
) -> None:
    """Check that nothing has two spellings.

    A donor would be a patient, and a patient have no donors of the same tissue or batch.

    Parameters
    ----------
    samples
        By id: what the sheet says of each sample.
    control
        The control condition.
    file
        Where the samples stand, for messages.

    Raises
    ------
    InputError
        Two values of a column, or a condition and the control, differ in case, blanks, quotation
        marks, accents or signs between words alone.
    """
    for column in _COMPARED:
        seen = {plain(as_seen(control)): control} if column == "condition" else {}
        for sample, row in samples.items():
            value = row[column]
            first = seen.setdefault(plain(as_seen(value)), value)
            if first != value:
                said = "the control " if column == "condition" and first == control else ""
                name = by_letter(value) if as_seen(value) == as_seen(first) else repr(value)
                raise InputError(
                    file=file,
                    place=f"sample {sample}, column {column}",
                    found=f"{name}, which is {said}{first!r} in another spelling",
                    expected=f"one spelling of each {column}, without quotation marks",
                    remedy=f"write {first} if the same is meant, else another name",
                )


def check_diseases(text: str, sheet: str, place: str) -> None:
    """Check that no two diseases stand where one is read, since the second would be its name."""
    for part in text.split("|"):
        if len(_IDENTIFIER.findall(part)) > 1 or ";" in part:
            raise InputError(
                file=sheet,
                place=place,
                found=repr(part.strip()),
                expected="identifiers joined by |, each with or without a name after a blank",
                remedy="write | between two diseases, as in MONDO:0007915|MONDO:0005147",
            )
        if _HALF_AN_IDENTIFIER.fullmatch(part.strip()):
            raise InputError(
                file=sheet,
                place=place,
                found=repr(part.strip()),
                expected="an identifier with its prefix and a colon, or the name of a disease",
                remedy="write it whole, as in MONDO:0007915 or OMIM:152700",
            )


def check_cells(samples: Mapping[str, Mapping[str, str]], *, sheet: FilePath) -> None:
    """Check that no two samples are the same cells, however file and selection are spelt."""
    seen: dict[tuple[Any, ...], str] = {}
    for name, row in samples.items():
        place = f"sample {name}, column select"
        selected = frozenset(parse_select(row["select"], file=str(sheet), place=place).items())
        cells, annotation = row["cells"], row["annotation"]
        if not cells.startswith("source:"):
            cells = os.path.realpath(cells)
        key = (cells, selected, annotation and os.path.realpath(annotation))
        other = seen.setdefault(key, name)
        if other != name:
            raise InputError(
                file=sheet,
                place=f"sample {name}, columns cells and select",
                found=f"the same cells as sample {other}",
                expected="cells of its own for each sample",
                remedy="name another file, or say in the column select which cells of the file"
                " belong to which sample",
            )
