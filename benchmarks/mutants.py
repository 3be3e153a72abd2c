"""How many faults that are put into the mathematics do the tests find? Mutation score by package.

`make mutants SAMPLE=60 SEED=1` draws so many mutants of each package below, runs the tests that
reach the function of each, and prints the table. A mutant is one change of one function (`<` for
`<=`, `+` for `-`, an argument left out, a number plus one, ...); it is killed when a test fails,
or takes many times its time. Messages are not mutated, nor are decorated functions, the compiled
kernels: those are held against plain versions by tests of their own.

Mutants are made and run by mutmut, from a copy of the sources below build/mutants. Each package is
held against the unit tests of its own part alone. What survived stands there as a patch,
`build/mutants/PACKAGE/survivors.diff`, and `--again` runs the survivors of the last time once more.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.configuration import reset_config
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "mutants"

#: Each package, and the folder of tests/unit that it is held against.
PACKAGES = {
    "network": "network",
    "twin/deviation": "twin",
    "screen/evidence": "screen",
    "screen/rank": "screen",
}

#: What is copied beside the sources, so that the tests run there.
BESIDE = ("tests", "resources", "config", "workflow", "benchmarks", "docs", "pyproject.toml")

SETTINGS = """
[tool.mutmut]
source_paths = ["src/twinscreen"]
only_mutate = ["src/twinscreen/{package}/*"]
do_not_mutate_patterns = ["^ *raise ", "^ *log[.]", "^ *with np[.]errstate"]
also_copy = {beside}
pytest_add_cli_args_test_selection = ["{tests}"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
timeout_multiplier = 4
timeout_constant = 5
"""

#: How a mutant ended, by column of the table.
ENDS = {"killed": "killed", "survived": "survived", "no test": "no tests", "timeouts": "timeout"}


def main() -> None:
    """Mutate each package, and print the table."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("--sample", type=int, default=60, help="mutants of a package; 0: all")
    given.add_argument("--seed", type=int, default=1, help="of the draw")
    given.add_argument("--children", type=int, default=os.cpu_count(), help="mutants at a time")
    given.add_argument("--packages", nargs="*", default=list(PACKAGES), choices=list(PACKAGES))
    given.add_argument("--again", action="store_true", help="run what survived the last time")
    asked = given.parse_args()
    print("| package | mutants | run | " + " | ".join(ENDS) + " | score |")
    print("|---|" + "---:|" * (len(ENDS) + 3))
    for package in asked.packages:
        folder = BUILD / package.replace("/", "-")
        last = folder / "survivors.json"
        survived = json.loads(last.read_text(encoding="utf-8")) if asked.again else []
        if asked.again and not survived:
            continue
        prepare(folder, package)
        os.chdir(folder)
        reset_config()
        every = made(package, asked.children)
        few = asked.sample and asked.sample < len(every)
        drawn = random.Random(asked.seed).sample(every, asked.sample) if few else every
        ends = run(package, [name for name in survived if name in every] or drawn, asked.children)
        keep_survivors(folder, ends)
        print(row(package, len(every), Counter(ends.values())), flush=True)


def prepare(folder: Path, package: str) -> None:
    """Copy sources and tests into a folder, with the settings of mutmut."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", folder / "src", ignore=caches)
    for name in BESIDE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    settings = SETTINGS.format(
        package=package,
        beside=json.dumps([name for name in BESIDE if name != "tests"]),
        tests=f"tests/unit/{PACKAGES[package]}",
    )
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)


def made(package: str, children: int) -> list[str]:
    """Make all mutants of a package, in its folder; give their names."""
    with Path("make.log").open("w", encoding="utf-8") as log, contextlib.redirect_stdout(log):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(children)
    return sorted(exit_codes(package))


def exit_codes(package: str) -> dict[str, int | None]:
    """Read with what code each mutant's tests ended, nothing where they were not run."""
    codes = {}
    for path in Path("mutants/src/twinscreen", package).rglob("*.meta"):
        codes |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def run(package: str, names: list[str], children: int) -> dict[str, str]:
    """Run mutants; say how each ended."""
    code = "from mutmut.__main__ import cli; cli()"
    command = [sys.executable, "-c", code, "run", "--max-children", str(children), *names]
    with Path("run.log").open("w", encoding="utf-8") as log:
        ran = subprocess.run(command, stdout=log, stderr=log, check=False)
    if ran.returncode:
        sys.exit(f"{package}: mutmut failed; see {Path('run.log').resolve()}")
    codes = exit_codes(package)
    return {name: status_by_exit_code[codes[name]] for name in names}


def keep_survivors(folder: Path, ends: dict[str, str]) -> None:
    """Write what survived, as names and as a patch."""
    names = sorted(name for name, end in ends.items() if end in ("survived", "no tests"))
    (folder / "survivors.json").write_text(json.dumps(names, indent=1), encoding="utf-8")
    patch = [f"# {name}: {ends[name]}\n{get_diff_for_mutant(name)}\n" for name in names]
    (folder / "survivors.diff").write_text("\n".join(patch), encoding="utf-8")


def row(package: str, n: int, counts: Counter[str]) -> str:
    """Give a row of the table."""
    found = counts["killed"] + counts["timeout"]
    ends = " | ".join(f"{counts[end]}" for end in ENDS.values())
    return f"| {package} | {n:,} | {counts.total()} | {ends} | {found / counts.total():.0%} |"


if __name__ == "__main__":
    main()
