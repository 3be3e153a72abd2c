"""Ligands measured outside of a patient's cells, such as in plasma, and what they may reach."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: What stands among the senders of a ligand that was raised outside.
OUTSIDE = "outside of the cells"


@dataclass(frozen=True)
class OutsideLigands:
    """Ligands raised outside of a patient's cells.

    `times` are the time points of each, "" for all of them; `receptors` are the parties that
    receive it, members of a complex joined by "_".
    """

    times: Mapping[str, frozenset[str]]
    receptors: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, measured: pd.DataFrame, pairs: pd.DataFrame) -> "OutsideLigands":
        """Take the raised ones of what was measured of a patient that have a receptor.

        Parameters
        ----------
        measured
            Columns `ligand`, `time` ("" for all) and `sign`, 1 where it is raised.
        pairs
            Contract LIGAND_RECEPTOR.
        """
        raised = measured[measured["sign"] > 0]
        known = pairs[pairs["ligand"].isin(raised["ligand"])]
        receptors = {
            str(name): tuple(sorted(rows)) for name, rows in known.groupby("ligand")["receptor"]
        }
        times = {
            str(name): frozenset(rows.fillna(""))
            for name, rows in raised.groupby("ligand")["time"]
            if name in receptors
        }
        return cls(times, receptors)

    @property
    def parties(self) -> frozenset[str]:
        """All that receive one of them."""
        return frozenset(name for names in self.receptors.values() for name in names)

    def reached(
        self, ligand: str, time: np.ndarray, parties: np.ndarray, expressed: np.ndarray
    ) -> np.ndarray:
        """Say which of n compartments a ligand reaches: those that express a receptor then.

        Parameters
        ----------
        ligand
            One of them.
        time
            Time points of the compartments, shape (n,).
        parties, expressed
            Names of m parties, and where they are expressed, shape (n, m).
        """
        when = self.times[ligand]
        mine = np.isin(parties, self.receptors[ligand])
        then = np.ones(len(time), dtype=bool) if "" in when else np.isin(time, [*when])
        return then & expressed[:, mine].any(axis=1)
