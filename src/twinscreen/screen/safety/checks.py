"""What was checked of each drug, what could not be, and why.

That nothing was found is only said where there was something to find: a table that has the drug,
and a patient of whom it is known what to hold against it. All else is not assessed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen import CHECKS, Checked
from twinscreen.files.contracts.screen_tables import LOOKED_UP
from twinscreen.screen.safety.genotypes import read_diplotypes, read_genotypes, what_stays_open
from twinscreen.screen.safety.medication import Current

#: Columns of a screen that say whether a kind was found in a drug, by the kind.
COLUMNS = {column.replace("_", " "): column for column in CHECKS}
#: Kinds of concerns, gravest first.
KINDS = ("withdrawn", *COLUMNS)


def check(
    drugs: pd.DataFrame,
    concerns: pd.DataFrame,
    known: Mapping[str, bool],
    *,
    findings: pd.DataFrame,
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
) -> pd.DataFrame:
    """Say of each drug and kind whether a concern was found, none was, or it wasn't assessed.

    Parameters
    ----------
    drugs
        The d drugs that are tried, contract DRUGS.
    concerns
        What was found, table CONCERNS.
    known
        Whether anything could have been found in this patient at all, by kind.
    findings
        Contract FINDINGS.
    warnings, interactions, pharmacogenomics
        Tables; None where there is none.

    Returns
    -------
    A column of `COLUMNS` for each kind, of `Checked`, d rows. A table of boxed warnings is taken to
    list all of them, so that a drug that it lacks has none in it; every other table must have the
    drug. Genotypes must be known of at least one gene that bears on the drug.
    """
    listed = {"boxed warning": {*drugs["drug_id"]}}
    if warnings is not None:
        rows = warnings["kind"] == "contraindication"
        listed["contraindication"] = {*warnings.loc[rows, "drug_id"]}
    if interactions is not None:
        listed["interaction"] = {*interactions["drug_id"]}
    if pharmacogenomics is not None:
        tested = pharmacogenomics["rs_id"].isin(read_genotypes(findings))
        tested |= pharmacogenomics["gene"].isin(read_diplotypes(findings))
        listed["pharmacogenomic"] = {*pharmacogenomics.loc[tested, "drug_id"]}
    checked = {}
    for kind, column in COLUMNS.items():
        found = drugs["drug_id"].isin(concerns.loc[concerns["kind"] == kind, "drug_id"])
        assessed = drugs["drug_id"].isin(listed.get(kind, ())) & known[kind]
        none = np.where(assessed, str(Checked.NONE_FOUND), str(Checked.NOT_ASSESSED))
        checked[column] = np.where(found, str(Checked.FOUND), none)
    return pd.DataFrame(checked)


def looked_up(
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
) -> pd.DataFrame:
    """List the sources in which each kind was looked up, indications among them: LOOKED_UP."""
    parts = [pd.DataFrame(columns=["kind", "source"], dtype=str)]
    if warnings is not None:
        kinds = warnings["kind"].str.replace("_", " ")
        parts.append(warnings[["source"]].assign(kind=kinds))
    for kind, table in (("interaction", interactions), ("pharmacogenomic", pharmacogenomics)):
        if table is not None:
            parts.append(table[["source"]].assign(kind=kind))
    every = pd.concat(parts).drop_duplicates().sort_values(["kind", "source"], ignore_index=True)
    return LOOKED_UP.typed(every)


def what_is_known(
    findings: pd.DataFrame,
    had: bool,
    current: Sequence[Current],
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Say what could be known of a patient: by kind, and in sentences what could not and why.

    Parameters
    ----------
    findings
        Contract FINDINGS.
    had
        Whether a symptom or disease of the patient is known.
    current
        What the patient takes.
    warnings, interactions, pharmacogenomics
        Tables; None where there is none.
    """
    open_ = [
        *_unknown_warnings(warnings, had),
        *_unknown_interactions(interactions, current),
        *_unknown_genotypes(pharmacogenomics, findings),
    ]
    unknown = {one.kind for one in open_ if one.wholly}
    known = {kind: kind not in unknown for kind in KINDS}
    return known, tuple(one.sentence for one in open_)


class _Unknown(NamedTuple):
    """What is not known of a kind of concern, in a sentence; `wholly`: nothing of it is."""

    kind: str
    wholly: bool
    sentence: str


def _unknown_warnings(warnings: pd.DataFrame | None, had: bool) -> list[_Unknown]:
    kinds = set() if warnings is None else {*warnings["kind"]}
    told = []
    if "boxed_warning" not in kinds:
        told.append(
            _Unknown("boxed warning", True, "Boxed warnings are not known: no table has any.")
        )
    if "contraindication" not in kinds:
        sentence = "Contraindications are not known: no table has any."
        told.append(_Unknown("contraindication", True, sentence))
    elif not had:
        sentence = (
            "Whether a drug is contraindicated is not known: nothing is said of the patient's"
            " symptoms and diseases."
        )
        told.append(_Unknown("contraindication", True, sentence))
    return told


def _unknown_interactions(
    interactions: pd.DataFrame | None, current: Sequence[Current]
) -> list[_Unknown]:
    told = []
    if not current:
        sentence = "Current medication is not known: nothing is said of it, which is not none."
        told.append(_Unknown("interaction", True, sentence))
    if interactions is None:
        sentence = "Interactions between drugs are not known: no table is configured."
        return [*told, _Unknown("interaction", True, sentence)]
    names, ids = {*interactions["other"]}, {*interactions["other_id"].dropna()}
    if lost := [one.label for one in current if not (one.names & names or one.ids & ids)]:
        sentence = (
            f"Of current medication, {', '.join(sorted(lost))} can't be matched to the table of"
            " interactions: how other drugs go with it is not known."
        )
        told.append(_Unknown("interaction", len(lost) == len(current), sentence))
    return told


def _unknown_genotypes(
    pharmacogenomics: pd.DataFrame | None, findings: pd.DataFrame
) -> list[_Unknown]:
    kind = "pharmacogenomic"
    if pharmacogenomics is None:
        return [
            _Unknown(kind, True, "What variants change in drugs is not known: there is no table.")
        ]
    if not (findings["kind"] == kind).any():
        sentence = "The patient's genotypes are not known: no file of variants could be read."
        return [_Unknown(kind, True, sentence)]
    return [_Unknown(kind, False, what_stays_open(findings))]
