"""Read the influence of proteins on genes."""

import numpy as np
import pandas as pd

from twinscreen.files import (
    INFLUENCE,
    FilePath,
    read_anndata,
)

#: Rows read at once: some megabytes of a matrix of which a patient needs the measured genes alone.
_ROWS = 256


def read_influence(path: FilePath, genes: pd.Index) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Read the influence on some genes, of the proteins that reach one of them.

    Parameters
    ----------
    path
        h5ad that `build_influence` wrote.
    genes
        Genes asked for; those that nothing regulates are left out.

    Returns
    -------
    F, shape (p, r), float32, and the names of its p proteins and r genes, in the file's order and
    in that of `genes`.
    """
    known = read_anndata(path, INFLUENCE, backed=True)
    try:
        genes = genes.intersection(known.var_names, sort=False)
        column = known.var_names.get_indexer(genes)
        result = np.empty((known.n_obs, len(genes)), dtype=np.float32)
        rows = np.empty((_ROWS, known.n_vars), dtype=np.float32)
        kept, reaching = 0, np.zeros(known.n_obs, dtype=bool)
        for start in range(0, known.n_obs, _ROWS):
            stop = min(start + _ROWS, known.n_obs)
            known.X.read_direct(rows, np.s_[start:stop], np.s_[: stop - start])
            block = rows[: stop - start, column]
            here = block.any(axis=1)
            reaching[start:stop] = here
            result[kept : kept + here.sum()] = block[here]
            kept += int(here.sum())
        return result[:kept], known.obs_names[reaching], genes
    finally:
        known.file.close()
