"""Cells of an AnnData in memory."""

from dataclasses import replace
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.observe.formats.cell_file import (
    A_FEW,
    CellFile,
    Counts,
    are_counts,
    require_numbers,
)
from twinscreen.observe.formats.h5ad import features_of


class InMemory(CellFile):
    """Cells of an AnnData, read as those of an h5ad file are.

    Parameters
    ----------
    cells
        Cells x features, with raw counts in X, raw.X or the layer `counts`.
    name
        What messages call it.
    """

    def __init__(self, cells: ad.AnnData, name: str = "adata") -> None:
        self.path = Path(name)
        self.obs = cells.obs
        self._cells = cells

    def read(self, rows: np.ndarray) -> Counts:
        """Take rows of the first part that holds counts; of the first part if none does."""
        found = [self._part(place, rows) for place in self._places()]
        counts = next((one for one in found if are_counts(one.matrix.data)), None)
        if counts is None:
            require_numbers(self.path, found[0].place, found[0].matrix.dtype)
        return counts or replace(found[0], instead=self._instead(rows[:A_FEW]))

    def _instead(self, rows: np.ndarray) -> str:
        """Name a layer that seems to hold counts, or nothing."""
        layers = {str(name): layer[rows] for name, layer in self._cells.layers.items()}
        named = (name for name, layer in layers.items() if are_counts(sparse.csr_array(layer).data))
        return next((f'adata.layers["{name}"]' for name in named), "")

    def _places(self) -> list[str]:
        places = ["X"] if self._cells.X is not None else []
        places += ["raw.X"] if self._cells.raw is not None else []
        return places + (["layers[counts]"] if "counts" in self._cells.layers else [])

    def _part(self, place: str, rows: np.ndarray) -> Counts:
        cells, var = self._cells, self._cells.var
        if place == "raw.X":
            matrix, named, var = cells.raw.X, var, cells.raw.var
            said: pd.DataFrame = named[~named.index.duplicated()].reindex(var.index)
            var = var.assign(**{str(c): said[c] for c in said if c not in var})
        else:
            matrix = cells.X if place == "X" else cells.layers["counts"]
        return Counts(sparse.csr_array(matrix[rows]), features_of(var), place)
