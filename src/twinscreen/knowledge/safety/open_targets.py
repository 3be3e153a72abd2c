"""Warnings of Open Targets, and the names of its molecules.

Source: Buniello et al., Nucleic Acids Research 2025;53:D1467.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.knowledge.official.reading.chunks import part_chunks
from twinscreen.knowledge.official.reading.molecules import labels
from twinscreen.knowledge.official.reading.tables import WARNING_KINDS

_OPEN_TARGETS = ("chemblIds", "warningType", "toxicityClass", "country", "year", "description")


def read_open_targets_warnings(path: FilePath) -> pd.DataFrame:
    """Read Open Targets' `drug_warning`: a Parquet file or JSON lines, or a folder of such parts.

    Returns
    -------
    `drug, kind, subject, detail, source`; `drug` is a ChEMBL identifier, `subject` the class of
    toxicity, and `detail` says what was warned of, where and when.

    Raises
    ------
    InputError
        The file or folder is missing, can't be read, lacks a column, or has a type of warning
        that is neither a boxed warning nor a withdrawal.
    """
    parts = part_chunks(Path(path), _OPEN_TARGETS, content="Open Targets' drug_warning")
    nothing = pd.DataFrame(columns=[*_OPEN_TARGETS], dtype=object)
    table = pd.concat([nothing, *parts], ignore_index=True)
    table["kind"] = table["warningType"].str.casefold().map(WARNING_KINDS)
    if table["kind"].isna().any():
        raise InputError(
            file=path,
            place="column warningType",
            found=str(table.loc[table["kind"].isna(), "warningType"].iloc[0]),
            expected="Black Box Warning or Withdrawn",
            remedy="give drug_warning as Open Targets releases it",
        )
    table["drug"] = [[*ids] if ids is not None else [] for ids in table["chemblIds"]]
    table["subject"] = table["toxicityClass"].map(_text)
    table["detail"] = [
        "; ".join(filter(None, (_text(description), _text(country), _text(year))))
        for description, country, year in zip(
            table["description"], table["country"], table["year"], strict=True
        )
    ]
    table["source"] = "Open Targets (ChEMBL)"
    return (
        table.explode("drug")
        .dropna(subset="drug")[["drug", "kind", "subject", "detail", "source"]]
        .reset_index(drop=True)
    )


def read_molecules(path: FilePath) -> dict[str, list[str]]:
    """Read the names of molecules by ChEMBL identifier: its own, synonyms, trade names."""
    columns = ("id", "name", "synonyms", "tradeNames")
    return {
        str(id_): [*filter(None, map(_text, (name, *labels(synonyms), *labels(trade))))]
        for part in part_chunks(Path(path), columns, content="Open Targets' drug_molecule")
        for id_, name, synonyms, trade in part.itertuples(index=False, name=None)
    }


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return str(int(value)) if isinstance(value, float) else " ".join(str(value).split())
