"""Observations as the twin reads them: cells of one place and time, summed by cell type."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import time_order
from twinscreen.twin.deviation.pseudobulk import pseudobulk


@dataclass(frozen=True)
class Cells:
    """The c cells of one or several samples over the g genes that all of them have.

    `protein` holds centred log ratios, c x p, with the genes of the p surface proteins as
    columns; it has no columns if none was measured.
    """

    counts: sparse.csr_array
    genes: pd.Index
    cell_type: np.ndarray
    protein: pd.DataFrame

    def of_type(self, cell_type: str) -> np.ndarray:
        """Rows of the cells of one type."""
        return np.flatnonzero(self.cell_type == cell_type)

    def summed(self) -> pd.DataFrame:
        """Sum the counts within cell types: cell types x genes, float64."""
        types, group = np.unique(self.cell_type, return_inverse=True)
        sums = pseudobulk(self.counts, group, groups=len(types))
        return pd.DataFrame(sums, index=types, columns=self.genes)

    def share(self) -> np.ndarray:
        """Share of the cells of each type, in the order of `summed`, that express each gene."""
        _, group, cells = np.unique(self.cell_type, return_inverse=True, return_counts=True)
        return pseudobulk(self.counts > 0, group, groups=len(cells)) / cells[:, None]


def cells_of(observations: Iterable[ad.AnnData], cell_types: Collection[str]) -> list[ad.AnnData]:
    """Keep the cells of some types of usable observations, which may come one at a time."""
    found = []
    for one in observations:
        kept = one.obs["cell_type"].astype(str).isin(cell_types).to_numpy()
        if not one.uns["unscorable"] and kept.any():
            found.append(one if kept.all() else one[kept].copy())
    return found


def states_and_controls(
    read: Iterable[ad.AnnData], control: str
) -> Iterator[tuple[list[ad.AnnData], list[ad.AnnData]]]:
    """Go through a patient's usable samples by tissue and time point.

    Parameters
    ----------
    read
        All observations of the patient.
    control
        The control condition.

    Yields
    ------
    The samples of a tissue and time point that are no controls, and the patient's own controls
    of that tissue: of the same time point if there are any, else of all.
    """

    def place(one: ad.AnnData) -> tuple[str, tuple[object, ...]]:
        return one.uns["sample"]["tissue"], time_order(one.uns["sample"]["time"])

    usable = [one for one in read if not one.uns["unscorable"]]
    controls = [one for one in usable if one.uns["sample"]["condition"] == control]
    states = [one for one in usable if one.uns["sample"]["condition"] != control]
    for (tissue, when), group in groupby(sorted(states, key=place), key=place):
        own = [one for one in controls if one.uns["sample"]["tissue"] == tissue]
        yield list(group), [one for one in own if place(one)[1] == when] or own


def join_cells(observations: Sequence[ad.AnnData], *, tag: bool = False) -> Cells:
    """Join the cells of usable observations.

    Parameters
    ----------
    observations
        At least one observation, each with cells.
    tag
        Whether to write the sample's donor before the cell type, as `donor|cell type`.
    """
    genes = observations[0].var_names
    for other in observations[1:]:
        if not genes.equals(other.var_names):
            genes = genes.intersection(other.var_names, sort=False)
    blocks = [
        sparse.csr_array(
            one.X if one.var_names.equals(genes) else one[:, genes].X  # slicing copies
        )
        for one in observations
    ]
    types = [one.obs["cell_type"].astype(str).to_numpy(dtype=object) for one in observations]
    if tag:
        types = [
            one.uns["sample"]["patient"] + "|" + names
            for one, names in zip(observations, types, strict=True)
        ]
    proteins = [_centred_log_ratio(one) for one in observations]
    return Cells(
        counts=sparse.csr_array(sparse.vstack(blocks, format="csr")),
        genes=genes,
        cell_type=np.concatenate(types).astype(str),
        protein=pd.concat(proteins, ignore_index=True) if len(proteins) > 1 else proteins[0],
    )


def _centred_log_ratio(observation: ad.AnnData) -> pd.DataFrame:
    """Log counts of surface proteins less their mean in the cell; antibodies of a gene averaged."""
    if "protein" not in observation.obsm:
        return pd.DataFrame(index=range(observation.n_obs))
    level = np.log1p(np.asarray(observation.obsm["protein"], dtype=float))
    level -= level.mean(axis=1, keepdims=True)
    genes = np.asarray(observation.uns["protein"]["gene"], dtype=str)
    named = genes != ""
    return pd.DataFrame(level[:, named], columns=genes[named]).T.groupby(level=0).mean().T
