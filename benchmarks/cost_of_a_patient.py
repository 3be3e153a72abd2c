"""What the stages of patients cost: CPU seconds of each, and of importing packages among them.

`python benchmarks/cost_of_a_patient.py PATIENT ...`, where a finished run of the demonstration is:
the commands are those of the workflow (a dry run tells them), their results go to a folder of their
own and are compared with those of the run, byte for byte. All stages of a patient share a process,
as those of a new one do; `--apart` gives each its own, as when some of them are made again.
`--package FOLDER` takes the package of another version of the source, whose files must be those
that the run has.
"""

import argparse
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


#: Stages of a patient, and their flags of results.
RESULTS = {
    "observe": ["--output"],
    "findings": ["--layers", "--findings"],
    "twin": ["--output", "--replicates-output"],
    "screen": ["--screen", "--ranking"],
    "report": ["--output", "--summary", "--network"],
}

#: Runs verbs, and counts the CPU time of imports that a module of ours, or of others, begins.
TIMED = """
import atexit, builtins, sys, time
spent, inside, before = 0.0, False, builtins.__import__
def timed(*given, **named):
    global spent, inside
    if inside:
        return before(*given, **named)
    inside, began, known = True, time.process_time(), len(sys.modules)
    try:
        return before(*given, **named)
    finally:
        inside = False
        spent += (time.process_time() - began) * (len(sys.modules) > known)
builtins.__import__ = timed
atexit.register(lambda: print(f"imports {spent}", file=sys.stderr))
from twinscreen.cli import main
sys.exit(main(sys.argv[1:]))
"""


def main() -> None:
    """Run all stages of the patients, and print what each takes for one of them on average."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("patients", nargs="+")
    given.add_argument("--apart", action="store_true", help="give each stage a process of its own")
    given.add_argument("--package", type=Path, help="folder that holds the package to run")
    asked = given.parse_args()
    paths = [str(asked.package)] if asked.package else []
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    whole, importing, differing = 0.0, 0.0, []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for group in processes(commands(asked.patients), asked.patients, apart=asked.apart):
            redirections = [redirected(command, folder) for command in group]
            lines = [line(command, folder) for command, _ in redirections]
            began = used()
            done = subprocess.run(
                [sys.executable, "-c", TIMED, "stages", "--benchmarks", str(folder / "took")],
                env=environment, input="\n".join(lines), capture_output=True, text=True, check=True,
            )  # fmt: skip
            whole += used() - began
            importing += float(done.stderr.rpartition("imports ")[2])
            for _, results in redirections:
                differing += [old for old, new in results if old.read_bytes() != new.read_bytes()]
        report(folder / "took", whole, importing, len(asked.patients))
    print("results differ:", *differing) if differing else print("results: the same bytes")


def report(took: Path, whole: float, importing: float, number: int) -> None:
    """Print CPU seconds and the most memory by stage, of one of so many patients."""
    rest = whole
    for stage in RESULTS:
        tables = [path.read_text().splitlines() for path in took.glob(f"{stage}/*.tsv")]
        rows = [dict(zip(*(line.split("\t") for line in table), strict=True)) for table in tables]
        cost = sum(float(row["cpu_time"]) for row in rows)
        peak = max((float(row["max_rss"]) for row in rows), default=0)
        print(f"{stage:10s} {cost / number:6.2f} CPU-s, at most {peak:5.0f} MiB")
        rest -= cost
    print(f"{'processes':10s} {rest / number:6.2f} CPU-s, their start and end")
    share = importing / whole
    print(
        f"together   {whole / number:6.2f} CPU-s, imports {importing / number:5.2f} ({share:.0%})"
    )


def processes(
    commands: Iterable[list[str]], patients: list[str], *, apart: bool
) -> Iterator[list[list[str]]]:
    """Give the commands that share a process: those of one patient, or each its own."""
    known = list(commands)
    if apart:
        yield from ([command] for command in known)
    else:
        for patient in patients:
            yield [command for command in known if is_about(command, patient)]


def line(command: list[str], folder: Path) -> str:
    """Write a command as the verb `stages` takes it, with a log of its own."""
    log = folder / f"{command[0]}.log"
    return f"{shlex.join(['twinscreen', *command])} 2> {shlex.quote(str(log))}"


def used() -> float:
    """CPU seconds of all processes that this one has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def commands(patients: list[str]) -> Iterator[list[str]]:
    """Give the commands of the stages of patients, of all samples of their own."""
    asked = ["--dry-run", "--printshellcmds", "--quiet", "host", "--forcerun", *RESULTS]
    planned = subprocess.run(
        ["snakemake", "--snakefile", str(ROOT / "Snakefile"), *asked],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if planned.returncode:
        sys.exit(planned.stdout)
    told = [line.strip() for line in planned.stdout.splitlines()]
    lines = {line for line in told if line.startswith("Shell command: twinscreen ")}
    split = [shlex.split(line.partition(" 2> ")[0])[3:] for line in sorted(lines)]
    for stage in RESULTS:
        for command in split:
            if command[0] == stage and any(is_about(command, patient) for patient in patients):
                yield command


def is_about(command: list[str], patient: str) -> bool:
    """Whether a command is about a patient, by the paths in it."""
    return patient in re.split(r"[/_.]", " ".join(command))


def redirected(command: list[str], folder: Path) -> tuple[list[str], list[tuple[Path, Path]]]:
    """Let a command write elsewhere; with what it wrote in the run and what it writes now."""
    changed, pairs = list(command), []
    for place, flag in enumerate(command[:-1]):
        if flag in RESULTS[command[0]]:
            old = Path(command[place + 1])
            new = folder / old.parent.name / old.name
            new.parent.mkdir(exist_ok=True)
            changed[place + 1] = str(new)
            pairs.append((old, new))
    return changed, pairs


if __name__ == "__main__":
    main()
