"""Approvals since the sources of drugs were released: who approved a drug, and when.

The committed table, which `resources/derive/approvals.py` makes, and one of a user's own.
"""

from difflib import get_close_matches

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.drug_names import DrugNames, sound
from twinscreen.files.text_table import ANY_SEPARATOR, read_text_table, require_fitting
from twinscreen.knowledge.drugs.identifiers import join_values

#: Columns of the table; a reference says where it can be looked up.
COLUMNS = ("drug", "agency", "date", "reference")

_DATE = r"\d{4}(-\d\d(-\d\d)?)?"


def read_approvals(path: FilePath) -> pd.DataFrame:
    """Read approvals: `drug, agency, date` and perhaps `reference`; dates as 2021-07-30 or 2021.

    Returns
    -------
    These columns as text, the number of the line as index.

    Raises
    ------
    InputError
        The file is missing or at fault; the message names the line.
    """
    table = read_text_table(
        path,
        content=f"approvals with the columns {', '.join(COLUMNS[:3])}",
        required=COLUMNS[:3],
        optional=COLUMNS[3:],
        separator=ANY_SEPARATOR,
        comments=True,
        empty=False,
    )
    table.require_filled(["drug", "agency", "date"])
    rows = table.frame()
    require_fitting(
        path,
        rows["date"],
        rows["date"].str.fullmatch(_DATE),
        expected="a date as 2021-07-30, 2021-07 or 2021",
        remedy="write the date of the approval so",
    )
    return rows


def add_approvals(drugs: pd.DataFrame, approvals: pd.DataFrame, *, told: str) -> pd.DataFrame:
    """Mark the drugs of approvals as approved, and say by whom and when.

    A drug that was not approved before is called as its first approval calls it; its former name
    becomes a synonym.

    Parameters
    ----------
    drugs
        Drugs with `approved` and `approval`.
    approvals
        As `read_approvals` gives them; drugs that are not in the table are left out.
    told
        Text added to the date, which names the user's table; or nothing.
    """
    names = DrugNames(drugs)
    by_id = {row["drug_id"]: row for row in drugs.to_dict("records")}
    for drug, agency, date in approvals[["drug", "agency", "date"]].itertuples(index=False):
        for row in map(by_id.__getitem__, names.ids(drug)):
            if not row["approved"] and sound(drug) != sound(row["name"]):
                row |= {"name": drug, "synonyms": join_values(row["name"], row["synonyms"])}
            row["approval"] = join_values(row["approval"], f"{agency} {date}{told}")
            row["approved"] = True
    return pd.DataFrame([*by_id.values()], columns=drugs.columns)


def check_approvals(path: FilePath, drugs: pd.DataFrame) -> None:
    """Check that the drugs of a user's approvals are in the drug table.

    Raises
    ------
    InputError
        The table is missing or at fault, or a drug of it is not known.
    """
    names = DrugNames(drugs)
    for line, drug in read_approvals(path)["drug"].items():
        if not names.ids(drug):
            near = get_close_matches(drug, drugs["name"], n=3)
            raise InputError(
                file=path,
                place=f"line {line}, column drug",
                found=f"{drug!r}, which is no drug of the library",
                expected="a name, synonym or identifier of a drug",
                remedy="correct the name, or add the drug with its targets by screen.drugs"
                + (f"; near are {', '.join(near)}" if near else ""),
            )
