"""Genes of the screened state in one table, to be looked up by name and cell type."""

from collections.abc import Iterable
from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.report.compartments import Compartment, Naming

#: A gene deviates where its q is below this.
DEVIATES = 0.05

#: Rows of the table; beyond them the least deviating ones are left out.
MOST_ROWS = 1200


@dataclass(frozen=True)
class GeneRow:
    """One gene in one compartment.

    `effect` is the standardised deviation, `logfc` the log2 fold change, `detected` the share of
    cells that have a count of it, 0 to 1, and `level` its mean log-normalised expression.
    """

    gene: str
    place: str
    effect: float
    logfc: float
    qvalue: float
    detected: float
    level: float
    in_module: bool
    target: bool


@dataclass(frozen=True)
class Genes:
    """The rows, most deviating first, and how many were left out."""

    rows: tuple[GeneRow, ...]
    n_left_out: int


def genes_of(
    twin: ad.AnnData, rows: Iterable[Compartment], names: Naming, targets: Iterable[str]
) -> Genes:
    """List the genes that deviate in the latest state, and the targets of the first drugs.

    Parameters
    ----------
    twin
        Compartments x genes.
    rows
        Its compartments, as shown.
    names
        Their names.
    targets
        Genes to list wherever they were compared, whether they deviate or not.
    """
    wanted = np.isin(twin.var_names.astype(str), list(targets))
    found = [
        row
        for one in rows
        if one.latest and one.scorable
        for row in _of_compartment(twin, one.key, names.of(one.key), wanted)
    ]
    found.sort(key=lambda row: (-abs(row.effect), row.gene, row.place))
    kept = [row for i, row in enumerate(found) if i < MOST_ROWS or row.target]
    return Genes(tuple(kept), len(found) - len(kept))


def _of_compartment(twin: ad.AnnData, key: str, place: str, wanted: np.ndarray) -> list[GeneRow]:
    """List the genes of one compartment."""
    at = int(twin.obs_names.get_loc(key))
    effect = np.asarray(twin.X[at], dtype=float)
    layer = {
        name: np.asarray(twin.layers[name][at], dtype=float)
        for name in ("logfc", "qvalue", "detected", "level", "module")
    }
    shown = np.isfinite(effect) & ((layer["qvalue"] < DEVIATES) | wanted)
    return [
        GeneRow(
            gene=str(twin.var_names[i]),
            place=place,
            effect=float(effect[i]),
            logfc=float(layer["logfc"][i]),
            qvalue=float(layer["qvalue"][i]),
            detected=float(layer["detected"][i]),
            level=float(layer["level"][i]),
            in_module=bool(layer["module"][i] == 1),
            target=bool(wanted[i]),
        )
        for i in np.flatnonzero(shown)
    ]
