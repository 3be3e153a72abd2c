"""How a verb that the workflow runs leaves the record of its job."""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twinscreen.files.errors import InputError
from twinscreen.records.environment import environment
from twinscreen.records.record import Facts, Job, Record, inside, outside, record_path, split_word

log = logging.getLogger(__name__)

#: Folder of the descriptions of jobs, in the output folder.
JOBS = "settings/jobs"

#: The time of the description of a job that is not due: older than any output.
LONG_AGO = 946684800


@contextmanager
def recording(description: str, command: Sequence[str]) -> Iterator[None]:
    """Keep a record of what is done in a `with` block, unless it fails.

    The record of an earlier run goes first: whatever happens, none speaks of files that are
    no longer there.

    Parameters
    ----------
    description
        The description of the job, as `write_job` wrote it.
    command
        The command line, from the verb on.

    Raises
    ------
    InputError
        A file that another job made holds something else now.
    """
    job, output = read_job(description)
    path = record_path(Path(output), job.name)
    path.unlink(missing_ok=True)
    inputs = {name: _facts(name, maker, Path(output)) for name, maker in job.inputs.items()}
    yield
    for name in job.outputs:
        _keep_on_disk(outside(name, output))
    for name, facts in inputs.items():
        if not facts.looks_like(outside(name, output)):
            log.warning("%s changed while it was read: the job will run again", Path(name).name)
            return
    Record(
        rule=job.rule,
        unit=job.unit,
        asked=job.asked,
        command=[_word(word, output) for word in command],
        environment=environment(),
        inputs=inputs,
        outputs={name: Facts.of(outside(name, output)) for name in job.outputs},
    ).write(path)
    os.utime(description, (LONG_AGO, LONG_AGO))


def _keep_on_disk(path: Path) -> None:
    """Wait until a file is on the disk, so that no record outlives its files if power fails."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _word(word: str, output: str) -> str:
    """Write a word of a command line as records do."""
    flag, path = split_word(word)
    return flag + inside(path, output)


def _facts(name: str, maker: str, output: Path) -> Facts:
    """Take the facts of a file, which holds what the job that made it left there.

    Raises
    ------
    InputError
        It does not.
    """
    path = outside(name, output)
    made = Record.read(record_path(output, maker)) if maker else None
    if made is None or name not in made.outputs:
        return Facts.of(path)
    found = made.outputs[name].now(path)
    if found.sha256 != made.outputs[name].sha256:
        raise InputError(
            file=path,
            found=f"other bytes than the job {maker} wrote: it is damaged, or was changed",
            expected="the file as its record knows it",
            remedy="run again: what differs from its record is made anew",
        )
    return found


def read_job(description: str) -> tuple[Job, str]:
    """Read the description of a job; give it with the output folder.

    Raises
    ------
    InputError
        There is no such file, or it is no description.
    """
    try:
        told = json.loads(Path(description).read_text(encoding="utf-8"))["job"]
        job = Job(**told | {"outputs": tuple(told["outputs"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            file=description,
            found=str(error),
            expected="the description of a job (json)",
            remedy="leave --job out, which only the workflow needs",
        ) from None
    return job, os.path.normpath(description.rpartition(f"{JOBS}/")[0] or ".")
