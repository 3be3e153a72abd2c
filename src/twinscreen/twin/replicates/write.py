"""Write the replicates of the compartments that are screened."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import COPIES, FilePath, write_anndata
from twinscreen.twin.deviation.compartment import Copies, NullCopies

if TYPE_CHECKING:
    from twinscreen.twin.deviation.compartment import Compartment


def write_copies(compartments: "Sequence[Compartment]", twin: ad.AnnData, path: FilePath) -> None:
    """Write effects and fold changes of copies of those compartments of a twin that are treated.

    Parameters
    ----------
    compartments
        Compartments with their copies.
    twin
        The twin: its latest scorable compartments are treated; uns `patient` is the copies' too.
    path
        h5ad to write: resampled copies, then null copies; within a kind in the order of the twin's
        compartments, then of the copies. Without copies it has no rows.
    """
    treated = set(twin.obs_names[(twin.obs["latest"] & twin.obs["scorable"]).to_numpy(bool)])
    blocks: list[tuple[str, Compartment, Copies | NullCopies]] = []
    for one in compartments:
        if one.name in treated and one.copies is not None:
            blocks.append(("resampled", one, one.copies))
    for one in compartments:
        if one.name in treated and one.null_copies is not None:
            blocks.append(("null", one, one.null_copies()))
    measured = np.zeros(twin.n_vars, dtype=bool)
    for _, one, *_ in blocks:
        place = twin.var_names.get_indexer(one.genes)
        measured[place[place >= 0]] = True
    genes = twin.var_names[measured]
    rows = [(one.name, int(n), kind) for kind, one, copies in blocks for n in copies.number]
    # Filled in place: with many cell types, blocks to be joined would be as large as all the rest.
    effect = np.full((len(rows), len(genes)), np.nan, dtype=np.float32)
    logfc, end = np.full_like(effect, np.nan), 0
    for _, one, copies in blocks:
        column = one.genes.get_indexer(genes)
        known, start, end = column >= 0, end, end + len(copies.effect)
        effect[start:end, known] = copies.effect[:, column[known]]
        logfc[start:end, known] = copies.logfc[:, column[known]]
    obs = pd.DataFrame(rows, columns=["compartment", "copy", "kind"]).astype(
        {"compartment": str, "copy": int, "kind": str}
    )
    obs.index = obs.index.astype(str)
    table = ad.AnnData(effect, obs=obs, var=pd.DataFrame(index=genes), layers={"logfc": logfc})
    table.uns["patient"] = twin.uns["patient"]
    write_anndata(table, path, COPIES, compress=False)
