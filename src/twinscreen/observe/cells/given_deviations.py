"""Deviations of one patient that were computed elsewhere."""

from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    DEVIATIONS,
    FilePath,
    GeneNames,
    InputError,
    keeping_going,
    provenance,
    sha256,
    write_anndata,
)
from twinscreen.files.text_table import (
    ANY_SEPARATOR,
    read_header,
    read_text_table,
    require_known_columns,
)
from twinscreen.files.words.missing import is_missing
from twinscreen.observe.cells.harmonise import KINDS, log_lost, log_not_taken, symbols_of

_NEEDED = ("cell_type", "gene", "logfc", "pvalue")
#: No log2 fold change is beyond: there are no 2^100 molecules in a sample.
_MOST_LOGFC = 100
#: Of the optional columns, what holds where there is none: as in the sample sheet.
_OPTIONAL = {"tissue": "blood", "time": "T0", "n_cells": "0"}
#: What people call optional columns, which would not be read.
_OTHER_WORDS = {
    "time": ("timepoint", "time_point", "visit", "day"),
    "tissue": ("organ", "compartment"),
    "n_cells": ("ncells", "n"),
}
_PLACE = ["cell_type", "tissue", "time"]


def read_deviations(path: FilePath, *, names: FilePath, output: FilePath, keep_going: bool) -> None:
    """Read a table of deviations, check it, and write it by compartment and approved symbol.

    Parameters
    ----------
    path
        Table with a header: `cell_type, gene, logfc` (log2 fold change against healthy), `pvalue`
        (two-sided, unadjusted), optionally `tissue, time, n_cells`; one row for each gene tested.
    names
        Table of gene names of the knowledge stage.
    output
        The deviations (h5ad) to write.
    keep_going
        Whatever goes wrong with the table, write deviations without compartments, with the reason,
        instead of raising.

    Raises
    ------
    InputError
        The table is at fault.
    """
    known = GeneNames(names, kinds=KINDS)
    digest = ""
    with keeping_going(keep_going, of=str(path)) as loss:
        found = _compartments(Path(path), known)
        digest = sha256(path)
    if loss.reason:
        found = _empty()
        found.uns["quality"] = {}
    found.uns["unscorable"], found.uns["remedy"] = loss.reason, loss.remedy
    found.uns["provenance"] = provenance(
        parameters={"table_sha256": digest},  # the file's name may name a person
        inputs=[names],
    )
    write_anndata(found, output, DEVIATIONS)


def look_at_deviations(path: FilePath, known: GeneNames | None) -> None:
    """Check a table of deviations; whether its names are genes, where these are known.

    Raises
    ------
    InputError
        As `read_deviations`.
    """
    if known:
        _compartments(Path(path), known)
    else:
        _check_ranges(Path(path), _read(Path(path)))


def _compartments(path: Path, known: GeneNames) -> ad.AnnData:
    """Lay the rows of a table out as compartments x genes."""
    table = _read(path)
    _check_ranges(path, table)
    names = sorted(table["gene"].unique())
    found = symbols_of(names, known)
    lost = found.lost
    log_not_taken("deviations", found.not_taken)
    log_lost("deviations", found)
    if 2 * len(lost) > len(names):
        raise InputError(
            file=path,
            place="column gene",
            found=f"{len(lost)} of {len(names)} names are no human gene, for example "
            + ", ".join(lost[:5]),
            expected="HGNC symbols or Ensembl gene ids",
            remedy="name the genes so",
        )
    symbol_of = dict(zip(names, found.of, strict=True))
    table = table.assign(symbol=table["gene"].map(symbol_of)).dropna(subset=["symbol"])
    if (twice := table.duplicated([*_PLACE, "symbol"])).any():
        row = table[twice].iloc[0]
        raise InputError(
            file=path,
            place=f"line {row['line']}",
            found=f"{row['gene']} ({row['symbol']}) in {row['cell_type']} ({row['tissue']},"
            f" {row['time']}) a second time",
            expected="each gene once per cell type, tissue and time; several names may mean one",
            remedy="keep one row of each",
        )
    laid_out = _laid_out(path, table)
    laid_out.uns["quality"] = {
        "n_rows": len(table),
        "genes_lost": np.array(lost, dtype=str),
        "genes_not_taken": np.array(found.not_taken, dtype=str),
    }
    return laid_out


def _laid_out(path: Path, table: pd.DataFrame) -> ad.AnnData:
    place = table[_PLACE].agg("|".join, axis=1)
    n_cells = table.groupby(place)["n_cells"]
    if (several := n_cells.min() != n_cells.max()).any():
        raise InputError(
            file=path,
            place="column n_cells",
            found=f"several numbers in {several.idxmax()}",
            expected="one number of cells per cell type, tissue and time",
            remedy="correct the column, or leave it out",
        )
    row, names = pd.factorize(place, sort=True)
    column, genes = pd.factorize(table["symbol"], sort=True)
    layers = {}
    for name in ("logfc", "pvalue"):
        layers[name] = np.full((len(names), len(genes)), np.nan)
        layers[name][row, column] = table[name]
    obs = table.groupby(row)[[*_PLACE, "n_cells"]].first().set_axis(pd.Index(names))
    return ad.AnnData(
        obs=obs.astype({"n_cells": int}), var=pd.DataFrame(index=pd.Index(genes)), layers=layers
    )


def _empty() -> ad.AnnData:
    nobody = pd.Index([], dtype=str)
    obs = pd.DataFrame({name: pd.Series(dtype=str) for name in _PLACE}, index=nobody)
    nothing = {name: np.zeros((0, 0)) for name in ("logfc", "pvalue")}
    return ad.AnnData(
        obs=obs.assign(n_cells=np.array([], dtype=int)),
        var=pd.DataFrame(index=nobody),
        layers=nothing,
    )


def _read(path: Path) -> pd.DataFrame:
    """Read the table as text, with the optional columns and the number of each line."""
    columns = f"the columns {', '.join(_NEEDED)} and perhaps {', '.join(_OPTIONAL)}"
    remedy = "correct the column `deviations` of the patient sheet"
    table = read_text_table(
        path,
        content=f"a table with {columns}",
        required=_NEEDED,
        optional=tuple(_OPTIONAL),
        separator=ANY_SEPARATOR,
        row_names=True,
        empty=False,
        remedy=remedy,
    ).frame()
    require_known_columns(
        path,
        read_header(path, content=columns, separator=ANY_SEPARATOR, remedy=remedy),
        needed=_NEEDED,
        optional=tuple(_OPTIONAL),
        not_for=_OTHER_WORDS,
    )
    for name, default in _OPTIONAL.items():
        table[name] = table[name].where(~_missing(table[name]), default)
    return table.rename_axis("line").reset_index()


def _missing(texts: pd.Series) -> pd.Series:
    """Tell the texts that stand for nothing."""
    return texts.isin([text for text in texts.unique() if is_missing(text)])


def _check_ranges(path: Path, table: pd.DataFrame) -> None:
    """Turn numbers into numbers, in place, and check them."""
    rules = {
        "logfc": (
            f"a log2 fold change: a finite number, from -{_MOST_LOGFC} to {_MOST_LOGFC}",
            lambda x: np.abs(x) <= _MOST_LOGFC,
        ),
        "pvalue": ("a p-value: from 0 to 1", lambda x: (x >= 0) & (x <= 1)),
        "n_cells": ("a number of cells: whole, 0 or more", lambda x: (x >= 0) & (x % 1 == 0)),
    }
    for name, (expected, fits) in rules.items():
        values = pd.to_numeric(table[name], errors="coerce")
        if (odd := ~fits(values)).any():
            row = table[odd].iloc[0]
            raise InputError(
                file=path,
                place=f"line {row['line']}, column {name}",
                found=repr(row[name]),
                expected=expected,
                remedy="correct it, or leave out the rows of genes that were not tested",
            )
        table[name] = values
    for name in ("cell_type", "gene", "tissue", "time"):
        text = table[name]
        # a gene that is not named is one that is lost, as programs write it of features
        odd = (text == "" if name == "gene" else _missing(text)) | text.str.contains(
            "|", regex=False
        )
        if odd.any():
            row = table[odd].iloc[0]
            raise InputError(
                file=path,
                place=f"line {row['line']}, column {name}",
                found=repr(row[name]),
                expected="a name, without |",
                remedy="correct it",
            )
