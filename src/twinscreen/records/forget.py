"""A patient or donor taken out of an output folder, with all that was made of them.

Every job that read what somebody's own jobs wrote made results of them, and so did those after it.
These results, whatever else names the person, and the records of the jobs go; the next run makes
again what others need, without them. That nothing is left is then looked up, in each file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from twinscreen.files.errors import InputError
from twinscreen.records.chain import Chain
from twinscreen.records.record import OUTPUT, Record, outside, record_path
from twinscreen.records.traces import Traces

#: What Snakemake writes beside a run that may name who took part, below its folder.
NOTES = ("log", "metadata", "incomplete", "slurm_logs")

#: The folder of public knowledge: it holds nobody, but for what a job on people wrote there.
_PUBLIC = "knowledge"


@dataclass(frozen=True)
class Holding:
    """What holds somebody.

    `samples` are their samples, `jobs` the names of the jobs that made results of them, `files`
    what goes, and `given` the files of the user that their jobs read, which stay.
    """

    person: str
    samples: tuple[str, ...]
    jobs: tuple[str, ...]
    files: tuple[Path, ...]
    given: tuple[str, ...]

    @property
    def traces(self) -> Traces:
        """What to look for."""
        return Traces({self.person, *self.samples})

    @property
    def own(self) -> tuple[str, ...]:
        """The jobs that were about nobody else."""
        units = {self.person, *self.samples}
        return tuple(name for name in self.jobs if name.partition("/")[2] in units)

    def forget(self) -> None:
        """Remove the files, and folders that are empty then."""
        for path in self.files:
            path.unlink(missing_ok=True)
        for folder in sorted({path.parent for path in self.files}, reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def holding(chain: Chain, person: str, notes: Path) -> Holding:
    """Find what holds a patient or donor.

    Parameters
    ----------
    chain
        The records of the output folder.
    person
        As the sheets call them.
    notes
        The folder of Snakemake's notes, `.snakemake`; it need not be there.

    Raises
    ------
    InputError
        No job was about them, and no file names them.
    """
    samples = samples_of(chain, person)
    units = {person, *samples}
    own = {name for name, job in chain.records.items() if job.unit in units and job.rule != "fetch"}
    traces = Traces(units)
    jobs = _after(chain, own)
    made = _outputs(chain, jobs)
    named = {path for path in _naming(traces, chain.output, notes) if path not in made}
    jobs = _after(chain, jobs | _concerned(chain, named))
    files = named | _outputs(chain, jobs)
    files |= {record_path(chain.output, name) for name in jobs}
    if not files:
        raise InputError(
            file=chain.output,
            found=f"nothing of {person}",
            expected="a patient or donor of this run, by the name that the sheets give them",
            remedy="check the name; nothing was removed",
        )
    read = {file for name in sorted(own) for file in chain.records[name].inputs}
    given = sorted(file for file in read if not file.startswith(OUTPUT))
    there = tuple(sorted(path for path in files if path.is_file()))
    return Holding(person, samples, tuple(sorted(jobs)), there, tuple(given))


def samples_of(chain: Chain, person: str) -> tuple[str, ...]:
    """Name the samples of a patient or donor, by the rows that their jobs were given."""
    found = []
    for job in chain.records.values():
        row = job.asked.get("row")
        if job.rule == "observe" and row and person == _patient(outside(str(row), chain.output)):
            found.append(job.unit)
    return tuple(sorted(found))


def left(output: Path, notes: Path, traces: Traces) -> tuple[int, list[Path]]:
    """Count the files that are there, and give those that name somebody still."""
    number = sum(1 for _ in _looked_at(output, notes))
    return number, sorted(_naming(traces, output, notes))


def _patient(row: Path) -> str:
    try:
        told = json.loads(row.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("patient", ""))


def _after(chain: Chain, jobs: Iterable[str]) -> set[str]:
    """Add the jobs that read what some jobs wrote, and those after them."""
    found = set(jobs)
    for job in chain.in_order():
        if any(chain.makers.get(file) in found for file in job.inputs):
            found.add(job.name)
    return found


def _outputs(chain: Chain, jobs: Iterable[str]) -> set[Path]:
    def of(job: Record) -> Iterator[Path]:
        return (outside(file, chain.output) for file in job.outputs)

    return {path for name in jobs for path in of(chain.records[name])}


def _naming(traces: Traces, output: Path, notes: Path) -> Iterator[Path]:
    """Give the files that name somebody."""
    for root, name in _looked_at(output, notes):
        if traces.in_name(name) or traces.in_file(root / name):
            yield root / name


def _looked_at(output: Path, notes: Path) -> Iterator[tuple[Path, Path]]:
    """Give the files that may name somebody, all but those of public knowledge, by folder."""
    for root, folders in (
        (output, [path.name for path in output.iterdir() if path.name != _PUBLIC]),
        (notes, NOTES),
    ):
        for folder in sorted(folders):
            whole = root / folder
            for path in [whole] if whole.is_file() else sorted(whole.rglob("*")):
                if path.is_file():
                    yield root, path.relative_to(root)


def _concerned(chain: Chain, named: set[Path]) -> set[str]:
    """Name the jobs that wrote some files, were asked by them, or left them as their records."""
    found = set()
    for name, job in chain.records.items():
        asked = (one for one in job.asked.values() if isinstance(one, str))
        paths = {outside(one, chain.output) for one in (*job.outputs, *asked)}
        if named & {*paths, record_path(chain.output, name)}:
            found.add(name)
    return found
