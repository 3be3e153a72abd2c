"""A checksum inside a file: damage is told before a library stumbles over it.

HDF5 and Parquet have checksums for some of their parts, none for texts of any length and for what
they keep for themselves, and damage there can end a process or keep it in a loop that nothing
interrupts. Both leave room that no reader looks at: behind the last byte of an HDF5 file, before
the footer of a Parquet file. Whatever writes to such a file later takes the seal away, so a seal is
right or gone.
"""

import os
import re
import zlib
from enum import Enum
from functools import cache
from pathlib import Path
from typing import BinaryIO

#: A seal: CRC-32 and size of all the rest of the file.
_SEAL = "\n# twinscreen: crc32 {:08x} of {:020d} bytes\n"
_PATTERN = re.compile(rb"\n# twinscreen: crc32 ([0-9a-f]{8}) of ([0-9]{20}) bytes\n")
_LENGTH = len(_SEAL.format(0, 0))

#: Bytes that are taken together.
_BLOCK = 1 << 20


class Seal(Enum):
    """What a file's seal says of it."""

    WHOLE = "whole"
    BROKEN = "broken"
    ABSENT = "absent"


def seal(path: Path) -> None:
    """Put a checksum into a file."""
    with open(path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        checksum = _crc32(file, 0, size)
        last = _last(file, size)
        file.seek(size - last)
        kept = file.read(last)
        file.seek(size - last)
        file.write(_SEAL.format(checksum, size).encode() + kept)


def seal_of(path: Path) -> Seal:
    """Tell what the seal of a file says; of a file that is as before, without reading it again."""
    state = os.stat(path)
    return _seal_of(path.absolute(), state.st_ino, state.st_size, state.st_mtime_ns)


@cache
def _seal_of(path: Path, _inode: int, size: int, _time: int) -> Seal:
    with open(path, "rb") as file:
        at = size - _last(file, size) - _LENGTH
        file.seek(max(at, 0))
        found = _PATTERN.fullmatch(file.read(_LENGTH))
        if found is None:
            return Seal.ABSENT
        checksum = _crc32(file, 0, at)
        checksum = _crc32(file, at + _LENGTH, size, checksum)
    as_written = int(found[1], 16) == checksum and int(found[2]) == size - _LENGTH
    return Seal.WHOLE if as_written else Seal.BROKEN


def _last(file: BinaryIO, size: int) -> int:
    """Count the bytes that must stay last: a Parquet file is read from its end."""
    file.seek(0)
    if size < 12 or file.read(4) != b"PAR1":
        return 0
    file.seek(size - 8)
    return min(8 + int.from_bytes(file.read(4), "little"), size)


def _crc32(file: BinaryIO, start: int, end: int, checksum: int = 0) -> int:
    """Take the checksum of a part of a file, which follows on another."""
    file.seek(start)
    while start < end and (block := file.read(min(end - start, _BLOCK))):
        checksum = zlib.crc32(block, checksum)
        start += len(block)
    return checksum
