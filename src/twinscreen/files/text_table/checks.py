"""Checks of what a table of people holds, with the line of whatever is wrong."""

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
            found=repr(texts[~fits].iloc[0]),
            expected=expected,
            remedy=remedy,
        )
