"""Read what mutation makes of a file, again and again, and keep what was read in a new way.

A crash is whatever a parser does to a file but read or refuse it: it raises something else than an
InputError, takes longer than TOO_LONG, or ends the process.
"""

import json
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import numpy as np
from parsers import Parser

from twinscreen.files import InputError

#: Files that are mutated on; those that were refused in a new way are kept beside them.
MOST_KEPT = 200

#: Seconds that no file of a few hundred bytes may take.
TOO_LONG = 20


@dataclass
class Found:
    """What came of a parser: executions, ways in which files were refused, crashes by place."""

    executions: int = 0
    ways: int = 0
    refused: int = 0
    crashes: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """Write it for another process."""
        return json.dumps(self.__dict__)


class TooLongError(Exception):
    """A file took longer than it may."""


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


@contextmanager
def _in_time() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _end)
    signal.alarm(TOO_LONG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _way(error: Exception) -> str:
    """Tell by which lines of ours an error came about."""
    own = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "twinscreen" in frame.filename
    ]
    return f"{type(error).__name__} {' '.join(own)}"


def fuzz(
    parser: Parser,
    *,
    seed: int,
    seconds: float = np.inf,
    executions: float = np.inf,
    crashes: Path | None = None,
) -> Found:
    """Try a parser for some seconds of time, or some executions.

    Parameters
    ----------
    parser
        What is tried.
    seed
        Of the mutations.
    seconds, executions
        When to end, whichever comes first.
    crashes
        Folder for the files that crash it, and for the one that is read just now.
    """
    random, found = np.random.default_rng(seed), Found()
    kept, refused, ways = list(parser.seeds), list[bytes](), set[str]()
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while found.executions < executions and time.monotonic() < until:
            # what was read leads further than what was refused
            pool = refused if refused and random.random() < 0.3 else kept
            content = parser.change(pool[int(random.integers(len(pool)))], random, kept)
            path = Path(folder if crashes is None else crashes, parser.name)
            path.write_bytes(content)
            found.executions += 1
            try:
                with _in_time():
                    parser.read(path)
                if len(kept) < MOST_KEPT and random.random() < 0.1:
                    kept.append(content)
                continue
            except InputError as error:
                found.refused += 1
                way = _way(error)
            except Exception as error:
                way = _way(error)
                found.crashes.setdefault(way, traceback.format_exc())
                if crashes is not None and way not in ways:
                    path.with_name(f"crash{len(found.crashes)}-{parser.name}").write_bytes(content)
            if way not in ways:
                ways.add(way)
                refused.append(content)
    found.ways = len(ways)
    return found
