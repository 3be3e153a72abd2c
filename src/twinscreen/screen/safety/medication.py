"""What a patient takes."""

from dataclasses import dataclass

import pandas as pd

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.drug_names import DrugNames, key, without_dose


@dataclass(frozen=True)
class Current:
    """A drug that the patient takes: how it is called, and the drugs of the table it means."""

    label: str
    names: frozenset[str]
    ids: frozenset[str]
    simulated: bool


def current_medication(findings: pd.DataFrame, drug_table: pd.DataFrame) -> list[Current]:
    """Find current medication in the drug table, `dexamethasone 6 mg` without the dose."""
    known = findings["status"] == FindingStatus.PRESENT
    rows = findings[(findings["kind"] == "medication") & known]
    found: list[Current] = []
    if rows.empty:
        return found
    names = DrugNames(drug_table)
    for row in rows.itertuples(index=False):
        label, id_ = str(row.label), str(row.id)
        given = {key(name) for name in (label, id_, without_dose(label)) if name}
        ids = {drug for name in given for drug in names.ids(name)}
        found.append(Current(label or id_, frozenset(given), frozenset(ids), bool(row.simulated)))
    return found
