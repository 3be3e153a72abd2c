"""How much of a module remains at the next time point, compared with chance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.twin_tables import MODULE_OVERLAP
from twinscreen.network import degree_bins, overlap_null
from twinscreen.twin.time.series import Series


def module_overlap(series: Sequence[Series], degree: np.ndarray) -> pd.DataFrame:
    """Compare the modules of each scored time point and the next scored one.

    Parameters
    ----------
    series
        Cell types over time.
    degree
        Neighbours of each gene on the interactome, shape (g,).

    Returns
    -------
    One row per cell type, tissue and pair of time points. Only genes that were compared at both
    and have a neighbour count (`n_tested`): `n_earlier` and `n_later` of them in the modules,
    `overlap` in both, `same_sign` of these changed in the same direction. `expected` and
    `pvalue` (at least so many) are those of two modules of these sizes, drawn within bins of like
    degree. `jaccard` is the overlap over the union; missing where both modules are empty.
    """
    rows = []
    for one in series:
        for k, m in one.adjacent():
            tested = one.measured[k] & one.measured[m] & (degree > 0)
            first, second = one.module[k] & tested, one.module[m] & tested
            both = first & second
            same = np.sign(one.effect[k, both]) == np.sign(one.effect[m, both])
            bins = degree_bins(degree[tested])
            size = np.bincount(bins)
            inside = [np.bincount(bins[x[tested]], minlength=len(size)) for x in (first, second)]
            expected, _, pvalue = overlap_null(int(both.sum()), size, *inside)
            union = (first | second).sum()
            jaccard = both.sum() / union if union else np.nan
            where = (one.cell_type, one.tissue, one.times[k], one.times[m])
            sizes = (x.sum() for x in (tested, first, second, both, same))
            rows.append([*where, *sizes, expected, jaccard, pvalue])
    return MODULE_OVERLAP.of(rows)


def links(overlap: pd.DataFrame, obs: pd.DataFrame) -> sparse.csr_matrix:
    """Link compartments by the share of genes that their modules have in common (Jaccard).

    Parameters
    ----------
    overlap
        As `module_overlap` gives it.
    obs
        The n compartments: `cell_type, tissue, time`.

    Returns
    -------
    Symmetric, shape (n, n); 0 where there is no link.
    """
    where = pd.MultiIndex.from_frame(obs[["cell_type", "tissue", "time"]])
    ends = [
        where.get_indexer(pd.MultiIndex.from_frame(overlap[["cell_type", "tissue", time]]))
        for time in ("earlier", "later")
    ]
    weight = overlap["jaccard"].fillna(0).to_numpy()
    rows, columns = np.concatenate(ends), np.concatenate(ends[::-1])
    matrix = sparse.csr_matrix((np.tile(weight, 2), (rows, columns)), shape=(len(obs),) * 2)
    matrix.eliminate_zeros()
    return matrix
