"""Several verbs in one process, which starts Python and its packages once for all of them."""

import gc
import os
import resource
import shlex
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from pathlib import Path

from twinscreen.files.atomic import write_text
from twinscreen.files.errors import InputError
from twinscreen.records.keep import read_job

#: What is measured of a verb, by the names that Snakemake gives it.
_MEASURED = ("s", "max_rss", "cpu_time")


@dataclass(frozen=True)
class Stage:
    """A verb as it is to be run."""

    #: The command line, from the verb on.
    command: list[str]
    #: The file that takes what it says on standard error.
    log: Path

    @property
    def job(self) -> str:
        """The description of its job; "" if it has none."""
        words = self.command
        return words[words.index("--job") + 1] if "--job" in words[:-1] else ""


def read_stages(lines: Iterable[str], *, file: str) -> list[Stage]:
    """Read the command lines of verbs, as a shell would.

    Parameters
    ----------
    lines
        Of the form `twinscreen VERB ... 2> LOG`.
    file
        Where they stand, for messages.

    Raises
    ------
    InputError
        A line has another form.
    """
    stages = []
    for number, line in enumerate(lines, 1):
        try:
            program, *command, to, log = shlex.split(line)
        except ValueError:
            program, command, to, log = "", [], "", ""
        if (program, to) != ("twinscreen", "2>") or not command:
            raise InputError(
                file=file,
                place=f"line {number}",
                found=line.rstrip("\n"),
                expected="twinscreen VERB ... 2> LOG",
                remedy="give each verb a line, as `snakemake --dry-run --printshellcmds` shows it",
            )
        stages.append(Stage(command, Path(log)))
    return stages


def run_stages(
    stages: Iterable[Stage], run: Callable[[list[str]], int], *, benchmarks: Path | None
) -> int:
    """Run verbs one after another, until one fails.

    Parameters
    ----------
    stages
        The verbs.
    run
        Runs one of them by its command line, and gives its exit code.
    benchmarks
        Folder that takes what each job took, where Snakemake would write it.

    Returns
    -------
    The exit code of the last.
    """
    for stage in stages:
        gc.freeze()  # what stages before have imported and keep is not looked through again
        _forget_the_peak()
        began, used = time.perf_counter(), time.process_time()
        with _told_to(stage.log):
            code = _code(stage, run)
        if code:
            said = stage.log.read_text(encoding="utf-8", errors="replace")
            print(f"{stage.command[0]} ended with exit code {code}:\n{said}", file=sys.stderr)
            return code
        if benchmarks and stage.job:
            took = (time.perf_counter() - began, _peak(), time.process_time() - used)
            numbers = "\t".join(f"{number:.2f}" for number in took)
            name = read_job(stage.job)[0].name
            write_text("\t".join(_MEASURED) + f"\n{numbers}\n", benchmarks / f"{name}.tsv")
    return 0


def _code(stage: Stage, run: Callable[[list[str]], int]) -> int:
    """Run a verb, and give the exit code that a process of its own would end with."""
    try:
        return run(stage.command)
    except SystemExit as ended:  # a flag that there is not
        return ended.code if isinstance(ended.code, int) else 1
    except Exception:
        traceback.print_exc()
        return 1


@contextmanager
def _told_to(log: Path) -> Iterator[None]:
    """Let standard error go to a file, also that of libraries which are not Python."""
    log.parent.mkdir(parents=True, exist_ok=True)
    before = os.dup(2)
    try:
        with log.open("w", encoding="utf-8", buffering=1) as file, redirect_stderr(file):
            os.dup2(file.fileno(), 2)
            yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _forget_the_peak() -> None:
    """Let Linux measure the most memory anew."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """Give the most memory that this process has had since, in MiB."""
    with suppress(OSError):
        told = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        for line in told:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
