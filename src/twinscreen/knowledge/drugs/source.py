"""What every source of drugs gives: its drugs, and their interactions with a direction."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

#: Columns of the drugs of a source: texts, several values joined by "|", and flags. `synonyms` are
#: those that the source has; `elsewhere`, names of the same drug in other places.
DRUG_COLUMNS = [
    *("drug_id", "name", "kind", "approved", "withdrawn", "labelled"),
    *("synonyms", "drugbank", "chembl", "chebi", "atc", "elsewhere"),
]
#: Columns of its interactions. Members of a complex are joined by "|"; `action` is for people.
ROW_COLUMNS = ["drug_id", "genes", "sign", "action", "primary", "affinity"]


@dataclass(frozen=True)
class DrugSource:
    """Drugs of one source and their interactions, of the columns above.

    `name` is what a row says it is from; `told` what an approval says it is from, with its date.
    """

    name: str
    told: str
    drugs: pd.DataFrame
    rows: pd.DataFrame


def make_source(name: str, told: str, drugs: pd.DataFrame, rows: pd.DataFrame) -> DrugSource:
    """Make a source of what it tells; columns of drugs that it lacks are empty."""
    usual: dict[str, Any] = dict.fromkeys(DRUG_COLUMNS, "")
    usual |= {"approved": False, "withdrawn": False, "labelled": False}
    lacking = {column: usual[column] for column in DRUG_COLUMNS if column not in drugs}
    drugs = drugs.assign(**lacking)[DRUG_COLUMNS].reset_index(drop=True)
    return DrugSource(name, told, drugs, rows[ROW_COLUMNS].reset_index(drop=True))
