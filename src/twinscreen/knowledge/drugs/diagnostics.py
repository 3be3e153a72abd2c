"""Drugs that treat nothing: diagnostic agents and allergens.

The committed table `diagnostics.tsv`, and ATC codes, where a drug of the library has any.
"""

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.delimited import read_columns, require_values

#: Columns of the table; `serves` and `reference` are for people.
COLUMNS = ["drug", "use", "serves", "reference"]
#: What a drug serves for that treats nothing.
DIAGNOSTIC, ALLERGEN = "diagnostic agent", "allergen"
#: Groups of ATC: allergens, diagnostic agents, contrast media and diagnostic radiopharmaceuticals.
_GROUPS = {"V01": ALLERGEN, "V04": DIAGNOSTIC, "V08": DIAGNOSTIC, "V09": DIAGNOSTIC}


def read_diagnostics(path: FilePath) -> pd.DataFrame:
    """Read which drugs serve for something else than to treat: `drug, use, serves, reference`.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another use than the two.
    """
    table = read_columns(path, columns=COLUMNS, content="drugs that treat nothing")
    known = table["use"].isin([DIAGNOSTIC, ALLERGEN])
    require_values(path, "use", table["use"], known, expected=f"{DIAGNOSTIC} or {ALLERGEN}")
    return table


def with_use(drugs: pd.DataFrame, diagnostics: pd.DataFrame) -> pd.DataFrame:
    """Say of each drug what it serves for, if it treats nothing, in a column `use`.

    The table's word holds; else that of ATC, if all codes of the drug are of such groups: what is
    given to treat as well has another code.

    Parameters
    ----------
    drugs
        Drugs with `atc`, codes joined by "|".
    diagnostics
        As `read_diagnostics` gives them; drugs that are not in the library are left out.
    """
    names = DrugNames(drugs)
    told = {
        id_: use
        for drug, use in zip(diagnostics["drug"], diagnostics["use"], strict=True)
        for id_ in names.ids(drug)
    }
    pairs = zip(drugs["drug_id"], drugs["atc"], strict=True)
    return drugs.assign(use=[told.get(id_) or _use_by_code(atc) for id_, atc in pairs])


def _use_by_code(atc: str) -> str:
    """Say what the ATC codes of a drug say that it serves for, "" where it treats."""
    uses = [_GROUPS.get(code[:3].upper(), "") for code in atc.split("|")]
    return uses[0] if all(uses) else ""
