"""Turns the files of an official release into a table like those that a group brings."""

import csv
import gzip
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from twinscreen.files import FilePath, GeneNames, InputError, atomic
from twinscreen.knowledge.official.readers import READERS
from twinscreen.knowledge.official.reading.tables import COLUMNS, KEYS, WITH_COMMAS
from twinscreen.knowledge.official.registry import OfficialSource

log = logging.getLogger(__name__)


def tables_of(source: OfficialSource) -> list[str]:
    """List what can be made of a release: tables that are read, and files that stay as they are."""
    files = source.files.values()
    as_they_are = [file.role for file in files if file.role in source.tables]
    replaced = [file.replaces for file in files if file.replaces]
    return [*READERS.get(source.name, ()), *as_they_are, *replaced]


def build_official(
    name: str,
    table: str,
    files: Mapping[str, Path],
    *,
    output: FilePath,
    names: FilePath | None = None,
) -> None:
    """Write one table of an official release.

    Parameters
    ----------
    name
        The release.
    table
        Which of its tables.
    files
        Its files by role.
    output
        Text, compressed if its name ends with `.gz`: fields are separated by tabs, those of
        `drug_interactions` by commas, as the source's own; or the release's file itself, where
        TwinScreen reads that as it is.
    names
        The table of gene names, with which drugs' targets that mean no gene are left out; without
        it they stay.

    Raises
    ------
    InputError
        A file is missing or has another shape, or nothing is left of it.
    """
    if name not in READERS:
        with atomic(output) as partial:
            shutil.copyfile(files[table], partial)
        return
    parts = READERS[name][table](files)
    if names and table == "drugs":
        parts = _with_known_targets(parts, GeneNames(names))
    rows = _write(_once(parts, table), output, table)
    if not rows:
        Path(output).unlink()
        raise InputError(
            file=next(iter(files.values())),
            found=f"no line for the table {table}",
            expected=f"the release of {name} that the list of official sources names",
            remedy="look into the file: where the source has a new shape, the reader must follow",
        )
    log.info("%s: %d lines of the table %s", name, rows, table)


def _with_known_targets(parts: Iterator[pd.DataFrame], names: GeneNames) -> Iterator[pd.DataFrame]:
    """Leave out targets of which a member means no gene; their number is logged."""
    for part in parts:
        known = {
            target: all(names.resolve(member) for member in target.split("|"))
            for target in part["target"].unique()
        }
        lost = [target for target, found in known.items() if not found]
        log.info("%d of %d targets mean no gene, such as %s", len(lost), len(known), lost[:3])
        yield part[part["target"].map(known)]


def _write(parts: Iterator[pd.DataFrame], path: FilePath, table: str) -> int:
    """Write the parts of a table; return the number of lines. Same content, same bytes."""
    separator = "," if table in WITH_COMMAS else "\t"
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if table in WITH_COMMAS else csv.QUOTE_NONE
    written = 0
    with atomic(path) as partial, ExitStack() as stack:
        file: Any = stack.enter_context(open(partial, "wb"))
        if str(path).endswith(".gz"):
            # no time and no name in the compressed file
            file = stack.enter_context(gzip.GzipFile("", "wb", 6, file, mtime=0))
        file.write((separator.join(COLUMNS[table]) + "\n").encode())
        for part in parts:
            part.to_csv(
                file,
                sep=separator,
                index=False,
                header=False,
                quoting=quoting,
                lineterminator="\n",
            )
            written += len(part)
    return written


def _once(parts: Iterator[pd.DataFrame], table: str) -> Iterator[pd.DataFrame]:
    """Yield the columns of a table, and only the first line with each key, in whatever part."""
    seen = np.array([], dtype=np.uint64)
    columns = [*COLUMNS[table]]
    key = [*KEYS.get(table, columns)]
    for part in parts:
        rows = part[columns].replace(r"[\t\r\n]+", " ", regex=True)
        marks = pd.util.hash_pandas_object(rows[key], index=False)
        new = ~marks.duplicated() & ~marks.isin(seen)
        seen = np.concatenate([seen, marks[new].to_numpy()])
        yield rows[new.to_numpy()]
