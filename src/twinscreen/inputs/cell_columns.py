"""Which columns of a file with cells say whose cells they are, and of which kind."""

import re
from collections.abc import Mapping

import pandas as pd

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

#: What a column may say of a cell, and the names that such columns usually go by, written with
#: small letters and one underscore between words.
NAMES = {
    "patient": (
        *("patient", "patient_id", "donor", "donor_id", "subject", "subject_id"),
        *("individual", "individual_id", "participant", "participant_id"),
    ),
    "condition": (
        *("condition", "disease", "diagnosis", "disease_status", "status", "group", "stim"),
        *("stimulation", "severity"),
    ),
    "cell_type": (
        *("cell_type", "celltype", "cell_types", "author_cell_type", "cell_type_fine"),
        *("mergedcelltype", "annotation", "cell_annotation"),
    ),
    "sample": (
        *("sample", "sample_id", "sampleid", "library", "library_id", "orig_ident"),
        *("specimen", "specimen_id"),
    ),
    "time": ("time", "timepoint", "time_point", "visit", "day"),
    "tissue": ("tissue",),
    "batch": ("batch",),
}

#: What every cohort needs.
NEEDED = ("patient", "condition", "cell_type")

#: Names of conditions that are a control wherever they stand.
_CONTROLS = {
    *("healthy", "healthy control", "healthy donor", "healthy donors", "control", "controls"),
    *("ctrl", "normal", "hc", "hd", "untreated", "unstimulated", "uninvolved", "non lesional"),
}


def find_columns(obs: pd.DataFrame, given: Mapping[str, str], *, file: FilePath) -> dict[str, str]:
    """Find the column for each of NAMES: the one given, else the only one that goes by its name.

    Parameters
    ----------
    obs
        What the file says of each cell.
    given
        Columns that the user named, "" where none was.
    file
        The file, for messages.

    Returns
    -------
    Columns by what they say; "" for what is not needed and not found, or found twice.

    Raises
    ------
    InputError
        A column named is not there; of what every cohort needs there is no column, or several.
    """
    found = {}
    for what in NAMES:
        columns = [given[what]] if given.get(what) else _candidates(obs, what)
        if given.get(what) and given[what] not in obs:
            raise InputError(
                file=file,
                place="obs",
                found=f"no column {given[what]!r}",
                expected=f"one of {', '.join(map(str, obs.columns)) or 'none: there is no column'}",
                remedy=f"correct --{what.replace('_', '-')}",
            )
        if what in NEEDED and len(columns) != 1:
            named = " and ".join(columns)
            raise InputError(
                file=file,
                place="obs",
                found=f"{'several columns' if columns else 'no column'} that may say the"
                f" {what.replace('_', ' ')}" + (f": {named}" if columns else ""),
                expected=f"one of {', '.join(map(str, obs.columns)) or 'none: there is no column'}",
                remedy=f"name the column by --{what.replace('_', '-')}",
            )
        found[what] = columns[0] if len(columns) == 1 else ""
    return found


def find_control(conditions: list[str], given: str, *, file: FilePath, column: str) -> str:
    """Find the control condition: the one given, else the only one that is called like one.

    Raises
    ------
    InputError
        The one given is not there; or none, or several, are called so.
    """
    names = [name for name in conditions if _plain(name, " ") in _CONTROLS]
    if given in conditions:
        return given
    if given or len(names) != 1:
        raise InputError(
            file=file,
            place=f"obs, column {column}",
            found=f"no condition {given!r}" if given else "no condition that is surely the control",
            expected=f"one of {', '.join(map(repr, conditions))}",
            remedy="name the control condition by --control, or another column by --condition",
        )
    return names[0]


def _candidates(obs: pd.DataFrame, what: str) -> list[str]:
    """List the columns that go by a usual name, one of those that part the cells alike."""
    alike: dict[bytes, str] = {}
    for name in sorted(map(str, obs.columns), key=lambda name: _order(name, what)):
        if _plain(name, "_") not in NAMES[what]:
            continue
        codes, values = pd.factorize(obs[name].astype(object))
        if len(values) > (what == "condition"):  # one condition for all tells nothing
            alike.setdefault(codes.tobytes(), name)
    return list(alike.values())


def _order(name: str, what: str) -> int:
    """Return the place of a column among the usual names, the commonest first."""
    plain = _plain(name, "_")
    return NAMES[what].index(plain) if plain in NAMES[what] else len(NAMES[what])


def _plain(name: str, between: str) -> str:
    """Write a name with small letters and one sign between words."""
    return re.sub(r"[^a-z0-9]+", between, name.lower()).strip(between)
