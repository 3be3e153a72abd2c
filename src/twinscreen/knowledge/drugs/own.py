"""A table of drugs of one's own, which adds to the library or replaces it."""

from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.drug_names import key
from twinscreen.files.text_table import (
    ANSWERS,
    ANY_SEPARATOR,
    read_text_table,
    require_fitting,
    require_once,
)
from twinscreen.knowledge.drugs.identifiers import join_values
from twinscreen.knowledge.drugs.source import DrugSource, make_source

#: Columns that the table has, and those that it may have.
COLUMNS = ("drug", "target", "action", "approved")
OPTIONAL = ("synonyms", "drugbank", "chembl", "chebi", "atc")

_CONTENT = f"drugs with the columns {', '.join(COLUMNS)}"


def own_source(path: FilePath, actions: pd.DataFrame, names: GeneNames | None) -> DrugSource:
    """Read drugs of one's own: one row per drug and target.

    Parameters
    ----------
    path
        The table. `target` is a gene, or the genes of a complex joined by "|"; `action` a word of
        `actions.tsv` in any case of letters; `approved` yes or no, the same in all rows of a drug.
        Several `synonyms` and identifiers are joined by "|".
    actions
        The meaning of the words.
    names
        Gene names; None where they are not known yet: then no gene is looked up.

    Raises
    ------
    InputError
        The file is missing or at fault: an unknown action or gene, a drug and target twice, or a
        drug that is approved and is not; the message names the line.
    """
    table = read_text_table(
        path,
        content=_CONTENT,
        required=COLUMNS,
        optional=OPTIONAL,
        separator=ANY_SEPARATOR,
        comments=True,
        empty=False,
    )
    table.require_filled(COLUMNS, genes=["target"])
    rows = table.frame()
    rows["approved"] = _approved(path, rows)
    rows["sign"] = _signs(path, rows["action"], actions)
    _check_genes(path, rows["target"], names)
    rows["drug_id"] = ["own:" + key(drug).replace(" ", "_") for drug in rows["drug"]]
    require_once(
        path,
        rows,
        ["drug_id", "target"],
        say=lambda row: f"{row['drug']} on {row['target']}",
        expected="each drug and target once",
    )
    rows = rows.rename(columns={"drug": "name", "target": "genes"})
    joined = dict.fromkeys(OPTIONAL, _joined)
    drugs = rows.groupby("drug_id", sort=False, as_index=False).agg(
        {"name": "first", "approved": "first", **joined}
    )
    name = own_name(path)
    return make_source(name, name, drugs, rows.assign(primary=True, affinity=float("nan")))


def own_name(path: FilePath) -> str:
    """Give the name of the table as a source: that of its file."""
    return Path(path).name


def _joined(texts: pd.Series) -> str:
    """Join what the rows of a drug say, each value once."""
    return join_values(*(value.strip() for text in texts for value in text.split("|")))


def _approved(path: FilePath, rows: pd.DataFrame) -> pd.Series:
    """Read whether drugs are approved: yes or no, the same in all lines of a drug."""
    said = rows["approved"].str.casefold().map(ANSWERS)
    require_fitting(
        path,
        rows["approved"],
        said.notna(),
        expected="yes or no",
        remedy="write yes if some agency has approved the drug, else no",
    )
    first = said.groupby(rows["drug"].map(key)).transform("first")
    if (other := said != first).any():
        raise InputError(
            file=path,
            place=f"line {rows.index[other][0]}, column approved",
            found=f"{rows.loc[other, 'drug'].iloc[0]} as approved in one line and not in another",
            expected="the same in all lines of a drug",
            remedy="correct one of the lines",
        )
    return said.astype(bool)


def _signs(path: FilePath, texts: pd.Series, actions: pd.DataFrame) -> pd.Series:
    """Give the direction that each action's word has."""
    stated = zip(actions.index.get_level_values("word"), actions["sign"], strict=True)
    words = {word.casefold(): int(sign) for word, sign in stated if word != "None"}
    given = texts.str.casefold()
    require_fitting(
        path,
        texts,
        given.isin(list(words)),
        expected=f"one of {', '.join(sorted(words))}",
        remedy="write the nearest word; unknown where the direction is not known",
    )
    return given.map(words)


def _check_genes(path: FilePath, targets: pd.Series, names: GeneNames | None) -> None:
    """Check that all members of all targets are genes."""
    if names is None:
        return
    for line, target in targets.items():
        unknown = [gene for gene in target.split("|") if names.resolve(gene) is None]
        if unknown:
            raise InputError(
                file=path,
                place=f"line {line}, column target",
                found=f"{unknown[0]!r}, which means no human gene, or several",
                expected='a gene symbol, or those of a complex joined by "|"',
                remedy="write the approved symbol (HGNC), or an Ensembl or Entrez identifier",
            )
