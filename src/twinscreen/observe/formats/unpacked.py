"""Texts as they pass to a library: what it would not survive is refused before.

A packed file of a few megabytes may unpack to a line that fills the memory; and pandas follows an
exponent beyond all bounds out of its own memory, which ends the process.
"""

import gzip
import io
import re
from pathlib import Path
from typing import BinaryIO

from twinscreen.files import FilePath, InputError
from twinscreen.observe.formats.cell_file import SAVE_AS_UTF8

#: Bytes: a row of a table of a million cells is shorter.
LONGEST_LINE = 2**28

#: A number that no count comes near.
_EXPONENT = re.compile(rb"[\d.][eE][+-]?\d{9}")
_OTHER_FILE = "check that it is the file that was meant, and export it again"

#: Bytes of one block that may belong to such a number which ends in the next.
_OVERLAP = 12


class _Bounded(io.RawIOBase):
    """A stream that ends with a fault where a line or an exponent does not end."""

    def __init__(self, stream: gzip.GzipFile | io.BufferedReader, path: FilePath) -> None:
        self._stream, self._path = stream, path
        self._line, self._before = 0, b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as comes, and count the bytes since the last end of a line."""
        block = self._stream.read(len(buffer))
        last = block.rfind(b"\n")
        self._line = len(block) - last - 1 if last >= 0 else self._line + len(block)
        if self._line > LONGEST_LINE:
            raise self._fault(f"a line of more than {LONGEST_LINE >> 20} MiB, unpacked")
        if b"\0" in block:
            raise self._fault("zero bytes, as in UTF-16", SAVE_AS_UTF8)
        text = self._before + block
        if (b"e" in text or b"E" in text) and (wrong := _EXPONENT.search(text)):
            raise self._fault(f"a number whose exponent is {wrong[0][2:].decode()}...")
        self._before = text[-_OVERLAP:]
        buffer[: len(block)] = block
        return len(block)

    def _fault(self, found: str, remedy: str = _OTHER_FILE) -> InputError:
        return InputError(file=self._path, found=found, expected="a table of cells", remedy=remedy)

    def close(self) -> None:
        """Close the file, too."""
        self._stream.close()
        super().close()


def open_bytes(path: Path) -> BinaryIO:
    """Open a file, unpacked if its name ends in `.gz`.

    While it is read it raises an InputError where a line is longer than any table has, or a number
    has an exponent that a library would not survive.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    return io.BufferedReader(_Bounded(opened(path, "rb"), path), 1 << 18)


def open_text(path: Path) -> io.TextIOWrapper:
    """Open a text likewise, in UTF-8; ends of lines stay as they are."""
    return io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="")
