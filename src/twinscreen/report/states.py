"""Known states that a screen compared the patient with, and how much they are alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.report import words
from twinscreen.report.compartments import screened
from twinscreen.report.tables import table


@dataclass(frozen=True)
class KnownState:
    """A known state and the patient's similarity to it.

    `similarity` is that of all screened compartments together, NaN where the state was not
    compared; `null_low` and `null_high` are the range of the null replicates, NaN without them;
    `parts` is the similarity of each screened compartment. `left_out` is what the patient has, for
    which the state took no part, or "".
    """

    key: str
    name: str
    origin: str
    similarity: float
    null_low: float
    null_high: float
    n_genes: int
    n_drugs: int
    left_out: str
    parts: tuple[float, ...]

    @property
    def compared(self) -> bool:
        """Whether the patient was compared with it."""
        return not words.is_missing(self.similarity)

    @property
    def resembled(self) -> bool:
        """Whether the patient is more like it than the null replicates are."""
        return bool(self.similarity > max(self.null_high, 0.0))

    @property
    def null(self) -> str:
        """The range of the null replicates, or nothing without them."""
        if words.is_missing(self.null_high):
            return ""
        return f"{words.decimal(self.null_low, 2)} to {words.decimal(self.null_high, 2)}"

    @property
    def in_figures(self) -> str:
        """Say how similar it is: "r 0.39; null replicates: −0.03 to 0.04"."""
        said = correlation(self.similarity)
        return f"{said}; null replicates: {self.null}" if self.null else said


def correlation(value: float) -> str:
    """Show a similarity: "r 0.39", kept on one line."""
    return f"r\N{NO-BREAK SPACE}{words.decimal(value, 2)}"


def known_states(screen: ad.AnnData) -> list[KnownState]:
    """Read the known states of a screen, the most similar first; none without a library."""
    rows = table(screen, "states", "state").to_dict("records")
    if not rows:
        return []
    parts = np.asarray(screen.varm["states"], dtype=float)[screened(screen)]
    return [
        KnownState(
            key=str(row["state"]),
            name=str(row["name"]),
            origin=str(row["origin"]),
            similarity=float(row["similarity"]),
            null_low=float(row["null_low"]),
            null_high=float(row["null_high"]),
            n_genes=int(row["n_genes"]),
            n_drugs=int(row["n_drugs"]),
            left_out="" if words.is_missing(row["left_out"]) else str(row["left_out"]),
            parts=tuple(parts[:, column].tolist()),
        )
        for column, row in enumerate(rows)
    ]


def compared(states: Sequence[KnownState]) -> list[KnownState]:
    """Take the states that the patient was compared with, in their order."""
    return [state for state in states if state.compared]
