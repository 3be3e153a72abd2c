"""The record of one job, and the facts of a file in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from twinscreen.files.atomic import write_text
from twinscreen.files.provenance import sha256

#: Stands for the output folder in records, which hold wherever the folder is.
OUTPUT = "<output>/"


@dataclass(frozen=True)
class Facts:
    """What a file held when it was read or written: its hash, and by what it is known again."""

    sha256: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Facts:
        """Take the facts of a file."""
        found = path.stat()
        return cls(sha256(path), found.st_size, found.st_mtime_ns)

    def looks_like(self, path: Path) -> bool:
        """Whether a file has the same size and time, so that its hash need not be taken again."""
        found = path.stat()
        return (found.st_size, found.st_mtime_ns) == (self.size, self.mtime_ns)

    def now(self, path: Path) -> Facts:
        """Take the facts of a file anew, unless it looks as it did."""
        return self if self.looks_like(path) else Facts.of(path)


@dataclass(frozen=True)
class Job:
    """A job as it is planned.

    Paths in the output folder begin with `OUTPUT`.
    """

    rule: str
    #: The patient, sample or source that it is about; nothing for a job of the whole cohort.
    unit: str
    #: All that decides the result beside the files: code, options, what the sheets say.
    asked: Mapping[str, Any]
    #: Each file that it reads, with the name of the job that makes it, if any does.
    inputs: Mapping[str, str]
    outputs: tuple[str, ...]
    #: Outputs that need not stay.
    temporary: tuple[str, ...] = ()
    #: Where Snakemake writes what it took.
    benchmark: str = ""

    @property
    def name(self) -> str:
        """Name the job as its record is named."""
        return job_name(self.rule, self.unit)

    def described(self) -> dict[str, Any]:
        """Write the job for its description."""
        return {
            "rule": self.rule,
            "unit": self.unit,
            "asked": self.asked,
            "inputs": self.inputs,
            "outputs": self.outputs,
        }


@dataclass(frozen=True)
class Record:
    """What a job left behind of itself."""

    rule: str
    unit: str
    asked: Mapping[str, Any]
    #: The command line, from the verb on.
    command: list[str]
    #: Versions of the package, of Python and of the packages that decide figures.
    environment: Mapping[str, Any]
    inputs: dict[str, Facts] = field(default_factory=dict)
    outputs: dict[str, Facts] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name the job."""
        return job_name(self.rule, self.unit)

    @property
    def settings(self) -> list[str]:
        """Files of options and rows that the job was told, whose names hold hashes of them."""
        texts = [value for value in self.asked.values() if isinstance(value, str)]
        return [text for text in texts if text.startswith(f"{OUTPUT}settings/")]

    @classmethod
    def read(cls, path: Path) -> Record | None:
        """Read a record; nothing if there is none, or none that can be read."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            for part in ("inputs", "outputs"):
                told[part] = {name: Facts(**facts) for name, facts in told[part].items()}
            return cls(**told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, path: Path) -> None:
        """Write the record."""
        write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", path)


def job_name(rule: str, unit: str) -> str:
    """Name the job of a rule about a unit, "" for the whole cohort."""
    return f"{rule}/{unit}" if unit else rule


def record_path(output: Path, name: str) -> Path:
    """Give the path of the record of a job."""
    return output / "records" / f"{name}.json"


def inside(path: str, output: str) -> str:
    """Write a path as records do: what is in the output folder without the folder."""
    prefix = f"{output.rstrip('/')}/"
    return OUTPUT + path[len(prefix) :] if path.startswith(prefix) else path


def outside(path: str, output: Path | str) -> Path:
    """Find the file that a path of a record leads to."""
    return Path(output, path.removeprefix(OUTPUT)) if path.startswith(OUTPUT) else Path(path)


def split_word(word: str) -> tuple[str, str]:
    """Split a word of a command line into the flag that stands before a path, and the path."""
    flag, equals, path = word.partition("=") if word.startswith("--") else ("", "", word)
    return flag + equals, path
