"""Writing a file so that it is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twinscreen.files.paths import FilePath


@contextmanager
def atomic(path: FilePath, *, lasting: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`, which takes its name when the block ends well.

    The temporary file stands in the same folder (a rename within one file system is atomic)
    and keeps the suffix (writers choose the format by it). It is on the disk before it takes the
    name, so that a power cut leaves no empty file there; unless it need not be `lasting`: of
    thousands of small files that are looked through and made anew each time that takes long. If the
    block raises, it is removed and whatever stood under the final name stays.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=final.parent, prefix=f".{final.stem}.", suffix="".join(final.suffixes[-2:])
    )
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        umask = os.umask(0)
        os.umask(umask)
        partial.chmod(0o666 & ~umask)
        if lasting:
            with open(partial, "rb") as written:
                os.fsync(written.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


def write_text(text: str, path: FilePath, *, lasting: bool = True) -> None:
    """Write a text, UTF-8 with the line ends that it has."""
    with atomic(path, lasting=lasting) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
