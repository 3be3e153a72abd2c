"""What proximity gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Proximity:
    """Distance of drugs to modules against a null; arrays have shape (drugs, modules).

    Missing (NaN) where drug or module has no protein on the network; `z` also where the null
    doesn't vary, `pvalue` also where z was not below the limit asked for.
    """

    distance: np.ndarray
    expected: np.ndarray
    sd: np.ndarray
    pvalue: np.ndarray

    @classmethod
    def missing(cls, drugs: int, modules: int) -> Proximity:
        """Make a result in which nothing is known yet; the values of a module stand together."""
        return cls(*(np.full((modules, drugs), np.nan).T for _ in range(4)))

    @property
    def z(self) -> np.ndarray:
        """(distance - expected) / sd, negative for drugs nearer than expected."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.sd > 0, (self.distance - self.expected) / self.sd, np.nan)
