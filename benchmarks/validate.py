"""All figures that the calibrated screen is held against, on real data: `make validate`.

Every part prints its figures beside what is needed and beside the baselines that would fool us.
The exit code is 1 if a needed figure does not hold.
"""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from validation.common import ROOT, Figure, Places

#: Parts in the order they are printed: module, and what it shows.
PARTS = {
    "kang": "interferon-stimulated cells of eight donors: ranking, calls, intervals",
    "healthy": "healthy donors as patients, severe patients and their interferon signature",
    "diseases": "thirty-one diseases with known disease-modifying drugs",
    "focal": "a made-up response of one cell type in healthy donors: called, and nothing else",
    "pairs": "targets tried and launched, by indication",
    "overexpression": "genes over-expressed in cell lines",
    "l1000": "what drugs do to cells: the target found from the signature",
    "direction": "direction of action, counted by hand",
    "combinations": "tested combinations of drugs",
    "seeds": "the same diseases on rewired networks of six seeds",
    "entropy": "whether the same drugs come first for everybody",
    "cost": "thirty patients with a hundred rewired networks",
}


def main() -> int:
    """Run the parts asked for, print their figures, and say whether all that is needed holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which parts: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--data", default=os.environ.get("TWINSCREEN_DATA", "../shared/data"))
    parser.add_argument("--output", default=str(ROOT / "output" / "validation"))
    given = parser.parse_args()
    if unknown := sorted(set(given.parts) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    data = Path(given.data).resolve()
    if not data.is_dir():
        parser.error(f"no folder {data}: set TWINSCREEN_DATA to the folder with validation data")
    output = Path(given.output).resolve()
    places = Places(data, output, output / "scratch")
    places.scratch.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in given.parts or PARTS:
        print(f"\n## {PARTS[name]}\n", flush=True)
        began = time.process_time()
        for figure in importlib.import_module(f"validation.{name}").figures(places):
            show(figure)
            if figure.holds is False:
                failed.append(figure)
        print(f"   ({time.process_time() - began:.0f} CPU-s in this process)", flush=True)
    print(f"\n{len(failed)} needed figures do not hold" if failed else "\nall needed figures hold")
    for figure in failed:
        show(figure)
    return 1 if failed else 0


def show(figure: Figure) -> None:
    """Print one figure on a line."""
    mark = {True: "holds", False: "FAILS", None: ""}[figure.holds]
    needed = f"(needed {figure.needed})" if figure.needed else ""
    print(
        f"{figure.part:>4}  {figure.what:<66} {figure.found:>12}  {needed:<18} {mark}", flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
