"""Parquet tables with a declared shape, checked on write and on read; tables for people."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.intact.seal import Seal, seal, seal_of
from twinscreen.files.paths import FilePath, once

#: Endings of the tables that people ask for.
ENDINGS = (".tsv", ".tsv.gz", ".parquet")

#: Rows of a group of Parquet: as many as pyarrow writes together by itself.
_GROUP = 2**20

#: What pyarrow raises over a damaged file.
_DAMAGE = (pa.ArrowException, OSError, ValueError)


@dataclass(frozen=True)
class TableContract:
    """Columns of a table, their types, and the columns that together name a row once."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...] = ()


def write_table(table: pd.DataFrame, path: FilePath, contract: TableContract) -> None:
    """Write a table as Parquet, in the column order and types of its contract.

    A checksum before its footer tells damage before it is read.

    Raises
    ------
    ValueError
        A column is missing, a value does not fit its type, or a key stands twice: a fault of
        the stage that made the table.
    """
    arrow = _checked(table, contract)
    with atomic(path) as partial:
        pq.write_table(arrow, partial, compression="zstd")
        seal(partial)


@contextmanager
def writing_table(
    path: FilePath, contract: TableContract
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table part by part, of which there must be one; few are in memory at once.

    The same rows give the same bytes as by `write_table`. A key that stands twice is seen within
    a part alone.

    Yields
    ------
    What takes a part. It raises as `write_table` does.
    """
    with atomic(path) as partial:
        groups = _Groups(partial, contract)
        yield groups.add
        groups.end()
        seal(partial)


class _Groups:
    """Rows of a table that wait until they are enough for a group of rows of Parquet."""

    def __init__(self, path: Path, contract: TableContract) -> None:
        self._path, self._contract = path, contract
        self._waiting: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, table: pd.DataFrame) -> None:
        """Take some rows."""
        part = _checked(table, self._contract)
        if self._waiting and not self._waiting[0].num_rows:
            self._waiting.clear()  # without rows, pandas' types of columns may be others
        if part.num_rows or not self._waiting:
            self._waiting.append(part)
        if (whole := sum(one.num_rows for one in self._waiting) // _GROUP * _GROUP) > 0:
            rows = pa.concat_tables(self._waiting).combine_chunks()
            self._write(rows[:whole])
            self._waiting = [rows[whole:]]

    def end(self) -> None:
        """Write what is left."""
        rows = pa.concat_tables(self._waiting).combine_chunks()
        if rows.num_rows or self._writer is None:
            self._write(rows)
        assert self._writer is not None  # noqa: S101  # for mypy alone
        self._writer.close()

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, rows.schema, compression="zstd")
        self._writer.write_table(rows, row_group_size=_GROUP)


def _checked(table: pd.DataFrame, contract: TableContract) -> pa.Table:
    """Bring a table to the types of its contract; a column that may be missing may be absent."""
    lacking = [field.name for field in contract.schema if field.nullable]
    table = table.assign(**{name: None for name in lacking if name not in table})
    try:
        arrow = pa.Table.from_pandas(
            table[contract.schema.names], schema=contract.schema, preserve_index=False
        )
    except (KeyError, ValueError, pa.ArrowTypeError) as error:
        raise ValueError(f"table {contract.name}: {error}") from error
    if contract.key and table.duplicated(list(contract.key)).any():
        twice = table.loc[table.duplicated(list(contract.key)), list(contract.key)].iloc[0]
        raise ValueError(f"table {contract.name}: {twice.to_dict()} stands twice")
    return arrow


def read_table(
    path: FilePath, contract: TableContract, *, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read a Parquet table and check that it has the columns and types of its contract.

    With `columns`, these alone are read: texts of a large table take longer than all the rest.

    Raises
    ------
    InputError
        The file is missing, is not Parquet, or lacks a column or has it in another type.
    """
    remedy = "run the stage that writes this table again"
    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected=f"the {contract.name} table", remedy=remedy
        )
    with _open_parquet(path, expected=f"the whole {contract.name} table", remedy=remedy) as file:
        for field in contract.schema:
            index = file.schema_arrow.get_field_index(field.name)
            found = "no such column" if index < 0 else str(file.schema_arrow.field(index).type)
            if found != str(field.type):
                raise InputError(
                    file=path,
                    place=f"column {field.name}",
                    found=found,
                    expected=str(field.type),
                    remedy=remedy,
                )
        # as pandas reads it, without importing what reads folders of such files, too
        return file.read(columns=list(columns or contract.schema.names)).to_pandas()


def read_parquet(
    path: FilePath, *, columns: Sequence[str] = (), expected: str, remedy: str
) -> pd.DataFrame:
    """Read a Parquet table that others have written: these columns of it, or all.

    Raises
    ------
    InputError
        The file is damaged, is not Parquet, or lacks a column.
    """
    with _open_parquet(path, expected=expected, remedy=remedy) as file:
        if lacking := [name for name in columns if name not in file.schema_arrow.names]:
            raise InputError(
                file=path,
                place="header",
                found=f"no column {', '.join(lacking)}",
                expected=f"the columns {', '.join(columns)}",
                remedy=remedy,
            )
        return file.read(columns=list(columns) or None).to_pandas()


@contextmanager
def _open_parquet(path: FilePath, *, expected: str, remedy: str) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file, and say so if it is damaged, now or when it is read in the body."""
    try:
        if seal_of(Path(path)) is Seal.BROKEN:
            raise ValueError("other bytes than were written (by its checksum)")
        with pq.ParquetFile(path) as file:
            yield file
    except MemoryError:
        raise
    except _DAMAGE as error:
        raise InputError(
            file=path,
            found=f"no whole Parquet file: {' '.join(str(error).split())}",
            expected=expected,
            remedy=remedy,
        ) from error


#: As `read_table`, for stages of one process: none of them may change what is read.
read_table_once = once(kept=16)(read_table)


def write_tsv(table: pd.DataFrame, path: FilePath) -> None:
    """Write a table for people: tab-separated, six significant digits, missing left empty.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    shown = table.copy(deep=False)
    for name in shown.select_dtypes(["object", "string", "category"]):
        shown[name] = shown[name].map(_no_formula)
    with atomic(path) as partial:
        shown.to_csv(partial, sep="\t", index=False, float_format="%.6g", lineterminator="\n")


def _no_formula(value: Any) -> Any:
    """Put an apostrophe before a text that begins as a formula does and is no number."""
    if isinstance(value, str) and len(value) > 1 and value[0] in "=+-@":
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value


def write_people_table(parts: Iterable[pd.DataFrame], path: FilePath) -> None:
    """Write a table by the ending of its name; `require_ending` checks that first.

    Parameters
    ----------
    parts
        The table, some rows after the other; at least one part.
    path
        File to write.
    """
    with atomic(path) as partial:
        if str(path).endswith(".parquet"):
            _write_parquet(parts, partial)
        elif str(path).endswith(".gz"):
            # no time and no name in the compressed file: same content, same bytes
            with (
                open(partial, "wb") as raw,
                gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file,
            ):
                _write_text(parts, file)
        else:
            with open(partial, "wb") as file:
                _write_text(parts, file)


def _write_parquet(parts: Iterable[pd.DataFrame], path: Path) -> None:
    writer = None
    for part in parts:
        rows = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
        writer.write_table(rows)
    if writer:
        writer.close()


def _write_text(parts: Iterable[pd.DataFrame], file: BinaryIO | gzip.GzipFile) -> None:
    for number, part in enumerate(parts):
        part.to_csv(file, sep="\t", index=False, header=not number, lineterminator="\n")


def require_ending(path: FilePath) -> None:
    """Check that a table can be written under this name.

    Raises
    ------
    InputError
        The ending says nothing.
    """
    if not str(path).endswith(ENDINGS):
        raise InputError(
            file=path,
            found=f"the ending {Path(path).suffix or 'none'}",
            expected=f"one of {', '.join(ENDINGS)}",
            remedy="give the output another name",
        )


def schema(**columns: str) -> pa.Schema:
    """Build a schema from `column="type"`; a type that ends with "?" may be missing."""
    return pa.schema(
        [
            pa.field(name, pa.type_for_alias(kind.rstrip("?")), nullable=kind.endswith("?"))
            for name, kind in columns.items()
        ]
    )
