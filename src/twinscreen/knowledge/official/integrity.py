"""Whether a downloaded file is whole, and whether it is the one that was meant."""

import fcntl
import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from twinscreen.files import InputError, atomic, sha256

_CHUNK = 1 << 20
_HTML = (b"<!doctype html", b"<html")


def fault_of(path: Path, name: str) -> str:
    """Say what shows that a file is not whole or not what its name says; "" where nothing does.

    Compressed text is read to its end, where its checksum stands; an archive is asked for its
    list of files, which is at its end; Parquet has a mark at both ends.

    Parameters
    ----------
    path
        The file.
    name
        The name that it will have.
    """
    with open(path, "rb") as file:
        head = file.read(512)
    if not head:
        return "an empty file"
    if head.lstrip().lower().startswith(_HTML):
        return "a web page in place of the file"
    if name.endswith((".gz", ".tgz")):
        return _fault_of_gzip(path)
    if name.endswith(".zip") and not zipfile.is_zipfile(path):
        return "a zip archive without its end, or none at all"
    if name.endswith(".parquet") and not (head[:4] == _tail(path) == b"PAR1"):
        return "a Parquet file without its end, or none at all"
    return ""


def _tail(path: Path) -> bytes:
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return file.read()


def _fault_of_gzip(path: Path) -> str:
    try:
        with gzip.open(path, "rb") as file:
            while file.read(_CHUNK):
                pass
    except EOFError:
        return "compressed text that is cut off: it ends before its checksum"
    except (gzip.BadGzipFile, zlib.error, OSError) as error:
        return f"no whole gzip file ({error})"
    return ""


class FirstFetched:
    """The sha256 of files that nobody has pinned, as they were when they were first fetched.

    Trust on first use: what was fetched first can't be judged, but no other file takes its place
    unseen afterwards. Kept as JSON, one entry per address; jobs may share it.

    Parameters
    ----------
    path
        Where it is kept; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, url: str) -> str | None:
        """Give the sha256 that the file must have, None where it was never fetched."""
        found = self._read().get(url)
        return found["sha256"] if found else None

    def since(self, url: str) -> str:
        """Give the day on which the file was first fetched, "" where it never was."""
        found = self._read().get(url)
        return found["first fetched"] if found else ""

    def hold_to(self, url: str, digest: str) -> None:
        """Record the sha256 of a file that was fetched for the first time."""
        with _alone(self.path):
            entries = self._read()
            day = datetime.now(UTC).date().isoformat()
            entries.setdefault(url, {"sha256": digest, "first fetched": day})
            self._write(entries)

    def forget(self, url: str) -> None:
        """Forget the sha256: the next file fetched from the address is the first."""
        with _alone(self.path):
            entries = self._read()
            if entries.pop(url, None):
                self._write(entries)

    def require(self, url: str, path: Path) -> None:
        """Check that a file has the sha256 of the first one; the first file sets it.

        Raises
        ------
        InputError
            The file is another than the one first fetched.
        """
        digest = sha256(path)
        if (known := self.of(url)) is None:
            self.hold_to(url, digest)
        elif known != digest:
            raise InputError(
                file=url,
                found=f"sha256 {digest}: another file than the one first fetched",
                expected=f"sha256 {known}, as {self.path} says since {self.since(url)}",
                remedy="if the source has published a new release that you want, remove the entry"
                f" of this address from {self.path}; else ask the source",
            )

    def _write(self, entries: dict[str, dict[str, str]]) -> None:
        with atomic(self.path) as partial:
            text = json.dumps(entries, indent=1, sort_keys=True) + "\n"
            partial.write_text(text, encoding="utf-8")

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return {url: {**entry} for url, entry in found.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise InputError(
                file=self.path,
                found=f"can't be read: {error}",
                expected="JSON: for each address its sha256 and when it was first fetched",
                remedy="restore the file from a backup; without one, remove it, and what is fetched"
                " next will be held to",
            ) from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time change a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(f".{path.name}.busy"), "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
