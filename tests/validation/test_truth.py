"""Differential expression as published comes out: interferon-stimulated cells of eight donors."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.files import OBSERVATION, read_anndata
from twinscreen.twin.designs.group import between_groups, design_matrix, replicates
from twinscreen.twin.deviation.observed import join_cells
from twinscreen.twin.deviation.statistics import against_own_control

#: Published table of each cell type, and the least share of right signs in single donors.
CELL_TYPES = {"CD14 Mono": ("cd14", 0.90), "CD4 T": ("cd4", 0.80), "B": ("cd19", 0.80)}
ONE_NAME = {"CD4 Naive T": "CD4 T", "CD4 Memory T": "CD4 T"}


@pytest.fixture(scope="module")
def sides(kang_observations):
    """Stimulated and untreated cells of all donors."""
    read = [read_anndata(path, OBSERVATION) for path in kang_observations]
    for one in read:
        one.obs["cell_type"] = one.obs["cell_type"].astype(str).replace(ONE_NAME)
    wanted = ("stimulated", "untreated")
    return tuple(
        join_cells([one for one in read if one.uns["sample"]["condition"] == name], tag=True)
        for name in wanted
    )


@pytest.fixture(scope="module", params=CELL_TYPES)
def published(request, sides, data_folder):
    """The 200 most significant published genes of a cell type that the data have."""
    name = CELL_TYPES[request.param][0]
    table = pd.read_csv(data_folder / f"kang2018/published_de_{name}.tsv.gz", sep="\t")
    table = table.sort_values("pvalue", kind="stable").drop_duplicates("featureData.symbol")
    table = table.set_index("featureData.symbol")["log2FoldChange"]
    return request.param, table[table.index.isin(sides[0].genes)]


def test_the_group_design_finds_the_published_changes(sides, published):
    cell_type, truth = published
    genes = sides[0].genes
    pseudobulks = replicates(sides, cell_type, genes, min_cells=10).on_both_sides()
    assert pseudobulks.paired
    # Of the genes without a published change a tenth is enough for the trend of dispersions.
    column = genes.get_indexer(truth.index)
    kept = np.union1d(column, np.arange(0, len(genes), 10))
    few = pseudobulks.counts[:, kept]
    design, _ = design_matrix(pseudobulks)
    found, _ = between_groups(few, design, min_count=10)
    logfc = pd.Series(found.logfc, index=genes[kept])[truth.index]
    top = logfc.iloc[:200].dropna()
    right = (np.sign(top) == np.sign(truth[top.index])).mean()
    both = logfc.dropna()
    correlation = np.corrcoef(both, truth[both.index])[0, 1]
    print(f"{cell_type}: {len(set(pseudobulks.donor))} donors, {len(top)} genes, sign {right:.3f},")
    print(f"  correlation of {len(both)} log fold changes {correlation:.3f}")
    assert len(top) > 150
    assert right >= 0.97
    assert correlation >= 0.80


def test_a_single_donor_shows_them_too(sides, published):
    cell_type, truth = published
    top = truth.iloc[:200]
    place = sides[0].genes.get_indexer(top.index)
    right = []
    for tag in sorted(set(sides[0].cell_type) & set(sides[1].cell_type)):
        if tag.split("|", 1)[1] != cell_type:
            continue
        cells, control = (side.counts[side.of_type(tag)] for side in sides)
        if min(cells.shape[0], control.shape[0]) >= 10:
            logfc = against_own_control(cells, control, min_count=10).logfc[place]
            seen = np.isfinite(logfc)
            right.append((np.sign(logfc[seen]) == np.sign(top.to_numpy()[seen])).mean())
    print(
        f"{cell_type}: sign in {len(right)} donors {np.round(right, 3)}, mean {np.mean(right):.3f}"
    )
    assert len(right) >= 4
    assert np.mean(right) >= CELL_TYPES[cell_type][1]
