"""Null copies of real data are standard: nothing is wrong in them, and much is in the patient."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, special

from twin_settings import GENERAL, changed
from twinscreen.files import OBSERVATION, REFERENCE, generator, read_anndata
from twinscreen.twin.designs.compare import compare_with_own_control, compare_with_reference
from twinscreen.twin.designs.group import Replicates, design_matrix, permuted_labels, replicates
from twinscreen.twin.deviation.observed import join_cells
from twinscreen.twin.deviation.statistics import against_own_control
from twinscreen.twin.replicates.null import compare_splits
from twinscreen.twin.replicates.permuted_groups import permuted_groups

PAIRED = changed(
    GENERAL,
    design="paired",
    control="untreated",
    min_genes=100,
    bootstrap_replicates=100,
    null_replicates=100,
    random_sets=100,
)


@pytest.fixture(scope="module")
def donors(kang_observations):
    """Stimulated and untreated cells of each donor."""
    read = [read_anndata(path, OBSERVATION) for path in kang_observations]
    by_donor: dict[str, dict[str, object]] = {}
    for one in read:
        sheet = one.uns["sample"]
        by_donor.setdefault(sheet["patient"], {})[sheet["condition"]] = one
    assert len(by_donor) == 8
    return {name: (own["stimulated"], own["untreated"]) for name, own in by_donor.items()}


def share_beyond(effect, df):
    """Share of values beyond the 2.5 % points of t."""
    found = effect[np.isfinite(effect)]
    limit = special.stdtrit(df, 0.975) if np.isfinite(df) else special.ndtri(0.975)
    return (np.abs(found) > limit).mean(), found.size


def test_permuted_cells_are_standard_and_resampled_ones_are_not(donors):
    rows = []
    for name, (stimulated, untreated) in donors.items():
        for one in compare_with_own_control([stimulated], [untreated], PAIRED):
            if one.deviation is not None:
                null, n = share_beyond(one.null_replicates().effect, one.deviation.df)
                drawn, _ = share_beyond(one.replicates.effect, one.deviation.df)
                rows.append((name, one.cell_type, n, null, drawn))
    table = pd.DataFrame(rows, columns=["donor", "cell_type", "n", "null", "resampled"])
    weighted = table.assign(beyond=table["n"] * table["null"])
    sums = weighted.groupby("cell_type")[["beyond", "n"]].sum()
    share = sums["beyond"] / sums["n"]
    print(table.round(4).to_string(index=False))
    print(share.round(4).to_string())
    assert share.between(0.04, 0.06).all()
    assert table["null"].between(0.035, 0.06).all()
    monocytes = table[table["cell_type"] == "CD14 Mono"]
    assert len(monocytes) == 8
    assert (monocytes["resampled"] > 0.15).all()
    assert (table["resampled"] > table["null"] + 0.03).all()


def test_permuted_cells_are_compared_as_samples_are(donors):
    worst = 0.0
    for name, (stimulated, untreated) in donors.items():
        cells, own = join_cells([stimulated]), join_cells([untreated])
        genes = cells.genes.intersection(own.genes, sort=False)
        sides = [
            sparse.csr_array(side.counts[side.of_type("CD14 Mono")])[
                :, side.genes.get_indexer(genes)
            ]
            for side in (cells, own)
        ]
        both = sparse.csr_array(sparse.vstack(sides))
        tested = np.asarray(both.sum(axis=0)) >= PAIRED.min_count
        first = np.arange(both.shape[0]) < sides[0].shape[0]
        splits = generator(1, name).permuted(np.tile(first, (3, 1)), axis=1)
        effect, logfc, _ = compare_splits(*sides, tested, splits)
        for one, found, change in zip(splits, effect, logfc, strict=True):
            expected = against_own_control(
                both[np.flatnonzero(one)], both[np.flatnonzero(~one)], min_count=PAIRED.min_count
            )
            worst = max(worst, np.abs(expected.effect[tested] - found).max())
            worst = max(worst, np.abs(expected.logfc[tested] - change).max())
    print(f"largest difference {worst:.1e}")
    assert worst < 1e-6


def permuted_donors(group, controls):
    """Share beyond 1.96 in each cell type, over all labellings of the donors."""
    settings = changed(PAIRED, design="group")
    both = join_cells(group, tag=True), join_cells(controls, tag=True)
    genes = both[0].genes.intersection(both[1].genes, sort=False)
    batch = {one.uns["sample"]["patient"]: "" for one in (*group, *controls)}
    labels = permuted_labels(group, controls, batch, settings)
    found = {}
    for cell_type in sorted({tag.split("|", 1)[1] for tag in both[0].cell_type}):
        sides: Replicates = replicates(both, cell_type, genes, min_cells=10, batch=batch)
        if min(sides.case.sum(), (~sides.case).sum()) < 3:
            continue
        columns = list(zip(sides.donor, sides.case, strict=True))
        null = permuted_groups(
            sides.counts,
            design_matrix(sides)[0][:, :-1],
            sides.case,
            labels[columns].to_numpy(dtype=bool),
            sides.counts.sum(axis=0) >= PAIRED.min_count,
        )
        found[cell_type] = share_beyond(null.effect, np.inf)[0]
    share = pd.Series(found)
    print(share.round(4).to_string())
    return share


def test_permuted_groups_are_standard_whether_the_groups_differ_or_not(donors):
    stimulated, untreated = zip(*donors.values(), strict=True)
    differ = permuted_donors(list(stimulated), list(untreated))
    alike = permuted_donors(list(untreated[:4]), list(untreated[4:]))
    assert len(differ) >= 5
    assert len(alike) >= 2
    for share in (differ, alike):
        assert share.between(0.03, 0.065).all()


def test_the_reference_has_each_donor_as_a_patient_would_be(healthy_output):
    reference = read_anndata(healthy_output / "reference/reference.h5ad", REFERENCE)
    observed = [
        read_anndata(path, OBSERVATION)
        for path in sorted((healthy_output / "observations").glob("*_HC.h5ad"))
    ]
    settings = changed(PAIRED, design="reference", control="healthy", bootstrap_replicates=0)
    names = sorted(set(reference.obs["donor"].astype(str)))
    for one in observed[::4]:
        donor = one.uns["sample"]["patient"]
        compared = 0
        for own in compare_with_reference([one], reference, settings):
            if own.deviation is not None:
                row = reference[f"{own.cell_type}|{own.tissue}|{donor}", own.genes]
                kept = np.asarray(row.layers["effect"]).ravel()
                assert kept == pytest.approx(own.deviation.effect, abs=1e-4, nan_ok=True)
                change = np.asarray(row.layers["logfc"]).ravel()
                assert change == pytest.approx(own.deviation.logfc, abs=1e-4, nan_ok=True)
                null = own.null_replicates()
                assert names.index(donor) not in null.number
                assert len(null.number) == len(set(null.number)) >= 3
                compared += 1
        assert compared > 3
