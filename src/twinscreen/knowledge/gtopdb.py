"""The committed table of ligands and targets of the Guide to PHARMACOLOGY.

`resources/derive/gtopdb.py` makes it from the Guide's own tables.

Source: Armstrong et al., Nucleic Acids Research 2020;48:D1006, release 2020.5.
"""

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.knowledge.delimited import read_columns, require_values

#: Columns that are 1 or 0.
FLAGS = ["approved", "withdrawn", "labelled", "primary"]
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
        columns={name: name for name in COLUMNS},
        delimiter="\t",
        content="ligands and targets of the Guide to PHARMACOLOGY",
    )
    for flag in FLAGS:
        require_values(path, flag, table[flag], table[flag].isin(["0", "1"]), expected="0 or 1")
        table[flag] = table[flag] == "1"
    affinity = pd.to_numeric(table["affinity"], errors="coerce")
    fits = affinity.notna() | (table["affinity"] == "")
    require_values(path, "affinity", table["affinity"], fits, expected="a number or nothing")
    return table.assign(affinity=affinity)
