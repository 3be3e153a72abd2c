"""The group design: covariates, DESeq2 on planted changes, copies."""

import sys

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from twin_settings import GENERAL, changed
from twinscreen.files import InputError
from twinscreen.twin.designs.group import (
    Replicates,
    between_groups,
    compare_groups,
    design_matrix,
    replicate_between_groups,
)
from twinscreen.twin.deviation.pseudobulk import log_cpm
from twinscreen.twin.replicates.bootstrap import donor_weights

SETTINGS = changed(GENERAL, design="group", bootstrap_replicates=50, random_sets=50)


def sides(donor, batch, case, counts=None):
    names = np.array(list(donor)), np.array(list(batch)), np.array(case, dtype=bool)
    counts = np.zeros((len(case), 1)) if counts is None else counts
    protein = pd.DataFrame(index=range(len(case)))
    return Replicates(counts, *names, protein=protein, n_cells=99)


def test_covariates_by_hand():
    batch = design_matrix(sides("abcdef", "xyxyxy", [1, 1, 1, 0, 0, 0]))
    assert batch[0].tolist() == [
        [1, y, c] for y, c in zip([0, 1] * 3, [1] * 3 + [0] * 3, strict=True)
    ]
    paired = design_matrix(sides("abcabc", "xxxxxx", [1, 1, 1, 0, 0, 0]))
    assert paired[0].shape == (6, 4)
    assert paired[0][:, 3].tolist() == [1, 1, 1, 0, 0, 0]
    assert paired[0][1].tolist() == [1, 1, 0, 1]


def test_a_batch_that_is_the_group_is_left_out_and_said():
    design, left_out = design_matrix(sides("abcdef", "xxxyyy", [1, 1, 1, 0, 0, 0]))
    assert design.shape == (6, 2)
    assert left_out


def test_without_pydeseq2_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydeseq2", None)
    monkeypatch.delitem(sys.modules, "pydeseq2.dds", raising=False)
    counts, case = planted(np.random.default_rng(0), genes=20)
    with pytest.raises(InputError, match=r"pip install 'twinscreen\[group\]', or") as caught:
        between_groups(counts, np.column_stack([np.ones(12), case]), min_count=10)
    assert caught.value.place == "twin.design: group"
    assert "pydeseq2" in caught.value.found


def planted(random, donors=6, genes=300):
    """Negative binomial counts: every tenth gene is raised fourfold in the group."""
    level = np.exp(random.normal(4, 1, genes))
    case = np.repeat([1, 0], donors)
    change = np.where(np.arange(genes) % 10 == 0, 4.0, 1.0)
    mean = level * np.where(case[:, None] == 1, change, 1) * random.uniform(0.5, 2, (2 * donors, 1))
    return random.poisson(mean * random.gamma(20, 1 / 20, mean.shape)).astype(float), case


def test_planted_changes_are_found_and_the_rest_is_quiet():
    counts, case = planted(np.random.default_rng(0))
    found, error = between_groups(counts, np.column_stack([np.ones(12), case]), min_count=10)
    raised = np.arange(300) % 10 == 0
    assert np.all(found.qvalue[raised] < 1e-4)
    assert found.logfc[raised] == pytest.approx(np.full(30, 2.0), abs=0.8)
    assert found.logfc / error == pytest.approx(found.effect, nan_ok=True)
    assert np.nanmean(found.pvalue[~raised] < 0.05) < 0.12
    assert found.pvalue == pytest.approx(2 * stats.norm.sf(np.abs(found.effect)), nan_ok=True)


def test_copies_of_a_group_scatter_by_about_a_standard_error():
    counts, case = planted(np.random.default_rng(1))
    donors = sides([f"d{i}" for i in range(12)], ["x"] * 12, case, counts)
    design, _ = design_matrix(donors)
    found, error = between_groups(counts, design, min_count=10)
    replicates = replicate_between_groups(
        donors, design, found, error, replicates=400, settings=SETTINGS
    )
    assert np.nanmedian(replicates.effect.std(axis=0)) == pytest.approx(1, abs=0.25)
    assert np.nanmedian(np.abs(np.median(replicates.effect, axis=0) - found.effect)) < 0.15
    raised = np.arange(300) % 10 == 0
    assert replicates.seeds[:, raised].mean() > 0.95
    assert replicates.seeds[:, ~raised].mean() < 0.08


def test_fold_changes_of_copies_of_a_group_move_with_the_weighted_model():
    """Against weighted least squares gene by gene, its shift widened as for means of six donors."""
    counts, case = planted(np.random.default_rng(2), genes=60)
    names = [f"d{i:02}" for i in range(12)]
    donors = sides(names, ["x"] * 12, case, counts)
    design, _ = design_matrix(donors)
    found, error = between_groups(counts, design, min_count=10)
    replicates = replicate_between_groups(
        donors, design, found, error, replicates=3, settings=SETTINGS
    )
    level = log_cpm(counts)
    plain = np.linalg.lstsq(design, level, rcond=None)[0][-1]
    for weights, effect, logfc in zip(
        donor_weights(names, 3, SETTINGS.seed), replicates.effect, replicates.logfc, strict=True
    ):
        root = np.sqrt(weights)[:, None]
        shift = np.linalg.lstsq(root * design, root * level, rcond=None)[0][-1] - plain
        shift *= np.sqrt(7 / 5)
        tested = np.isfinite(found.effect)
        expected = np.where(tested, found.logfc + shift, np.nan)
        assert logfc == pytest.approx(expected, abs=1e-5, nan_ok=True)
        assert effect == pytest.approx(found.effect + shift / error, abs=1e-3, nan_ok=True)


def observation(patient, condition, counts):
    one = ad.AnnData(
        sparse.csr_matrix(counts.astype(np.float32)),
        obs=pd.DataFrame({"cell_type": "T"}, index=[f"{patient}{i}" for i in range(len(counts))]),
        var=pd.DataFrame(index=[f"G{i}" for i in range(counts.shape[1])]),
    )
    sheet = {"sample": patient, "patient": patient, "condition": condition}
    one.uns["sample"] = {**sheet, "tissue": "blood", "time": "T0", "batch": ""}
    return one


def test_donors_are_the_replicates_and_few_of_them_are_not_compared():
    random = np.random.default_rng(2)
    level = np.exp(random.normal(0, 1, 60))

    def donor(name, condition, cells):
        return observation(name, condition, random.poisson(level, (cells, 60)))

    cases = [donor(f"P{i}", "ill", 20) for i in range(3)]
    controls = [donor(f"D{i}", "healthy", 20) for i in range(4)]
    (found,) = compare_groups(cases, controls, SETTINGS)
    assert found.name == "T|blood|T0"
    assert found.n_cells == 60
    assert found.n_reference_donors == 4
    assert np.isfinite(found.deviation.effect).sum() > 40
    few = [*cases[:2], donor("P9", "ill", 5)]
    (unscored,) = compare_groups(few, controls, SETTINGS)
    assert unscored.deviation is None
    assert unscored.unscorable.startswith("2 patients and 4 control donors with 10 cells")
