"""A tiny cohort in its true shape, and the workflow run on it as a user runs it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
import yaml
from scipy import sparse

from twinscreen.data import TABLES

ROOT = Path(__file__).resolve().parents[1]

#: Genes that an interferon turns on, and that are raised in every patient's monocytes.
INTERFERON = [
    *("CXCL10", "GBP1", "GBP2", "IFI27", "IFI44L", "IFI6", "IFIT1", "IFIT2", "IFIT3", "IFITM1"),
    *("IFITM3", "IRF1", "IRF7", "IRF9", "ISG15", "MX1", "MX2", "OAS1", "OAS2", "OAS3", "RSAD2"),
    *("STAT1", "USP18", "XAF1"),
]
CELL_TYPES = {"CD14 Mono": 30, "CD4 T": 24, "B": 16}
PROTEINS = ["CD3E", "CD4", "CD14", "CD19", "CD38", "HLA-DRA"]

SAMPLES = """\
sample patient condition tissue time batch cells select
D1 D1 healthy blood T0 one joint.h5ad donor=D1
D2 D2 healthy blood T0 one joint.h5ad donor=D2
D3 D3 healthy blood T0 two joint.h5ad donor=D3
D4 D4 healthy blood T0 two D4.h5ad
P1_T0 P1 ill blood T0 one P1_T0.h5ad
P1_T1 P1 ill blood T1 one P1_T1.h5ad
P2_T0 P2 ill blood T0 two P2_T0.h5ad
P3_T0 P3 ill blood T0 two joint.h5ad donor=P3;visit=T0
"""
PATIENTS = """\
patient age group
D1 40 donor
D2 50 donor
D3 60 donor
D4 70 donor
P1 45 trial
P2 55 trial
P3 65 trial
"""
#: Folders of the output that hold results.
KEPT = (
    *("knowledge", "observations", "reference", "twins", "replicates", "screens", "reports"),
    "cohort",
)
CONFIG: dict[str, Any] = {
    "samples": "samples.tsv",
    "patients": "patients.tsv",
    "observe": {"cell_type": "cell_type"},
    "reference": {"control": "healthy"},
    "twin": {"random_sets": 50},
}


def sheet(text: str) -> str:
    """Give a sheet that is written here with spaces its tabs."""
    return text.replace(" ", "\t")


def gene_names() -> list[str]:
    """Give 400 genes that drugs have as targets, and the interferon's."""
    table = pd.read_csv(TABLES / "gtopdb.tsv", sep="\t", comment="#", dtype=str)
    single = table["genes"].dropna().unique()
    known = sorted(name for name in single if re.fullmatch(r"[A-Z0-9]+", name))
    return sorted({*known[::3][:400], *INTERFERON})


def counts_of(sample: str, *, ill: bool, cells: dict[str, int] = CELL_TYPES) -> ad.AnnData:
    """Draw whole counts of one sample: genes differ between cell types, a little between people."""
    genes = gene_names()
    everyone, person = (np.random.default_rng([7, *name.encode()]) for name in ("all", sample))
    level = everyone.lognormal(-0.5, 0.8, (len(CELL_TYPES), len(genes)))
    level = level * person.lognormal(0, 0.15, len(genes))
    marker = everyone.lognormal(2, 1, (len(CELL_TYPES), len(PROTEINS)))
    if ill:
        level[0, np.isin(genes, INTERFERON)] *= 6
    kind = np.repeat(np.arange(len(cells)), list(cells.values()))
    drawn = person.poisson(np.hstack([level, marker])[kind])
    names = np.array(list(cells))[kind]
    return ad.AnnData(
        sparse.csr_matrix(drawn.astype(np.float32)),
        obs=pd.DataFrame(
            {"cell_type": names, "donor": sample.split("_")[0], "visit": "T0"},
            index=[f"{sample}-{cell}" for cell in range(len(kind))],
        ),
        var=pd.DataFrame(
            {"feature_types": ["Gene Expression"] * len(genes) + ["Antibody Capture"] * 6},
            index=[*genes, *(f"{name}_protein" for name in PROTEINS)],
        ),
    )


def write_cells(folder: Path) -> None:
    """Write the cells of the cohort: four samples in a joint file, one sample without proteins."""
    joint = [counts_of(name, ill=name == "P3") for name in ("D1", "P3", "D2", "D3")]
    ad.concat(joint, merge="same").write_h5ad(folder / "joint.h5ad")
    for name in ("D4", "D5"):
        counts_of(name, ill=False).write_h5ad(folder / f"{name}.h5ad")
    for name in ("P1_T0", "P1_T1", "P2_T1"):
        counts_of(name, ill=True).write_h5ad(folder / f"{name}.h5ad")
    shutil.copy(folder / "P1_T0.h5ad", folder / "half_T0.h5ad")
    without = counts_of("P2_T0", ill=True, cells=CELL_TYPES | {"B": 5})
    genes = without.var["feature_types"] == "Gene Expression"
    without[:, genes].copy().write_h5ad(folder / "P2_T0.h5ad")


@dataclass(frozen=True)
class Study:
    """A cohort in a working directory of its own, with its .snakemake, inputs and output."""

    folder: Path
    cache: Path
    #: A folder whose programs come before those of the environment, if any.
    programs: Path | None = None
    #: A folder with another package than the one that is tested, if any.
    package: Path | None = None

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def configure(
        self, name: str = "study", samples: str = SAMPLES, patients: str = PATIENTS, **changes: Any
    ) -> Path:
        """Write a configuration with its two sheets."""
        config = {**CONFIG, "cache": str(self.cache), **changes}
        for kind, text in (("samples", samples), ("patients", patients)):
            config[kind] = f"{name}.{kind}.tsv"
            (self.folder / config[kind]).write_text(sheet(text), encoding="utf-8")
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    def variables(self) -> dict[str, str]:
        """Give the environment of a run, in which an attempt to download anything fails."""
        programs = [*filter(None, [self.programs]), Path(sys.executable).parent]
        variables = {
            **os.environ,
            "PATH": os.pathsep.join(map(str, [*programs, os.environ["PATH"]])),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "XDG_CONFIG_HOME": str(self.folder / ".config"),
            "PIP_NO_INDEX": "1",
        }
        variables.pop("SNAKEMAKE_PROFILE", None)
        if self.package:
            variables["PYTHONPATH"] = str(self.package)
        return variables

    def command(self, config: Path, *arguments: str) -> list[str]:
        """Give the command that runs the workflow."""
        return [
            *(sys.executable, "-m", "snakemake", *arguments),
            *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(self.folder)),
            *("--configfile", str(config)),
        ]

    def snakemake(self, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the workflow on this machine."""
        return subprocess.run(
            self.command(config, *arguments, "--cores", "2"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.variables(),
            check=False,
        )

    def run(self, config: Path, *arguments: str) -> str:
        """Run the workflow, which ends well; give what it printed."""
        ran = self.snakemake(config, *arguments)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def planned(self, config: Path) -> set[str]:
        """Name the jobs that a run would do, as `rule` or `rule id`."""
        return jobs_in(self.run(config, "--dry-run"))

    def beside(self, folder: Path, *parts: str) -> "Study":
        """Start another study with the same cells, and some of this one's output as it stands."""
        folder.mkdir(parents=True, exist_ok=True)
        for cells in self.folder.glob("*.h5ad"):
            os.link(cells, folder / cells.name)
        for part in (*parts, "records", "settings"):
            shutil.copytree(self.output / part, folder / "output" / part, copy_function=os.link)
        return Study(folder, self.cache)

    def finished(self, *parts: str) -> "Study":
        """Set up a study whose first run is over, with what Snakemake remembers of it.

        It stands beside the first, so that the paths of embedded tables are the same from there.
        """
        folder = Path(tempfile.mkdtemp(prefix="finished-", dir=self.folder.parent))
        other = self.beside(folder, *(parts or KEPT))
        for part in (".snakemake", "output/benchmarks"):  # not linked: they are written in place
            shutil.copytree(self.folder / part, folder / part)
        return other

    def with_fault(self, folder: Path, fault: str) -> "Study":
        """Run another `twinscreen`: before it begins, it does what is given as Python."""
        program = folder / "twinscreen"
        program.write_text(
            f"#!{sys.executable}\nimport os, sys\nfrom twinscreen.cli import main\n"
            f"{dedent(fault)}\nsys.exit(main())\n",
            encoding="utf-8",
        )
        program.chmod(0o755)
        return replace(self, programs=folder)


def jobs_in(printed: str) -> set[str]:
    """Name the jobs that a dry run printed, as `rule` or `rule id`."""
    jobs = set()
    for rule, facts in re.findall(
        r"^ *(?:local)?rule (\w+):\n((?: +\w+: .*\n)+)", printed, re.MULTILINE
    ):
        ids = re.findall(r"^ +wildcards: \w+=(\S+)$", facts, re.MULTILINE)
        jobs.add(" ".join([rule, *ids]))
    counted = {int(n) for n in re.findall(r"^total +(\d+)$", printed, re.MULTILINE)}
    assert counted <= {len(jobs)}, printed
    return jobs - {"default"}


def files_below(folder: Path) -> list[str]:
    """Name all files below a folder, hidden ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
