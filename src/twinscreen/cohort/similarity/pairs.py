"""Figures of pairs: every pair of n patients once, in one row of numbers.

The order is that of the upper triangle of a square, row by row, as scipy's `squareform` has it. A
figure of 5,000 patients takes 100 MB so, and twice as much as a square.
"""

import numpy as np


class Pairs:
    """The pairs of n patients, in order."""

    def __init__(self, n: int) -> None:
        self.n = n
        rows = np.arange(n, dtype=np.int64)
        #: Where the pairs of each patient with later ones begin, less the number of the first one.
        self._start = n * rows - rows * (rows + 1) // 2 - rows - 1

    def __len__(self) -> int:
        return self.n * (self.n - 1) // 2

    def who(self, some: slice) -> tuple[np.ndarray, np.ndarray]:
        """Give the numbers of both patients of some pairs."""
        place = np.arange(*some.indices(len(self)))
        first = np.searchsorted(self._start + np.arange(self.n) + 1, place, side="right") - 1
        return first, place - self._start[first]

    def put(self, figure: np.ndarray, block: np.ndarray, row: int, column: int) -> None:
        """Fill in a block of the square whose first pair is that of two patients; column >= row."""
        for number, values in enumerate(block, start=row):
            later = max(number + 1 - column, 0)
            start = self._start[number] + column
            figure[start + later : start + len(values)] = values[later:]

    def add(self, figure: np.ndarray, rows: np.ndarray, values: np.ndarray) -> None:
        """Add the values of the pairs of some patients, ascending, to those of all."""
        few, m = Pairs(len(rows)), len(rows)
        for number in range(m - 1):
            start = few._start[number] + number + 1
            its = self._start[rows[number]] + rows[number + 1 :]
            figure[its] += values[start : start + m - number - 1]


class Average:
    """Mean of a figure of pairs over places, and what one expects it to be in those places."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self.total, self.expected, self.weight = (np.zeros(len(pairs)) for _ in range(3))

    def add(self, rows: np.ndarray, figure: np.ndarray, weight: np.ndarray) -> None:
        """Add a place: figures of the pairs of the patients `rows`, NaN where they have none."""
        known = np.isfinite(figure)
        there = figure[known]
        mean = there.mean() if len(there) else 0
        weight = np.where(known, weight, 0)
        self.pairs.add(self.weight, rows, weight)
        self.pairs.add(self.total, rows, weight * np.where(known, figure, 0))
        self.pairs.add(self.expected, rows, weight * mean)

    def mean(self) -> np.ndarray:
        """Give the mean, NaN where a pair has none."""
        return np.divide(
            self.total, self.weight, out=np.full_like(self.total, np.nan), where=self.weight > 0
        )

    def freed(self, *, missing: bool = False) -> np.ndarray:
        """Give the mean less what is expected, plus the overall mean, which stands for `missing`.

        Of no pair at all it is 0.
        """
        known = self.weight > 0
        overall = float(self.mean()[known].mean()) if known.any() else 0.0
        more = np.divide(
            self.total - self.expected,
            self.weight,
            out=np.full_like(self.total, 0.0 if missing else np.nan),
            where=known,
        )
        return np.asarray(more + overall)
