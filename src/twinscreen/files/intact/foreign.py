"""What a file is that is not what it is called, by how it begins."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from os import PathLike
from typing import Any, NamedTuple


class Foreign(NamedTuple):
    """What a file is, and what to do with it."""

    found: str
    remedy: str


_R = "an object of R (rds or RData)"
_R_REMEDY = "write what is needed of it as a table or as h5ad; docs/howto/seurat.md has the lines"

#: By how a file begins, unpacked or not.
_BEGINNINGS = (
    (b"PK\x03\x04", Foreign("a workbook or zip archive", "unpack it, or save it as text (tsv)")),
    (b"\xd0\xcf\x11\xe0", Foreign("an old workbook (xls)", "save it as text (tsv)")),
    (b"PAR1\x15", Foreign("a Parquet file", "write it as text (tsv)")),
    (b"ARROW1\x00", Foreign("a Feather file", "write it as text (tsv)")),
    (b"\x89HDF", Foreign("an HDF5 file (h5ad, loom, h5)", "name it where cells are named")),
    (b"BCF\x02", Foreign("a BCF file", "write it as VCF: `bcftools view -Oz`")),
    (b"%PDF", Foreign("a PDF document", "save the table in it as text (tsv)")),
    (b"{\\rtf", Foreign("a document of a word processor (RTF)", "save it as plain text")),
    (b"<!DOCTYPE", Foreign("a web page", "download the file itself; the page may ask to log in")),
    (b"<html", Foreign("a web page", "download the file itself; the page may ask to log in")),
    (b"version https://git-lfs", Foreign("a pointer of Git LFS", "fetch the file: `git lfs pull`")),
    *((begin, Foreign(_R, _R_REMEDY)) for begin in (b"RDX2", b"RDX3", b"X\n\x00\x00\x00")),
)
_PACKED: tuple[tuple[bytes, str, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.open),
    (b"BZh", "bzip2", bz2.open),
    (b"\xfd7zXZ", "xz", lzma.open),
)


def foreign(path: str | PathLike[str]) -> Foreign | None:
    """Tell a file of another kind by how it begins; None where that says nothing.

    A text begins like none of them; of a packed file the content is looked at.
    """
    try:
        with open(path, "rb") as file:
            begin = file.read(32)
        packed = ""
        for magic, name, unpack in _PACKED:
            if begin.startswith(magic):
                with unpack(path) as inside:
                    begin, packed = inside.read(32), name
                break
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return None
    for start, told in _BEGINNINGS:
        if begin.startswith(start):
            if packed and told.found != _R:
                return Foreign(f"{told.found}, packed by {packed}", f"unpack it; {told.remedy}")
            return told
    return None
