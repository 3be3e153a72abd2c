"""p-values mean what they say: healthy donors as patients, untreated cells as treated ones."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twin_settings import GENERAL, changed
from twinscreen.files import OBSERVATION, REFERENCE, generator, read_anndata
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.network import Interactome
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.modules import find_module, seeds
from twinscreen.twin.deviation.statistics import against_own_control, against_reference

SETTINGS = changed(GENERAL, min_genes=100, random_sets=1000)


def pooled(table: pd.DataFrame) -> pd.Series:
    """Share of genes with p < 0.05, pooled per cell type."""
    sums = table.groupby("cell_type")[["tested", "significant"]].sum()
    return sums["significant"] / sums["tested"]


def check_shares(share: pd.Series) -> None:
    print(share.round(4).to_string())
    print(f"median {share.median():.4f}, largest {share.max():.4f}")
    assert 0.04 <= share.median() <= 0.06
    assert share.max() <= 0.08


@pytest.fixture(scope="module")
def healthy(healthy_output):
    """Every compartment of every healthy donor, compared with the other donors."""
    reference = read_anndata(healthy_output / "reference/reference.h5ad", REFERENCE)
    donors = [
        read_anndata(path, OBSERVATION)
        for path in sorted((healthy_output / "observations").glob("*_HC.h5ad"))
    ]
    assert len(donors) == 13
    found = []
    for donor in donors:
        for one in compare_with_reference([donor], reference, SETTINGS):
            if one.deviation is not None:
                found.append((donor.uns["sample"]["patient"], one))
    return found


def test_healthy_donors_deviate_by_chance_alone(healthy):
    rows = [
        (
            one.cell_type,
            donor,
            int(np.isfinite(one.deviation.pvalue).sum()),
            int((one.deviation.pvalue < 0.05).sum()),
            int((one.deviation.qvalue < 0.05).sum()),
        )
        for donor, one in healthy
    ]
    table = pd.DataFrame(rows, columns=["cell_type", "donor", "tested", "significant", "false"])
    alone = table["significant"] / table["tested"]
    print(table.assign(share=alone.round(3))[alone > 0.08].to_string(index=False))
    print(f"{(alone > 0.08).sum()} of {len(table)} single compartments above 8 %")
    check_shares(pooled(table))
    print(f"{(table['false'] >= 10).mean():.3f} with at least 10 genes of q < 0.05")
    assert (table["false"] >= 10).mean() < 0.05


def test_healthy_donors_have_hardly_a_significant_module(healthy, healthy_output):
    knowledge = healthy_output / "knowledge"
    network = Interactome.from_indices(
        *read_protein_edges(knowledge / "genes.parquet", knowledge / "interactome.parquet")
    )
    names = pd.Index(network.names.astype(str))
    significant = 0
    for donor, one in healthy:
        place = names.get_indexer(one.genes)
        known = place >= 0
        chosen, compared = (np.zeros(len(names), dtype=bool) for _ in range(2))
        chosen[place[known]] = seeds(one.deviation, max_qvalue=0.05, min_fold_change=1.5, most=500)[
            known
        ]
        compared[place[known]] = np.isfinite(one.deviation.effect)[known]
        module = find_module(
            network,
            chosen,
            compared & (network.degree > 0),
            draws=1000,
            random=generator(1, donor, one.name),
        )
        significant += module.lcc_p < 0.05
    print(f"{significant} significant modules in {len(healthy)} healthy compartments")
    assert significant < len(healthy) / 20


def test_the_reference_knows_its_own_calibration(healthy, healthy_output):
    table = read_anndata(healthy_output / "reference/reference.h5ad", REFERENCE).uns["calibration"]
    for row in table.itertuples():
        own = [one.deviation for _, one in healthy if one.cell_type == row.cell_type]
        tested = sum(int(np.isfinite(each.pvalue).sum()) for each in own)
        assert row.n_tested == tested
        assert row.share == pytest.approx(
            sum(int((each.pvalue < 0.05).sum()) for each in own) / tested
        )


@pytest.fixture(scope="module")
def untreated(kang_observations):
    return [
        read_anndata(path, OBSERVATION) for path in kang_observations if "untreated" in path.name
    ]


#: Cells on either side: halves, one to four, and fixed numbers where there are so many.
SPLITS = ["half", "fifth", (10, 10), (10, 40), (40, 10), (20, 60), (50, 80)]


def test_untreated_cells_split_at_random_are_alike(untreated):
    random = np.random.default_rng(1)
    rows = []
    for one in untreated:
        counts = sparse.csr_array(one.X)
        for cell_type in sorted(set(one.obs["cell_type"])):
            cells = np.flatnonzero((one.obs["cell_type"] == cell_type).to_numpy())
            for split in SPLITS:
                part = {"half": len(cells) // 2, "fifth": len(cells) // 5}.get(str(split))
                first, second = split if part is None else (part, len(cells) - part)
                if min(first, second) < 10 or first + second > len(cells):
                    continue
                order = random.permutation(cells)
                found = against_own_control(
                    counts[order[:first]],
                    counts[order[first : first + second]],
                    min_count=SETTINGS.min_count,
                )
                tested = int(np.isfinite(found.pvalue).sum())
                if tested >= SETTINGS.min_genes:
                    low = int((found.pvalue < 0.05).sum()), int((found.qvalue < 0.05).sum())
                    rows.append((cell_type, str(split), tested, *low))
    columns = ["cell_type", "split", "tested", "significant", "false"]
    table = pd.DataFrame(rows, columns=columns)
    sizes = table.groupby("split")[["tested", "significant"]].sum()
    print((sizes["significant"] / sizes["tested"]).round(4).to_string())
    check_shares(pooled(table))
    assert (sizes["significant"] / sizes["tested"]).between(0.03, 0.08).all()
    assert (table["false"] >= 10).mean() < 0.05


def test_the_reference_design_holds_on_sparse_whole_transcriptomes(untreated):
    """Untreated donors against each other: few cells, many genes seen once or twice."""
    types = sorted({name for one in untreated for name in one.obs["cell_type"]})
    rows = []
    for cell_type in types:
        sums = [
            np.asarray(one.X[cells].sum(axis=0), dtype=float).ravel()
            for one in untreated
            if (cells := (one.obs["cell_type"] == cell_type).to_numpy()).sum() >= 10
        ]
        genes = min(len(each) for each in sums) if sums else 0
        if len(sums) < 4 or any(len(each) != genes for each in sums):
            continue
        for donor, counts in enumerate(sums):
            found = against_reference(
                counts, np.array(sums[:donor] + sums[donor + 1 :]), min_count=SETTINGS.min_count
            )
            tested = int(np.isfinite(found.pvalue).sum())
            rows.append((cell_type, tested, int((found.pvalue < 0.05).sum())))
    share = pooled(pd.DataFrame(rows, columns=["cell_type", "tested", "significant"]))
    print(share.round(4).to_string())
    assert len(share) >= 5
    assert 0.035 <= share.median() <= 0.06
    assert share.max() <= 0.08
