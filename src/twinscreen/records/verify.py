"""Whether the files of a run are what their records say, and fit each other."""

import hashlib
import json
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinscreen.files.provenance import sha256
from twinscreen.records.chain import Chain
from twinscreen.records.record import OUTPUT, Facts, Record, outside
from twinscreen.settings.stages import STAGES, taken_by

log = logging.getLogger(__name__)

#: Seconds between two words on how far it is.
_PATIENCE = 5


@dataclass(frozen=True)
class Difference:
    """One thing that is not as a record says."""

    file: str
    found: str
    expected: str

    @property
    def name(self) -> str:
        """Name the file by its place in the output folder."""
        return self.file.removeprefix(OUTPUT)

    def __str__(self) -> str:
        return f"{self.name}: found {self.found}, expected {self.expected}"


@dataclass
class Checked:
    """What has been checked so far, told every few seconds."""

    files: int = 0
    size: int = 0
    #: Files of the user that are not at hand, which nobody can check.
    away: int = 0
    told: float = field(default_factory=time.monotonic)

    def add(self, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.size += size
        if time.monotonic() - self.told > _PATIENCE:
            self.told = time.monotonic()
            log.info("%d files, %.1f GB checked", self.files, self.size / 1e9)


def differences(chain: Chain, checked: Checked) -> Iterator[Difference]:
    """Walk along a chain of records and name what differs, what was made first first.

    Every file that is kept and every file that was read is hashed, one after another.

    Parameters
    ----------
    chain
        The records of a run.
    checked
        Counts what was checked, for whoever wants to see how far it is.
    """
    first: dict[tuple[str, str], Record] = {}
    for record in chain.in_order():
        yield from _settings(record, chain.output)
        yield from _inputs(record, chain, checked)
        yield from _outputs(record, chain.output, checked)
        yield from _of_its_rule(record, first)
    for file in chain.kept():
        if file not in chain.makers:
            yield Difference(file, "a file that no record knows", "the results of the run alone")


def other_options(chain: Chain, config: Mapping[str, Any]) -> Iterator[Difference]:
    """Name the options of a configuration that are not those that results were made with.

    Parameters
    ----------
    chain
        The records of a run.
    config
        A configuration with its defaults.
    """
    told: set[str] = set()
    for record in chain.in_order():
        verb = record.rule.replace("_", "-")
        path = outside(record.asked.get("options", ""), chain.output)
        if verb not in STAGES or not path.is_file():
            continue
        before = _flat(json.loads(path.read_text(encoding="utf-8")))
        now = _flat(json.loads(json.dumps(taken_by(verb, config))))
        for option in sorted({*before, *now} - told):
            if before.get(option) != now.get(option):
                told.add(option)
                yield Difference(
                    f"option {option}",
                    f"{now.get(option)!r} in the configuration",
                    f"{before.get(option)!r}, with which {record.name} was made",
                )


def _flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Name options with their sections."""
    return {
        f"{section}.{name}" if name else section: value
        for section, part in options.items()
        for name, value in (part.items() if isinstance(part, dict) else [("", part)])
    }


def _of_its_rule(record: Record, first: dict[tuple[str, str], Record]) -> Iterator[Difference]:
    """Check that a job was asked what the first job of its rule was, by rule and question."""
    for asked in ("options", "code", "tables"):
        if asked in record.asked:
            other = first.setdefault((record.rule, asked), record)
            if record.asked[asked] != other.asked[asked]:
                yield Difference(
                    record.name,
                    f"other {asked} than those of {other.name}",
                    "the same for all jobs of a rule",
                )


def _settings(record: Record, output: Path) -> Iterator[Difference]:
    """Check the files of options and rows that a job was told by their names."""
    for file in record.settings:
        path = outside(file, output)
        if not path.is_file():
            yield Difference(file, "no such file", f"what {record.name} was told")
        elif not path.name.endswith(f".{_digest(path)}.json"):
            yield Difference(
                file, "changed parameters", f"those that {record.name} was told, by its name"
            )


def _inputs(record: Record, chain: Chain, checked: Checked) -> Iterator[Difference]:
    """Check that a job read what another one made, and that a user's files are what they were."""
    for file, facts in record.inputs.items():
        if maker := chain.makers.get(file):
            made = chain.records[maker].outputs[file]
            if made.sha256 != facts.sha256:
                yield Difference(
                    file, f"made by {maker} with other bytes", f"those that {record.name} read"
                )
        elif not Path(file).is_file():
            checked.away += 1
        else:
            yield from _bytes(file, Path(file), facts, f"those that {record.name} read", checked)


def _outputs(record: Record, output: Path, checked: Checked) -> Iterator[Difference]:
    """Check that the files that a job wrote are as it left them."""
    for file, facts in record.outputs.items():
        path = outside(file, output)
        if path.is_file():
            yield from _bytes(file, path, facts, f"those that {record.name} wrote", checked)
        elif not file.startswith(f"{OUTPUT}replicates/"):  # which need not be kept
            yield Difference(file, "no such file", f"what {record.name} wrote")


def _bytes(
    file: str, path: Path, facts: Facts, expected: str, checked: Checked
) -> Iterator[Difference]:
    """Compare the bytes of a file."""
    checked.add(path.stat().st_size)
    if (found := sha256(path)) != facts.sha256:
        yield Difference(
            file, f"other bytes (SHA-256 {found[:12]})", f"{expected} ({facts.sha256[:12]})"
        )


def _digest(path: Path) -> str:
    """Take the hash that the name of a file of settings holds."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
