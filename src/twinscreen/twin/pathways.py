"""The pathways of every module: over-representation against the genes compared there.

Source: Fang et al., Bioinformatics 2023;39:btac757 (gseapy), whose test is the hypergeometric.
"""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.twin_tables import PATHWAYS_TABLE
from twinscreen.network import false_discovery_rate
from twinscreen.settings.twin import PathwaySettings

#: Of a compartment without significant pathways so many are kept, those of smallest p.
MOST_WITHOUT_SIGNIFICANCE = 10


def module_pathways(
    twin: ad.AnnData, pathways: pd.DataFrame, settings: PathwaySettings, *, max_qvalue: float
) -> pd.DataFrame:
    """Find the pathways that are over-represented in each compartment's module.

    Raised and lowered genes are tested together: a pathway is disturbed by either.

    Parameters
    ----------
    twin
        Compartments x genes; layer `module` (NaN where not compared), X (effect), var `degree`:
        genes without neighbours can't be in a module, so they are no background either.
    pathways
        Contract PATHWAYS.
    settings
        Which pathways to test.
    max_qvalue
        Pathways of smaller q are kept, and at least the ten of smallest p.

    Returns
    -------
    One row per compartment and pathway kept, smallest p first within the compartment. `size`
    and `n_tested` count genes compared in the compartment, those of the pathway and all;
    `genes`, joined by "|", are those of the module, of which `n_up` are raised. Pathways with the
    same genes among those compared are one: the smallest of them, `also` names the others.
    """
    module = np.asarray(twin.layers["module"])
    found = []
    connected = twin.var["degree"].to_numpy() > 0
    sets = _PathwaySets(pathways, twin.var_names)
    for row, name in enumerate(twin.obs_names):
        members = module[row] == 1
        if not members.any():
            continue
        compared = np.isfinite(module[row]) & connected
        table = _over_represented(sets, members, compared, settings)
        keep = (table["qvalue"] < max_qvalue) | (np.arange(len(table)) < MOST_WITHOUT_SIGNIFICANCE)
        table = table[keep]
        raised = set(twin.var_names[members & (np.asarray(twin.X)[row] > 0)])
        n_up = [len(raised.intersection(genes.split("|"))) for genes in table["genes"]]
        found.append(table.assign(compartment=name, n_up=n_up))
    if not found:
        return PATHWAYS_TABLE.empty()
    return PATHWAYS_TABLE.typed(pd.concat(found, ignore_index=True))


def add_pathways(
    twin: ad.AnnData, pathways: pd.DataFrame, settings: PathwaySettings, *, max_qvalue: float
) -> None:
    """Lay the pathways of every module into a twin: table `pathways` in uns.

    Parameters
    ----------
    twin
        The twin, with its modules.
    pathways
        Contract PATHWAYS.
    settings, max_qvalue
        As for `module_pathways`.
    """
    twin.uns["pathways"] = module_pathways(twin, pathways, settings, max_qvalue=max_qvalue)


class _PathwaySets:
    """Pathways as rows of a membership matrix over the genes of a twin."""

    def __init__(self, pathways: pd.DataFrame, genes: pd.Index) -> None:
        self.genes = genes
        key = ["source", "pathway_id"]
        self.table = pathways[[*key, "pathway"]].drop_duplicates(key).sort_values(key)
        self.table = self.table.reset_index(drop=True)
        column = genes.get_indexer(pd.Index(pathways["gene"]))
        row = pd.MultiIndex.from_frame(self.table[key]).get_indexer(
            pd.MultiIndex.from_frame(pathways[key])
        )
        known = column >= 0
        self.members = sparse.csr_array(
            (np.ones(known.sum(), dtype=np.int64), (row[known], column[known])),
            shape=(len(self.table), len(genes)),
        )
        self.size = pathways.groupby(key).size().to_numpy()
        self.names = self.table["pathway"].tolist()

    def genes_of(self, row: int) -> list[str]:
        """Name the genes of a pathway that the twin has."""
        start, end = self.members.indptr[row : row + 2]
        return self.genes.to_numpy()[self.members.indices[start:end]].tolist()

    def alike(self, rows: np.ndarray, compared: np.ndarray) -> dict[int, list[int]]:
        """Group pathways by their genes among those compared: the smallest, and the others."""
        inside = self.members[rows][:, compared]
        inside.sort_indices()
        groups: dict[bytes, list[int]] = {}
        for row, (start, end) in zip(rows.tolist(), pairwise(inside.indptr), strict=True):
            groups.setdefault(inside.indices[start:end].tobytes(), []).append(row)
        for group in groups.values():
            group.sort(key=lambda row: (self.size[row], row))
        return {group[0]: group[1:] for group in groups.values()}


def _over_represented(
    sets: _PathwaySets, module: np.ndarray, compared: np.ndarray, settings: PathwaySettings
) -> pd.DataFrame:
    """Test one module, boolean over the genes, against the genes compared, likewise."""
    size = sets.members @ compared.astype(np.int64)
    fits = np.flatnonzero((size >= settings.min_genes) & (size <= settings.max_genes))
    same = sets.alike(fits, compared)
    tested = np.zeros(len(size), dtype=bool)
    tested[list(same)] = True
    # Two genes at least make a pathway (one alone is a gene, not a process), and more than chance
    # lets one expect. The others count as tested, with p = 1, when q is computed, which errs on
    # the side of caution.
    overlap = sets.members @ module.astype(np.int64)
    expected = size * (module.sum() / compared.sum())
    rows = np.flatnonzero(tested & (overlap >= 2) & (overlap > expected))
    if len(rows) == 0:
        return PATHWAYS_TABLE.empty()
    names = sets.genes.to_numpy()
    terms, pvalues, _, overlaps, sizes, shared = _gseapy_stats().calc_pvalues(
        set(names[module]),
        {str(row): sets.genes_of(row) for row in rows.tolist()},
        background=set(names[compared]),
    )
    pvalue = np.ones(tested.sum())
    pvalue[: len(pvalues)] = pvalues
    found = [int(term) for term in terms]
    table = sets.table.iloc[found].reset_index(drop=True)
    table = table.assign(
        overlap=np.array(overlaps),
        size=np.array(sizes),
        module_size=int(module.sum()),
        n_tested=int(compared.sum()),
        pvalue=np.array(pvalues, dtype=float),
        qvalue=false_discovery_rate(pvalue)[: len(pvalues)],
        genes=["|".join(sorted(genes)) for genes in shared],
        also=["|".join(sets.names[other] for other in same[row]) for row in found],
    )
    return table.sort_values(["pvalue", "source", "pathway_id"], ignore_index=True)


@cache
def _gseapy_stats() -> ModuleType:
    """Import the tests of gseapy alone: what it draws with takes longer than all pathways here."""
    package = find_spec("gseapy")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise ModuleNotFoundError("no package gseapy")
    spec = spec_from_file_location("gseapy_stats", Path(folders[0], "stats.py"))
    assert spec is not None  # noqa: S101  # the name says that it is Python
    module = module_from_spec(spec)
    assert spec.loader is not None  # noqa: S101  # for mypy alone
    spec.loader.exec_module(module)
    return module
