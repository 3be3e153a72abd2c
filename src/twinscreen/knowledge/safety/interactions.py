"""Interactions between drugs, where a user configures tables; none is shipped.

A table names drugs, or a class of them by its ATC code (`N07AA`), which holds for every drug of the
library that has a code below it.

Source: DDInter 2, Tian et al., Nucleic Acids Research 2025;53:D1356.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files import DRUG_INTERACTIONS, DRUGS, FilePath, read_table, write_table
from twinscreen.files.drug_names import DrugNames, key
from twinscreen.files.text_table import ANY_SEPARATOR, read_text_table, require_fitting
from twinscreen.knowledge.safety.lost import log_lost

#: Levels of interactions, strongest first.
LEVELS = ("major", "moderate", "minor", "unknown")
_DDINTER = {"Drug_A": "one", "Drug_B": "other", "Level": "level"}
_COLUMNS = [*_DDINTER.values(), "source", "through"]
# A group of ATC of the second to fourth level, and a substance, which is the fifth.
_CLASS = r"[A-Z]\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?"


def build_interactions(paths: Sequence[FilePath], *, drugs: FilePath, output: FilePath) -> None:
    """Write the interactions of the drugs of the drug table.

    Parameters
    ----------
    paths
        As `read_interactions` takes them. A pair that several files have counts once, by its
        strongest level.
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
    table = read_table(drugs, DRUGS)
    names = DrugNames(table)
    parts = []
    for path in paths:
        part = _each_drug(read_interactions(path), table).assign(source=_source(path))
        parts += [part, part.rename(columns={"one": "other", "other": "one"})]
    every = pd.concat([pd.DataFrame(columns=_COLUMNS, dtype=str), *parts])
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
    every = every[every["drug_id"] != every["other_id"]]
    write_table(every.sort_values(["drug_id", "other"]), output, DRUG_INTERACTIONS)


def read_interactions(path: FilePath) -> pd.DataFrame:
    """Read a table with the columns Drug_A, Drug_B and Level, as DDInter's.

    Returns
    -------
    `one, other, level`.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another level, or no drug where one must stand.
    """
    table = read_text_table(
        path,
        content=f"interactions of drugs with the columns {', '.join(_DDINTER)}",
        required=[*_DDINTER],
        optional=(),
        separator=ANY_SEPARATOR,
        comments=True,
    )
    table.require_filled(["Drug_A", "Drug_B"], expected="a drug")
    rows = table.frame()
    rows["Level"] = rows["Level"].str.casefold()
    require_fitting(
        path,
        rows["Level"],
        rows["Level"].isin(LEVELS),
        expected=", ".join(LEVELS),
        remedy="correct the line, or leave it out",
    )
    return rows.rename(columns=_DDINTER).reset_index(drop=True)


def _source(path: FilePath) -> str:
    """Name the source of a table: DDInter by what its files are called, else the file."""
    name = Path(path).name
    return "DDInter" if name.casefold().startswith("ddinter") else name


def _each_drug(rows: pd.DataFrame, drugs: pd.DataFrame) -> pd.DataFrame:
    """Put each drug of a class in its place, and the class in the column `through`.

    A class of which the library has no drug stays as it is, and is lost as a name that it lacks.
    """
    rows = rows.assign(through=None)
    named = pd.concat([rows["one"], rows["other"]]).drop_duplicates()
    groups = named[named.str.fullmatch(_CLASS)].tolist()
    members: dict[str, list[str]] = {}
    for name, codes in zip(drugs["name"], drugs["atc"].fillna("").str.split("|"), strict=True):
        for group in groups:
            if any(code.startswith(group) for code in codes):
                members.setdefault(group, []).append(name)
    for column in ("one", "other"):
        group = rows[column].where(rows[column].isin(members))
        rows["through"] = rows["through"].where(rows["through"].notna(), group)
        rows[column] = [members.get(name, [name]) for name in rows[column]]
        rows = rows.explode(column, ignore_index=True)
    return rows
