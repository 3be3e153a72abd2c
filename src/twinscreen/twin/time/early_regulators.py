"""Early regulators: genes of a module whose targets enter the module at the next time point.

Ranked in the manner of Li et al., Genome Medicine 2022;14:48: by the number of lists in which
their targets are over-represented, ties by the number of targets.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.twin_tables import EARLY_REGULATORS
from twinscreen.network import false_discovery_rate
from twinscreen.twin.time.series import Series

#: A list counts for a regulator where the over-representation of its targets has a smaller p.
MAX_PVALUE = 0.05


def early_regulators(
    series: Sequence[Series], genes: pd.Index, degree: np.ndarray, regulation: pd.DataFrame
) -> pd.DataFrame:
    """Find the regulators that deviate before their targets do, in the same cell type.

    A list is what is new in the module of a cell type at a time point: genes compared at the
    scored time point before too, and not in the module then. A regulator is in the module at
    the time point before, with at least one target among the genes that could be new: compared
    at both, with a neighbour on the interactome, and regulated by anything. The p is
    hypergeometric, among these.

    Parameters
    ----------
    series
        Cell types over time.
    genes
        Names of the g genes.
    degree
        Neighbours of each gene on the interactome, shape (g,); without one, none is in a module.
    regulation
        Edges from regulators to the genes they regulate directly: `source, target, sign`.

    Returns
    -------
    One row per regulator and tissue, most lists first. `n_lists` counts lists with p below 0.05,
    `lists` names them (`cell type, time before > time`, joined by "|"), `targets` are the new
    genes in them. Of the pairs of list and target whose edge has a sign, `n_signed`, so many
    changed as the regulator's own change lets one expect: `n_agreeing`. `pvalue` is the smallest
    of all lists; `qvalue` its Benjamini-Hochberg q among all regulators and lists of the patient.
    """
    targets = _target_matrix(genes, regulation)
    could = (degree > 0) & (np.bincount(targets.indices, minlength=len(genes)) > 0)
    tests = [
        found
        for one in series
        for k, m in one.adjacent()
        for found in _test(one, k, m, targets, could)
    ]
    if not tests:
        return EARLY_REGULATORS.empty()
    table = pd.DataFrame(tests, columns=["tissue", "regulator", "list", "pvalue", "new", "agree"])
    table["qvalue"] = false_discovery_rate(table["pvalue"].to_numpy())
    rows = []
    listed = table[table["pvalue"] < MAX_PVALUE]
    for _, own in listed.groupby(["tissue", "regulator"], sort=True):
        tissue, regulator = own[["tissue", "regulator"]].iloc[0]
        new = np.unique(np.concatenate(own["new"].to_list()))
        agree = np.concatenate(own["agree"].to_list())
        signs = (np.isfinite(agree).sum(), np.nansum(agree))
        texts = ("|".join(own["list"]), "|".join(genes[new]))
        p = (own["pvalue"].min(), own["qvalue"].min())
        rows.append([genes[regulator], tissue, len(own), len(new), *signs, *texts, *p])
    result = EARLY_REGULATORS.of(rows)
    order = ["n_lists", "n_targets", "pvalue", "regulator"]
    return result.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def _target_matrix(genes: pd.Index, regulation: pd.DataFrame) -> sparse.csr_array:
    """Lay direct regulation over the genes: +1 or -1; 2 where there is an edge without a sign."""
    source = genes.get_indexer(pd.Index(regulation["source"]))
    target = genes.get_indexer(pd.Index(regulation["target"]))
    known = (source >= 0) & (target >= 0) & (source != target)
    sign = regulation["sign"].fillna(2).to_numpy(dtype=float)
    return sparse.csr_array((sign[known], (source[known], target[known])), shape=(len(genes),) * 2)


def _test(
    series: Series, k: int, m: int, targets: sparse.csr_array, could: np.ndarray
) -> list[tuple[str, int, str, float, np.ndarray, np.ndarray]]:
    """Test every gene of the module at position k on what is new in the module at position m.

    Returns tuples: tissue, regulator, name of the list, p, its new targets, and for each of these
    1 if it changed as expected, 0 if not, NaN if the edge has no sign.
    """
    from scipy import stats  # takes longer to import than most patients' regulators to find

    possible = could & series.measured[k] & series.measured[m] & ~series.module[k]
    new = possible & series.module[m]
    name = f"{series.cell_type}, {series.times[k]} > {series.times[m]}"
    found = []
    for regulator in np.flatnonzero(series.module[k]) if new.any() else ():
        span = slice(*targets.indptr[regulator : regulator + 2])
        reached, sign = targets.indices[span], targets.data[span]
        usable = possible[reached]
        hit = usable & new[reached]
        if not usable.any():
            continue
        pvalue = stats.hypergeom.sf(hit.sum() - 1, possible.sum(), usable.sum(), new.sum())
        expected = sign[hit] * np.sign(series.effect[k, regulator])
        agree = (expected == np.sign(series.effect[m, reached[hit]])).astype(float)
        agree[np.abs(sign[hit]) == 2] = np.nan
        found.append((series.tissue, int(regulator), name, float(pvalue), reached[hit], agree))
    return found
