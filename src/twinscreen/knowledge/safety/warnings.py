"""Warnings, contraindications, indications and adverse reactions of drugs.

The package brings indications and contraindications (MeDIC, PharmacotherapyDB: see
resources/derive/labels.py); a user may add plain tables, and warnings of Open Targets.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files import DRUG_WARNINGS, DRUGS, FilePath, read_table, write_table
from twinscreen.files.drug_names import DrugNames
from twinscreen.files.text_table import read_text_table, require_fitting
from twinscreen.knowledge.safety.lost import log_lost
from twinscreen.knowledge.safety.open_targets import read_molecules, read_open_targets_warnings

#: Kinds of warnings, as the tables say them; an indication speaks for a drug.
KINDS = ("boxed_warning", "withdrawn", "contraindication", "indication", "adverse_reaction")

#: Kinds whose subject must be there, and what it is.
_SUBJECTS = {
    "contraindication": "what contraindicates the drug",
    "indication": "the disease that the drug is indicated for",
    "adverse_reaction": "the reaction",
}
_PLAIN = ("drug", "kind", "subject", "detail", "source")


def build_warnings(
    paths: Sequence[FilePath], *, molecules: FilePath | None, drugs: FilePath, output: FilePath
) -> None:
    """Write what is known of the drugs of the drug table.

    Parameters
    ----------
    paths
        As `read_warnings` takes them.
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
    parts += [read_warnings(path) for path in paths]
    every = pd.concat(parts, ignore_index=True)
    known = {drug: _found(names, called, drug) for drug in every["drug"].unique()}
    every["drug_id"] = every["drug"].map(known)
    log_lost("warnings", every["drug"], every["drug_id"])
    every = every.explode("drug_id").dropna(subset="drug_id").drop(columns="drug")
    every = every.drop_duplicates().sort_values(DRUG_WARNINGS.schema.names)
    write_table(every, output, DRUG_WARNINGS)


def read_warnings(path: FilePath) -> pd.DataFrame:
    """Read a plain table, or a release of Open Targets' `drug_warning`, told apart by their names.

    Raises
    ------
    InputError
        As by `read_plain_warnings` and `read_open_targets_warnings`.
    """
    plain = Path(path).name.endswith((".tsv", ".tsv.gz", ".txt"))
    return read_plain_warnings(path) if plain else read_open_targets_warnings(path)


def read_plain_warnings(path: FilePath) -> pd.DataFrame:
    """Read a table of warnings: drug, kind, subject, detail, source, separated by tabs.

    A `drug` may have several names, joined by "|": the first that the drug table knows counts.
    `kind` is one of `KINDS`. The `subject` of a contraindication or indication is a term of HPO,
    MONDO or DOID, its name or both, that of an adverse reaction its name; it must be there.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another kind, or nothing where something must
        stand.
    """
    table = read_text_table(
        path,
        content=f"warnings of drugs with the columns {', '.join(_PLAIN)}",
        required=_PLAIN,
        optional=(),
        separator="\t",
        comments=True,
    )
    table.require_filled(["drug"], expected="a drug")
    rows = table.frame()
    known = rows["kind"].isin(KINDS)
    remedy = "correct the line, or leave it out"
    require_fitting(path, rows["kind"], known, expected=", ".join(KINDS), remedy=remedy)
    for kind, subject in _SUBJECTS.items():
        told = (rows["subject"] != "") | (rows["kind"] != kind)
        require_fitting(path, rows["subject"], told, expected=subject, remedy=remedy)
    rows["source"] = rows["source"].replace("", Path(path).name)
    return rows.reset_index(drop=True)


def _found(names: DrugNames, called: Mapping[str, Sequence[str]], drug: str) -> list[str]:
    """Find the drugs of names or of a molecule: its identifier first, then its names."""
    for name in (*drug.split("|"), f"chembl:{drug}", *called.get(drug, ())):
        if ids := names.ids(name.strip()):
            return ids
    return []
