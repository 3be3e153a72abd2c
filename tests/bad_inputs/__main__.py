"""Print what comes of every case of the catalogue: `python tests/bad_inputs`."""

import contextlib
import sys
import tempfile
from collections import Counter
from pathlib import Path

from catalogue import cases
from letters import LETTERS
from reported import REPORTED
from shapes import SHAPES
from trial import fault_of, outcome_of


def main() -> int:
    """Try all cases; 1 if any came out otherwise than it must."""
    count: Counter[str] = Counter()
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            outcome, said = outcome_of(case, Path(folder))
        right = outcome in case.outcomes
        count[outcome if right else f"NOT RIGHT: {outcome}"] += 1
        mark = "" if right else f"   <- must be {' or '.join(case.outcomes)}\n{said}"
        print(f"{case.name:<68} {outcome}{mark}")
    for shape in (*SHAPES, *LETTERS, *REPORTED):
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            fault = fault_of(shape, Path(folder))
        count["NOT RIGHT" if fault else "right, of odd files"] += 1
        print(f"{shape.name:<68} {shape.outcome}" + (f"   <- {fault}" if fault else ""))
    print("", *(f"{number:4} {outcome}" for outcome, number in sorted(count.items())), sep="\n")
    return int(any(outcome.startswith("NOT") for outcome in count))


if __name__ == "__main__":
    sys.exit(main())
