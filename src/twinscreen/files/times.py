"""Order of time points."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

_NUMBER = re.compile(r"((?:(?<=\s)|(?<=^))-\d+(?:\.\d+)?|\d+(?:\.\d+)?)")


def time_order(time: str) -> tuple[tuple[int, str | float], ...]:
    """Give the sort key of a time point: numbers in the text count as numbers (T2 before T10).

    A minus sign at the start or after a blank belongs to the number (day -7 before day 0).
    """
    parts = _NUMBER.split(time)
    return tuple(
        (1, float(part)) if index % 2 else (0, part) for index, part in enumerate(parts) if part
    )


def in_order(time: str) -> bool:
    """Whether a time point has one place in time: a text with one number or none, or an ISO date.

    Of several numbers nobody can tell which counts first: 02.03.2021 is a day of March or of
    February, and T1,5 may be later or earlier than T1,25.
    """
    if len(_NUMBER.findall(time)) < 2:
        return True
    try:
        return bool(datetime.fromisoformat(time)) and "-" in time
    except ValueError:
        return False


def time_scale(time: str) -> str:
    """Give a time point without its number: points of one scale can be put in order."""
    return _NUMBER.sub("#", time)


def check_states(samples: Mapping[str, Mapping[str, str]], control: str, *, file: FilePath) -> None:
    """Check that the states of each patient can be told apart and put in order of time.

    Parameters
    ----------
    samples
        By id: patient, condition, tissue and time.
    control
        The control condition, whose samples are no state.
    file
        Where the samples stand, for messages.

    Raises
    ------
    InputError
        A patient has two conditions at one time point, or time points whose order can't be told.
    """
    states: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, row in samples.items():
        if row["condition"] == control:
            continue
        place = f"sample {name}, patient {row['patient']}, tissue {row['tissue']}"
        seen = states[row["patient"], row["tissue"]]
        for time, condition in seen.items():
            if time == row["time"]:
                same, told = condition == row["condition"], "one condition per time point"
                found = f"conditions {condition!r} and {row['condition']!r} at time {time!r}"
                remedy = "give the two states time points or patients of their own"
            else:
                found = f"time points {time!r} and {row['time']!r}"
                same = time_scale(time) == time_scale(row["time"])
                same &= time_order(time) != time_order(row["time"])
                told = (
                    "time points that differ in their number alone, as T0 and T2, day -7 and day 0"
                )
                remedy = "write all time points of a patient in one way, with a number"
                if odd := [one for one in (time, row["time"]) if not in_order(one)]:
                    same, found = False, f"the time point {odd[0]!r}, with more than one number"
                    told = "one number, as in T2 or day 7.5, or a date as 2021-03-31"
                    remedy = "write the date as year-month-day, or number the time points"
            if not same:
                raise InputError(file=file, place=place, found=found, expected=told, remedy=remedy)
        seen[row["time"]] = row["condition"]
