"""What the patient has, held against what tables name as contraindications and indications.

A known indication is prior knowledge, not evidence from this patient: it is said beside the drug,
and moves the adjusted rank alone, where the configuration asks for it.
"""

import re

import numpy as np
import pandas as pd

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.drug_names import key

_TERM = re.compile(r"([A-Za-z]+)[:_](\d+)\b")


def had_of(findings: pd.DataFrame) -> pd.DataFrame:
    """Choose the symptoms and diseases that the patient has, among findings."""
    known = findings["kind"].isin(["phenotype", "disease"])
    return findings[known & (findings["status"] == FindingStatus.PRESENT)]


def matched(
    warnings: pd.DataFrame, kind: str, had: pd.DataFrame, terms: pd.DataFrame | None
) -> pd.DataFrame:
    """Find the rows of a kind whose subject the patient has, by identifier and by name.

    Parameters
    ----------
    warnings
        Contract DRUG_WARNINGS.
    kind
        `contraindication` or `indication`.
    had
        What the patient has, as `had_of` gives it.
    terms
        Contract PHENOTYPE_TERMS: a row by a term holds for all terms below it. None: only the
        patient's very terms and names count.

    Returns
    -------
    `drug_id, subject, detail, source` of these rows, in their order, and of the finding that each
    matches `id`, `had`, the same in words, and `simulated`.
    """
    ontology = {} if terms is None else terms.set_index("id").to_dict("index")
    current = {
        former: id_
        for id_, term in ontology.items()
        if isinstance(term["alternatives"], str)
        for former in term["alternatives"].split("|")
    }
    meant: dict[str, tuple[str, str, bool]] = {}
    for id_, label, simulated in zip(had["id"], had["label"], had["simulated"], strict=True):
        ids, called = {str(id_)}, {str(label)}
        if term := ontology.get(current.get(id_, id_)):
            ids |= {*term["ancestors"].split("|")}
            called |= {ontology[one]["name"] for one in ids if one in ontology}
        named = filter(None, ids | {key(name) for name in called})
        words = f"{label} ({id_})" if label != id_ else str(id_)
        meant |= dict.fromkeys(named, (str(id_), words, bool(simulated)))
    found = []
    rows = warnings[warnings["kind"] == kind]
    columns = ["drug_id", "subject", "detail", "source"]
    for row in rows[columns].itertuples(index=False, name=None):
        subject = row[1]
        match = _TERM.match(subject)
        id_ = f"{match[1]}:{match[2]}" if match else ""
        has = meant.get(str(current.get(id_, id_))) or meant.get(key(subject))
        if has is not None:
            found.append((*row, *has))
    return pd.DataFrame(found, columns=[*columns, "id", "had", "simulated"])


def indicated_for(
    drugs: pd.DataFrame,
    warnings: pd.DataFrame | None,
    had: pd.DataFrame,
    terms: pd.DataFrame | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Say for which of the patient's diseases each drug is indicated.

    Parameters
    ----------
    drugs
        The d drugs that are tried, contract DRUGS.
    warnings, had, terms
        As `matched` takes them; no table of warnings: nothing is known.

    Returns
    -------
    Two arrays of shape (d,): the diseases, `systemic lupus erythematosus (MONDO:0007915)`, several
    joined by "; ", or ""; and whether one of them is a finding made up for a demonstration.
    """
    told: dict[str, dict[str, None]] = {}
    simulated: set[str] = set()
    if warnings is not None:
        rows = matched(warnings, "indication", had, terms)
        for drug_id, words in zip(rows["drug_id"], rows["had"], strict=True):
            told.setdefault(drug_id, {})[words] = None
        simulated = {*rows.loc[rows["simulated"].astype(bool), "drug_id"]}
    return (
        np.array(["; ".join(told.get(id_, ())) for id_ in drugs["drug_id"]], dtype=object),
        drugs["drug_id"].isin(simulated).to_numpy(),
    )
