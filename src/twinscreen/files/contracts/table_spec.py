"""Tables inside an AnnData file: their columns with type and meaning, declared once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from twinscreen.files.tables import schema

#: What types of columns are called on the page of the contracts, by NumPy (kinds), and by Arrow.
_TYPES: dict[type, tuple[str, str, str]] = {
    str: ("text", "OUT", "string"),
    int: ("integer", "iu", "int64"),
    float: ("number", "fiu", "double"),
    bool: ("yes or no", "b", "bool"),
}


@dataclass(frozen=True)
class TableSpec:
    """A table of `uns`: what it is called, what a row is, and type and meaning of each column.

    Missing texts are "", missing numbers NaN. Rows are told apart by the columns of `key`, if any
    are named.
    """

    name: str
    row: str
    columns: Mapping[str, tuple[type, str]]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.columns)

    @property
    def types(self) -> dict[str, Any]:
        """Types of the columns, as pandas takes them."""
        return {name: kind for name, (kind, _) in self.columns.items()}

    def empty(self) -> pd.DataFrame:
        """Make a table without rows."""
        return self.of([])

    def of(self, rows: Iterable[Any]) -> pd.DataFrame:
        """Make a table of rows, in the order of the columns or by their names."""
        return pd.DataFrame(list(rows), columns=self.names).astype(self.types)

    def typed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Bring the columns of a table into their order and types; others are left out."""
        return table[self.names].astype(self.types)

    def schema(self) -> pa.Schema:
        """Describe the columns for a Parquet file."""
        return schema(**{name: _TYPES[kind][2] for name, (kind, _) in self.columns.items()})

    def faults(self, table: object) -> list[str]:
        """List in which ways something is not such a table."""
        if not isinstance(table, pd.DataFrame):
            return [f"uns[{self.name}]: no table"]
        if list(table.columns) != self.names:
            listed = ", ".join(map(str, table.columns))
            return [f"uns[{self.name}]: columns {listed} instead of {', '.join(self.names)}"]
        found = [
            f"uns[{self.name}][{name}]: {table[name].dtype} instead of {_TYPES[kind][0]}"
            for name, (kind, _) in self.columns.items()
            if not _fits(table[name], kind)
        ]
        if self.key and table.duplicated(list(self.key)).any():
            found.append(f"uns[{self.name}]: rows with the same {', '.join(self.key)}")
        return found

    def page(self) -> str:
        """Describe the table in Markdown."""
        lines = [
            f"#### uns `{self.name}`: a row per {self.row}\n",
            "| Column | Type | Content |\n|---|---|---|",
        ]
        for name, (kind, meaning) in self.columns.items():
            said = meaning.replace("|", r"\|")
            lines.append(f"| `{name}` | {_TYPES[kind][0]} | {said} |")
        return "\n".join(lines) + "\n"


def _fits(column: pd.Series, kind: type) -> bool:
    """Say whether a column has the type that it should have; texts may be categories."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    if kind is str and isinstance(dtype, pd.StringDtype):
        return True
    return dtype.kind in _TYPES[kind][1]
