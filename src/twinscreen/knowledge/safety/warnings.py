"""Warnings, contraindications and indications of drugs.

The package brings indications and contraindications (MeDIC, PharmacotherapyDB: see
resources/derive/labels.py); a user may add plain tables, and warnings of Open Targets.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files import DRUG_WARNINGS, DRUGS, FilePath, read_table, write_table
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.safety.lost import log_lost
from twinscreen.knowledge.safety.open_targets import read_molecules, read_open_targets_warnings

#: Kinds of warnings, as the tables say them; an indication speaks for a drug.
KINDS = ("boxed_warning", "withdrawn", "contraindication", "indication")

#: Kinds whose subject must be there, and what it is.
_SUBJECTS = {
    "contraindication": "what contraindicates the drug",
    "indication": "the disease that the drug is indicated for",
}
_PLAIN = ("drug", "kind", "subject", "detail", "source")


def build_warnings(
    paths: Sequence[FilePath], *, molecules: FilePath | None, drugs: FilePath, output: FilePath
) -> None:
    """Write what is known of the drugs of the drug table.

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
    called = read_molecules(molecules) if molecules else {}
    parts = [pd.DataFrame(columns=list(_PLAIN), dtype=str)]
    for path in paths:
        plain = Path(path).name.endswith((".tsv", ".tsv.gz", ".txt"))
        table = read_plain_warnings(path) if plain else read_open_targets_warnings(path)
        parts.append(table)
    every = pd.concat(parts, ignore_index=True)
    known = {drug: _found(names, called, drug) for drug in every["drug"].unique()}
    every["drug_id"] = every["drug"].map(known)
    log_lost("warnings", every["drug"], every["drug_id"])
    every = every.explode("drug_id").dropna(subset="drug_id").drop(columns="drug")
    every = every.drop_duplicates().sort_values(DRUG_WARNINGS.schema.names)
    write_table(every, output, DRUG_WARNINGS)


def read_plain_warnings(path: FilePath) -> pd.DataFrame:
    """Read a table of warnings: drug, kind, subject, detail, source, separated by tabs.

    A `drug` may have several names, joined by "|": the first that the drug table knows counts.
    `kind` is boxed_warning, withdrawn, contraindication or indication; the `subject` of the last
    two is a term of HPO, MONDO or DOID, its name or both, and must be there.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another kind, or nothing where something must
        stand.
    """
    table = read_columns(
        path,
        columns=_PLAIN,
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


def _found(names: DrugNames, called: Mapping[str, Sequence[str]], drug: str) -> list[str]:
    """Find the drugs of names or of a molecule: its identifier first, then its names."""
    for name in (*drug.split("|"), f"chembl:{drug}", *called.get(drug, ())):
        if ids := names.ids(name.strip()):
            return ids
    return []
