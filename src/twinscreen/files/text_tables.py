"""Text tables, whose faults are the user's to mend."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath


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
