"""What the parts of the validation share: files, the screen in one process, lines of figures."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import DRUGS, read_table
from twinscreen.kb import Knowledge
from twinscreen.screen.evidence.collect import gather
from twinscreen.screen.evidence.contract import Evidence, Rules
from twinscreen.screen.evidence.registry import kinds
from twinscreen.screen.library import Library
from twinscreen.screen.rank.contract import Outcome
from twinscreen.screen.rank.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]

#: Defaults of the configuration (data/schemas), which the validation runs with.
WEIGHTS = {kind.name: kind.weight for kind in kinds() if kind.weight}
MAX_PVALUE, SEEDS, MODULES, SEED = 0.01, 100, 64, 1


@dataclass(frozen=True)
class Figure:
    """One figure: of which part, what it is, what was found, what is needed, and if it holds.

    `holds` is None for figures that are only reported.
    """

    part: str
    what: str
    found: str
    needed: str = ""
    holds: bool | None = None


@dataclass(frozen=True)
class Files:
    """Files of the knowledge stage."""

    influence: Path
    wiring: Path
    genes: Path
    interactome: Path
    drugs: Path
    targets: Path
    ligand_receptor: Path
    precedents: Path


@dataclass(frozen=True)
class Places:
    """Where things are: validation data, the workflow's output, and a folder to write to."""

    data: Path
    output: Path
    scratch: Path

    @property
    def knowledge(self) -> Files:
        """Files of the knowledge stage."""
        folder = self.output / "knowledge"
        return Files(
            influence=folder / "influence.h5ad",
            wiring=folder / "wiring.npz",
            genes=folder / "genes.parquet",
            interactome=folder / "interactome.parquet",
            drugs=folder / "drugs.parquet",
            targets=folder / "drug_targets.parquet",
            ligand_receptor=folder / "ligand_receptor.parquet",
            precedents=folder / "precedents.h5ad",
        )

    def kang(self, *targets: str) -> Path:
        """Run the workflow on Kang's cells up to some targets; give its output."""
        return self._run("tests/validation/kang/config.yaml", targets)

    def demo(self, *targets: str) -> Path:
        """Run the workflow on the demonstration up to some targets; give its output."""
        there = replace(self, output=self.output / "demo")
        return there._run("config/config.yaml", targets)

    def _run(self, config: str, targets: Sequence[str]) -> Path:
        """Run the workflow up to its knowledge and some targets; return its output."""
        made = [*map(str, astuple(self.knowledge)), *(f"{self.output}/{one}" for one in targets)]
        subprocess.run(
            [
                *("snakemake", *dict.fromkeys(made)),
                *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(ROOT)),
                *("--configfile", str(ROOT / config), "--cores", str(os.cpu_count() or 1)),
                *("--quiet", "all", "--config", f"output={self.output}"),
            ],
            check=True,
            env=os.environ | {"TWINSCREEN_DATA": str(self.data)},
        )
        return self.output


def library(places: Places, include: Sequence[str] = ()) -> pd.DataFrame:
    """Approved drugs, and those named."""
    drugs = read_table(places.knowledge.drugs, DRUGS)
    return Library(True, tuple(include), withdrawn=False, diagnostics=False).choose(drugs)


def screened(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    drugs: pd.DataFrame,
    places: Places,
    *,
    preset: str = "calibrated",
    weight: np.ndarray | None = None,
    parts: Mapping[str, Path | ad.AnnData] | None = None,
    left_out: Mapping[str, str] | None = None,
) -> tuple[Evidence, Outcome]:
    """Screen a twin in this process, as the workflow's defaults would.

    Parameters
    ----------
    twin
        The twin; its scorable compartments of the latest time are treated.
    replicates
        Its replicates, if there are any.
    drugs
        Rows of the drug table.
    places
        Where knowledge is.
    preset
        What ranks.
    weight
        Of the scorable compartments, if not equal.
    parts
        Parts of knowledge that take the place of the workflow's, by name.
    left_out
        Reference states that take no part, and why.
    """
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    if weight is None:
        weight = twin.obs["latest"].to_numpy(dtype=float)
    evidence = gather(
        twin,
        replicates,
        drugs,
        Knowledge(vars(places.knowledge) | dict(parts or {})),
        weight=weight,
        random_modules=MODULES,
        random_seeds=SEEDS,
        rules=Rules(WEIGHTS, WEIGHTS, MAX_PVALUE, "null replicates", SEED),
        left_out=left_out,
    )
    return evidence, PRESETS[preset](evidence)


def at_least(part: str, what: str, value: float, limit: float, digits: int = 3) -> Figure:
    """Make a figure that must reach a limit."""
    return Figure(part, what, f"{value:.{digits}f}", f">= {limit}", bool(value >= limit))


def at_most(part: str, what: str, value: float, limit: float, digits: int = 3) -> Figure:
    """Make a figure that must not exceed a limit."""
    return Figure(part, what, f"{value:.{digits}f}", f"<= {limit}", bool(value <= limit))


def reported(part: str, what: str, found: object) -> Figure:
    """Make a figure that stands beside the others."""
    return Figure(part, what, f"{found:.3f}" if isinstance(found, float) else str(found))
