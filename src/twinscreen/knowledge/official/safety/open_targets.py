"""Open Targets: indications, warnings and reported reactions of drugs.

Source: Buniello et al., Nucleic Acids Research 2025;53:D1467.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import part_chunks
from twinscreen.knowledge.official.reading.molecules import read_molecules
from twinscreen.knowledge.official.reading.tables import COLUMNS, REACTION, WARNING_KINDS

_WARNING = ("chemblIds", "warningType", "toxicityClass", "country", "year")
_INDICATION = ("drugId", "diseaseId", "maxClinicalStage")
_REACTION = ("chembl_id", "event", "llr", "critval", "count")
_SOURCE = "Open Targets"


def warnings(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield boxed warnings and withdrawals; they may stand at a salt and are of its parent."""
    molecules = read_molecules(files["molecules"])
    for part in part_chunks(files["warnings"], _WARNING, content="Open Targets' drug_warning"):
        lines = [
            (molecules.every_name(id_), kind, toxicity or "", _joined(country, year), _SOURCE)
            for ids, type_, toxicity, country, year in part.itertuples(index=False, name=None)
            if (kind := WARNING_KINDS.get(str(type_).casefold()))
            for id_ in ids or ()
        ]
        yield pd.DataFrame(lines, columns=[*COLUMNS["warnings"]], dtype=str)


def indications(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield pairs of a drug and a disease for which it is approved, but of withdrawn drugs.

    The highest stage of a pair is APPROVAL also where one report is a withdrawal.
    """
    molecules = read_molecules(files["molecules"])
    withdrawn = {
        molecules.parent(id_)
        for part in part_chunks(files["warnings"], _WARNING, content="Open Targets' drug_warning")
        for ids, type_ in zip(part["chemblIds"], part["warningType"], strict=True)
        if str(type_).casefold() == "withdrawn"
        for id_ in ids or ()
    }
    names = {
        id_: name
        for part in part_chunks(files["diseases"], ("id", "name"), content="Open Targets' disease")
        for id_, name in part.itertuples(index=False, name=None)
    }
    content = "Open Targets' clinical_indication"
    for part in part_chunks(files["indications"], _INDICATION, content=content):
        approved = part["maxClinicalStage"].str.casefold().isin(["approval", "approved"])
        rows = part[approved & ~part["drugId"].map(molecules.parent).isin(withdrawn)]
        yield pd.DataFrame(
            {
                "drug": rows["drugId"].map(molecules.every_name),
                "kind": "indication",
                "subject": rows["diseaseId"].str.replace("_", ":", n=1, regex=False),
                "detail": rows["diseaseId"].map(names).fillna(""),
                "source": _SOURCE,
            },
            dtype=str,
        )


def adverse_reactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield reactions reported to the FDA more often than by chance (llr above its limit)."""
    molecules = read_molecules(files["molecules"])
    content = "Open Targets' openfda_significant_adverse_drug_reactions"
    for part in part_chunks(files["reactions"], _REACTION, content=content):
        rows = part[part["llr"].astype(float) > part["critval"].astype(float)]
        detail = "reported " + rows["count"].map("{:d}".format) + " times"
        yield pd.DataFrame(
            {
                "drug": rows["chembl_id"].map(molecules.every_name),
                "kind": REACTION,
                "subject": rows["event"],
                "detail": detail,
                "source": "openFDA, through Open Targets",
            },
            dtype=str,
        )


def _joined(country: object, year: object) -> str:
    return "; ".join(str(one) for one in (country, year) if one not in (None, ""))
