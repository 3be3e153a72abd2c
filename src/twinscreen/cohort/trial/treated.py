"""What screens say about the drugs of a trial, and how thousands of screens are stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.arrays import WaitingArrays
from twinscreen.files.contracts.screen import may_be_called
from twinscreen.files.drug_names import IDENTIFIERS

FIGURES = ("benefit", "benefit_low", "benefit_high", "reward", "rank")
#: How a drug is called beside its name and identifier.
CALLED = ("synonyms", *IDENTIFIERS)

#: What differs between patients, and what hardly ever does.
_OF_PATIENT = ("status", "presence")
_OF_DRUG = ("name", "mechanism", "same", *CALLED)

#: Columns of a screen.
OF_DRUGS = (*FIGURES, *_OF_PATIENT, *_OF_DRUG)


@dataclass(frozen=True)
class Treated:
    """What one screen says: its drugs (index their ids), and whether a call was made."""

    drugs: pd.DataFrame
    called: bool
    unscorable: bool

    def first(self) -> set[str]:
        """Give the mechanisms that come first of those that may be called.

        The best rank is not 1 where equal drugs share the mean of their ranks.
        """
        if not len(self.drugs):
            return set()
        possible = self.drugs[may_be_called(self.drugs)]
        return set(possible.loc[possible["rank"] == possible["rank"].min(), "mechanism"])


def treated_of(screen: ad.AnnData) -> Treated:
    """Take from a screen what a trial needs."""
    if screen.uns["unscorable"] or not screen.n_obs:
        return Treated(pd.DataFrame(), called=False, unscorable=bool(screen.uns["unscorable"]))
    drugs = screen.obs[list(FIGURES)].astype(float)
    for name in (*_OF_PATIENT, *_OF_DRUG):
        drugs[name] = screen.obs[name].astype(str)
    return Treated(drugs, called=bool(screen.uns["call"]["called"]), unscorable=False)


class WaitingScreens(Mapping[str, Treated]):
    """What screens say, by patient in order of their names; one of them is in memory at a time.

    Figures wait in a temporary file. Texts are kept once, however many screens have them.
    """

    def __init__(self) -> None:
        self._figures = WaitingArrays()
        self._texts = _Rows(["drug_id", *_OF_DRUG]), _Rows([*_OF_PATIENT])
        self._place: dict[str, int] = {}
        self._said: list[tuple[bool, bool]] = []

    def add(self, patient: str, treated: Treated) -> None:
        """Let the screen of a patient wait."""
        drugs = treated.drugs.rename_axis("drug_id").reset_index()
        of_drug, of_patient = (texts.codes(drugs) for texts in self._texts)
        figures = drugs.reindex(columns=list(FIGURES)).to_numpy(dtype=float)
        self._figures.add(np.column_stack([figures, of_drug, of_patient]))
        self._place[patient] = len(self._said)
        self._said.append((treated.called, treated.unscorable))

    def __getitem__(self, patient: str) -> Treated:
        place = self._place[patient]
        values = self._figures[place]
        texts = [
            of.table(codes)
            for of, codes in zip(self._texts, values[:, len(FIGURES) :].T.astype(int), strict=True)
        ]
        figures = pd.DataFrame(values[:, : len(FIGURES)], columns=list(FIGURES))
        drugs = pd.concat([figures, *texts], axis=1).set_index("drug_id")
        return Treated(drugs, *self._said[place])

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._place))

    def __len__(self) -> int:
        return len(self._place)


class _Rows:
    """Rows of text by number, each of them once."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._number: dict[tuple[str, ...], int] = {}
        self._table = pd.DataFrame(columns=columns, dtype=object)

    def codes(self, table: pd.DataFrame) -> list[int]:
        """Give the numbers of the rows of a table; one without rows may lack the columns."""
        texts = table.reindex(columns=self._columns)
        number = self._number
        return [
            number.setdefault(row, len(number)) for row in texts.itertuples(index=False, name=None)
        ]

    def table(self, codes: np.ndarray) -> pd.DataFrame:
        """Give the rows of some numbers."""
        if len(self._table) < len(self._number):
            self._table = pd.DataFrame([*self._number], columns=self._columns, dtype=object)
        return self._table.take(codes).reset_index(drop=True)
