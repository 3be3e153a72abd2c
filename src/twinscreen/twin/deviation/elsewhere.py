"""Donors of other sites, for whom only sums are known.

Mean, variance and counts of all donors follow from the sums of each site without loss. What needs
the donors one by one is done with stand-ins, who have the same sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import generator
from twinscreen.files.contracts.patient import SHARED_LAYERS
from twinscreen.twin.deviation.pseudobulk import counting_variance

#: With so many own donors, stand-ins are given the pattern in which these differ.
ENOUGH_FOR_A_PATTERN = 3


@dataclass(frozen=True)
class Elsewhere:
    """The n donors of one site in one compartment over g genes, of whom sums alone are known.

    `counts` (g,) are their summed counts; `centre` (g,) the mean of their log2 counts per million,
    and `squares` (g,) the sum of squares about it; `level` and `share` (g,) the means of what
    communication takes. Libraries of the sizes `molecules` (k,) with the weights `weight` (k,)
    stand for those of the donors.
    """

    site: str
    n: int
    counts: np.ndarray
    centre: np.ndarray
    squares: np.ndarray
    level: np.ndarray
    share: np.ndarray
    molecules: np.ndarray
    weight: np.ndarray

    @property
    def names(self) -> list[str]:
        """Names of the stand-ins, by which they are weighed in replicates."""
        return [f"{self.site} {number}" for number in range(self.n)]

    def noise(self, rate: np.ndarray) -> np.ndarray:
        """Mean counting variance of the donors at rates of genes, shape (t,)."""
        mean: np.ndarray = self.weight @ counting_variance(np.outer(self.molecules, rate))
        return mean

    def stand_ins(self, own: np.ndarray, tested: np.ndarray) -> np.ndarray:
        """Make up n donors whose mean and squares are those of the site's.

        Genes that belong together in one's own donors do so in the stand-ins: these are mixtures of
        what sets own donors apart. Where own donors are few, or a gene does not vary in them, it is
        drawn by itself.

        Parameters
        ----------
        own
            Log2 counts per million of k own donors, shape (k, t).
        tested
            Genes compared, boolean, shape (g,); t of them.

        Returns
        -------
        Log2 counts per million, shape (n, t).
        """
        random = generator(0, "stand-ins", self.site)
        drawn = random.standard_normal((self.n, len(tested)))[:, tested]
        if len(own) >= ENOUGH_FOR_A_PATTERN:
            apart = own - own.mean(axis=0)
            varies = (apart**2).sum(axis=0) > 0
            # the same mixtures in every compartment that has the same own donors
            mixture = generator(0, "mixtures", self.site).standard_normal((len(own), self.n)).T
            drawn[:, varies] = mixture @ apart[:, varies]
        drawn -= drawn.mean(axis=0)
        drawn *= np.sqrt(self.squares[tested] / (drawn**2).sum(axis=0))
        made: np.ndarray = self.centre[tested] + drawn
        return made


def merged(
    n: Sequence[np.ndarray | int], mean: Sequence[np.ndarray], squares: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge numbers, means and sums of squares about the mean of several sites.

    Parameters
    ----------
    n, mean, squares
        One entry per site, all of shapes that broadcast. Where n is 0, the other two count nothing.

    Returns
    -------
    Those of all together; NaN for the mean of nobody.

    References
    ----------
    Chan et al., Am Stat 1983;37:242.
    """
    number = np.stack(np.broadcast_arrays(*n, *mean)[: len(n)]).astype(float)
    means, within = (np.where(number > 0, np.stack(one), 0) for one in (mean, squares))
    total = number.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (number * means).sum(axis=0) / total
    between = number * (means - np.where(total > 0, centre, 0)) ** 2
    return total, centre, (within + between).sum(axis=0)


def elsewhere_in(reference: ad.AnnData, *, cell_type: str, tissue: str) -> list[Elsewhere]:
    """Take the donors of other sites in a compartment, over the genes of the reference as it is.

    Of genes that were cut off since the sums were made, the molecules are taken off each library on
    average.
    """
    if "elsewhere" not in reference.uns:
        return []
    table, molecules = reference.uns["elsewhere"], reference.uns["elsewhere_molecules"]
    found = []
    for column in np.flatnonzero(_same(table, cell_type, tissue)):
        row = table.iloc[column]
        sizes = molecules[_same(molecules, cell_type, tissue) & (molecules["site"] == row["site"])]
        sums = {
            name: np.asarray(reference.varm[f"elsewhere_{name}"], dtype=float)[:, column]
            for name in SHARED_LAYERS
        }
        kept = sums["counts"].sum() / row["library"]
        sums["centre"] = sums["centre"] - np.log2(kept)
        found.append(
            Elsewhere(
                site=str(row["site"]),
                n=int(row["n_donors"]),
                **sums,
                molecules=sizes["molecules"].to_numpy(dtype=float) * kept,
                weight=sizes["weight"].to_numpy(dtype=float),
            )
        )
    return found


def proteins_elsewhere(reference: ad.AnnData, *, cell_type: str, tissue: str) -> pd.DataFrame:
    """Take what other sites know of surface proteins in a compartment, by gene.

    Returns
    -------
    Columns `n_donors, mean, squares`; a row per site and protein.
    """
    table = reference.uns["elsewhere_protein"]
    here = table[_same(table, cell_type, tissue)]
    return here.set_index("gene")[["n_donors", "mean", "squares"]]


def with_proteins_elsewhere(
    n: pd.Series, mean: pd.Series, deviation: pd.Series, others: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Merge number, mean and standard deviation of own donors' proteins with those of others."""
    found = {}
    for name in n.index:
        there = others[others.index == name]
        squares = (n[name] - 1) * deviation[name] ** 2 if n[name] > 1 else 0.0
        total, centre, about = merged(
            [n[name], *there["n_donors"]],
            [np.array(mean[name]), *map(np.array, there["mean"])],
            [np.array(squares), *map(np.array, there["squares"])],
        )
        spread = np.sqrt(about / (total - 1)) if total > 1 else np.nan
        found[name] = (float(total), float(centre), float(spread))
    table = pd.DataFrame(found, index=["n", "mean", "deviation"], dtype=float).T
    return table["n"], table["mean"], table["deviation"]


def _same(table: pd.DataFrame, cell_type: str, tissue: str) -> np.ndarray:
    """Mark the rows of a compartment."""
    same = (table["cell_type"] == cell_type) & (table["tissue"] == tissue)
    return same.to_numpy(dtype=bool)
