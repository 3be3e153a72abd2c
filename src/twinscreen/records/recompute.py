"""Computing a patient again, and comparing the bytes with those that were kept."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twinscreen.files.errors import InputError
from twinscreen.files.provenance import sha256
from twinscreen.records.chain import Chain
from twinscreen.records.record import OUTPUT, Record, job_name, outside, split_word

#: Rules whose jobs are about one patient.
_OF_PATIENTS = ("findings", "deviations", "twin", "screen", "report")


@dataclass(frozen=True)
class Recomputed:
    """A file that was computed again."""

    file: str
    same: bool

    @property
    def name(self) -> str:
        """Name the file by its place in the output folder."""
        return self.file.removeprefix(OUTPUT)


def recompute(chain: Chain, patient: str, folder: Path) -> Iterator[Recomputed]:
    """Compute the files of a patient again, each from the files that were kept.

    Every job runs as its record says, but writes into another folder. So a file that differs
    points to its own job, and to no other.

    Parameters
    ----------
    chain
        The records of a run.
    patient
        Id of the patient, or name of the group.
    folder
        Where files are written.

    Raises
    ------
    InputError
        There is no such patient, or a job can't be done again.
    """
    for record in jobs_of(chain, patient):
        _run_again(record, chain, folder)
        for file, facts in record.outputs.items():
            yield Recomputed(file, sha256(outside(file, folder)) == facts.sha256)


def jobs_of(chain: Chain, patient: str) -> list[Record]:
    """Find the jobs about a patient and its samples, each after those that it reads from."""
    names = {job_name(rule, patient) for rule in _OF_PATIENTS} & chain.records.keys()
    if not names:
        known = sorted(one.unit for one in chain.records.values() if one.rule == "twin")
        raise InputError(
            file=chain.output,
            found=f"no twin of {patient!r}",
            expected=f"one of {', '.join(known[:10])}" + (", ..." if len(known) > 10 else "")
            if known
            else "a run that has built twins",
            remedy="name a patient of the run",
        )
    read = {file for name in names for file in chain.records[name].inputs}
    before = {chain.makers[file] for file in read if file in chain.makers}
    names |= {name for name in before if chain.records[name].rule == "observe"}
    return [record for record in chain.in_order() if record.name in names]


def _run_again(record: Record, chain: Chain, folder: Path) -> None:
    """Run the command of a record, with its outputs in another folder."""
    words = []
    for word in record.command:
        flag, path = split_word(word)
        kept = folder if path in record.outputs else chain.output
        words.append(f"{flag}{outside(path, kept)}" if path else word)
    at = words.index("--job") if "--job" in words else len(words)
    ran = subprocess.run(  # noqa: S603  # a list of words, no shell
        [sys.executable, "-m", "twinscreen", *words[:at], *words[at + 2 :]],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise InputError(
            file=chain.output,
            place=record.name,
            found=ran.stderr.strip().rpartition("\n")[2] or f"exit code {ran.returncode}",
            expected="a job that runs as it did",
            remedy="stand in the folder in which the workflow ran, with the files that it read",
        )
