"""The committed table of ligands and targets of the Guide to PHARMACOLOGY.

`resources/derive/gtopdb.py` makes it from the Guide's own tables.

Source: Armstrong et al., Nucleic Acids Research 2020;48:D1006, release 2020.5.
"""

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.drugs.actions import signs
from twinscreen.knowledge.drugs.source import DrugSource, make_source

#: What rows and approvals of this source say they are from.
NAME, TOLD = "Guide to PHARMACOLOGY", "Guide to PHARMACOLOGY 2020.5"
#: Columns that are 1 or 0.
FLAGS = ["approved", "withdrawn", "labelled", "primary"]
_ISOTOPE = r"^\[\d+[A-Z][a-z]?(?:,\d+[A-Z][a-z]?)*\]-?"
#: Columns of the table.
COLUMNS = [
    "ligand_id",
    "name",
    "kind",
    "approved",
    "withdrawn",
    "labelled",
    "synonyms",
    "genes",
    "type",
    "action",
    "primary",
    "affinity",
]


def read_gtopdb(path: FilePath) -> pd.DataFrame:
    """Read the committed table of ligands and targets.

    Returns
    -------
    Its columns as text, but flags as bool and `affinity` as float (p-units, NaN if not measured).

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another value than 0 or 1 in a flag, or than
        a number in `affinity`.
    """
    table = read_columns(
        path,
        columns=COLUMNS,
        content="ligands and targets of the Guide to PHARMACOLOGY",
    )
    for flag in FLAGS:
        require_values(path, flag, table[flag], table[flag].isin(["0", "1"]), expected="0 or 1")
        table[flag] = table[flag] == "1"
    affinity = pd.to_numeric(table["affinity"], errors="coerce")
    fits = affinity.notna() | (table["affinity"] == "")
    require_values(path, "affinity", table["affinity"], fits, expected="a number or nothing")
    return table.assign(affinity=affinity)


def gtopdb_source(path: FilePath, actions: pd.DataFrame, *, actions_file: FilePath) -> DrugSource:
    """Read the Guide's ligands and their interactions.

    A drug is called `gtopdb:` and the ligand's number. An isotope-labelled tracer `[3H]X` is one
    with X, if X is in the table.

    Parameters
    ----------
    path
        The committed table.
    actions, actions_file
        The meaning of types and actions, and where it came from.

    Raises
    ------
    InputError
        The file is missing or has another shape, or a type or action has no stated meaning.
    """
    rows = read_gtopdb(path)
    merged = rows["ligand_id"].replace(cold_parents(rows))
    rows = rows.assign(drug_id="gtopdb:" + merged, sign=signs(rows, actions, file=actions_file))
    drugs = rows[merged == rows["ligand_id"]].drop_duplicates("drug_id")
    return make_source(NAME, TOLD, drugs, rows.assign(action=_action_text(rows)))


def cold_parents(rows: pd.DataFrame) -> dict[str, str]:
    """Find, for each isotope-labelled tracer `[3H]X`, the ligand X.

    Returns
    -------
    The number of X by the number of the tracer, where the table has an X.
    """
    ligands = rows.drop_duplicates("ligand_id")
    cold = ligands[~ligands["labelled"]].drop_duplicates("name").set_index("name")["ligand_id"]
    hot = ligands[ligands["labelled"]].set_index("ligand_id")["name"]
    parents = hot.str.replace(_ISOTOPE, "", regex=True).map(cold).dropna()
    return dict(zip(parents.index.astype(str), parents, strict=True))


def _action_text(rows: pd.DataFrame) -> pd.Series:
    """Say type and action as one text for people: `Antibody (Binding)`, `Inhibitor`."""
    kind = rows["type"].replace("None", "Ligand")
    stated = (rows["action"] != "None") & (rows["action"] != rows["type"])
    return kind.mask(stated, kind + " (" + rows["action"] + ")")
