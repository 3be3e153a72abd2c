"""The verbs of a cohort take hardly more memory for many patients than for a few."""

import shutil
import subprocess
import sys

import h5py
import pytest

import twinscreen as ts
from twinscreen.files import SCREEN, TWIN, write_anndata

#: Runs verbs on the first patients of a folder, few and many, and prints the peak memory in MB.
MEASURE = """
import resource, sys
from pathlib import Path
from twinscreen.cli import main
folder = Path(sys.argv[1])
for n in map(int, sys.argv[2:]):
    twins, screens = ([str(folder / f"{k}{i:03}.h5ad") for i in range(n)] for k in ("t", "s"))
    assert not main(["cohort", "--twins", *twins, "--screens", *screens, "--output", str(folder)])
    assert not main(["similarity", "--twins", *twins, "--output", str(folder)])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
FEW, MANY = 2, 100


@pytest.fixture(scope="module")
def patients(tmp_path_factory):
    folder = tmp_path_factory.mktemp("patients")
    write_anndata(ts.datasets.toy_twin(), folder / "t.h5ad", TWIN)
    write_anndata(ts.datasets.toy_screen(), folder / "s.h5ad", SCREEN)
    for number in range(MANY):
        for kind in ("t", "s"):
            path = folder / f"{kind}{number:03}.h5ad"
            shutil.copy(folder / f"{kind}.h5ad", path)
            with h5py.File(path, "r+") as file:
                file["uns/patient/patient"][()] = f"P{number}"
    return folder


def test_memory_does_not_grow_with_the_patients(patients):
    sizes = map(str, (FEW, MANY))
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(patients), *sizes],
        check=True,
        capture_output=True,
        text=True,
    )
    few, many = map(float, run.stdout.split())
    in_all = sum(path.stat().st_size for path in patients.glob("[ts][0-9]*.h5ad")) / 2**20
    assert in_all > 100  # which the memory would hold if twins and screens were kept
    assert many - few < 40
