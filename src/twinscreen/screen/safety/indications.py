"""What the patient has, compared with what tables name as contraindications and indications.

A known indication is prior knowledge, not evidence from this patient: it is said beside the drug,
and moves the adjusted rank alone, where the configuration asks for it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen.screen.safety.had import Had

#: So many of the diseases that a drug is indicated for are named.
NAMED = 3


@dataclass(frozen=True)
class Indications:
    """What d drugs are indicated for; all arrays have shape (d,).

    `nearest` names the diseases nearest to those of the patient, joined by "; ", and `number`
    counts them all: "" and 0 where no table has the drug. `own` says for which of the patient's
    diseases a drug is indicated, joined by "; ", and `simulated` whether that rests on findings
    made up for a demonstration.
    """

    nearest: np.ndarray
    number: np.ndarray
    own: np.ndarray
    simulated: np.ndarray


def matched(warnings: pd.DataFrame, kind: str, had: Had) -> pd.DataFrame:
    """Find the rows of a kind whose subject the patient has, or something below it.

    Parameters
    ----------
    warnings
        Contract DRUG_WARNINGS.
    kind
        `contraindication` or `indication`.
    had
        What the patient has.

    Returns
    -------
    `drug_id, subject, detail, source` of these rows, in their order, and of the finding that each
    matches `id`, `had`, the same in words, `exact`, whether it is the subject itself, and
    `simulated`.
    """
    rows = warnings.loc[warnings["kind"] == kind, ["drug_id", "subject", "detail", "source"]]
    found = [(row, had.match(row[1])) for row in rows.itertuples(index=False, name=None)]
    return pd.DataFrame(
        [
            (*row, one.finding.id, one.finding.words, one.exact, one.finding.simulated)
            for row, one in found
            if one
        ],
        columns=[*rows.columns, "id", "had", "exact", "simulated"],
    )


def indications_of(drugs: pd.DataFrame, warnings: pd.DataFrame | None, had: Had) -> Indications:
    """Say what each drug is indicated for, and for which of the patient's diseases.

    Parameters
    ----------
    drugs
        The d drugs that are tried, contract DRUGS.
    warnings
        Contract DRUG_WARNINGS; None: nothing is known.
    had
        What the patient has.
    """
    ids = drugs["drug_id"]
    if warnings is None:
        nothing = np.full(len(ids), "", dtype=object)
        none = np.zeros(len(ids), dtype=int)
        return Indications(nothing, none, nothing, none.astype(bool))
    warnings = warnings[warnings["drug_id"].isin(ids)]
    own = matched(warnings, "indication", had)
    words = own["subject"].map(had.name) + ": " + own["had"]
    own["told"] = own["had"].where(own["exact"].astype(bool), words)
    listed = _listed(warnings, had).groupby("drug_id")["name"]
    nearest = listed.agg(lambda names: "; ".join(names.head(NAMED)))
    told = own.drop_duplicates(["drug_id", "told"]).groupby("drug_id")["told"].agg("; ".join)
    return Indications(
        nearest=nearest.reindex(ids).fillna("").to_numpy(dtype=object),
        number=listed.size().reindex(ids).fillna(0).to_numpy(dtype=int),
        own=told.reindex(ids).fillna("").to_numpy(dtype=object),
        simulated=ids.isin(own.loc[own["simulated"].astype(bool), "drug_id"]).to_numpy(),
    )


def _listed(warnings: pd.DataFrame, had: Had) -> pd.DataFrame:
    """List `drug_id` and `name` of each disease that drugs are indicated for, nearest first."""
    rows = warnings.loc[warnings["kind"] == "indication", ["drug_id", "subject"]]
    subjects = pd.Series(rows["subject"].unique(), dtype=object)
    about = pd.DataFrame(
        {
            "subject": subjects,
            "name": subjects.map(had.name),
            "meaning": subjects.map(had.meaning),
            "near": subjects.map(had.nearness).astype(float),
        }
    )
    rows = rows.merge(about, on="subject")
    rows = rows.sort_values(["near", "name"], ascending=[False, True], kind="stable")
    return rows.drop_duplicates(["drug_id", "meaning"]).drop_duplicates(["drug_id", "name"])
