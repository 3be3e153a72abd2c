"""Reference states in memory, with what helped in them."""

from collections.abc import Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.knowledge import OUTCOMES

#: The origin of states of the cohort's own patients.
COHORT = "cohort"


@dataclass(frozen=True)
class Precedents:
    """R reference states over g genes, and what is known to have helped in them.

    `states` has a row per state: its identifier as index, `name`, `diseases` (names and identifiers
    joined by "|"), `origin` (library, own or cohort) and `patient`. `scores`, shape (R, g), are the
    normal scores of their deviations, NaN where not measured. `outcomes` says of states and drugs
    whether they helped: `state, drug_id, helped`.
    """

    states: pd.DataFrame
    scores: np.ndarray
    genes: pd.Index
    outcomes: pd.DataFrame

    @classmethod
    def of(cls, known: ad.AnnData) -> "Precedents":
        """Make the states from what the knowledge stage wrote, contract PRECEDENTS."""
        return cls(
            known.obs, np.asarray(known.X, dtype=float), known.var_names, known.uns["outcomes"]
        )

    @classmethod
    def none(cls) -> "Precedents":
        """Return a library without states."""
        states = pd.DataFrame(columns=["name", "diseases", "origin", "patient"], dtype=str)
        return cls(states, np.empty((0, 0)), pd.Index([], dtype=str), OUTCOMES.empty())

    def anndata(self) -> ad.AnnData:
        """Lay the states out as the knowledge stage does, contract PRECEDENTS."""
        return ad.AnnData(
            X=self.scores.astype(np.float32, copy=False),
            obs=self.states,
            var=pd.DataFrame(index=self.genes),
            uns={"outcomes": self.outcomes},
        )

    def on(
        self,
        genes: pd.Index,
        drugs: pd.Index,
        mechanism: np.ndarray,
        *,
        left_out: Mapping[str, str],
    ) -> "Library":
        """Align the states with the genes and the drugs of one patient's screen.

        Parameters
        ----------
        genes
            The n proteins.
        drugs
            Identifiers of the d drugs that are tried.
        mechanism
            That of each drug, from 0 to e - 1, shape (d,).
        left_out
            States that take no part for this patient, and why.
        """
        kept = ~self.states.index.isin(list(left_out))
        place = self.genes.get_indexer(genes)
        scores = np.full((int(kept.sum()), len(genes)), np.nan)
        scores[:, place >= 0] = self.scores[kept][:, place[place >= 0]]
        helped = np.zeros((int(mechanism.max(initial=-1)) + 1, len(self.states)))
        np.add.at(helped, mechanism, self._helped(drugs))
        apart = (self.states["origin"].astype(str) == COHORT).to_numpy()[kept]
        return Library(self.states, scores, helped[:, kept], kept, dict(left_out), apart)

    def _helped(self, drugs: pd.Index) -> np.ndarray:
        """Return what is known of d drugs, shape (d, R): 1 helped, -1 did not, 0 not known."""
        known = self.outcomes
        row = drugs.get_indexer(pd.Index(known["drug_id"]))
        column = self.states.index.get_indexer(pd.Index(known["state"]))
        there = (row >= 0) & (column >= 0)
        result = np.zeros((len(drugs), len(self.states)))
        result[row[there], column[there]] = np.where(
            known["helped"].to_numpy(dtype=bool)[there], 1.0, -1.0
        )
        return result


@dataclass(frozen=True)
class Library:
    """Reference states as one patient is compared with them, on n proteins and e mechanisms.

    `states` are all of them; `kept`, boolean, says which R of these are compared, and `left_out`
    of each other one why it is not. `scores`, shape (R, n), are their deviations, NaN where not
    measured; `helped`, shape (e, R), counts the drugs of each mechanism that helped there, less
    those that did not. `apart`, boolean, shape (R,), marks states of the cohort's own patients,
    which are compared with each other alone; None: there are none.
    """

    states: pd.DataFrame
    scores: np.ndarray
    helped: np.ndarray
    kept: np.ndarray
    left_out: Mapping[str, str]
    apart: np.ndarray | None = None
