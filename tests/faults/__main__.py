"""Print what comes of faults of files, disks and processes: `python tests/faults`.

A tiny cohort is run once. Then each of its stages meets each fault. What is not as it must be
stands in capitals.
"""

import argparse
import importlib
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from twinscreen.processor import pin

sys.path.insert(0, str(Path(__file__).parents[1]))
pin()  # before NumPy is there: the bytes are to be those of the run

from of_stages import PLACES, WITH_ROOT, without_root  # noqa: E402
from stages import stages_of  # noqa: E402

from tiny_cohort import Study, write_cells  # noqa: E402

#: Heavy packages, which each stage would import again.
_HEAVY = ("anndata", "h5py", "numba", "pandas", "pyarrow.parquet", "scipy.stats", "jsonschema")


def _told(count: Counter[str]) -> str:
    return ", ".join(
        f"{number} {outcome}" if number > 1 else outcome for outcome, number in count.most_common()
    )


def main() -> int:
    """Try all faults, or those that are named; 1 if any came out otherwise than it must."""
    asked = argparse.ArgumentParser(prog="python tests/faults", description=__doc__)
    asked.add_argument("faults", nargs="*", metavar="FAULT", help="all by default")
    asked.add_argument("--stages", nargs="*", help="all by default")
    asked.add_argument("--places", type=int, default=PLACES, help="of damage in a file, at most")
    asked.add_argument("--study", type=Path, help="folder for the tiny cohort, kept for next time")
    asked.add_argument(
        "--cache", type=Path, default=os.environ.get("TWINSCREEN_CACHE", ".cache/twinscreen")
    )
    given = asked.parse_args()
    folder = given.study or Path(tempfile.mkdtemp(prefix="twinscreen-faults-"), "study")
    study = Study(folder.absolute(), given.cache.absolute())
    if not folder.exists():
        folder.mkdir(parents=True)
        write_cells(folder)
        study.run(study.configure())
    root = os.geteuid() == 0
    faults = without_root(given.places) | (WITH_ROOT if root else {})
    chosen = [name for name in faults if not given.faults or name in given.faults]
    for name in _HEAVY:
        importlib.import_module(name)
    every = Counter[str]()
    if chosen:
        print("| Stage |", " | ".join(chosen), "|\n|" + "---|" * (len(chosen) + 1), flush=True)
    stages = {stage.name: stage for stage in stages_of(study.output)}
    for name in (given.stages or stages) if chosen else ():
        stage = stages[name]
        counts = [faults[fault](stage, study.folder) for fault in chosen]
        for one in counts:
            every.update(one)
        print("|", " | ".join([stage.name, *map(_told, counts)]), "|", flush=True)
    if chosen:
        print(f"\n{every.total():,} trials: {_told(every)}\n", flush=True)
    return int(any(outcome != outcome.lower() for outcome in every))


if __name__ == "__main__":
    sys.exit(main())
