"""How verbs take their arguments."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from typing import TypeVar

Kind = TypeVar("Kind")


def pair(text: str) -> tuple[str, str]:
    """Read `key=value`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r}: expected KEY=VALUE")
    return key, value


def number(text: str) -> tuple[str, float]:
    """Read `key=number`."""
    key, value = pair(text)
    try:
        return key, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: expected KEY=NUMBER") from None


def yes(text: str) -> bool:
    """Read `true` or `false`, as Snakemake writes a boolean parameter."""
    if text.lower() not in {"true", "false"}:
        raise argparse.ArgumentTypeError(f"{text!r}: expected true or false")
    return text.lower() == "true"


def add_keep_going(add: Callable[..., argparse.Action]) -> None:
    """Describe `--keep-going`."""
    add(
        "--keep-going",
        action="store_true",
        help="whatever goes wrong, write a result marked unscorable with the reason",
    )


def taken(kind: type[Kind], given: argparse.Namespace) -> Kind:
    """Make a dataclass from the arguments called as its fields are."""
    return kind(**{field.name: getattr(given, field.name) for field in fields(kind)})  # type: ignore[arg-type]
