"""Cases of thousands of patients, most of which waits in a temporary file or is shared."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from twinscreen.cohort.evaluation.cases import Case
from twinscreen.files.arrays import WaitingArrays


class WaitingScores(Mapping[Hashable, pd.Series]):
    """Scores of a case by method, read from a file column by column, as of a data frame."""

    def __init__(self, index: pd.Index, columns: pd.Index, file: WaitingArrays, first: int) -> None:
        self.index, self.columns = index, columns
        self._file, self._first = file, first

    def __getitem__(self, method: Hashable) -> pd.Series:
        if method not in self.columns:
            raise KeyError(method)
        return pd.Series(self._file[self._first + list(self.columns).index(method)], self.index)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


class LaidAside:
    """Takes cases out of memory: their scores wait in one file, and like drugs are kept once."""

    def __init__(self) -> None:
        self._file = WaitingArrays()
        self._columns: dict[tuple[Hashable, ...], pd.Index] = {}
        self._drugs: dict[tuple[Hashable, ...], tuple[pd.Index, np.ndarray, np.ndarray]] = {}

    def __call__(self, case: Case) -> Case:
        """Give a case that reads its scores when they are asked for."""
        first = len(self._file)
        for method in case.scores.columns:
            self._file.add(case.scores[method].to_numpy())
        columns = self._columns.setdefault(tuple(case.scores.columns), case.scores.columns)
        drugs = (*case.scores.index, *case.mechanisms, case.degree.tobytes())
        index, mechanisms, degree = self._drugs.setdefault(
            drugs, (case.scores.index, case.mechanisms, case.degree)
        )
        scores = WaitingScores(index, columns, self._file, first)
        return replace(case, scores=scores, mechanisms=mechanisms, degree=degree)
