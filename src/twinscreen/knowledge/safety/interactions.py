"""Interactions between drugs, where a user configures tables; none is shipped.

Source: DDInter 2, Tian et al., Nucleic Acids Research 2025;53:D1356.
"""

from collections.abc import Sequence

import pandas as pd

from twinscreen.files import DRUG_INTERACTIONS, DRUGS, FilePath, read_table, write_table
from twinscreen.files.drug_names import DrugNames, key
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.safety.lost import log_lost

#: Levels of interactions, strongest first.
LEVELS = ("major", "moderate", "minor", "unknown")
_DDINTER = {"Drug_A": "one", "Drug_B": "other", "Level": "level"}


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
    log_lost("interactions", pd.Series([*ids]), pd.Series([*ids.values()]))
    every["other"] = every["other"].map(key)
    every["drug_id"] = every["one"].map(ids)
    every = every.explode("drug_id").dropna(subset="drug_id").sort_values("order", kind="stable")
    every = every.drop_duplicates(["drug_id", "other"])
    # a name that means two drugs of the table is the other drug by its name alone
    single = {key(name): found[0] if len(found) == 1 else None for name, found in ids.items()}
    every["other_id"] = every["other"].map(single)
    every = every[every["drug_id"] != every["other_id"]].assign(source="DDInter")
    write_table(every.sort_values(["drug_id", "other"]), output, DRUG_INTERACTIONS)
