"""Order of time points."""

import re


def time_order(time: str) -> tuple[object, ...]:
    """Sort key of a time point: numbers inside the text count as numbers (T2 before T10)."""
    parts = re.split(r"(\d+(?:\.\d+)?)", time)
    return tuple(
        (1, float(part)) if index % 2 else (0, part) for index, part in enumerate(parts) if part
    )
