"""How verbs take their arguments."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any


def pair(text: str) -> tuple[str, str]:
    """Read `key=value`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r}: expected KEY=VALUE")
    return key, value


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Make a reader of whole numbers within bounds."""
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number {bounds}")
        return value

    return read


def add_keep_going(add: Callable[..., argparse.Action]) -> None:
    """Describe `--keep-going`."""
    add(
        "--keep-going",
        action="store_true",
        help="whatever goes wrong, write a result marked unscorable with the reason",
    )


def add_row(add: Callable[..., argparse.Action], sheet: str, columns: Sequence[str]) -> None:
    """Describe `--row`, and a flag for each of some columns of a sheet."""
    add(
        "--row",
        metavar="FILE",
        help=f"what the {sheet} sheet says (json), as the workflow writes it; flags go before it",
    )
    for name in columns:
        add(f"--{name.replace('_', '-')}", help=f"{name} of the {sheet} sheet")


def read_row(
    given: argparse.Namespace, columns: Sequence[str], *, needed: Sequence[str]
) -> dict[str, str]:
    """Read what a sheet says from the file of `--row`, and from the flags of its columns.

    Raises
    ------
    InputError
        The file is missing or no such row, or a column that is needed is in neither.
    """
    from twinscreen.files.errors import InputError

    row = dict.fromkeys(columns, "") | (read_json(given.row) if given.row else {})
    row |= {name: text for name in columns if (text := getattr(given, name)) is not None}
    if lacking := [name for name in needed if not row[name]]:
        raise InputError(
            file=given.row or "command line",
            found=f"no {', '.join(lacking)}",
            expected=f"{', '.join(needed)}",
            remedy=" ".join(f"--{name.replace('_', '-')}=..." for name in lacking),
        )
    return row


def read_json(path: str) -> dict[str, Any]:
    """Read a file of names and values that the workflow wrote."""
    import json

    from twinscreen.files.errors import InputError

    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except FileNotFoundError:
        values = "no such file"
    except (ValueError, RecursionError) as error:
        values = f"no JSON: {error}"
    if isinstance(values, dict):
        return values
    raise InputError(
        file=path,
        found=str(values),
        expected="names and values (json)",
        remedy="name a file below settings/ of the workflow's output, or leave the flag out",
    )
