"""Small tables that people write, as text or in Parquet."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twinscreen.files.paths import FilePath
from twinscreen.files.text_table.lines import require_file
from twinscreen.files.text_table.table import TextTable, lacking_columns, read_text_table

if TYPE_CHECKING:
    import pandas as pd


def read_people_table(
    path: FilePath,
    *,
    columns: Sequence[str],
    optional: Sequence[str] = (),
    genes: Collection[str] = (),
    content: str,
) -> "pd.DataFrame":
    """Read named columns of a table as text, with a header; none named: all, at least two.

    Parameters
    ----------
    path
        Parquet if the name ends so, else text.
    columns
        Columns to read, which have no empty field; if none are named, the first two have none.
    optional
        Further columns to read, with empty texts where there is no such column.
    genes
        Columns that name genes, in which words for nothing may stand.
    content
        What the table holds, for error messages.

    Returns
    -------
    Texts, with the numbers of the lines as index.

    Raises
    ------
    InputError
        The file is missing, can't be read, lacks a column, or has an empty field.
    """
    expected = f"{content}, with " + (
        f"the columns {', '.join(columns)}" if columns else "a header and at least two columns"
    )
    if Path(path).suffix == ".parquet":
        table = _read_parquet(path, expected)
    else:
        table = read_text_table(path, content=expected, required=columns)
    lacking = [name for name in columns if name not in table.columns]
    if lacking or (len(table.columns) < 2 and not columns):
        raise lacking_columns(path, 1, table.columns, lacking, expected)
    chosen = list(columns) or table.columns[:2]
    table.require_filled(chosen, genes=genes, expected="a name")
    read = [*columns, *optional] if columns else table.columns
    return table.frame().reindex(columns=read, fill_value="")


def _read_parquet(path: FilePath, expected: str) -> TextTable:
    """Read a Parquet file as text; its rows are numbered as lines below a header would be."""
    from twinscreen.files.tables import read_parquet

    require_file(path, content=expected, remedy="correct the path")
    table = read_parquet(path, expected=expected, remedy="export the table again")
    table = table.astype("string").fillna("")
    rows = [[str(text).strip() for text in row] for row in table.itertuples(index=False)]
    return TextTable(path, [str(name) for name in table], rows, list(range(2, len(rows) + 2)))
