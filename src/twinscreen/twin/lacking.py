"""Cell types that healthy donors lack: what sets them apart from the patient's other cells.

They can't be compared with healthy, since there is nothing to compare them with, and may be what
the patient has instead: a blast, a plasma cell in blood.
"""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin import Flag
from twinscreen.files.contracts.twin_tables import LACKING

#: So many genes describe a cell type.
MARKERS = 10

#: A gene describes a cell type if at least this share of its cells has a count.
COMMON = 0.25

#: Counts per 10,000 that are added to both sides, so that rare genes make no large ratio.
PRIOR = 0.1


def cell_types_lacking(twin: ad.AnnData, *, min_cells: int, min_donors: int) -> pd.DataFrame:
    """Describe the cell types of a patient that could not be compared for want of controls.

    Parameters
    ----------
    twin
        Compartments x genes, with layers `detected` and `level`.
    min_cells
        Fewest cells that are compared: smaller compartments are left out.
    min_donors
        Fewest control donors that a cell type is compared with.

    Returns
    -------
    Rows of LACKING: of each compartment the genes found in a quarter of its cells that are most
    raised over the patient's other cells of the same tissue and time. A cell type without others
    beside it, or without such genes, has one row without a gene.
    """
    flags = [set(str(one).split("|")) for one in twin.obs["flags"]]
    donors = twin.obs["n_reference_donors"].to_numpy(dtype=float)
    n_cells = twin.obs["n_cells"].to_numpy(dtype=float)
    place = twin.obs["tissue"].astype(str) + "|" + twin.obs["time"].astype(str)
    found: list[dict[str, object]] = []
    for row, name in enumerate(twin.obs_names):
        lacks = Flag.TOO_FEW_CONTROL_CELLS in flags[row] or (
            Flag.TOO_FEW_DONORS in flags[row] and donors[row] < min_donors
        )
        if not lacks or n_cells[row] < min_cells:
            continue
        others = (place == place.iloc[row]).to_numpy()
        share = n_cells[row] / n_cells[others].sum()
        others[row] = False
        common = {"compartment": str(name), "n_cells": int(n_cells[row]), "share": float(share)}
        markers = _markers(twin, row, np.flatnonzero(others))
        found += [common | marker for marker in markers or [_NO_MARKER]]
    return LACKING.of(found)


_NO_MARKER = {"gene": "", "detected": np.nan, "elsewhere": np.nan, "logfc": np.nan}


def _markers(twin: ad.AnnData, row: int, others: np.ndarray) -> list[dict[str, object]]:
    """Name the genes of a compartment that are most raised over others, the most raised first."""
    layers = [np.asarray(twin.layers[name], dtype=float) for name in ("detected", "level")]
    weight = twin.obs["n_cells"].to_numpy(dtype=float)[others, None]
    (detected, elsewhere), (level, level_elsewhere) = (
        (values[row], _mean(values[others], weight)) for values in layers
    )
    logfc = np.log2((level + PRIOR) / (level_elsewhere + PRIOR))
    usable = (detected >= COMMON) & np.isfinite(logfc) & (logfc > 0)
    order = np.argsort(np.where(usable, -logfc, np.inf), kind="stable")
    return [
        {
            "gene": str(twin.var_names[gene]),
            "detected": float(detected[gene]),
            "elsewhere": float(elsewhere[gene]),
            "logfc": float(logfc[gene].round(3)),
        }
        for gene in order[: min(MARKERS, int(usable.sum()))]
    ]


def _mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Mean over compartments by their cells, of those that measured a gene; NaN where none did."""
    known = np.isfinite(values)
    total = np.where(known, weight * np.nan_to_num(values), 0).sum(axis=0)
    cells = np.where(known, weight, 0).sum(axis=0)
    return np.divide(total, cells, out=np.full(total.shape, np.nan), where=cells > 0)
