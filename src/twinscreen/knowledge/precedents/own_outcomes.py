"""What helped in reference states, and what did not, as a table of one's own says it."""

from collections.abc import Collection

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.files.text_table import (
    ANSWERS,
    ANY_SEPARATOR,
    read_text_table,
    require_fitting,
    require_once,
)

#: What people write for a drug that helped, and for one that did not, in small letters.
HELPED = {**ANSWERS, "helped": True, "not helped": False}


def read_own_outcomes(path: FilePath) -> pd.DataFrame:
    """Read a table of outcomes: `state, drug, helped`, and perhaps `diseases`.

    Returns
    -------
    These four columns, the number of the line as index; `helped` is boolean, `diseases` are names
    joined by "|" by which a patient may be known to have the disease of the state, or "".

    Raises
    ------
    InputError
        The file is missing or at fault, or says of a drug twice what it did in a state.
    """
    content = "outcomes with the columns state, drug and helped (yes or no)"
    table = read_text_table(
        path,
        content=content,
        required=("state", "drug", "helped"),
        optional=("diseases",),
        separator=ANY_SEPARATOR,
        empty=False,
    )
    table.require_filled(["state", "drug", "helped"])
    rows = table.frame()
    helped = rows["helped"].str.casefold().map(HELPED)
    require_fitting(
        path,
        rows["helped"],
        helped.notna(),
        expected="yes or no",
        remedy="write yes or no, and leave out what is not known",
    )
    require_once(
        path,
        rows.assign(key=rows["drug"].str.casefold()),
        ["state", "key"],
        say=lambda row: f"{row['drug']} in {row['state']}",
        expected="each drug once per state",
    )
    return rows.assign(helped=helped.astype(bool))


def of_known_states(
    path: FilePath, rows: pd.DataFrame, states: pd.DataFrame, patients: Collection[str] | None
) -> pd.DataFrame:
    """Bring the states of outcomes to the identifiers of the reference states.

    Parameters
    ----------
    path
        The table, for messages.
    rows
        As `read_own_outcomes` gives them.
    states
        The reference states: index their identifiers, `name`.
    patients
        Whom a line may name besides; None: anybody, because patients are not known here.

    Returns
    -------
    The rows of these states; those of patients are left out.

    Raises
    ------
    InputError
        A state is neither.
    """
    called = dict(zip(states["name"].str.casefold(), states.index, strict=True))
    called |= {state: state for state in states.index}
    meant = rows["state"].map(lambda one: called.get(one, called.get(one.casefold(), "")))
    if patients is not None:
        examples = [*states["name"].iloc[:3], *list(patients)[:2]]
        require_fitting(
            path,
            rows["state"],
            (meant != "") | rows["state"].isin(list(patients)),
            expected="a reference state by name or identifier, or with precedent.cohort a patient"
            f" of the cohort: {', '.join(examples)}, ...",
            remedy="correct the name, or add the state to precedent.states",
        )
    return rows.assign(state=meant)[meant != ""]
