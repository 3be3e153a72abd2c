"""Print what came of fuzzing each parser: `python tests/fuzz [--seconds 60] [PARSER ...]`.

Each parser is tried in a process of its own, which may take 4 GB; files that crash it are kept.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from parsers import parsers

from fuzz import Found, fuzz

_MOST_MEMORY = 4 << 30


def _one(name: str, seconds: float, seed: int, folder: Path) -> Found:
    """Try one parser in another process."""
    folder.mkdir(parents=True)
    asked = [sys.executable, __file__, "--alone", "--seconds", str(seconds), "--seed", str(seed)]
    ended = subprocess.run([*asked, "--keep", str(folder), name], capture_output=True, text=True)
    if ended.returncode:
        tail = ended.stderr[-3000:]
        return Found(crashes={f"the process ended with {ended.returncode}": tail})
    return Found(**json.loads(ended.stdout.splitlines()[-1]))


def main() -> int:
    """Try the parsers that are named, or all; 1 if any crashed."""
    asked = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    asked.add_argument("parsers", nargs="*", metavar="PARSER", help="all by default")
    asked.add_argument("--seconds", type=float, default=60, help="for each parser (60)")
    asked.add_argument("--seed", type=int, default=1, help="of the mutations (1)")
    asked.add_argument("--keep", type=Path, help="folder for files that crash a parser")
    asked.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.alone:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        [name] = given.parsers
        one = fuzz(parsers()[name], seed=given.seed, seconds=given.seconds, crashes=given.keep)
        print(one.as_json())
        return 0
    keep = given.keep or Path(tempfile.mkdtemp(prefix="twinscreen-fuzz-"))
    print("| Parser | Executions | Refused | Ways | Crashes |\n|---|---|---|---|---|")
    every = {}
    for number, name in enumerate(given.parsers or parsers()):
        every[name] = one = _one(name, given.seconds, given.seed, keep / str(number))
        print(
            f"| {name} | {one.executions:,} | {one.refused:,} | {one.ways} | {len(one.crashes)} |",
            flush=True,
        )
    for name, one in every.items():
        for way, said in one.crashes.items():
            print(f"\n{name}: {way}\n{said}", file=sys.stderr)
    print(f"\n{sum(one.executions for one in every.values()):,} executions; files: {keep}")
    return int(any(one.crashes for one in every.values()))


if __name__ == "__main__":
    sys.exit(main())
