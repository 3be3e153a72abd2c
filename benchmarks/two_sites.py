"""How close a reference of two sites' sums comes to the one of all their donors.

    python benchmarks/two_sites.py output

The healthy donors of a finished run are dealt to two sites of which the second shares sums alone.
Every patient is compared with the first site's donors and these sums, and with all donors.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from twinscreen.files import OBSERVATION, read_anndata
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.deviation.sharing import share_reference

FEW = {"min_cells": 10, "min_donors": 3, "min_count": 10.0}


def main() -> int:
    """Compare, and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="output of a finished run")
    parser.add_argument("--control", default="healthy")
    given = parser.parse_args()
    settings = ComparisonSettings(
        control=given.control, bootstrap_replicates=0, null_replicates=0, random_sets=20
    )
    read = [
        read_anndata(path, OBSERVATION)
        for path in sorted((given.output / "observations").glob("*.h5ad"))
    ]
    healthy = [one for one in read if one.uns["sample"]["condition"] == given.control]
    patients = [one for one in read if one.uns["sample"]["condition"] != given.control]
    healthy.sort(key=lambda one: str(one.uns["sample"]["patient"]))
    pooled = build_reference(healthy, **FEW)
    there = build_reference(healthy[1::2], **FEW)
    rows = []
    for exact in (False, True):
        sums = share_reference(there, site="B", exact=exact)
        parts = build_reference(healthy[::2], **FEW, sites=[sums])
        rows.append({"molecules": exact, **differences(patients, pooled, parts, settings)})
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda value: f"{value:.1e}"))
    print(f"{len(healthy[::2])} donors and sums of {len(healthy[1::2])}; {len(patients)} samples")
    return 0


def differences(patients, pooled, parts, settings) -> dict[str, float]:
    """Compare all compartments of all samples that both references can be compared with."""
    logfc, effect, significant, compared = [], [], [], 0
    for one in patients:
        whole = compare_with_reference([one], pooled, settings)
        for expected, found in zip(
            whole, compare_with_reference([one], parts, settings), strict=True
        ):
            if expected.deviation is None or found.deviation is None:
                continue
            if expected.n_reference_donors != found.n_reference_donors:
                continue  # too few donors of the other site: not shared
            compared += 1
            tested = np.isfinite(expected.deviation.effect)
            assert np.array_equal(tested, np.isfinite(found.deviation.effect))
            logfc.append(np.abs(found.deviation.logfc - expected.deviation.logfc)[tested])
            effect.append(np.abs(found.deviation.effect - expected.deviation.effect)[tested])
            significant.append(
                ((found.deviation.qvalue < 0.05) != (expected.deviation.qvalue < 0.05))[tested]
            )
    change = np.concatenate(effect)
    return {
        "compartments": compared,
        "genes": len(change),
        "max |logfc - pooled|": np.concatenate(logfc).max(),
        "median |t - pooled|": float(np.median(change)),
        "99 %": float(np.quantile(change, 0.99)),
        "max": change.max(),
        "share of other q < 0.05": np.concatenate(significant).mean(),
    }


if __name__ == "__main__":
    sys.exit(main())
