"""What screening thirty patients costs: whole processes, from the files to the ranking."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from twinscreen.files import SCREEN, read_anndata
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.job_files import JobFiles
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.kb.wiring import read_wiring
from validation.common import ROOT, Figure, Places, at_least, at_most, reported

PART = "8"

#: CPU-seconds that thirty patients may cost, and with how many rewired networks.
LIMIT, REWIRINGS = 180.0, 100

#: Of the patients, every so many is screened with all ligands, and with the configured number of
#: rewired networks, too.
EVERY = 3

#: The commit of the last release, and how many times as much as there a screen may cost.
RELEASE, MORE = "142977e", 1.25

#: A job of one thread has these set to 1 by the workflow.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def spent(*arguments: object, source: Path = ROOT / "src") -> tuple[float, float]:
    """Run the command line of some source as a process of its own, on one thread.

    Returns
    -------
    CPU-seconds, and the greatest memory in MB.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "twinscreen", *map(str, arguments)],
        stderr=subprocess.DEVNULL,
        env=os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": str(source)},
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def options(library: str, folder: Path) -> Path:
    """Write what the configuration says of screens, for a library and withdrawn drugs too."""
    config = check_config(read_yaml(ROOT / "config/config.yaml"), file="config/config.yaml")
    config["screen"] |= {"library": library, "withdrawn": True}
    cohort = read_cohort(config, file="config/config.yaml")
    return Path(JobFiles(str(folder), config, cohort).options("screen"))


def common_files(output: Path, patient: str, wiring: Path, folder: Path) -> list[object]:
    """Give the arguments that the screen of a patient has in the last release, too."""
    known = output / "knowledge"
    return [
        *("screen", output / f"twins/{patient}.h5ad"),
        *("--replicates", output / f"replicates/{patient}.h5ad"),
        *("--influence", known / "influence.h5ad", "--wiring", wiring),
        *("--genes", known / "genes.parquet", "--interactome", known / "interactome.parquet"),
        *("--ligand-receptor", known / "ligand_receptor.parquet"),
        *("--drugs", known / "drugs.parquet", "--targets", known / "drug_targets.parquet"),
        *("--pharmacogenomics", known / "pharmacogenomics.parquet"),
        *("--screen", folder / "screen.h5ad", "--ranking", folder / "ranking.tsv"),
    ]


def new_files(output: Path) -> list[object]:
    """Give the arguments that came after the last release."""
    known = output / "knowledge"
    return ["--precedents", known / "precedents.h5ad", "--diseases", known / "diseases.parquet"]


def screen(output: Path, patient: str, library: str, wiring: Path, folder: Path) -> float:
    """Screen one patient as the workflow does; give the CPU-seconds."""
    files = [*common_files(output, patient, wiring, folder), *new_files(output)]
    return spent(*files, "--settings", options(library, folder))[0]


def beside_release(output: Path, patients: Sequence[str], folder: Path) -> Iterator[Figure]:
    """Screen patients with the last release and with this code in turn, on the same files.

    Each has its own defaults, and runs once beforehand, to have compiled what it compiles.
    """
    released = folder / "released"
    released.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", RELEASE, "src"], check=True, stdout=subprocess.PIPE
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(released, filter="data")
    wiring = output / "knowledge/wiring.npz"
    found = []
    for patient in (patients[0], *patients):
        files = common_files(output, patient, wiring, folder)
        before = spent(*files, source=released / "src")
        found.append((spent(*files, *new_files(output)), before))
    now, before = np.array(found[1:]).sum(axis=0)
    for what, after, was in zip(("CPU", "greatest memory"), now, before, strict=True):
        what = f"a screen beside release {RELEASE}, {len(patients)} patients: {what}, ratio"
        yield at_most(PART, what, after / was, MORE, 2)


def figures(places: Places) -> Iterator[Figure]:
    """Screen the demonstration's patients, each in a process of its own."""
    sheet = pd.read_csv(ROOT / "config/patients.tsv", sep="\t", dtype=str)
    severe = sheet.loc[~sheet["group"].str.contains("healthy"), "patient"]
    output = places.demo(
        *(f"knowledge/{name}.parquet" for name in ("pharmacogenomics", "diseases")),
        *(f"{folder}/{name}.h5ad" for folder in ("twins", "replicates") for name in severe),
    )
    with tempfile.TemporaryDirectory(dir=places.scratch) as name:
        folder = Path(name)
        fewer, configured = folder / "wiring.npz", output / "knowledge/wiring.npz"
        yield reported(
            PART,
            f"{REWIRINGS} rewired networks, once per release: CPU-s",
            spent(
                *("wiring", output / "knowledge/interactome.parquet", "--damping", 0.5),
                *("--steps", 3, "--rewirings", REWIRINGS, "--seed", 1, "--output", fewer),
            )[0],
        )
        seconds = {one: screen(output, one, "approved", fewer, folder) for one in severe}
        drugs = read_anndata(folder / "screen.h5ad", SCREEN).n_obs
        yield reported(PART, "patients screened", len(seconds))
        yield at_least(PART, "drugs", float(drugs), 1000, digits=0)
        total = sum(seconds.values())
        what = f"all patients, {REWIRINGS} rewired networks: CPU-s"
        yield at_most(PART, what, total, LIMIT, 1)
        some = list(severe)[::EVERY]
        beside = sum(seconds[patient] for patient in some)
        every = sum(screen(output, one, "all", fewer, folder) for one in some)
        ligands = read_anndata(folder / "screen.h5ad", SCREEN).n_obs
        what = f"{ligands} ligands beside {drugs} drugs: CPU ratio"
        yield at_most(PART, what, every / beside, 2.0, 2)
        more = sum(screen(output, one, "approved", configured, folder) for one in some)
        what = f"{read_wiring(configured).rewirings} networks, as configured, beside {REWIRINGS}"
        yield reported(PART, f"{what}: CPU ratio", more / beside)
        yield from beside_release(output, some, folder)
