"""What screening thirty patients costs: whole processes, from the files to the ranking."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from twinscreen.files import SCREEN, read_anndata
from twinscreen.kb.wiring import read_wiring
from validation.common import SEEDS, Figure, Places, at_least, at_most, reported

PART = "8"

#: CPU-seconds that thirty patients may cost, and with how many rewired networks.
LIMIT, REWIRINGS = 180.0, 100

#: Of the patients, every so many is screened with all ligands, and with the configured number of
#: rewired networks, too.
EVERY = 3


#: A job of one thread has these set to 1 by the workflow.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cpu_of(*arguments: object) -> float:
    """Run the command line as a process of its own, on one thread; give its CPU-seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "twinscreen", *map(str, arguments)],
        check=True,
        stderr=subprocess.DEVNULL,
        env=os.environ | dict.fromkeys(THREADS, "1"),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def screen(output: Path, patient: str, library: str, wiring: Path, folder: Path) -> float:
    """Screen one patient as the workflow does, withdrawn drugs too; give the CPU-seconds."""
    known = output / "knowledge"
    kinds = ("causal", "counteraction", "origin")
    penalties = ("withdrawn", "boxed_warning", "contraindication", "pharmacogenomic")
    levels = ("interaction_major", "interaction_moderate", "interaction_minor")
    named = (*penalties, *levels, "interaction_unknown", "pharmacogenomic_other")
    return cpu_of(
        *("screen", output / f"twins/{patient}.h5ad"),
        *("--replicates", output / f"replicates/{patient}.h5ad"),
        *("--influence", known / "influence.h5ad", "--wiring", wiring),
        *("--genes", known / "genes.parquet", "--interactome", known / "interactome.parquet"),
        *("--ligand-receptor", known / "ligand_receptor.parquet"),
        *("--drugs", known / "drugs.parquet", "--targets", known / "drug_targets.parquet"),
        *("--pharmacogenomics", known / "pharmacogenomics.parquet"),
        *("--library", library, "--withdrawn", "true", "--preset", "calibrated"),
        *("--compartments", "equal", "--max-pvalue", 0.01, "--random-seeds", SEEDS),
        *("--random-modules", 256, "--pairs", 100, "--seed", 1),
        *("--weights", *(f"{name}=1" for name in kinds)),
        *("--own-weights", *(f"{name}=1" for name in kinds)),
        *("--penalties", *(f"{name}=0.1" for name in named)),
        *("--indication-prior", 0),
        *("--screen", folder / "screen.h5ad", "--ranking", folder / "ranking.tsv"),
    )


def figures(places: Places) -> Iterator[Figure]:
    """Screen the demonstration's patients, each in a process of its own."""
    output = places.demo()
    sheet = pd.read_csv("config/patients.tsv", sep="\t", dtype=str)
    severe = sheet.loc[~sheet["group"].str.contains("healthy"), "patient"]
    with tempfile.TemporaryDirectory(dir=places.scratch) as name:
        folder = Path(name)
        fewer, configured = folder / "wiring.npz", output / "knowledge/wiring.npz"
        yield reported(
            PART,
            f"{REWIRINGS} rewired networks, once per release: CPU-s",
            cpu_of(
                *("wiring", output / "knowledge/interactome.parquet", "--damping", 0.5),
                *("--steps", 3, "--rewirings", REWIRINGS, "--seed", 1, "--output", fewer),
            ),
        )
        seconds = {one: screen(output, one, "approved", fewer, folder) for one in severe}
        drugs = read_anndata(folder / "screen.h5ad", SCREEN).n_obs
        yield reported(PART, "patients screened", len(seconds))
        yield at_least(PART, "drugs", float(drugs), 1000, digits=0)
        total = sum(seconds.values())
        what = f"all patients, {SEEDS} seeds, {REWIRINGS} rewired networks: CPU-s"
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
