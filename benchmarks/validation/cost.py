"""What screening thirty patients costs: whole processes, from the files to the ranking."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from twinscreen.files import SCREEN, read_anndata
from validation.common import SEEDS, Figure, Places, at_least, at_most, reported

PART = "8"

#: CPU-seconds that thirty patients may cost.
LIMIT = 180.0

#: Of the patients, every so many is screened with all ligands, too.
EVERY = 3


def cpu_of(*arguments: object) -> float:
    """Run the command line as a process of its own; give its CPU-seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "twinscreen", *map(str, arguments)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def screen(places: Places, output: Path, patient: str, library: str, folder: Path) -> float:
    """Screen one patient as the workflow does, withdrawn drugs too; give the CPU-seconds."""
    known = output / "knowledge"
    kinds = ("causal", "counteraction", "origin")
    penalties = ("withdrawn", "boxed_warning", "contraindication", "pharmacogenomic")
    levels = ("interaction_major", "interaction_moderate", "interaction_minor")
    named = (*penalties, *levels, "interaction_unknown", "pharmacogenomic_other")
    return cpu_of(
        *("screen", output / f"twins/{patient}.h5ad"),
        *("--copies", output / f"copies/{patient}.h5ad"),
        *("--influence", known / "influence.h5ad", "--wiring", known / "wiring.npz"),
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
        *("--screen", folder / "screen.h5ad", "--ranking", folder / "ranking.tsv"),
    )


def figures(places: Places) -> Iterator[Figure]:
    """Screen the demonstration's patients, each in a process of its own."""
    output = places.demo()
    sheet = pd.read_csv("config/patients.tsv", sep="\t", dtype=str)
    severe = sheet.loc[~sheet["group"].str.contains("healthy"), "patient"]
    with tempfile.TemporaryDirectory(dir=places.scratch) as name:
        folder = Path(name)
        yield reported(
            PART,
            "rewired networks, once per release: CPU-s",
            cpu_of(
                *("wiring", output / "knowledge/interactome.parquet", "--damping", 0.5),
                *("--steps", 3, "--rewirings", 300, "--seed", 1, "--output", folder / "w.npz"),
            ),
        )
        seconds = {}
        for patient in severe:
            seconds[patient] = screen(places, output, patient, "approved", folder)
        drugs = read_anndata(folder / "screen.h5ad", SCREEN).n_obs
        yield reported(PART, "patients screened", len(seconds))
        yield at_least(PART, "drugs", float(drugs), 1000, digits=0)
        total = sum(seconds.values())
        what = "all patients, 100 copies, 300 rewired networks: CPU-s"
        yield at_most(PART, what, total, LIMIT, 1)
        some = list(severe)[::EVERY]
        every = sum(screen(places, output, patient, "all", folder) for patient in some)
        ligands = read_anndata(folder / "screen.h5ad", SCREEN).n_obs
        ratio = every / sum(seconds[patient] for patient in some)
        yield at_most(PART, f"{ligands} ligands beside {drugs} drugs: CPU ratio", ratio, 2.0, 2)
