"""Whether a file names somebody: in plain text, compressed, or in the strings of its arrays."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

#: So much of a file is looked at at once, bytes, and so much of it again with what follows.
_BLOCK, _OVERLAP = 1 << 22, 1 << 10


class Traces:
    """Looks for names of patients and samples.

    A name counts where no letter or digit stands beside it: P1 is in "B2_P1_T0", not in "P10".

    Parameters
    ----------
    names
        Names of letters, digits, dashes and underscores, of at most 100 characters.
    """

    def __init__(self, names: Iterable[str]) -> None:
        some = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{some})(?![A-Za-z0-9])".encode())

    def in_text(self, text: str | bytes) -> bool:
        """Whether a text holds a name."""
        told = text.encode() if isinstance(text, str) else text
        return self._pattern.search(told) is not None

    def in_name(self, path: Path) -> bool:
        """Whether a file is called after somebody, plainly or as Snakemake's notes are.

        Parameters
        ----------
        path
            Within the folder that is searched.
        """
        return self.in_text(path.as_posix()) or self.in_text(_decoded(path.name))

    def in_file(self, path: Path) -> bool:
        """Whether a file holds a name."""
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"\x89HDF"):
            return any(map(self.in_text, _hdf5(path)))
        if start.startswith(b"PAR1"):
            return any(map(self.in_text, _parquet(path)))
        if start.startswith(b"PK\x03\x04"):
            return self._in_archive(path)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(path) as stream:
                return self._in_stream(stream)
        with path.open("rb") as stream:
            return self._in_stream(stream)

    def _in_archive(self, path: Path) -> bool:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as stream:
                    if self.in_text(name) or self._in_stream(stream):
                        return True
        return False

    def _in_stream(self, stream: IO[bytes] | gzip.GzipFile) -> bool:
        before = b""
        while block := stream.read(_BLOCK):
            if self.in_text(before + block):
                return True
            before = block[-_OVERLAP:]
        return False


def _decoded(name: str) -> bytes:
    """Read the name of a note of Snakemake: a path in base64."""
    try:
        return base64.b64decode(name, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hdf5(path: Path) -> Iterator[bytes]:
    """Give names, attributes and arrays of strings."""
    import h5py

    found: list[h5py.Group | h5py.Dataset] = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda _, item: found.append(item))
        for item in (file, *found):
            yield (item.name or "").encode()
            for name, value in item.attrs.items():
                yield f"{name}\n{value}".encode()
            if isinstance(item, h5py.Dataset) and item.dtype.kind in "OS":
                values = item[()] if item.shape == () else b"\n".join(map(_bytes, item[()].flat))
                yield _bytes(values)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _parquet(path: Path) -> Iterator[bytes]:
    """Give the schema, and columns of strings, by groups of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        yield "\n".join(schema.names).encode()
        yield from (b"%s\n%s" % pair for pair in (schema.metadata or {}).items())
        numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
        kept = [one.name for one in schema if not any(is_(one.type) for is_ in numbers)]
        for group in range(file.num_row_groups if kept else 0):
            for column in file.read_row_group(group, columns=kept).columns:
                yield "\n".join(map(str, column.unique().to_pylist())).encode()
