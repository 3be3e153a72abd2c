"""What is known of cells beside their counts: a table that is joined by barcode."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.text_table import ANY_SEPARATOR, read_text_table

log = logging.getLogger(__name__)


def annotate(
    obs: pd.DataFrame,
    path: FilePath,
    *,
    cells: FilePath,
    select: Mapping[str, str],
    table: pd.DataFrame | None = None,
    called: str = "the sample",
) -> tuple[pd.DataFrame, pd.Series]:
    """Join an annotation table to the cells of a file by barcode.

    Its lines say which cells are meant: cells without a line are left out. Where it has columns
    that are selected by, only the lines that fit count, so that one table can serve samples
    whose barcodes collide.

    Parameters
    ----------
    obs
        What the file says of its cells, by barcode, shape (c, .).
    path
        Table with a header; barcodes in the column `barcode` or, without one, in the first.
    cells
        The file with the cells, for messages.
    select
        Columns and the value each must have.
    table
        What `read_annotation` gave, where it was read before.
    called
        What the sample is called in the log, where files that may name a person are not.

    Returns
    -------
    Cells with the columns of both; and whether each has a line, boolean, shape (c,).

    Raises
    ------
    InputError
        The table can't be read, has a column that the file has too, a barcode twice, or no
        barcode of the file.
    """
    table = read_annotation(Path(path)) if table is None else table
    if twice := sorted(set(table.columns) & set(obs.columns)):
        raise InputError(
            file=path,
            place="line 1",
            found=f"the columns {', '.join(twice)}, which the cells have too",
            expected=f"columns that {Path(cells).name} does not have",
            remedy="rename or remove them, so that it is beyond doubt which are meant",
        )
    for column, value in select.items():
        if column in table:
            table = table[table[column] == value]
    barcodes = obs.index.astype(str)
    listed = pd.Series(barcodes.isin(table.index), index=obs.index)
    here = table.index[table.index.isin(barcodes)]
    if not listed.any():
        raise InputError(
            file=path,
            found=f"no barcode of {Path(cells).name}"
            + (f" (with {dict(select)})" if select else ""),
            expected="barcodes of the cells",
            remedy="write the barcodes as the cells have them (suffixes as -1 count), or correct"
            " the column `select` of the sample sheet",
            detail=f"{', '.join(table.index[:3]) or 'no line'} here, there"
            f" {', '.join(barcodes[:3])}",
        )
    _check_share(path, len(here) / max(len(table), 1), listed.mean(), cells=cells, called=called)
    for place, names in ((path, here), (cells, barcodes[listed.to_numpy()])):
        if names.has_duplicates:
            raise InputError(
                file=place,
                found="a barcode twice",
                expected="each barcode once",
                remedy="say in the column `select` of the sample sheet which lines of the"
                " annotation are this sample's, or make the barcodes differ",
                detail=str(names[names.duplicated()][0]),
            )
    joined = table[table.index.isin(barcodes)].reindex(barcodes).set_axis(obs.index)
    return pd.concat([obs, joined], axis=1), listed


#: Where a smaller share of the barcodes on either side is on the other, they are of other cells:
#: captures share some by chance.
_FEWEST_SHARED, _FEW_SHARED = 0.1, 0.5


def _check_share(
    path: FilePath, lines: float, found: float, *, cells: FilePath, called: str
) -> None:
    """Refuse or tell an annotation that few cells are in, though it is not of many samples."""
    share = max(lines, found)
    said = f"{lines:.1%} of the lines are of cells of {Path(cells).name}, {found:.1%} of its cells"
    if share < _FEWEST_SHARED:
        raise InputError(
            file=path,
            found=f"{said} have a line",
            expected="the annotation of these cells",
            remedy="name the annotation of this sample, or say in the column `select` of the sample"
            " sheet which lines are of it; barcodes are shared by chance between captures",
        )
    if share < _FEW_SHARED:
        log.warning(
            "%s: %.1f%% of the lines of the annotation are of its cells, and %.1f%% of the cells"
            " have a line and are taken",
            called,
            100 * lines,
            100 * found,
        )


def read_annotation(path: Path) -> pd.DataFrame:
    """Read the table as text, empty fields missing, by barcode."""
    table = read_text_table(
        path,
        content="a table of cells: barcode and further columns",
        separator=ANY_SEPARATOR,
        row_names=True,
        empty=False,
        remedy="correct the column `annotation` of the sample sheet",
    ).frame()
    named = [name for name in table.columns if name.casefold() == "barcode"]
    if named:
        table = table.drop(columns="", errors="ignore")  # numbers of rows, as pandas writes them
    key = named[0] if named else table.columns[0]
    table = table[(table[key] != "").to_numpy()]
    return table.where(table != "").set_index(key).rename_axis(None)
