"""A compartment of a twin, what it is compared by, and its replicates."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin import Flag
from twinscreen.files.words.counting import plural
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.presence import Presence
from twinscreen.twin.deviation.single_cells import CellLevel
from twinscreen.twin.deviation.statistics import Deviation


@dataclass(frozen=True)
class BootstrapReplicates:
    """One compartment in b bootstrap replicates over g genes.

    `effect` and `logfc`, the log2 fold change, (float32) are NaN where a gene was not compared, and
    `logfc` also where it has too few counts in a replicate to be compared there, as it may in
    another sample: the effects show how sure the compartment's own are, and both together what
    another sample would say. `seeds` (boolean) are the deviating genes of each replicate.
    """

    effect: np.ndarray
    logfc: np.ndarray
    seeds: np.ndarray

    @property
    def number(self) -> np.ndarray:
        """Numbers of the replicates, shape (b,): those of one number belong together."""
        return np.arange(len(self.effect))


@dataclass(frozen=True)
class NullReplicates:
    """b replicates of one compartment over g genes.

    `effect` and `logfc`, the log2 fold change, (float32) are NaN where a gene was not compared in a
    replicate, which may differ from replicate to replicate; `number` (b,) numbers them: those of
    one number belong together over compartments.
    """

    effect: np.ndarray
    logfc: np.ndarray
    number: np.ndarray


@dataclass
class Compartment:
    """One cell type in one tissue at one time point, compared with healthy or not.

    `genes` names the columns of `deviation` and of `cell_level`, the comparison of single cells
    (where those of both sides are at hand); `protein` is the standardised deviation of surface
    proteins by gene; `presence` says what its cells have, None where there are none at hand;
    `replicates` are its bootstrap replicates, of resampled cells and donors;
    `null_replicates` computes those in which nothing is wrong, which are needed only where the
    compartment is screened.
    `calibration` is the share of genes with p < 0.05 among healthy donors, each against the others.
    `unscorable` is the reason why it was not compared, or ""; `control_times`, the time points of
    the control samples where they are others than its own; `method` names the design where it is
    not that of the settings.
    """

    cell_type: str
    tissue: str
    time: str
    n_cells: int
    n_reference_donors: int = 0
    genes: pd.Index = field(default_factory=pd.Index)  # type: ignore[arg-type]
    deviation: Deviation | None = None
    protein: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    presence: Presence | None = None
    cell_level: CellLevel | None = None
    replicates: BootstrapReplicates | None = None
    null_replicates: Callable[[], NullReplicates] | None = None
    calibration: float = np.nan
    unscorable: str = ""
    flags: list[Flag] = field(default_factory=list)
    control_times: tuple[str, ...] = ()
    method: str = ""

    @property
    def name(self) -> str:
        """`cell_type|tissue|time`."""
        return f"{self.cell_type}|{self.tissue}|{self.time}"

    def cannot(self, flag: Flag, reason: str) -> None:
        """Mark it as one that could not be compared."""
        self.flags.append(flag)
        self.unscorable = reason


def enough_genes(found: Compartment, settings: ComparisonSettings) -> Compartment:
    """Take back a comparison that rests on too few genes to say anything."""
    if found.deviation is not None:
        compared = int(np.isfinite(found.deviation.effect).sum())
        if compared < settings.min_genes:
            found.deviation = None
            found.cannot(
                Flag.TOO_FEW_GENES,
                f"{plural(compared, 'gene')} compared, fewer than {settings.min_genes}",
            )
    return found
