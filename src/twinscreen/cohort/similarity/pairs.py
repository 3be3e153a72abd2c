"""Figures of pairs: every pair of n patients once, in one row of numbers.

The order is that of the upper triangle of a square, row by row, as scipy's `squareform` has it. A
figure of 5,000 patients takes 100 MB so, and twice as much as a square.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

#: Adds values of some pairs to an array of all.
Put: TypeAlias = Callable[[np.ndarray, np.ndarray], None]


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

    def of(self, number: int) -> np.ndarray:
        """Give the places of the pairs of a patient with all others, in the order of these."""
        before = self._start[:number] + number
        after = self._start[number] + np.arange(number + 1, self.n)
        return np.concatenate([before, after])

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
    """Mean of a figure of pairs over places, and what one expects it to be in those places.

    `at` has the mean of all pairs by the name of the place.
    """

    def __init__(self, shape: int | tuple[int, ...]) -> None:
        self.total, self.expected, self.weight = (np.zeros(shape) for _ in range(3))
        self.at: dict[str, float] = {}

    def add(
        self, put: Put, figure: np.ndarray, weight: np.ndarray, *, at: str, mean: float | None
    ) -> None:
        """Add a place.

        Parameters
        ----------
        put
            Adds the values of these pairs to an array of all.
        figure
            Of these pairs, NaN where they have none.
        weight
            How much each counts.
        at
            Name of the place.
        mean
            What one expects; None: what these pairs have on average.
        """
        known = np.isfinite(figure)
        if mean is None:
            there = figure[known]
            mean = there.mean() if len(there) else 0
            if len(there):  # what no pair has tells nothing of others
                self.at[at] = float(mean)
        weight = np.where(known, weight, 0)
        put(self.weight, weight)
        put(self.total, weight * np.where(known, figure, 0))
        put(self.expected, weight * mean)

    def mean(self) -> np.ndarray:
        """Give the mean, NaN where a pair has none."""
        return np.divide(
            self.total, self.weight, out=np.full_like(self.total, np.nan), where=self.weight > 0
        )

    def overall(self) -> float:
        """Give the mean over all pairs; of no pair at all it is 0."""
        known = self.weight > 0
        return float(self.mean()[known].mean()) if known.any() else 0.0

    def freed(self, overall: float, *, missing: bool = False) -> np.ndarray:
        """Give the mean less what is expected, plus the overall one, which stands for `missing`."""
        more = np.divide(
            self.total - self.expected,
            self.weight,
            out=np.full_like(self.total, 0.0 if missing else np.nan),
            where=self.weight > 0,
        )
        return np.asarray(more + overall)


@dataclass(frozen=True)
class Level:
    """What a figure is on average over all pairs: at each place by name, and overall.

    `known` says whether any pair has it.
    """

    at: Mapping[str, float]
    overall: float
    known: bool

    @classmethod
    def of(cls, figure: Average) -> Level:
        """Take the level of a figure of all pairs."""
        return cls(figure.at, figure.overall(), bool((figure.weight > 0).any()))


class Likeness:
    """Figures of pairs while places are added: effect, relevance, and both together.

    Parameters
    ----------
    shape
        Of the arrays of all pairs.
    levels
        Those of effect and relevance where the pairs are some of many; None: of these pairs.
    """

    def __init__(
        self, shape: int | tuple[int, ...], levels: tuple[Level, Level] | None = None
    ) -> None:
        self.effect, self.relevance = Average(shape), Average(shape)
        self.count = np.zeros(shape, dtype=np.int32)
        self._levels = levels

    def add(
        self, put: Put, at: str, effect: np.ndarray, relevance: np.ndarray, shared: np.ndarray
    ) -> None:
        """Add a place: both figures, and the genes shared, of the pairs that `put` adds up."""
        for number, (of, figure) in enumerate(((self.effect, effect), (self.relevance, relevance))):
            level = self._levels[number] if self._levels else None
            mean = level.at.get(at, level.overall) if level else None
            of.add(put, figure, shared, at=at, mean=mean)
        put(self.count, np.isfinite(effect))

    def levels(self) -> tuple[Level, Level]:
        """Give what both figures are on average."""
        return self._levels or (Level.of(self.effect), Level.of(self.relevance))

    def similarity(self) -> np.ndarray:
        """Give the mean of both figures, each freed of which places a pair shares."""
        effect, relevance = self.levels()
        alike = self.relevance.freed(relevance.overall, missing=True)
        found = self.effect.freed(effect.overall) + np.where(self.count > 0, alike, np.nan)
        return found / 2 if relevance.known else found
