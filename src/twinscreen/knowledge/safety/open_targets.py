"""Warnings of Open Targets, and the names of its molecules.

Source: Buniello et al., Nucleic Acids Research 2025;53:D1467.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from twinscreen.files import FilePath, InputError

_WORDS = {
    "black box warning": "boxed_warning",
    "boxed warning": "boxed_warning",
    "withdrawn": "withdrawn",
}
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
    table = _read_parts(path, _OPEN_TARGETS, content="Open Targets' drug_warning")
    table["kind"] = table["warningType"].str.casefold().map(_WORDS)
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
    table = _read_parts(path, columns, content="Open Targets' drug_molecule")
    return {
        str(id_): [*filter(None, (_text(name), *_labels(synonyms), *_labels(trade)))]
        for id_, name, synonyms, trade in table.itertuples(index=False, name=None)
    }


def _labels(given: Any) -> list[str]:
    """List names: texts, or records with a label, as releases before and since 2026 have them."""
    if given is None or isinstance(given, float):
        return []
    return [_text(one["label"] if isinstance(one, Mapping) else one) for one in given]


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return str(int(value)) if isinstance(value, float) else " ".join(str(value).split())


def _read_parts(path: FilePath, columns: Sequence[str], *, content: str) -> pd.DataFrame:
    """Read columns of Parquet or JSON lines, a file or a folder of parts.

    A column that no row fills may be absent from JSON; of the first column that is an error.
    """
    place = Path(path)
    parts = sorted(place.glob("*.parquet")) or sorted(place.glob("*.json*"))
    files = parts if place.is_dir() else [place]
    if not files or not all(file.is_file() for file in files):
        raise InputError(
            file=path,
            found="no such file" if not place.is_dir() else "a folder without parts",
            expected=f"{content}: Parquet or JSON lines, or a folder of parts",
            remedy="correct the path, or fetch the data set",
        )
    tables = []
    for file in files:
        try:
            if file.suffix == ".parquet":
                table = pq.read_table(file).to_pandas()
            else:
                lines = file.read_text(encoding="utf-8").splitlines()
                table = pd.DataFrame([json.loads(line) for line in lines if line.strip()])
        except (pa.ArrowException, ValueError, OSError) as error:
            raise InputError(
                file=file,
                found=f"can't be read: {error}",
                expected=f"{content}: Parquet or JSON lines",
                remedy="fetch the data set again",
            ) from error
        if columns[0] not in table and len(table):
            raise InputError(
                file=file,
                place="columns",
                found=", ".join(map(str, table.columns)),
                expected=f"{content} with the columns {', '.join(columns)}",
                remedy="give the data set as Open Targets releases it",
            )
        tables.append(table.reindex(columns=list(columns)).astype(object))
    every = pd.concat(tables, ignore_index=True)
    return every.where(every.notna(), None)
