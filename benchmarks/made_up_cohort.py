"""Make up a cohort of any size out of a finished run, to measure what a large one costs.

`python benchmarks/made_up_cohort.py cells FOLDER --run output --patients 1000` writes files of
cells, both sheets and a configuration: every sample is drawn anew, with replacement, from the cells
of one that the run observed. One patient in three has one sample, the others two.

`python benchmarks/made_up_cohort.py finished FOLDER --run output --patients 1000` writes twins and
screens instead, for the verbs of a cohort: those of the run by turns, under new names and with
noise in effects, relevance and scores. What no verb of a cohort reads is left empty, which saves
most of the space. Beside them stand answers (labels.tsv) and outcomes (outcomes.tsv).
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import yaml
from scipy.stats import rankdata

from twinscreen.cohort import summary
from twinscreen.cohort.evaluation import evaluate
from twinscreen.cohort.similarity import profiles
from twinscreen.cohort.trial import features
from twinscreen.cohort.trial import run as trial
from twinscreen.files import Parts
from twinscreen.files.intact.seal import seal
from twinscreen.screen import treated_patients as treated

#: What verbs of a cohort read of twins and of screens.
OF_TWIN = (summary.OF_TWIN, evaluate.OF_TWIN, profiles.OF_TWIN, features.OF_TWIN, treated.OF_TWIN)
OF_SCREEN = (summary.OF_SCREEN, evaluate.OF_SCREEN, trial.OF_SCREEN, Parts(uns=("preset",)))

#: Effects and relevance of a twin, which are written anew.
ANEW = ("X", "layers/relevance")
ZIPPED = {"compression": "gzip", "compression_opts": 1}

#: Cells of a sample at most.
MOST_CELLS = 200


def name_of(number: int) -> str:
    """Name a patient."""
    return f"M{number:06}"


def main() -> None:
    """Make up what is asked for."""
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("kind", choices=["cells", "finished"], help="what to write")
    given.add_argument("folder", type=Path, help="where to write it")
    given.add_argument("--run", type=Path, default=Path("output"), help="output of a finished run")
    given.add_argument("--patients", type=int, default=100, help="number of patients")
    given.add_argument(
        "--drawn",
        type=int,
        help="patients whose cells are drawn, a multiple of 3; files of the others are links to"
        " theirs (default: all)",
    )
    asked = given.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.kind == "cells":
        write_cohort(asked.folder, asked.run, asked.patients, asked.drawn or asked.patients)
    else:
        write_finished(asked.folder, asked.run, asked.patients)


def write_cohort(folder: Path, run: Path, n_patients: int, n_drawn: int) -> None:
    """Write cells, sheets and a configuration; beyond so many patients, links to files of cells."""
    observed = [ad.read_h5ad(path) for path in sorted((run / "observations").glob("*.h5ad"))]
    observed = [sample for sample in observed if sample.n_obs]
    healthy = [one for one in observed if one.uns["sample"]["condition"] == "healthy"]
    ill = [one for one in observed if one.uns["sample"]["condition"] != "healthy"]
    (folder / "cells").mkdir(exist_ok=True)
    samples = []
    for number, of in enumerate(healthy):
        samples.append((f"D{number:03}", f"D{number:03}", "healthy", "T0", of))
    for number in range(n_patients):
        for time in range(2 if number % 3 else 1):
            of = ill[(number + time) % len(ill)]
            name = name_of(number)
            samples.append((f"{name}_T{time}", name, "ill", f"T{time}", of))
    first_of = {name_of(n): name_of(n % n_drawn) for n in range(n_drawn, n_patients)}
    rows = []
    for seed, (sample, patient, condition, time, of) in enumerate(samples):
        path = folder / "cells" / f"{sample}.h5ad"
        if patient in first_of:
            path.unlink(missing_ok=True)
            path.hardlink_to(path.with_name(f"{first_of[patient]}_{time}.h5ad"))
        else:
            drawn_cells(of, np.random.default_rng([1, seed])).write_h5ad(path)
        rows.append((sample, patient, condition, time, str(path)))
    sheet = pd.DataFrame(rows, columns=["sample", "patient", "condition", "time", "cells"])
    patients = pd.DataFrame({"patient": sheet["patient"].unique()})
    config = {
        "output": str(folder / "output"),
        "observe": {"cell_type": "cell_type", "max_mitochondrial": 1},
        "reference": {"control": "healthy"},
    }
    for name, table in (("samples", sheet), ("patients", patients)):
        config[name] = str(folder / f"{name}.tsv")
        table.to_csv(config[name], sep="\t", index=False)
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    print(f"{len(rows)} samples of {n_patients} patients and {len(healthy)} healthy donors")


def drawn_cells(of: ad.AnnData, rng: np.random.Generator) -> ad.AnnData:
    """Draw cells of a sample with replacement."""
    rows = np.sort(rng.integers(of.n_obs, size=min(of.n_obs, MOST_CELLS)))
    cells = of.X[rows].astype(np.float32)
    names = [f"cell{number}" for number in range(len(rows))]
    obs = pd.DataFrame({"cell_type": of.obs["cell_type"].to_numpy()[rows]}, index=names)
    return ad.AnnData(cells, obs=obs, var=pd.DataFrame(index=of.var_names))


def write_finished(folder: Path, run: Path, n_patients: int) -> None:
    """Write twins and screens."""
    twins, screens = (sorted((run / kind).glob("*.h5ad")) for kind in ("twins", "screens"))
    for kind, files, parts, anew in (
        ("twins", twins, OF_TWIN, noise_in_twin),
        ("screens", screens, OF_SCREEN, noise_in_screen),
    ):
        (folder / kind).mkdir(exist_ok=True)
        for number, source in enumerate(files[:n_patients]):
            first = folder / f"{source.name}.part"
            with h5py.File(source) as given:
                with h5py.File(first, "w") as made:
                    copy_what_is_read(given, made, parts)
                for of in range(number, n_patients, len(files)):
                    path = folder / kind / f"{name_of(of)}.h5ad"
                    shutil.copyfile(first, path)
                    with h5py.File(path, "r+") as made:
                        made["uns/patient/patient"][()] = name_of(of)
                        anew(given, made, np.random.default_rng([2, of]))
                    seal(path)
            first.unlink()
    write_answers(folder, ad.read_h5ad(screens[0]).obs, n_patients)
    print(f"{n_patients} twins and screens, made of {len(twins)}")


def copy_what_is_read(given: h5py.File, made: h5py.File, parts: Sequence[Parts]) -> None:
    """Copy a file but for effects and relevance; entries that no verb reads take no space."""
    made.attrs.update(given.attrs)
    for name in given:
        if name not in ("obs", "var", "layers", "varm", "uns"):
            if name not in ANEW:
                given.copy(name, made)
            continue
        group = made.create_group(name)
        group.attrs.update(given[name].attrs)
        read = {entry for one in parts for entry in getattr(one, name)}
        read |= {str(given[name].attrs.get("_index"))}
        if name == "obs":
            read |= {entry for entry in given[name] if entry.endswith("_z")}  # of each kind
        for entry in given[name]:
            if entry in read and f"{name}/{entry}" not in ANEW:
                given.copy(f"{name}/{entry}", group)
            elif entry not in read:
                group.create_group(entry)


def noise_in_twin(given: h5py.File, made: h5py.File, rng: np.random.Generator) -> None:
    """Move every effect by a third of a standard error, every relevance by a tenth of itself."""
    effect, relevance = (given[name][...] for name in ANEW)
    measured, above = np.isfinite(effect), relevance > 0
    effect[measured] += rng.normal(scale=0.3, size=measured.sum())
    relevance[above] *= rng.lognormal(sigma=0.1, size=above.sum())
    for name, values in zip(ANEW, (effect, relevance), strict=True):
        chunks = (1, values.shape[1]) if len(values) else None
        kept = made.create_dataset(name, data=values, chunks=chunks, **ZIPPED if chunks else {})
        kept.attrs.update(given[name].attrs)


def noise_in_screen(_: h5py.File, made: h5py.File, rng: np.random.Generator) -> None:
    """Move scores and benefits by a tenth of their standard deviation, and rank anew."""
    for name in ("obs/score", "obs/benefit"):
        values = made[name][...]
        if np.isfinite(values).any():
            values += rng.normal(scale=0.1 * np.nanstd(values), size=values.shape)
        made[name][...] = values
    rank = made["obs/rank"][...]
    known = np.isfinite(rank)
    rank[known] = rankdata(-made["obs/score"][...][known])
    made["obs/rank"][...] = rank


def write_answers(folder: Path, drugs: pd.DataFrame, n_patients: int) -> None:
    """Call every fortieth ranked drug right, and say of one patient in ten what helped."""
    ranked = drugs.loc[drugs["rank"].notna(), "name"].astype(str)
    labels = pd.DataFrame({"drug": ranked[::40], "label": "positive"})
    labels.to_csv(folder / "labels.tsv", sep="\t", index=False)
    of = [name_of(number) for number in range(0, n_patients, 10)]
    outcomes = pd.DataFrame({"state": of, "drug": ranked.iloc[0], "helped": "yes"})
    outcomes.to_csv(folder / "outcomes.tsv", sep="\t", index=False)


if __name__ == "__main__":
    main()
