"""Known answers: which drugs help, don't, or do the opposite, in all patients or in some."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.drug_names import DrugNames
from twinscreen.files.text_table import TextTable, read_text_table, require_known_columns

#: What a label can say: a right answer; none; one that belongs at the bottom; not to be judged.
#: Where two diseases of a patient disagree on a drug, the first of these holds.
POSITIVE, BOTTOM, EXCLUDED, NEGATIVE = LABELS = ("positive", "bottom", "excluded", "negative")

#: Columns that say for whom a label holds; without one it holds for everybody.
SCOPES: tuple[Literal["patient", "disease"], ...] = ("patient", "disease")


@dataclass(frozen=True)
class Labels:
    """A label table: columns `drug` (in lower case), `label`, and `group`, for whom it holds.

    `scope` says what groups are: patients, diseases (in lower case), or, where it is "", one group
    called "" for everybody.
    """

    table: pd.DataFrame
    scope: Literal["", "patient", "disease"]
    file: str

    def groups_of(self, patient: str, diseases: Collection[str]) -> set[str]:
        """Name the groups of labels that hold for a patient."""
        if not self.scope:
            return {""}
        named = {patient} if self.scope == "patient" else {name.casefold() for name in diseases}
        return named & set(self.table["group"])

    def of(self, groups: Collection[str]) -> dict[str, str]:
        """Give the label of each drug in some groups."""
        rows = self.table[self.table["group"].isin(list(groups))]
        found: dict[str, str] = {}
        for drug, label in zip(rows["drug"], rows["label"], strict=True):
            found[drug] = min(found.get(drug, label), label, key=LABELS.index)
        return found

    def elsewhere(self, groups: Collection[str]) -> dict[str, int] | None:
        """Count for each drug in how many other groups it is a right answer: its popularity.

        Nothing where there is no other group.
        """
        others = self.table[~self.table["group"].isin(list(groups))]
        if others.empty:
            return None
        right = others[others["label"] == POSITIVE].drop_duplicates(["drug", "group"])
        return {str(drug): int(n) for drug, n in right["drug"].value_counts().items()}


def read_labels(path: FilePath) -> Labels:
    """Read a label table: tab-separated, with the columns drug and label, and others.

    Parameters
    ----------
    path
        `drug` is a name, synonym or identifier, `label` one of `LABELS`; a column `patient` or
        `disease` says for whom the label holds. Further columns are for people.

    Raises
    ------
    InputError
        The file is missing or empty, lacks a column, has both patient and disease, holds an unknown
        label or an empty cell, or says two things of one drug.
    """
    read = _read(path, "label", ("drug", "label"))
    require_known_columns(
        path,
        read.columns,
        needed=("drug", "label"),
        optional=SCOPES,
        not_for={"patient": ("patient_id", "donor", "subject"), "disease": ("diagnosis",)},
        cutoff=0.85,
    )
    scopes = [scope for scope in SCOPES if scope in read.columns]
    if len(scopes) > 1:
        raise InputError(
            file=path,
            place="header",
            found="the columns patient and disease",
            expected="one of them at most",
            remedy="say for each label either of which patient or of which disease it is",
        )
    scope = scopes[0] if scopes else ""
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    read.require_filled(["drug", "label", *scopes])
    for line, row in read.records():
        if row["label"] not in LABELS:
            raise InputError(
                file=path,
                place=f"line {line}, column label",
                found=repr(row["label"]),
                expected=f"one of {', '.join(LABELS)}",
                remedy="correct the label",
            )
        group = row[scope] if scope == "patient" else row.get(scope, "").casefold()
        key = (row["drug"].casefold(), group)
        first, label = seen.setdefault(key, (line, row["label"]))
        if label != row["label"]:
            raise InputError(
                file=path,
                place=f"line {line}",
                found=f"{row['drug']} as {row['label']}, and as {label} in line {first}",
                expected="one label for a drug" + (f" and {scope}" if scope else ""),
                remedy="take one of the lines out",
            )
    table = pd.DataFrame(
        [(drug, label, group) for (drug, group), (_, label) in seen.items()],
        columns=["drug", "label", "group"],
    )
    return Labels(table, scope, str(path))


def read_diseases(path: FilePath) -> dict[str, set[str]]:
    """Read which patient has which disease: a tab-separated table of `patient` and `disease`.

    Raises
    ------
    InputError
        The file is missing or empty, or lacks a column or a value.
    """
    found: dict[str, set[str]] = {}
    table = _read(path, "disease", ("patient", "disease"))
    table.require_filled(["patient", "disease"])
    for _, row in table.records():
        found.setdefault(row["patient"], set()).add(row["disease"])
    return found


def labels_of_drugs(drugs: pd.DataFrame, labels: Mapping[str, str]) -> np.ndarray:
    """Give the label of each drug of a screen, by id, any of its names, or identifier.

    Parameters
    ----------
    drugs
        The d drugs of a screen: index `drug_id`, column `name`, perhaps `synonyms` and identifiers.
    labels
        Label by what the drug is called, in lower case.

    Returns
    -------
    Shape (d,), text; "" where nothing is said of a drug. An id comes before a name, and of names
    that mean the same drug the first of `LABELS` holds.
    """
    names = names_of(drugs)
    found: dict[str, str] = {}
    for called, label in labels.items():
        for id_ in names.ids(called):
            found[id_] = min(found.get(id_, label), label, key=LABELS.index)
    found |= {id_: labels[id_.casefold()] for id_ in found if id_.casefold() in labels}
    return np.array([found.get(id_, "") for id_ in drugs.index.astype(str)], dtype=object)


def names_of(drugs: pd.DataFrame) -> DrugNames:
    """Make the names of the drugs of a screen, whose index is `drug_id`."""
    return DrugNames(drugs.rename_axis("drug_id").reset_index())


def _read(path: FilePath, what: str, needed: tuple[str, ...]) -> TextTable:
    """Read a table that has at least one line."""
    return read_text_table(
        path,
        content=f"a {what} table with the columns {' and '.join(needed)}",
        required=needed,
        empty=False,
    )
