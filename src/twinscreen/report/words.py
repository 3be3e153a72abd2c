"""Numbers and lists as people read them; a missing value is a dash, never 0 or nan."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from twinscreen.files.words.counting import plural as plural

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

#: Texts that stand for a number that is missing.
_NOTHING = ("nan", "inf", "infinity")

#: A protein looks over-active where its z is above this, under-active where below its negative.
ACTIVE = 2.0

#: What is no letter but turns the direction of the text around it, or commands a terminal: a name
#: must not reorder a page.
_COMMANDS = dict.fromkeys(
    code
    for first, last in (
        "\0\b",
        "\v\x1f",
        "\x7f\x9f",
        "\u200e\u200f",
        "\u202a\u202e",
        "\u2066\u2069",
    )
    for code in range(ord(first), ord(last) + 1)
    if chr(code) != "\r"
)


def is_missing(value: Any) -> bool:
    """Whether a value says nothing: None, NaN, pandas' NA, or empty text."""
    if isinstance(value, str):  # as most are; not left to float, which is slow to refuse them
        return value.strip().lstrip("+-").lower() in _NOTHING if value else True
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def without_commands(shown: str) -> str:
    """Leave out of a text what commands how it is shown."""
    # what can be printed commands nothing, and that is told sooner
    return shown if shown.isprintable() else shown.translate(_COMMANDS)


def text(value: Any) -> str:
    """Show any value as text."""
    return MISSING if is_missing(value) else str(value)


def whole(value: Any) -> str:
    """Show a count, with commas between thousands."""
    return MISSING if is_missing(value) else f"{round(float(value)):,}"


def decimal(value: Any, digits: int = 1) -> str:
    """Show a number with a true minus sign."""
    if is_missing(value):
        return MISSING
    shown = f"{float(value):,.{digits}f}"
    return shown.replace("-", MINUS if float(shown.replace(",", "")) else "")


def signed(value: Any, digits: int = 1) -> str:
    """Show a number with its sign, plus too."""
    shown = decimal(value, digits)
    plus = not is_missing(value) and round(float(value), digits) > 0
    return f"+{shown}" if plus else shown


def exact(value: Any, times: float = 1) -> str:
    """Give a number as a program reads it, to six digits; nothing where it is missing."""
    return "" if is_missing(value) else f"{times * float(value):.6g}"


def ranked(value: Any) -> str:
    """Show a rank; drugs that tie may share a half one."""
    return MISSING if is_missing(value) else f"{float(value):,g}"


def probability(value: Any) -> str:
    """Show a p or q value."""
    if is_missing(value):
        return MISSING
    return "< 0.001" if float(value) < 0.001 else f"{float(value):.2g}"


def percent(value: Any) -> str:
    """Show a share of 1 in per cent, small ones with a decimal; the number alone."""
    if is_missing(value):
        return MISSING
    return decimal(100 * float(value), 0 if abs(float(value)) >= 0.0995 else 1)


def share(part: float, whole_: float) -> str:
    """Show a part of a whole in per cent."""
    return f"{100 * part / whole_:.0f} %" if whole_ else MISSING


def listed(items: Iterable[str], *, most: int | None = None) -> str:
    """Join items as in a sentence: "JAK1, JAK2 and TYK2", or "JAK1, JAK2 and 5 more"."""
    names = list(items)
    if most is not None and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most:,} more"]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def lower_first(sentence: str) -> str:
    """Begin a sentence in lower case, to go on with after a colon; names keep their capitals."""
    article = sentence.startswith("A ")
    return sentence[:1].lower() + sentence[1:] if article or sentence[1:2].islower() else sentence


def between(values: Sequence[float]) -> str:
    """Give the range of counts: "5" or "5 to 7"."""
    known = [float(value) for value in values if not is_missing(value)]
    if not known:
        return MISSING
    low, high = min(known), max(known)
    return whole(low) if low == high else f"{whole(low)} to {whole(high)}"


def texts(values: Any) -> list[str]:
    """Give a list of texts, whatever an h5ad file made of it: array, single text, or nothing."""
    if isinstance(values, str):
        values = [values]
    return [str(value) for value in values if not is_missing(value)]
