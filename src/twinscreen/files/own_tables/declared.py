"""What is declared of a table of one's own: its columns, and what each may hold."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from twinscreen.files.text_table import ANSWERS


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value) or "_" in text:  # which Python would read over
        raise ValueError(text)
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise ValueError(text)
    return value


def _position(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True)
class Kind:
    """What a column may hold: `read` makes a value of a text, or raises ValueError or KeyError.

    `of_genes` says that it names a gene, or with `members` a complex of genes joined by "_"; they
    are brought to approved symbols.
    """

    expected: str
    read: Callable[[str], Any] = str
    of_genes: bool = False
    members: bool = False


_SIGNS = {
    **dict.fromkeys(("1", "+1", "+", "up", "activation", "stimulation"), 1),
    **dict.fromkeys(("-1", "-", "down", "inhibition", "repression"), -1),
    "0": 0,
}
_DIRECTIONS = {**dict.fromkeys(("1", "+1", "+", "up"), 1), **dict.fromkeys(("-1", "-", "down"), -1)}

TEXT = Kind("a text")
GENE = Kind("a gene: symbol, Ensembl, Entrez or UniProt identifier", of_genes=True)
PARTY = Kind("a gene, or genes of a complex joined by _", of_genes=True, members=True)
SIGN = Kind("1 (up), -1 (down) or 0 (without a sign)", lambda text: _SIGNS[text.casefold()])
ANSWER = Kind("yes or no", lambda text: ANSWERS[text.casefold()])
DIRECTION = Kind("up or down", lambda text: _DIRECTIONS[text.casefold()])
NUMBER = Kind("a finite number", _number)
SHARE = Kind("a number above 0 and at most 1", _share)
POSITION = Kind("a whole number", _position)


@dataclass(frozen=True)
class Column:
    """A column: without `needed` it may be missing, and its fields empty.

    `other_words` are what people call it, too: they are refused where it may be missing, since a
    column of such a name would not be read.
    """

    name: str
    kind: Kind
    meaning: str
    needed: bool = True
    other_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnTable:
    """A table that a user may bring.

    Parameters
    ----------
    name
        The key of the configuration.
    about
        What it holds, for messages.
    does
        What becomes of it, for people.
    columns
        The columns, in the order in which people read them.
    once
        Columns that together name a line: no two lines have the same.
    example
        A small table as text, fields separated by tabs.
    sections
        Sections of the configuration in which it may be named; `instead` is one of them where it
        can take the place of what comes with the package.
    """

    name: str
    about: str
    does: str
    columns: tuple[Column, ...]
    once: tuple[str, ...]
    example: str
    sections: tuple[str, ...] = ("own", "instead")

    @property
    def needed(self) -> list[str]:
        """Columns that it must have."""
        return [column.name for column in self.columns if column.needed]

    @property
    def optional(self) -> list[str]:
        """Columns that it may have."""
        return [column.name for column in self.columns if not column.needed]

    @property
    def keys(self) -> list[str]:
        """Keys of the configuration that name files of it."""
        return [f"{section}.{self.name}" for section in self.sections]

    @property
    def content(self) -> str:
        """What it is, in words, for messages."""
        more = f", and perhaps {', '.join(self.optional)}" if self.optional else ""
        return f"{self.about} with the columns {', '.join(self.needed)}{more}"
