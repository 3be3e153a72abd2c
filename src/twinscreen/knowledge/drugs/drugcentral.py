"""The committed table of DrugCentral: mechanisms of action of active ingredients.

`resources/derive/drugcentral.py` makes it from DrugCentral's own table of targets.

Source: Ursu et al., Nucleic Acids Research 2019;47:D963, release of 2019.
"""

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.drugs.actions import signs
from twinscreen.knowledge.drugs.source import DrugSource, make_source

#: What rows and approvals of this source say they are from.
NAME, TOLD = "DrugCentral", "DrugCentral 2019"
#: Columns of the table.
COLUMNS = ["struct_id", "name", "chembl", "genes", "action", "told_by", "affinity"]


def drugcentral_source(
    path: FilePath, actions: pd.DataFrame, *, actions_file: FilePath
) -> DrugSource:
    """Read DrugCentral's active ingredients and what they act by.

    A drug is called `drugcentral:` and the number of its structure. All were approved by some
    agency; whether one was withdrawn since is not told.

    Parameters
    ----------
    path
        The committed table.
    actions, actions_file
        The meaning of actions, and where it came from.

    Raises
    ------
    InputError
        The file is missing or has another shape, or an action has no stated meaning.
    """
    rows = read_columns(
        path,
        columns=COLUMNS,
        content="mechanisms of action (DrugCentral)",
    )
    affinity = pd.to_numeric(rows["affinity"], errors="coerce")
    fits = affinity.notna() | (rows["affinity"] == "")
    require_values(path, "affinity", rows["affinity"], fits, expected="a number or nothing")
    rows = rows.assign(
        drug_id="drugcentral:" + rows["struct_id"],
        affinity=affinity,
        primary=True,
        sign=signs(rows.assign(type="None"), actions, file=actions_file),
    )
    drugs = rows.drop_duplicates("drug_id").assign(approved=True)
    return make_source(NAME, TOLD, drugs, rows)
