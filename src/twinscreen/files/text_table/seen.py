"""The check that names are what they look like."""

from collections.abc import Iterable, Sequence

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.words.look_alike import as_one, as_seen, by_letter, strangers


def require_seen(
    path: FilePath, column: str, names: Iterable[str], *, places: Sequence[object] = ()
) -> None:
    """Check that names are what they look like.

    Parameters
    ----------
    path
        Where they stand, for messages.
    column
        Of which column they are.
    names
        All names of the column.
    places
        The line of each, if they stand in lines.

    Raises
    ------
    InputError
        A name that looks Latin has letters of another alphabet, or two different names look the
        same.
    """
    every = list(names)
    if all(map(str.isascii, every)):
        return
    first_at: dict[str, int] = {}
    for number, name in enumerate(every):
        first_at.setdefault(name, number)
    looks: dict[str, str] = {}
    for name, number in first_at.items():
        first, strange = looks.setdefault(as_seen(name), as_one(name)), strangers(name)
        if first == as_one(name) and not strange:
            continue
        other = "" if first == as_one(name) else f", which looks like {by_letter(first)}"
        line = f"line {places[number]}, " if number < len(places) else ""
        raise InputError(
            file=path,
            place=f"{line}column {column}",
            found=by_letter(name) + other,
            expected="names that are what they look like: Latin letters alone, or none, and one"
            " spelling of each",
            remedy=f"type {as_seen(name)!r} anew on a Latin keyboard, in every file that has it",
        )
