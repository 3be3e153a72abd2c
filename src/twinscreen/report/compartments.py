"""Which compartments a twin has, what they are called, and which were screened."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin import Flag
from twinscreen.report import words
from twinscreen.report.flags import in_short
from twinscreen.report.standard import Standard, standard_of

#: A module whose p is below this is larger than chance makes it.
CHANCE = 0.05


@dataclass(frozen=True)
class Compartment:
    """One row of the table of compartments."""

    key: str
    name: str
    time: str
    n_cells: float
    n_reference_donors: float
    n_tested: float
    n_deviating: int
    module_size: float
    lcc_size: float
    lcc_z: float
    lcc_p: float
    lcc_size_low: float
    lcc_size_high: float
    calibration: float
    method: str
    flags: tuple[Flag, ...]
    control_times: str
    scorable: bool
    latest: bool
    standard: Standard

    @property
    def significant(self) -> bool:
        """Whether the module is larger than those of random sets."""
        return bool(self.lcc_p < CHANCE)

    @property
    def shifted(self) -> str:
        """Say why the interval of the module's size does not hold the size, or nothing."""
        if not self.lcc_size < self.lcc_size_low and not self.lcc_size > self.lcc_size_high:
            return ""
        more = self.lcc_size < self.lcc_size_low
        return (
            f"{'more' if more else 'less'} than here, since a replicate repeats some cells and"
            " lacks others"
        )

    @property
    def notes(self) -> list[str]:
        """What its flags mean, in a few words each."""
        return [
            in_short(
                flag,
                n_donors=self.n_reference_donors,
                calibration=self.calibration,
                control_times=self.control_times,
                standard=self.standard,
            )
            for flag in self.flags
        ]


@dataclass(frozen=True)
class Naming:
    """Short names: tissue and time are named only if there are several."""

    names: dict[str, str]
    noun: str

    def of(self, key: str) -> str:
        """Give the short name of a compartment."""
        return self.names.get(key, key.replace("|", ", "))

    def count(self, number: int) -> str:
        """Count compartments: "1 cell type", "12 cell types"."""
        return words.plural(number, self.noun)


def naming(obs: pd.DataFrame) -> Naming:
    """Find short names that still tell all compartments of a patient apart."""
    columns = ["cell_type"]
    columns += [name for name in ("tissue", "time") if len(set(obs[name].astype(str))) > 1]
    names = [
        f"{cell} ({', '.join(rest)})" if rest else str(cell)
        for cell, *rest in obs[columns].astype(str).itertuples(index=False)
    ]
    noun = "cell type" if len(columns) == 1 else "compartment"
    return Naming(dict(zip(obs.index.astype(str), names, strict=True)), noun)


def compartments(twin: ad.AnnData, names: Naming) -> list[Compartment]:
    """List all compartments: the screened state first, each with most cells first."""
    q = np.asarray(twin.layers["qvalue"], dtype=float)
    standard = standard_of(twin.uns["settings"], words.texts(twin.uns["flags"]))
    rows = [
        Compartment(
            key=str(key),
            name=names.of(str(key)),
            time=str(row["time"]),
            n_deviating=int(np.sum(q[index] < 0.05)),
            flags=tuple(Flag(flag) for flag in str(row["flags"]).split("|") if flag),
            control_times=str(row["control_times"]),
            scorable=bool(row["scorable"]),
            latest=bool(row["latest"]),
            method=str(row["method"]),
            standard=standard,
            **{
                name: float(row[name])
                for name in (
                    "n_cells",
                    "n_reference_donors",
                    "n_tested",
                    "module_size",
                    "lcc_size",
                    "lcc_z",
                    "lcc_p",
                    "lcc_size_low",
                    "lcc_size_high",
                    "calibration",
                )
            },
        )
        for index, (key, row) in enumerate(twin.obs.iterrows())
    ]
    return sorted(rows, key=lambda row: (not row.latest, -row.n_cells, row.key))


def screened(screen: ad.AnnData) -> np.ndarray:
    """Mark the compartments of a screen whose scores enter the rank."""
    weight = pd.to_numeric(screen.var["weight"], errors="coerce").to_numpy(dtype=float)
    return weight > 0


def state(obs: pd.DataFrame) -> str:
    """Say which state was screened: its time points and tissues."""

    def values(column: str) -> Sequence[str]:
        return sorted(set(obs[column].astype(str)))

    times, tissues = values("time"), values("tissue")
    return f"time point {words.listed(times)}, {words.listed(tissues)}"
