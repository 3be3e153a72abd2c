"""What is due: which jobs of a cohort have to run, by the records of those that did.

Snakemake compares the times of files and what it keeps beside the working directory, neither of
which survives that a folder is moved, copied or cloned. Here a job is due if it was asked
something else than is asked now, if it read other bytes than its inputs hold now, or if a job
before it is due. Times decide nothing: they only spare taking hashes of files that look the same.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from twinscreen.files.atomic import write_text
from twinscreen.records.environment import environment
from twinscreen.records.keep import JOBS, LONG_AGO
from twinscreen.records.record import OUTPUT, Facts, Job, Record, outside, record_path


class Plan:
    """Says which jobs are due, and writes it where Snakemake sees it.

    Each job has a description, a file among its inputs, which is new where the job is due, and of
    long ago where it is not. The outputs of a job that is not due never look older than its inputs.

    Parameters
    ----------
    output
        The output folder.
    making
        Finds the job that makes a file of the output folder, by its path there.
    """

    def __init__(self, output: str, making: Callable[[str], Job | None]) -> None:
        self._output = Path(output)
        self._making = making
        self._jobs: dict[str, Job] = {}
        self._due: dict[str, bool] = {}
        self._records: dict[str, Record | None] = {}
        self._described: set[str] = set()

    def describe(self, job: Job, *, decide: bool) -> str:
        """Give the path of the description of a job.

        Its name holds a hash, so a job that was planned reads what it was planned with.

        Parameters
        ----------
        job
            The job.
        decide
            Whether this is the process that plans, which sets the time of the file.
        """
        told = json.dumps(job.described(), ensure_ascii=False)
        digest = hashlib.sha256(told.encode()).hexdigest()[:12]
        path = f"{self._output}/{JOBS}/{job.name}.{digest}.json"
        if decide and self.is_due(job):
            if path not in self._described:  # Snakemake asks for each rule that might make a file
                self._described.add(path)
                # It takes a new file for an old one if what is in it is the same.
                write_text(f'{{"planned": {time.time_ns()}, "job": {told}}}\n', path, lasting=False)
                self._be_newest(path, job)
            return path
        if not os.path.isfile(path):
            write_text(f'{{"job": {told}}}\n', path, lasting=False)
        if decide and os.stat(path).st_mtime > LONG_AGO:
            os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def _be_newest(self, path: str, job: Job) -> None:
        """Make the description of a job newer than its outputs, if they are of another clock."""
        outputs = (outside(name, self._output) for name in job.outputs)
        times = [file.stat().st_mtime_ns for file in outputs if file.is_file()]
        if times and max(times) >= os.stat(path).st_mtime_ns:
            os.utime(path, ns=(max(times) + 10**9, max(times) + 10**9))

    def is_due(self, job: Job) -> bool:
        """Whether a job has to run."""
        if job.name not in self._due:
            self._jobs[job.name] = job
            self._due[job.name] = self._find_due(job)
        return self._due[job.name]

    def settle(self) -> None:
        """Take note of the files of the jobs that were due, once they have run.

        Snakemake touches the outputs of a job after it, so records no longer know their times, and
        the next run would take all their hashes.
        """
        ran = [name for name, due in self._due.items() if due]
        after = Plan(str(self._output), self._making)
        for name in ran:
            after.is_due(self._jobs[name])

    def _find_due(self, job: Job) -> bool:
        record = self._record(job.name)
        if record is None or record.asked != job.asked or set(record.outputs) != set(job.outputs):
            return True
        if [*map(_known_as, job.inputs)] != [*map(_known_as, record.inputs)]:
            return True
        try:
            inputs = {
                name: self._now(name, maker, facts if name == before else None)
                for (name, maker), (before, facts) in zip(
                    job.inputs.items(), record.inputs.items(), strict=True
                )
            }
            outputs = {
                name: facts.now(path)
                for name, facts in record.outputs.items()
                if (path := outside(name, self._output)).is_file()
            }
        except _DueError:
            return True
        lost = set(job.outputs) - set(outputs) - set(job.temporary)
        if lost and record.environment != environment():
            return True  # what is lost is made again, and may be other than it was
        if _hashes(inputs) != _hashes(record.inputs):
            return True
        if any(facts.sha256 != record.outputs[name].sha256 for name, facts in outputs.items()):
            return True
        outputs |= self._in_order(job, inputs, outputs)
        self._keep(record, inputs, record.outputs | outputs)
        return False

    def _now(self, name: str, maker: str, before: Facts | None) -> Facts:
        """Say what an input holds now: a file of ours holds what the job before left in it."""
        if maker:
            job = self._making(name)
            if job is None or self.is_due(job) or (record := self._record(job.name)) is None:
                raise _DueError
            return record.outputs[name]
        path = Path(name)
        if not path.is_file():
            raise _DueError
        return before.now(path) if before else Facts.of(path)

    def _in_order(
        self, job: Job, inputs: Mapping[str, Facts], outputs: Mapping[str, Facts]
    ) -> dict[str, Facts]:
        """Give outputs that look older than what they were made of, as in a copy, its time."""
        newest = max((facts.mtime_ns for facts in inputs.values()), default=0)
        changed = {}
        with suppress(OSError):  # of somebody else's folder: Snakemake runs the job again
            for name, facts in outputs.items():
                if facts.mtime_ns < newest:
                    os.utime(outside(name, self._output), ns=(newest, newest))
                    changed[name] = replace(facts, mtime_ns=newest)
            # which to Snakemake is as old as an output
            benchmark = outside(job.benchmark, self._output)
            if job.benchmark and benchmark.is_file() and benchmark.stat().st_mtime_ns < newest:
                os.utime(benchmark, ns=(newest, newest))
        return changed

    def _keep(self, record: Record, inputs: dict[str, Facts], outputs: dict[str, Facts]) -> None:
        """Keep the times of files that were moved, copied or touched, and hold what they held."""
        now = replace(record, inputs=inputs, outputs=outputs)
        if now != record:
            self._records[record.name] = now
            with suppress(OSError):  # of somebody else's folder: hashes are taken each time
                now.write(record_path(self._output, record.name))

    def _record(self, name: str) -> Record | None:
        if name not in self._records:
            self._records[name] = Record.read(record_path(self._output, name))
        return self._records[name]


class _DueError(Exception):
    """An input is not there, or it is made anew."""


def _known_as(name: str) -> str:
    """Name an input as results do: by the file alone, if it is the user's own."""
    return name if name.startswith(OUTPUT) else Path(name).name


def _hashes(files: Mapping[str, Facts]) -> list[str]:
    return [facts.sha256 for facts in files.values()]
