"""What the stages of patients cost: CPU seconds of each, and of importing packages among them.

`python benchmarks/cost_of_a_patient.py PATIENT ...`, where a finished run of the demonstration is:
the commands are those of the workflow (a dry run tells them), their results go to a folder of their
own and are compared with those of the run, byte for byte. `--package FOLDER` takes the package of
another version of the source, whose files must be those that the run has.
"""

import argparse
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("observe", "findings", "twin", "screen", "report")

#: Flags of results; those of findings are inputs of the twin.
RESULTS = {"--output", "--replicates-output", "--screen", "--ranking"}
FOUND = {"--layers", "--findings"}

#: Runs a verb, and counts the CPU time of imports that a module of ours, or of others, begins.
TIMED = """
import builtins, sys, time
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
from twinscreen.cli import main
code = main(sys.argv[1:])
print(f"imports {spent}", file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    """Run all stages of the patients, and print what each takes for one of them on average."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("patients", nargs="+")
    given.add_argument("--package", type=Path, help="folder that holds the package to run")
    asked = given.parse_args()
    paths = [str(asked.package)] if asked.package else []
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    cost, imports, differing = defaultdict(float), defaultdict(float), []
    with tempfile.TemporaryDirectory() as scratch:
        for command in commands(asked.patients):
            arguments, results = redirected(command, Path(scratch))
            began = used()
            done = subprocess.run(
                [sys.executable, "-c", TIMED, *arguments],
                env=environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
            cost[arguments[0]] += used() - began
            imports[arguments[0]] += float(done.stderr.rpartition("imports ")[2])
            differing += [old for old, new in results if old.read_bytes() != new.read_bytes()]
    number = len(asked.patients)
    for stage in STAGES:
        print(
            f"{stage:10s} {cost[stage] / number:6.2f} CPU-s, imports {imports[stage] / number:5.2f}"
        )
    whole, importing = sum(cost.values()), sum(imports.values())
    share = importing / whole
    print(
        f"together   {whole / number:6.2f} CPU-s, imports {importing / number:5.2f} ({share:.0%})"
    )
    print("results differ:", *differing) if differing else print("results: the same bytes")


def used() -> float:
    """CPU seconds of all processes that this one has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def commands(patients: list[str]) -> Iterator[list[str]]:
    """Give the commands of the stages of patients, of all samples of their own."""
    asked = ["--dry-run", "--printshellcmds", "--quiet", "host", "--forcerun", *STAGES]
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
    for stage in STAGES:
        for command in split:
            whose = re.split(r"[/_.]", " ".join(command))
            if command[0] == stage and any(patient in whose for patient in patients):
                yield command


def redirected(command: list[str], folder: Path) -> tuple[list[str], list[tuple[Path, Path]]]:
    """Let a command write elsewhere; with what it wrote in the run and what it writes now."""
    flags = RESULTS | (FOUND if command[0] == "findings" else set())
    changed, pairs = list(command), []
    for place, flag in enumerate(command[:-1]):
        if flag in flags:
            old = Path(command[place + 1])
            new = folder / old.parent.name / old.name
            new.parent.mkdir(exist_ok=True)
            changed[place + 1] = str(new)
            pairs.append((old, new))
    return changed, pairs


if __name__ == "__main__":
    main()
