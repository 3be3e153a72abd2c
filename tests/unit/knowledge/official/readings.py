"""Reads what a reader of an official release makes of files written by hand."""

import gzip
import zipfile
from pathlib import Path

import pandas as pd

from twinscreen.files.text_table import read_text_table
from twinscreen.knowledge.official.build import build_official
from twinscreen.knowledge.official.reading.tables import COLUMNS


def made(
    folder: Path, source: str, table: str, files: dict[str, str | bytes | Path]
) -> list[tuple[str, ...]]:
    """Give the lines of the table that a release becomes, as people would read them.

    Parameters
    ----------
    folder
        An empty folder.
    source, table
        As in the list of official releases.
    files
        Text, bytes or a file by role; a name may follow the role after a blank.
    """
    places = {}
    for role, content in files.items():
        part, _, name = role.partition(" ")
        place = content if isinstance(content, Path) else folder / (name or part)
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            place.write_bytes(content)
        places[part] = place
    output = folder / f"made.{'csv' if table == 'drug_interactions' else 'tsv.gz'}"
    build_official(source, table, places, output=output)
    read = read_text_table(
        output,
        content="the table",
        required=COLUMNS[table],
        optional=(),
        separator="," if output.suffix == ".csv" else "\t",
    )
    return [tuple(row) for row in read.rows]


def zipped(folder: Path, **members: str) -> Path:
    """Write a zip archive; of a member's name, `__` stands for a dot and `___` for a slash."""
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("___", "/").replace("__", "."), text)
    return path


def lines(text: str, *, separator: str = "\t") -> str:
    """Write a table whose fields are parted by " | " here; `_` alone is an empty field."""
    rows = [line.strip() for line in text.strip().splitlines()]
    return "".join(
        separator.join("" if one == "_" else one for one in row.split(" | ")) + "\n" for row in rows
    )


def packed(text: str) -> bytes:
    """Compress a text with gzip."""
    return gzip.compress(text.encode())


def parquet(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    """Write a data set of two Parquet parts and what else a folder of them may hold."""
    place = folder / name
    place.mkdir()
    pd.DataFrame(rows[:1]).to_parquet(place / "part-00000-aaaa.snappy.parquet")
    pd.DataFrame(rows[1:]).to_parquet(place / "part-00001-bbbb.snappy.parquet")
    (place / "_SUCCESS").touch()
    (place / "parts.json").write_text("[]")
    return place
