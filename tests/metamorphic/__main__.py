"""Print what each change of the input changes: `python tests/metamorphic [--run OUTPUT PATIENT]`.

The first table is of the made-up cohort of `twinscreen.datasets`. With a finished run, the jobs of
a patient are done again in other places, and their results compared byte by byte.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from input_changes import CHANGES, changed, facts, plain

#: Places to compute in: variables of the environment by what is other there.
PLACES = {
    "nothing": {},
    "PYTHONHASHSEED": {"PYTHONHASHSEED": "12345"},
    "time zone": {"TZ": "Asia/Kathmandu"},
    "locale without any letter beyond ASCII": {
        "LC_ALL": "POSIX",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
    },
    "threads": {"OMP_NUM_THREADS": "7", "NUMBA_NUM_THREADS": "1"},
    "home that is not there": {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent/cache"},
}


def main() -> int:
    """Try all changes; 1 if any changed what it may not."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("--run", nargs=2, metavar=("OUTPUT", "PATIENT"), help="a finished run")
    asked = given.parse_args()
    before, wrong = facts(plain()), 0
    print(f"| change of the input | may change | changed, of {len(before)} | beyond that |")
    print("|---|---|---:|---|")
    for change in CHANGES:
        found = changed(before, facts(change.of(plain())))
        beyond = change.beyond(found)
        wrong += bool(beyond)
        print(f"| {change.name} | {change.may} | {len(found)} | {', '.join(beyond) or 'nothing'} |")
    if asked.run:
        wrong += elsewhere(Path(asked.run[0]), asked.run[1])
    return int(wrong > 0)


def elsewhere(output: Path, patient: str) -> int:
    """Do a patient's jobs again in other places; count those with other bytes."""
    print("\n| other in the environment | may change | results with other bytes |\n|---|---|---|")
    wrong = 0
    for name, variables in PLACES.items():
        wrong += told(name, output, patient, variables)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "a folder with ünïcode", "deeper", "output")
        shutil.copytree(output, copy, copy_function=os.link)
        wrong += told("folder of the results", copy, patient, {})
    return wrong


def told(name: str, output: Path, patient: str, variables: dict[str, str]) -> bool:
    """Print a row of the second table; say whether anything differs."""
    command = [sys.executable, "-m", "twinscreen", "verify", str(output), "--recompute", patient]
    ran = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    print(f"| {name} | nothing | {'none' if not ran.returncode else ran.stderr.strip()} |")
    return bool(ran.returncode)


if __name__ == "__main__":
    sys.exit(main())
