"""Responses that were observed: a column of the patient sheet, or a table of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.text_table import read_people_table
from twinscreen.files.words.missing import is_missing

#: What people write for a patient who responded, and who did not, in small letters.
YES = ("1", "yes", "true", "responder", "response")
NO = ("0", "no", "false", "non-responder", "no response")
_EXPECTED = f"one of {', '.join(YES)}, or of {', '.join(NO)}"


@dataclass(frozen=True)
class Responses:
    """Who responded, by patient, and the column of the sheet that said so, "" if none did."""

    observed: dict[str, bool] = field(default_factory=dict)
    column: str = ""


def read_responses(
    given: str, sheets: Mapping[str, Mapping[str, str]], *, of_all: bool = True
) -> Responses:
    """Read observed responses.

    Parameters
    ----------
    given
        A column of the patient sheet, or a file (tsv or parquet) with the columns `patient` and
        `response`; "" for none.
    sheets
        The row of each patient in the patient sheet.
    of_all
        Whether these are all patients of the cohort, of whom one must have a response.

    Returns
    -------
    Responses of patients of the cohort; in the sheet, an empty field is no response known.

    Raises
    ------
    InputError
        There is neither such a column nor such a file, a value is neither yes nor no, a patient
        stands twice, or no patient of the cohort has a response.
    """
    if not given or not (sheets or of_all):
        return Responses()
    if any(given in row for row in sheets.values()):
        texts = {patient: row.get(given, "") for patient, row in sheets.items()}
        named = {patient: text for patient, text in texts.items() if not is_missing(text)}
        place = "patient sheet, column " + given
        return Responses(_read(named, file="the patient sheet", place=place), given)
    if not Path(given).is_file():
        raise InputError(
            file=given,
            place="trial.responses",
            found="neither a file nor a column of the patient sheet",
            expected="a column of the patient sheet, or a table with the columns patient, response",
            remedy="correct the name in trial.responses",
        )
    named = _of_table(given)
    known = {patient: text for patient, text in named.items() if patient in sheets}
    if not known and of_all:
        raise InputError(
            file=given,
            place="column patient",
            found="no patient of this cohort",
            expected=f"patients such as {', '.join(list(sheets)[:3])}",
            remedy="name the patients as in the patient sheet",
        )
    return Responses(_read(known, file=given, place="column response"))


def _of_table(file: FilePath) -> dict[str, str]:
    """Read a table of responses."""
    table = read_people_table(file, columns=["patient", "response"], content="observed responses")
    twice: pd.Series = table["patient"].duplicated()
    if twice.any():
        raise InputError(
            file=file,
            place=f"line {table.index[twice][0]}, column patient",
            found=f"{table.loc[twice, 'patient'].iloc[0]} a second time",
            expected="one line for each patient",
            remedy="keep one of the lines",
        )
    return dict(zip(table["patient"].astype(str), table["response"].astype(str), strict=True))


def _read(texts: Mapping[str, str], *, file: FilePath, place: str) -> dict[str, bool]:
    """Tell yes from no."""
    read = {}
    for patient, text in texts.items():
        if text.strip().casefold() not in YES + NO:
            raise InputError(
                file=file,
                place=f"{place}, patient {patient}",
                found=repr(text),
                expected=_EXPECTED,
                remedy="say who responded in these words, and leave out who is not known",
            )
        read[patient] = text.strip().casefold() in YES
    return read
