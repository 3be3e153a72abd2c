"""The samples that a file of cells holds, as rows of a sample sheet."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.words.counting import plural
from twinscreen.inputs.cell_columns import find_columns, find_control
from twinscreen.observe.cells.cell_table import NO_DONOR
from twinscreen.observe.formats import open_cells

#: Donors that the reference design needs for a call: three to compare each of them with.
ENOUGH_DONORS = 4

#: What tells samples apart, in the order in which an id names it.
_PARTS = ("patient", "condition", "tissue", "time")


@dataclass(frozen=True)
class Draft:
    """Rows of a sample sheet, but for the file of cells, and what the configuration needs.

    `notes` say what was found where, and what was left out.
    """

    samples: list[dict[str, str]]
    control: str
    design: str
    cell_type: str
    notes: list[str] = field(default_factory=list)


def draft_samples(path: FilePath, given: Mapping[str, str], control: str) -> Draft:
    """Find the samples of a file of cells.

    Parameters
    ----------
    path
        The file, in any format that has annotation of cells.
    given
        Columns by what they say, "" to find one.
    control
        The control condition; "" to find it.

    Raises
    ------
    InputError
        The file can't be read, does not tell what every cohort needs, or no cell is left.
    """
    obs = _annotation(path)
    columns = find_columns(obs, given, file=path)
    notes = [
        f"{what.replace('_', ' ')}: column {name!r}" + ("" if given.get(what) else ", as it seems")
        for what, name in columns.items()
        if name
    ]
    cells = _cells(obs, columns)
    known = _with_owner(cells, columns, path)
    if lost := len(cells) - len(known):
        which = plural(lost, "cell is", "cells are")
        notes.append(f"{which} of no patient, condition or sample, and left out")
    conditions = sorted(known["condition"].unique())
    control = find_control(conditions, control, file=path, column=columns["condition"])
    healthy = {*known.loc[known["condition"] == control, "patient"]}
    ill = known[known["condition"] != control]
    people = {*ill["patient"]}
    notes.append(f"patients: {len(people)}; in the control condition {control!r}: {len(healthy)}")
    notes += _renamed(known)
    if _split_without_time(ill):
        notes.append(
            "the samples that a patient has in one condition are one state, unless you write their"
            " time points into the column time of the sheet"
        )
    design = "paired" if people <= healthy else "reference"
    if design == "paired":
        notes.append("design: paired, as each patient has a control sample")
    elif len(healthy) < ENOUGH_DONORS:
        notes.append(
            f"fewer than {ENOUGH_DONORS} donors make no call, and fewer than 3 nothing:"
            " docs/few_controls.md says what to do"
        )
    return Draft(
        samples=_rows(known, columns, path),
        control=control,
        design=design,
        cell_type=columns["cell_type"],
        notes=notes,
    )


def _annotation(path: FilePath) -> pd.DataFrame:
    """Read what a file says of each cell."""
    if not Path(path).exists():
        raise InputError(
            file=path, found="no such file", expected="a file of cells", remedy="correct --from"
        )
    return open_cells(path, lambda name: True).obs


def _cells(obs: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Write what is known of each cell as text, "" where there is nothing."""
    named = {what: name for what, name in columns.items() if name and what != "cell_type"}
    texts = {
        what: obs[name].astype(str).where(obs[name].notna(), "").astype(str)
        for what, name in named.items()
    }
    return pd.DataFrame(texts)


def _with_owner(cells: pd.DataFrame, columns: Mapping[str, str], path: FilePath) -> pd.DataFrame:
    """Keep the cells of which patient, condition and sample are known."""
    needed = [name for name in ("patient", "condition", "sample") if name in cells]
    known = cells[needed].apply(lambda column: column.str.strip() != "").all(axis=1)
    if columns["patient"] == "donor_id":
        known &= ~cells["patient"].str.lower().isin(NO_DONOR)
    if not known.any():
        raise InputError(
            file=path,
            place=f"obs, columns {columns['patient']} and {columns['condition']}",
            found="no cell with both",
            expected="a patient and a condition for each cell",
            remedy="name other columns by --patient and --condition",
        )
    return cells[known]


def _split_without_time(cells: pd.DataFrame) -> bool:
    """Whether the sample column parts one state of a patient, and nothing says into what."""
    if "sample" not in cells or "time" in cells:
        return False
    state = [name for name in _PARTS if name in cells]
    return bool(cells.groupby(state)["sample"].nunique().gt(1).any())


def _people(cells: pd.DataFrame) -> dict[str, str]:
    """Give the id of each patient, by what the file calls them."""
    names = list(dict.fromkeys(cells["patient"]))
    return dict(zip(names, _ids(names, taken=["cohort"]), strict=True))


def _renamed(cells: pd.DataFrame) -> list[str]:
    """Say which patients have another id in the sheets than in the file."""
    changed = [f"{name!r} is {id_}" for name, id_ in _people(cells).items() if name != id_]
    if not changed:
        return []
    more = f", and {len(changed) - 1} more likewise" if len(changed) > 1 else ""
    return [f"ids have letters, digits, _ and - alone: in the sheets {changed[0]}{more}"]


def _rows(cells: pd.DataFrame, columns: Mapping[str, str], path: FilePath) -> list[dict[str, str]]:
    """Write one row for each sample, in the order of the file."""
    keys = [name for name in ("sample", *_PARTS) if name in cells]
    every = cells.drop_duplicates(keys)
    telling = [name for name in keys if len({*every[name]}) > 1]
    single = [name for name in ("sample", "patient") if name in cells and every[name].is_unique]
    telling = single[:1] or telling
    patients = _people(every)
    titles = [
        "_".join(row[name] for name in telling or ["patient"]) for row in every.to_dict("records")
    ]
    one_batch = "batch" in cells and cells.groupby(keys)["batch"].nunique().max() == 1
    return [
        {
            "sample": name,
            "patient": patients[row["patient"]],
            "condition": row["condition"].strip(),
            "tissue": row.get("tissue", "").strip(),
            "time": row.get("time", "").strip(),
            "batch": row["batch"].strip() if one_batch else "",
            "select": "; ".join(_term(columns[what], row[what], path) for what in telling),
        }
        for name, row in zip(_ids(titles), every.to_dict("records"), strict=True)
    ]


def _ids(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Make ids of letters, digits, _ and -, a different one for each name."""
    found: list[str] = []
    used = {*taken}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "x"
        number = 1
        while (one := plain if number == 1 else f"{plain}_{number}") in used:
            number += 1
        used.add(one)
        found.append(one)
    return found


def _term(column: str, value: str, path: FilePath) -> str:
    """Write one condition of the column `select`."""
    if (
        "=" in column
        or {";"} & {*column, *value}
        or (column, value)
        != (
            column.strip(),
            value.strip(),
        )
    ):
        raise InputError(
            file=path,
            place=f"obs, column {column}",
            found=repr(value),
            expected="a column without = and ;, and values without ; or blanks at their ends",
            remedy="rename it, or name another column",
        )
    return f"{column}={value}"
