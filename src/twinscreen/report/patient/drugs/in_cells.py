"""In which cell types what a drug acts on is found, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import pandas as pd

from twinscreen.files.contracts.screen import TargetPresence
from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.tables import table


@dataclass(frozen=True)
class InCells:
    """What the cells have of one target.

    `places` are the cell types in which it is found, most of it first, each with the share of its
    cells; `n_with` of all `n_cells` cells of the patient have a count, 0 of 0 where it was not
    measured.
    """

    name: str
    places: tuple[tuple[str, float], ...]
    n_with: int
    n_cells: int

    @property
    def measured(self) -> bool:
        """Whether it was measured in any cell."""
        return self.n_cells > 0

    @property
    def where(self) -> str:
        """Say where it is found: "34 % of CD14 monocytes", "in 0 of 2,307 cells"."""
        if not self.measured:
            return "not measured"
        if not self.places:
            return f"in {self.n_with:,} of {self.n_cells:,} cells"
        shares = [f"{words.percent(share)} % of {name}" for name, share in self.places]
        return words.listed(shares, most=2)

    @property
    def sentence(self) -> str:
        """Say it with the name: "JAK2 found in 34 % of CD14 monocytes"."""
        if self.measured and not self.places:
            return f"{self.name} in {self.n_with:,} of {self.n_cells:,} cells"
        return f"{self.name} {'found in ' if self.places else ''}{self.where}"


class CellsOfPatient:
    """What the cells of a patient have of the targets that the page speaks of."""

    def __init__(self, screen: ad.AnnData, names: Naming) -> None:
        columns = ("gene", "compartment", "n_cells", "detected", "found")
        rows = table(screen, "presence", *columns)
        self._names = names
        self._of: dict[str, pd.DataFrame] = {
            str(gene): of_gene for gene, of_gene in rows.groupby("gene", observed=True)
        }

    def have(self, genes: Sequence[str], name: str) -> InCells:
        """Say what the cells have of a target; of a complex, of the gene that is in most cells."""
        known = [self._one(gene, name) for gene in genes if gene in self._of]
        if not known:
            return InCells(name, (), 0, 0)
        return max(known, key=lambda one: (len(one.places), one.n_with))

    def _one(self, gene: str, name: str) -> InCells:
        rows = self._of[gene].sort_values("detected", ascending=False, kind="stable")
        found = rows[rows["found"].astype(bool)]
        return InCells(
            name,
            tuple(
                (self._names.of(str(key)), float(share))
                for key, share in zip(found["compartment"], found["detected"], strict=True)
            ),
            int((rows["detected"] * rows["n_cells"]).round().sum()),
            int(rows["n_cells"].sum()),
        )


def not_there(presence: TargetPresence, cells: Sequence[InCells], noun: str) -> str:
    """Say of a drug that what it acts on is in none of the cells, or nothing.

    Parameters
    ----------
    presence
        What the screen says of the drug.
    cells
        What the cells have of each of its targets.
    noun
        What compartments are called.
    """
    if presence not in (TargetPresence.ABSENT, TargetPresence.CIRCULATING):
        return ""
    subject = "its target is not" if len(cells) == 1 else "none of its targets is"
    seen = words.listed((one.sentence for one in cells), most=4)
    said = f"{subject} found in any screened {noun}" + (f" ({seen})" if seen else "")
    if presence is TargetPresence.ABSENT:
        return f"{said}, so it is not called"
    return f"{said}; other cells release it, and it may reach these"
