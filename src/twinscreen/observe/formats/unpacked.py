"""Compressed files that are read without being unpacked into a line that fills the memory."""

import gzip
import io
from pathlib import Path
from typing import BinaryIO

from twinscreen.files import FilePath, InputError

#: Bytes: a row of a table of a million cells is shorter.
LONGEST_LINE = 2**28


class _Bounded(io.RawIOBase):
    """A stream that ends with a fault where a line does not end."""

    def __init__(self, stream: gzip.GzipFile | io.BufferedReader, path: FilePath) -> None:
        self._stream, self._path, self._line = stream, path, 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as comes, and count the bytes since the last end of a line."""
        block = self._stream.read(len(buffer))
        last = block.rfind(b"\n")
        self._line = len(block) - last - 1 if last >= 0 else self._line + len(block)
        if self._line > LONGEST_LINE:
            raise InputError(
                file=self._path,
                found=f"a line of more than {LONGEST_LINE >> 20} MiB, unpacked",
                expected="a table of cells",
                remedy="check that it is the file that was meant, and export it again",
            )
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the file, too."""
        self._stream.close()
        super().close()


def open_bytes(path: Path) -> BinaryIO:
    """Open a file, unpacked if its name ends in `.gz`.

    While it is read it raises an InputError where a line is longer than any table has.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    return io.BufferedReader(_Bounded(opened(path, "rb"), path), 1 << 18)


def open_text(path: Path) -> io.TextIOWrapper:
    """Open a text likewise, in UTF-8; ends of lines stay as they are."""
    return io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="")
