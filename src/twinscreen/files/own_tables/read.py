"""Reading a table of one's own by its declaration, with the line of whatever is wrong."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files.errors import InputError
from twinscreen.files.gene_names import GeneNames, log_dates
from twinscreen.files.own_tables.declared import TEXT, Column, OwnTable
from twinscreen.files.paths import FilePath
from twinscreen.files.text_table import (
    read_header,
    read_people_table,
    require_known_columns,
    require_once,
)

log = logging.getLogger(__name__)


def read_own_tables(
    table: OwnTable, paths: Sequence[FilePath], names: GeneNames | None
) -> pd.DataFrame:
    """Read several tables of a kind as one; where two of them speak of the same, the later counts.

    See `read_own_table`.
    """
    parts = [read_own_table(table, path, names) for path in paths]
    every = pd.concat(parts) if parts else _empty(table)
    return every.drop_duplicates(list(table.once), keep="last").reset_index(drop=True)


def read_own_table(table: OwnTable, path: FilePath, names: GeneNames | None) -> pd.DataFrame:
    """Read and check a table of one's own.

    Parameters
    ----------
    table
        What was declared of it.
    path
        Text, its fields separated by tabs, in a `.csv` by commas or semicolons; or Parquet.
    names
        Names of genes; None to leave genes as they are written.

    Returns
    -------
    All columns of the declaration, typed; None or NaN where an optional one says nothing; the
    number of the line as index. Genes are approved symbols; lines with a name that means no gene
    are left out, and counted in the log.

    Raises
    ------
    InputError
        The file is missing or at fault, a value is not what the column holds, a line is there
        twice, or most genes are unknown. The message names the line.
    """
    rows = read_people_table(
        path,
        columns=table.needed,
        optional=table.optional,
        genes=[column.name for column in table.columns if column.kind.of_genes],
        content=table.about,
    )
    if rows.empty:
        raise InputError(
            file=path,
            found="a header alone",
            expected=f"{table.content}: at least one line",
            remedy="add lines, or leave the table out",
        )
    if Path(path).suffix != ".parquet":
        header = read_header(path, content=table.content, remedy="correct the path")
        require_known_columns(
            path,
            header,
            needed=table.needed,
            optional=table.optional,
            not_for={column.name: column.other_words for column in table.columns},
        )
    for column in table.columns:
        rows[column.name] = _values(path, column, rows[column.name])
    require_once(
        path,
        rows,
        table.once,
        say=lambda row: ", ".join(str(one) for one in row[list(table.once)] if one is not None),
        expected=f"each {', '.join(table.once)} once",
    )
    return rows if names is None else _of_genes(path, table, rows, names)


def _values(path: FilePath, column: Column, texts: pd.Series) -> pd.Series:
    """Make values of the texts of a column; None where there is none."""
    known: dict[str, object] = {"": None}
    for line, text in texts.items():
        if text not in known:
            try:
                known[text] = column.kind.read(text)
            except (ValueError, KeyError):
                raise InputError(
                    file=path,
                    place=f"line {line}, column {column.name}",
                    found=repr(text),
                    expected=column.kind.expected,
                    remedy="correct it" if column.needed else "correct it, or leave it empty",
                ) from None
    return pd.Series([known[text] for text in texts], index=texts.index, dtype=object)


def _of_genes(
    path: FilePath, table: OwnTable, rows: pd.DataFrame, names: GeneNames
) -> pd.DataFrame:
    """Bring genes to approved symbols; leave out lines with a name that means none."""
    columns = [column for column in table.columns if column.kind.of_genes]
    found: dict[str, str | None] = {}
    for column in columns:
        for name in rows[column.name].unique():
            found[name] = _symbol(name, names, members=column.kind.members)
    if lost := [name for name, symbol in found.items() if symbol is None]:
        some = ", ".join(lost[:5])
        if 2 * len(lost) > len(found):
            place = next(one.name for one in columns if rows[one.name].isin(lost).any())
            raise InputError(
                file=path,
                place=f"line {rows.index[rows[place].isin(lost)][0]}, column {place}",
                found=f"{len(lost)} of {len(found)} names that are no human gene: {some}",
                expected="HGNC symbols, or Ensembl, Entrez or UniProt ids",
                remedy="name the genes so",
            )
        log.warning("%s: %d of %d names are no gene: %s", path, len(lost), len(found), some)
        log_dates(path, lost)
    for column in columns:
        rows[column.name] = rows[column.name].map(found)
    rows = rows.dropna(subset=[column.name for column in columns])
    _require_one_voice(path, table, rows)
    return rows[~rows.duplicated(list(table.once), keep="last")]


def _require_one_voice(path: FilePath, table: OwnTable, rows: pd.DataFrame) -> None:
    """Refuse two lines of the same genes by other names that say two things of them."""
    once = list(table.once)
    told = [one.name for one in table.columns if one.name not in once and one.kind is not TEXT]
    if not told:
        return
    alike = rows[rows.duplicated(once, keep=False)]
    for _, lines in alike.groupby(once, dropna=False):
        if len(lines[told].drop_duplicates()) > 1:
            first, second = lines.index[:2]
            raise InputError(
                file=path,
                place=f"line {second}",
                found=", ".join(str(lines[name].iloc[0]) for name in once)
                + f" by another name than in line {first}, and with another {', '.join(told)}",
                expected=f"each {', '.join(once)} once",
                remedy="keep one of the lines",
            )


def _symbol(name: str, names: GeneNames, *, members: bool) -> str | None:
    """Give the approved symbol, or those of the members of a complex, sorted and joined by "_"."""
    if (symbol := names.resolve(name)) or not members:
        return symbol
    symbols = {names.resolve(member) for member in name.split("_")}
    return None if None in symbols else "_".join(sorted(filter(None, symbols)))


def _empty(table: OwnTable) -> pd.DataFrame:
    return pd.DataFrame(columns=[column.name for column in table.columns], dtype=object)
