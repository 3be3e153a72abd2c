"""Whether the patient takes a drug of the first mechanism already."""

from collections.abc import Mapping

import anndata as ad

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.drug_names import DrugNames, without_dose
from twinscreen.report import words
from twinscreen.report.tables import table


def taken(twin: ad.AnnData, screen: ad.AnnData, drugs: Mapping[str, str]) -> list[str]:
    """Say which drugs of the first mechanism the patient takes, and what could not be told.

    Parameters
    ----------
    twin, screen
        Of one patient; the medication is among the findings of the twin.
    drugs
        Names of the drugs of the first mechanism by identifier.
    """
    rows = table(twin, "findings", "kind", "label", "id", "status")
    rows = rows[(rows["kind"] == "medication") & (rows["status"] == FindingStatus.PRESENT)]
    if rows.empty:
        return []
    names = DrugNames(screen.obs.rename_axis(None).assign(drug_id=screen.obs_names))
    said, unknown = [], []
    for label, id_ in zip(rows["label"].astype(str), rows["id"].astype(str), strict=True):
        ids = {drug for name in (label, id_, without_dose(label)) for drug in names.ids(name)}
        if not ids:
            unknown.append(label)
        said += [
            f"The patient takes {name} already{'' if label == name else f' ({label})'}:"
            " in a sample taken since then, this is what deviates in spite of it."
            for drug, name in drugs.items()
            if drug in ids
        ]
    if unknown:
        said.append(
            f"Of what the patient takes, {words.listed(unknown, most=4)} could not be matched to a"
            " drug of this screen, so whether it is the drug named here was not checked."
        )
    return said
