"""The committed table of names and identifiers that drugs have elsewhere.

`resources/derive/drug_identifiers.py` makes it.
"""

from dataclasses import replace

import pandas as pd

from twinscreen.files import FilePath
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.drugs.source import DrugSource

#: Columns of the table; several values of one are joined by "|".
COLUMNS = ["drug_id", "synonyms", "drugbank", "chembl", "chebi"]


def read_identifiers(path: FilePath) -> pd.DataFrame:
    """Read names and identifiers by the id that a drug has in its source.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has a drug twice.
    """
    table = read_columns(
        path,
        columns=COLUMNS,
        content="identifiers of drugs",
    )
    once = ~table["drug_id"].duplicated()
    require_values(path, "drug_id", table["drug_id"], once, expected="each drug once")
    return table.set_index("drug_id")


def identified(source: DrugSource, identifiers: pd.DataFrame) -> DrugSource:
    """Add the identifiers of the drugs of a source, and their names elsewhere as `elsewhere`."""
    drugs = source.drugs.copy()
    found = identifiers.reindex(drugs["drug_id"]).fillna("")
    drugs["elsewhere"] = found.pop("synonyms").to_numpy()
    for column in found:
        both = zip(drugs[column], found[column], strict=True)
        drugs[column] = [join_values(*texts) for texts in both]
    return replace(source, drugs=drugs)


def join_values(*texts: str) -> str:
    """Join the values of texts, each of values joined by "|", each value once."""
    values = (value for text in texts for value in text.split("|"))
    return "|".join(dict.fromkeys(filter(None, values)))
