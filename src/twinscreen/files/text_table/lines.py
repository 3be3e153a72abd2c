"""Lines of a text in UTF-8, plain or compressed, that is no larger than any table."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from twinscreen.files.errors import InputError
from twinscreen.files.intact.foreign import foreign
from twinscreen.files.paths import FilePath

#: Bytes: neither a line nor a whole table, unpacked, is longer.
LONGEST_LINE, LARGEST_TABLE = 2**20, 2**32


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
    if told := foreign(path):
        raise InputError(
            file=path, place="line 1", found=told.found, expected=content, remedy=told.remedy
        )
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
