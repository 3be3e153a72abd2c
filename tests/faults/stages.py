"""The stages of a finished run, each as its record has it, to be run again under a fault."""

import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twinscreen.records.record import OUTPUT, Record, split_word

#: Seconds after which a stage of the tiny cohort hangs.
TOO_LONG = 180


@dataclass(frozen=True)
class Stage:
    """One job of a finished run; paths begin with OUTPUT, or are of files outside of it."""

    name: str
    command: list[str]
    inputs: list[str]
    outputs: list[str]
    output: Path

    def content(self, path: str) -> bytes:
        """Give what a file of the run holds."""
        return self.output.joinpath(path.removeprefix(OUTPUT)).read_bytes()

    @property
    def size(self) -> int:
        """Count the bytes that it writes."""
        return sum(len(self.content(path)) for path in self.outputs)

    def _reads_in(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self.inputs)

    def words(self, scratch: Path, instead: Mapping[str, Path]) -> list[str]:
        """Give the command that writes into a scratch folder, with other files for some inputs."""
        words, written = [], {path.rpartition("/")[0] for path in self.outputs}
        for word in self.command[: self.command.index("--job")]:
            flag, path = split_word(word)
            if path in instead:
                path = str(instead[path])
            elif path in self.outputs or (path in written and not self._reads_in(path)):
                path = str(scratch / path.removeprefix(OUTPUT))
            elif path.startswith(OUTPUT):
                path = str(self.output / path.removeprefix(OUTPUT))
            words.append(flag + path)
        return words


def stages_of(output: Path) -> list[Stage]:
    """List one job of each rule of a finished run."""
    found: dict[str, Stage] = {}
    for path in sorted((output / "records").rglob("*.json")):
        record = Record.read(path)
        if record is None or record.rule in found:
            continue
        inputs, outputs = [*record.inputs], [*record.outputs]
        found[record.rule] = Stage(record.rule, record.command, inputs, outputs, output)
    return [*found.values()]


@dataclass(frozen=True)
class Ended:
    """How a stage ended: its code, or minus the signal; what it said; the files that it left."""

    code: int
    said: str
    left: dict[str, bytes]

    def outcome(self, stage: Stage, *, cut_short: bool = False) -> str:
        """Say in a word how good that is; what is not good is in capitals."""
        whole = {path.removeprefix(OUTPUT): stage.content(path) for path in stage.outputs}
        if any(self.left[name] != whole[name] for name in self.left if name in whole) and self.code:
            return "HALF-WRITTEN"
        if set(self.left) - set(whole) and not cut_short:
            return "FILES LEFT"
        if self.code == -signal.SIGALRM:
            return "HANGS"
        if self.code == 0 and self.left == whole:
            return "same bytes"
        if "remedy:" in self.said or (self.code == 1 and "run again once that" in self.said):
            return "told"
        if self.code == 0:
            return "SILENT"
        if self.code == -signal.SIGKILL and cut_short:
            return "killed"
        return "TRACEBACK" if self.code > 0 else f"SIGNAL {-self.code}"


def run(
    stage: Stage,
    scratch: Path,
    *,
    folder: Path,
    instead: Mapping[str, Path] | None = None,
    before: Callable[[], None] = lambda: None,
    kill_after: float | None = None,
) -> Ended:
    """Run a stage in a process of its own.

    Parameters
    ----------
    stage
        Which.
    scratch
        Folder for its outputs.
    folder
        Working directory of the run.
    instead
        Other files for some of its inputs.
    before
        What is done in the process first.
    kill_after
        Seconds after which it is killed.
    """
    with tempfile.TemporaryFile() as said:
        words = stage.words(scratch, instead or {})
        process = os.fork()
        if not process:
            _be(words, folder, said.fileno(), before)
        until = time.monotonic() + (kill_after or TOO_LONG)
        while not (ended := os.waitpid(process, os.WNOHANG))[0]:
            if time.monotonic() > until:
                os.kill(process, signal.SIGKILL if kill_after else signal.SIGALRM)
                ended = os.waitpid(process, 0)
                break
            time.sleep(0.005)
        said.seek(0)
        files = [path for path in scratch.rglob("*") if path.is_file()]
        return Ended(
            os.waitstatus_to_exitcode(ended[1]),
            said.read().decode(errors="replace"),
            {str(path.relative_to(scratch)): path.read_bytes() for path in files},
        )


def _be(words: list[str], folder: Path, said: int, before: Callable[[], None]) -> None:
    """Become the process of a stage, and end with it."""
    import traceback

    code = 1
    try:
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout = sys.stderr = open(said, "w", buffering=1, closefd=False)  # noqa: SIM115
        os.chdir(folder)
        from twinscreen.cli import run_verb

        before()
        code = run_verb(words)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def little_memory() -> None:
    """Leave this process 100 MB more than it has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + (100 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
