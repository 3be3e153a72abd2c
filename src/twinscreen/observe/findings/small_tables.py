"""Small tables that people keep of a patient: symptoms, exposures, medication."""

import csv
from collections.abc import Sequence
from pathlib import Path

from twinscreen.files import FilePath, InputError
from twinscreen.files.text_table import reading_rows


def read_rows(
    path: FilePath, *, required: Sequence[str], optional: Sequence[str] = (), content: str
) -> list[dict[str, str]]:
    """Read a tab-separated table with a header, row by row; what isn't there is an empty text.

    Raises
    ------
    InputError
        The file is missing, isn't text, or lacks a column or a value of a required column.
    """
    expected = f"{content}: a tab-separated table with the columns {', '.join(required)}"
    rows = []
    header, *lines = read_lines(path, content=expected) or [""]
    names = [name.strip() for name in header.split("\t")]
    if lacking := [name for name in required if name not in names]:
        raise InputError(
            file=path,
            place="line 1",
            found=f"no column {', '.join(lacking)}",
            expected=expected,
            remedy="name the columns in the first line, and separate them by tabs",
        )
    with reading_rows(path):
        read = list(csv.reader(lines, delimiter="\t"))
    for number, values in enumerate(read, start=2):
        given = dict(zip(names, (value.strip() for value in values), strict=False))
        row = {name: given.get(name, "") for name in (*required, *optional)}
        if not any(row.values()):
            continue
        if empty := [name for name in required if not row[name]]:
            raise InputError(
                file=path,
                place=f"line {number}, column {empty[0]}",
                found="nothing",
                expected="a value",
                remedy="fill it in, or leave the line out",
            )
        rows.append(row)
    return rows


def read_lines(path: FilePath, *, content: str) -> list[str]:
    """Read the lines of a text in UTF-8.

    Raises
    ------
    InputError
        The file is missing or no such text.
    """
    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected=content, remedy="correct the path"
        )
    try:
        return Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            file=path,
            found=f"bytes that are no text in UTF-8 ({error.reason})",
            expected=content,
            remedy="save the file as text in UTF-8",
        ) from error
    except OSError as error:
        raise InputError(
            file=path,
            found=f"can't be opened: {error.strerror}",
            expected=content,
            remedy="give whoever runs the workflow the right to read it",
        ) from error
