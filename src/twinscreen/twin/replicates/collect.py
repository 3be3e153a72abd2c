"""The replicates of the compartments that are screened, as one table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.twin.deviation.compartment import BootstrapReplicates, NullReplicates

if TYPE_CHECKING:
    from twinscreen.twin.deviation.compartment import Compartment


def replicates_of(compartments: "Sequence[Compartment]", twin: ad.AnnData) -> ad.AnnData:
    """Collect effects and fold changes of the replicates of those compartments that are screened.

    Parameters
    ----------
    compartments
        Compartments with their replicates.
    twin
        The twin: its latest scorable compartments are screened; uns `patient` is theirs too.

    Returns
    -------
    Contract REPLICATES: bootstrap replicates, then null replicates; within a kind in the order of
    the twin's compartments, then by number. Without replicates it has no rows.
    """
    screened = set(twin.obs_names[(twin.obs["latest"] & twin.obs["scorable"]).to_numpy(bool)])
    blocks: list[tuple[str, Compartment, BootstrapReplicates | NullReplicates]] = []
    for one in compartments:
        if one.name in screened and one.replicates is not None:
            blocks.append(("bootstrap", one, one.replicates))
    for one in compartments:
        if one.name in screened and one.null_replicates is not None:
            blocks.append(("null", one, one.null_replicates()))
    measured = np.zeros(twin.n_vars, dtype=bool)
    for _, one, *_ in blocks:
        place = twin.var_names.get_indexer(one.genes)
        measured[place[place >= 0]] = True
    genes = twin.var_names[measured]
    rows = [(one.name, int(n), kind) for kind, one, replicates in blocks for n in replicates.number]
    # Filled in place: with many cell types, blocks to be joined would be as large as all the rest.
    effect = np.full((len(rows), len(genes)), np.nan, dtype=np.float32)
    logfc, end = np.full_like(effect, np.nan), 0
    for _, one, replicates in blocks:
        column = one.genes.get_indexer(genes)
        known, start, end = column >= 0, end, end + len(replicates.effect)
        effect[start:end, known] = replicates.effect[:, column[known]]
        logfc[start:end, known] = replicates.logfc[:, column[known]]
    obs = pd.DataFrame(rows, columns=["compartment", "replicate", "kind"]).astype(
        {"compartment": str, "replicate": int, "kind": str}
    )
    obs.index = obs.index.astype(str)
    table = ad.AnnData(effect, obs=obs, var=pd.DataFrame(index=genes), layers={"logfc": logfc})
    table.uns["patient"] = twin.uns["patient"]
    return table
