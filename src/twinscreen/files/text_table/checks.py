"""Checks of what a table of people holds, with the line of whatever is wrong."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import pandas as pd

#: Words of people for yes and no, in small letters.
ANSWERS = {
    **dict.fromkeys(("yes", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}


def require_fitting(
    path: FilePath, texts: "pd.Series", fits: "pd.Series", *, expected: str, remedy: str
) -> None:
    """Check the texts of a column.

    Parameters
    ----------
    path
        The table, for messages.
    texts
        A column of n lines, by its name; the index has the numbers of the lines.
    fits
        Whether each is what it should be, shape (n,).
    expected, remedy
        What it should be, and what to do about it.

    Raises
    ------
    InputError
        A text does not fit; the message shows the first that doesn't.
    """
    if not fits.all():
        raise InputError(
            file=path,
            place=f"line {texts.index[~fits][0]}, column {texts.name}",
            found=repr(texts[~fits].iloc[0]) if texts[~fits].iloc[0] else "nothing",
            expected=expected,
            remedy=remedy,
        )


def require_known_columns(
    path: FilePath,
    header: Sequence[str],
    *,
    needed: Sequence[str],
    optional: Sequence[str],
    not_for: Mapping[str, Sequence[str]] = MappingProxyType({}),
    cutoff: float = 0.6,
) -> None:
    """Refuse a column called much as one that may be there and is not: it would not be read.

    Others are the user's own affair.

    Parameters
    ----------
    path
        The table, for messages.
    header
        Its columns.
    needed, optional
        The columns that it must have, and may have.
    not_for
        Other words, in small letters, that people have for optional columns.
    cutoff
        How much alike names must be, from 0 to 1, as difflib has it.

    Raises
    ------
    InputError
        There is such a column.
    """
    lacking = [name for name in optional if name not in header]
    for name in header:
        if not name or name in {*needed, *optional}:
            continue
        near = [one for one in lacking if name.lower() in not_for.get(one, ())]
        if near := near or get_close_matches(name.lower(), lacking, 1, cutoff):
            raise InputError(
                file=path,
                place=f"header, column {name}",
                found=repr(name),
                expected=near[0],
                remedy="rename the column, or remove it if something else is meant",
            )


def require_once(
    path: FilePath,
    rows: "pd.DataFrame",
    by: Sequence[str],
    *,
    say: Callable[["pd.Series"], str],
    expected: str,
) -> None:
    """Check that no two lines speak of the same.

    Parameters
    ----------
    path
        The table, for messages.
    rows
        Its lines; the index has their numbers.
    by
        Columns that together say what a line speaks of.
    say
        Says what a line speaks of, for people.
    expected
        What there should be of each.

    Raises
    ------
    InputError
        A line speaks of what an earlier one does; the message shows the first such line.
    """
    if (twice := rows.duplicated(list(by))).any():
        raise InputError(
            file=path,
            place=f"line {rows.index[twice][0]}",
            found=f"{say(rows[twice].iloc[0])} a second time",
            expected=expected,
            remedy="keep one of the lines",
        )
