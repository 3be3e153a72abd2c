"""What is known of drugs beforehand: warnings, indications, interactions with other drugs.

Sources that a user may configure: Open Targets (Buniello et al., Nucleic Acids Research
2025;53:D1467) for warnings, DDInter 2 (Tian et al., Nucleic Acids Research 2025;53:D1356) for
interactions, or a plain table of warnings and indications. None is shipped.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from twinscreen.files import (
    DRUG_INTERACTIONS,
    DRUG_WARNINGS,
    DRUGS,
    FilePath,
    InputError,
    read_table,
    write_table,
)
from twinscreen.files.drug_names import DrugNames, key
from twinscreen.knowledge.delimited import read_columns, require_values

logger = logging.getLogger(__name__)

#: Kinds of warnings, as the tables say them; an indication speaks for a drug.
KINDS = ("boxed_warning", "withdrawn", "contraindication", "indication")
#: Levels of interactions, strongest first.
LEVELS = ("major", "moderate", "minor", "unknown")

#: Kinds whose subject must be there, and what it is.
_SUBJECTS = {
    "contraindication": "what contraindicates the drug",
    "indication": "the disease that the drug is indicated for",
}
_PLAIN = ("drug", "kind", "subject", "detail", "source")
_WORDS = {
    "black box warning": "boxed_warning",
    "boxed warning": "boxed_warning",
    "withdrawn": "withdrawn",
}
_OPEN_TARGETS = ("chemblIds", "warningType", "toxicityClass", "country", "year", "description")
_DDINTER = {"Drug_A": "one", "Drug_B": "other", "Level": "level"}


def build_warnings(
    paths: Sequence[FilePath], *, molecules: FilePath | None, drugs: FilePath, output: FilePath
) -> None:
    """Write the warnings of the drugs of the drug table.

    Parameters
    ----------
    paths
        Plain tables (see `read_plain_warnings`) and releases of Open Targets' `drug_warning`
        (see `read_open_targets_warnings`), told apart by their kind of file.
    molecules
        Open Targets' `drug_molecule` of the same release, which names the molecules, or None:
        then only those are found whose ChEMBL identifier the drug table has.
    drugs
        The drug table.
    output
        Contract DRUG_WARNINGS, sorted.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    names = DrugNames(read_table(drugs, DRUGS))
    called = _molecules(molecules) if molecules else {}
    parts = [pd.DataFrame(columns=list(_PLAIN), dtype=str)]
    for path in paths:
        plain = Path(path).name.endswith((".tsv", ".tsv.gz", ".txt"))
        table = read_plain_warnings(path) if plain else read_open_targets_warnings(path)
        parts.append(table)
    every = pd.concat(parts, ignore_index=True)
    every["drug_id"] = [_found(names, called, name) for name in every["drug"]]
    _log_lost("warnings", every["drug"], every["drug_id"])
    every = every.explode("drug_id").dropna(subset="drug_id").drop(columns="drug")
    every = every.drop_duplicates().sort_values(DRUG_WARNINGS.schema.names)
    write_table(every, output, DRUG_WARNINGS)


def read_plain_warnings(path: FilePath) -> pd.DataFrame:
    """Read a table of warnings: drug, kind, subject, detail, source, separated by tabs.

    `kind` is boxed_warning, withdrawn, contraindication or indication; the `subject` of the last
    two is a term of HPO, MONDO or DOID or its name, and must be there.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another kind, or nothing where something must
        stand.
    """
    table = read_columns(
        path,
        columns={name: name for name in _PLAIN},
        delimiter="\t",
        content="warnings of drugs",
    )
    table = table.apply(lambda column: column.str.strip())
    require_values(path, "drug", table["drug"], table["drug"] != "", expected="a drug")
    kinds = table["kind"].isin(KINDS)
    require_values(path, "kind", table["kind"], kinds, expected=", ".join(KINDS))
    for kind, subject in _SUBJECTS.items():
        told = (table["subject"] != "") | (table["kind"] != kind)
        require_values(path, "subject", table["subject"], told, expected=subject)
    return table.assign(source=table["source"].replace("", Path(path).name))


def read_open_targets_warnings(path: FilePath) -> pd.DataFrame:
    """Read Open Targets' `drug_warning`: a Parquet file or JSON lines, or a folder of such parts.

    Returns
    -------
    As `read_plain_warnings`; `drug` is a ChEMBL identifier, `subject` the class of toxicity, and
    `detail` says what was warned of, where and when.

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
    return table.explode("drug").dropna(subset="drug")[list(_PLAIN)].reset_index(drop=True)


def build_interactions(paths: Sequence[FilePath], *, drugs: FilePath, output: FilePath) -> None:
    """Write the interactions of the drugs of the drug table.

    Parameters
    ----------
    paths
        Files of DDInter: DDInterID_A, Drug_A, DDInterID_B, Drug_B, Level. A pair that several
        files have counts once, by its strongest level.
    drugs
        The drug table.
    output
        Contract DRUG_INTERACTIONS, sorted. The other drug keeps its name: it may be one that a
        patient takes and that is none of the table.

    Raises
    ------
    InputError
        A file is missing, lacks a column, or has another level.
    """
    names = DrugNames(read_table(drugs, DRUGS))
    parts = []
    for path in paths:
        part = read_columns(path, columns=_DDINTER, delimiter=",", content="interactions (DDInter)")
        part["level"] = part["level"].str.strip().str.casefold()
        fits = part["level"].isin(LEVELS)
        require_values(path, "Level", part["level"], fits, expected=", ".join(LEVELS))
        parts += [part, part.rename(columns={"one": "other", "other": "one"})]
    every = pd.concat([pd.DataFrame(columns=list(_DDINTER.values()), dtype=str), *parts])
    every["order"] = every["level"].map(LEVELS.index)
    ids = {name: names.ids(name) for name in every["one"].unique()}
    _log_lost("interactions", pd.Series([*ids]), pd.Series([*ids.values()]))
    every["other"] = every["other"].map(key)
    every["drug_id"] = every["one"].map(ids)
    every = every.explode("drug_id").dropna(subset="drug_id").sort_values("order", kind="stable")
    every = every.drop_duplicates(["drug_id", "other"])
    # a name that means two drugs of the table is the other drug by its name alone
    single = {key(name): found[0] if len(found) == 1 else None for name, found in ids.items()}
    every["other_id"] = every["other"].map(single)
    every = every[every["drug_id"] != every["other_id"]].assign(source="DDInter")
    write_table(every.sort_values(["drug_id", "other"]), output, DRUG_INTERACTIONS)


def _found(names: DrugNames, called: Mapping[str, Sequence[str]], drug: str) -> list[str]:
    """Find the drugs of a name or of a molecule: its identifier first, then its names."""
    for name in (drug, f"chembl:{drug}", *called.get(drug, ())):
        if ids := names.ids(name):
            return ids
    return []


def _molecules(path: FilePath) -> dict[str, list[str]]:
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


def _log_lost(content: str, names: pd.Series, ids: Iterable[list[str]]) -> None:
    lost = {name for name, found in zip(names, ids, strict=True) if not found}
    logger.info("%s: %d of %d drugs are none of the table", content, len(lost), names.nunique())
