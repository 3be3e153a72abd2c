"""Order of time points."""

import re

_NUMBER = re.compile(r"((?:(?<=\s)|(?<=^))-\d+(?:\.\d+)?|\d+(?:\.\d+)?)")


def time_order(time: str) -> tuple[tuple[int, str | float], ...]:
    """Give the sort key of a time point: numbers in the text count as numbers (T2 before T10).

    A minus sign at the start or after a blank belongs to the number (day -7 before day 0).
    """
    parts = _NUMBER.split(time)
    return tuple(
        (1, float(part)) if index % 2 else (0, part) for index, part in enumerate(parts) if part
    )


def time_scale(time: str) -> str:
    """Give a time point without its number: points of one scale can be put in order."""
    return _NUMBER.sub("#", time)
