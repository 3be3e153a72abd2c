"""Time and memory of one large patient: 17 cell types at 3 time points, 100 bootstrap replicates.

A made-up cohort in the shape of a real one (14,000 genes, 4,000 cells a sample, eight healthy
donors) goes through the workflow itself; printed is what Snakemake's own benchmarks say of the
patient's twin and screen.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import GENES, read_table

ROOT = Path(__file__).resolve().parents[1]
TYPES, TIMES, DONORS, GENES_SEEN = 17, 3, 8, 14_000


def main() -> None:
    """Make the cohort, run the workflow on it, and print the figures."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--cells", type=int, default=4000, help="cells of a sample")
    given.add_argument("--replicates", type=int, default=100)
    given.add_argument("--cache", default=".cache/twinscreen")
    given.add_argument("--folder", help="keep the cohort and its results here")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(asked.folder or name).resolve()
        folder.mkdir(exist_ok=True)
        run = [
            *("snakemake", "--cores", "1", "--quiet", "all", "--directory", str(folder)),
            *("--snakefile", str(ROOT / "Snakefile"), "--configfile", str(folder / "config.yaml")),
        ]
        write_sheets(folder, asked.replicates, Path(asked.cache).resolve())
        if not (folder / "P1_T0.h5ad").exists():
            subprocess.run([*run, "--", "output/knowledge/genes.parquet"], check=True)
            genes = read_table(folder / "output/knowledge/genes.parquet", GENES)
            write_cells(folder, genes.loc[genes["protein_coding"], "symbol"], asked.cells)
        subprocess.run([*run, "--", "output/screens/P1.ranking.tsv"], check=True)
        total = 0.0
        for stage in ("twin", "screen"):
            figures = pd.read_csv(folder / f"output/benchmarks/{stage}/P1.tsv", sep="\t").iloc[0]
            total += figures["cpu_time"]
            print(f"{stage}: {figures['cpu_time']:.1f} CPU-s, {figures['max_rss'] / 1024:.2f} GiB")
        twin = ad.read_h5ad(folder / "output/twins/P1.h5ad")
        size = (folder / "output/twins/P1.h5ad").stat().st_size / 2**20
        print(f"{total:.1f} CPU-s in all; {int(twin.obs['scorable'].sum())} compartments scored,")
        print(f"modules of {twin.obs['module_size'].median():.0f} genes, twin of {size:.0f} MiB")


def write_sheets(folder: Path, replicates: int, cache: Path) -> None:
    """Write configuration and sheets."""
    rows = [f"D{donor}\tD{donor}\thealthy\tT0\tD{donor}.h5ad" for donor in range(DONORS)]
    rows += [f"P1_T{time}\tP1\till\tT{time}\tP1_T{time}.h5ad" for time in range(TIMES)]
    sheet = ["sample\tpatient\tcondition\ttime\tcells", *rows, ""]
    (folder / "samples.tsv").write_text("\n".join(sheet))
    people = ["patient", *(f"D{donor}" for donor in range(DONORS)), "P1", ""]
    (folder / "patients.tsv").write_text("\n".join(people))
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\npatients: patients.tsv\nreference: {control: healthy}\n"
        f"observe: {{cell_type: cell_type}}\ncache: {cache}\n"
        f"twin: {{bootstrap_replicates: {replicates}}}\n"
    )


def write_cells(folder: Path, symbols: pd.Series, cells: int) -> None:
    """Write negative binomial counts of all samples; the patient's differ in a tenth of the genes.

    Cell types differ in size and in which genes they express; donors differ among themselves.
    """
    random = np.random.default_rng(1)
    genes = random.choice(symbols.to_numpy(dtype=str), GENES_SEEN, replace=False)
    base = random.normal(-1.5, 1.5, GENES_SEEN) + random.normal(0, 1, (TYPES, GENES_SEEN))
    share = random.lognormal(0, 0.8, TYPES)
    changed = random.random((TYPES, GENES_SEEN)) < 0.1
    change = np.where(changed, random.normal(0, 1, (TYPES, GENES_SEEN)), 0)
    for sample in [*(f"D{d}" for d in range(DONORS)), *(f"P1_T{t}" for t in range(TIMES))]:
        kind = random.choice(TYPES, cells, p=share / share.sum())
        level = base + random.normal(0, 0.2, base.shape) + change * sample.startswith("P1")
        rate = np.exp(level)
        rate *= 3000 / rate.sum(axis=1, keepdims=True)
        counts = sparse.vstack(
            [
                sparse.csr_array(
                    random.poisson(rate[types] * random.gamma(2, 0.5, (len(types), 1)))
                )
                for types in np.array_split(kind, max(1, cells // 500))
            ],
            format="csr",
        )
        obs = pd.DataFrame({"cell_type": [f"type {k:02d}" for k in kind]})
        obs.index = obs.index.astype(str)
        written = ad.AnnData(counts.astype(np.float32), obs, pd.DataFrame(index=genes))
        written.write_h5ad(folder / f"{sample}.h5ad")


if __name__ == "__main__":
    main()
