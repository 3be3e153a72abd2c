"""Null copies: permuted cells, healthy donors as patients, permuted groups; on made-up counts."""

from collections import Counter

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from twinscreen.files import OBSERVATION, REFERENCE, REPLICATES, read_anndata, write_anndata
from twinscreen.twin.deviation.compartment import BootstrapReplicates, Compartment, NullReplicates
from twinscreen.twin.deviation.moderation import fit_moderation, fit_moderations
from twinscreen.twin.deviation.pseudobulk import log_cpm
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.deviation.statistics import (
    against_own_control,
    against_reference,
    cell_dispersion,
    signed_deviance,
)
from twinscreen.twin.replicates.collect import replicates_of
from twinscreen.twin.replicates.null import compare_splits, donors_as_patients, permuted_cells
from twinscreen.twin.replicates.permuted_groups import labellings, permuted_groups


def samples_of_cells(random, changed=0.3, sizes=(50, 80), genes=500):
    """Overdispersed counts; a share of the genes is raised or lowered fourfold in the first."""
    level = np.exp(random.normal(0, 1, genes))
    factor = np.where(random.random(genes) < changed, random.choice([0.25, 4.0], genes), 1)
    sides = []
    for rate, cells in ((level * factor, sizes[0]), (level, sizes[1])):
        depth = random.lognormal(0, 0.4, (cells, 1))
        mean = rate * depth * random.gamma(2, 1 / 2, (cells, genes))
        sides.append(sparse.csr_array(random.poisson(mean).astype(np.float32)))
    return sides[0], sides[1]


def joined(cells, control):
    return sparse.csr_array(sparse.vstack([cells, control]))


def compared_in(cells, control):
    return np.asarray(joined(cells, control).sum(axis=0)) >= 10


def test_moderations_of_several_sets_are_those_of_each():
    random = np.random.default_rng(0)
    mean, variance = random.normal(size=300), random.chisquare(5, (4, 300)) / 5
    variance[3, 3:] = 0  # nothing to learn from: none is moderated
    variance[3, 2] = 0
    for found, one in zip(
        [*fit_moderations(variance[:3], 5, mean), *fit_moderations(variance[3:], 5, mean)],
        variance,
        strict=True,
    ):
        alone = fit_moderation(one, 5, mean)
        assert found.weight == pytest.approx(alone.weight, rel=1e-6)
        assert found.prior == pytest.approx(alone.prior, rel=1e-9)


@pytest.mark.parametrize("sizes", [(50, 80), (10, 40), (3, 4)])
def test_a_split_is_compared_as_two_samples_are(sizes):
    random = np.random.default_rng(1)
    cells, control = samples_of_cells(random, sizes=sizes)
    tested, both = compared_in(cells, control), joined(cells, control)
    splits = random.permuted(np.tile(np.arange(sum(sizes)) < sizes[0], (6, 1)), axis=1)
    effect, logfc, df = compare_splits(cells, control, tested, splits)
    for one, own, change, freedom in zip(splits, effect, logfc, df, strict=True):
        expected = against_own_control(
            both[np.flatnonzero(one)], both[np.flatnonzero(~one)], min_count=10
        )
        assert np.isfinite(expected.effect).tolist() == tested.tolist()
        assert own == pytest.approx(expected.effect[tested], abs=1e-6)
        assert change == pytest.approx(expected.logfc[tested], abs=1e-9)
        assert freedom == pytest.approx(expected.df, rel=1e-6)


def test_the_split_into_the_samples_is_the_comparison_itself():
    cells, control = samples_of_cells(np.random.default_rng(2))
    tested = compared_in(cells, control)
    effect, logfc, _ = compare_splits(cells, control, tested, (np.arange(130) < 50)[None])
    expected = against_own_control(cells, control, min_count=10)
    assert effect[0] == pytest.approx(expected.effect[tested], abs=1e-6)
    assert logfc[0] == pytest.approx(expected.logfc[tested], abs=1e-9)


def test_permuted_cells_are_standard_where_a_third_of_the_genes_differs():
    cells, control = samples_of_cells(np.random.default_rng(3))
    tested = compared_in(cells, control)
    found = permuted_cells(cells, control, tested, replicates=200, random=np.random.default_rng(4))
    assert found.number.tolist() == list(range(200))
    assert found.logfc.dtype == np.float32
    assert np.array_equal(np.isnan(found.logfc), np.isnan(found.effect))
    assert np.isfinite(found.effect).all(axis=0).tolist() == tested.tolist()
    assert np.isfinite(found.effect).any(axis=0).tolist() == tested.tolist()
    beyond = (np.abs(found.effect[:, tested]) > 1.96).mean()
    assert beyond == pytest.approx(0.05, abs=0.01)
    assert (against_own_control(cells, control, min_count=10).pvalue[tested] < 0.05).mean() > 0.25


def test_with_the_dispersion_of_the_samples_they_would_not_be():
    """Why phi is that of each permutation: mixtures of two states vary more than either."""
    random = np.random.default_rng(3)
    cells, control = samples_of_cells(random)
    tested, both = compared_in(cells, control), joined(cells, control)
    member = random.permuted(np.tile(np.arange(130) < 50, (200, 1)), axis=1).astype(float)
    phi, _ = cell_dispersion(cells, control, tested)
    wrong, _ = signed_deviance(member @ both, (1 - member) @ both, tested, phi)
    right, *_ = compare_splits(cells, control, tested, member > 0)
    differing = np.abs(against_own_control(cells, control, min_count=10).effect[tested]) > 4
    assert differing.sum() > 50
    share = [(np.abs(found[:, differing]) > 1.96).mean() for found in (wrong, right)]
    print(share)
    assert share[0] > 0.09
    assert share[1] < 0.07


def test_permutations_depend_on_the_generator_alone():
    cells, control = samples_of_cells(np.random.default_rng(5), genes=50)
    tested = compared_in(cells, control)
    one, same, other = (
        permuted_cells(
            cells, control, tested, replicates=3, random=np.random.default_rng(seed)
        ).effect
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same, equal_nan=True)
    assert not np.array_equal(one, other, equal_nan=True)


def made_up_reference():
    """Donors a to d; b has no T cells, and of B cells only d could be compared."""
    rows = [("B", "c"), ("B", "d"), ("T", "d"), ("T", "a"), ("T", "c")]
    effect = np.array([[np.nan] * 3, [1, 2, np.nan], [3, 4, 5], [6, 7, 8], [9, np.nan, 11]])
    obs = pd.DataFrame(rows, columns=["cell_type", "donor"], index=[f"{t}|{d}" for t, d in rows])
    other = pd.DataFrame({"cell_type": ["T"], "donor": ["b"]}, index=["T|b elsewhere"])
    obs = pd.concat([obs.assign(tissue="blood"), other.assign(tissue="skin")])
    found = ad.AnnData(np.zeros((6, 3)), obs=obs, var=pd.DataFrame(index=["G0", "G1", "G2"]))
    found.layers["effect"] = np.vstack([effect, [[0, 0, 0]]]).astype(np.float32)
    found.layers["logfc"] = found.layers["effect"] / 2
    return found


def donors_of(cell_type, leave_out="", replicates=100):
    return donors_as_patients(
        made_up_reference(),
        pd.Index(["G2", "G0"]),
        cell_type=cell_type,
        tissue="blood",
        leave_out=leave_out,
        replicates=replicates,
        seed=1,
    )


def test_donors_have_one_number_in_all_compartments():
    t, b = donors_of("T"), donors_of("B")
    assert t.number.tolist() == [0, 2, 3]  # a, c, d of a, b, c, d
    assert t.effect.tolist() == [[8, 6], [11, 9], [5, 3]]
    assert t.logfc.tolist() == [[4, 3], [5.5, 4.5], [2.5, 1.5]]
    assert b.number.tolist() == [3]
    assert b.effect[0, 1] == 1
    assert np.isnan(b.effect[0, 0])
    assert np.isnan(b.logfc[0, 0])


def test_the_patient_is_no_null_copy_of_its_own():
    assert donors_of("T", leave_out="c").number.tolist() == [0, 3]
    assert donors_of("nowhere").effect.shape == (0, 2)


def test_of_many_donors_the_same_are_drawn_everywhere():
    assert len(donors_of("T", replicates=4).number) == 3
    t = set(donors_of("T", replicates=2).number)
    assert t <= {0, 2, 3}
    assert len(t) in (1, 2)  # b, who has no T cells, may be one of the two
    assert set(donors_of("B", replicates=2).number) <= t
    assert donors_of("T", replicates=0).effect.shape == (0, 2)


def test_the_reference_keeps_what_each_donor_is_against_the_others(tmp_path):
    random = np.random.default_rng(6)
    level, paths = np.exp(random.normal(1, 1, 40)), []
    for donor in "abcde":
        types = ["T"] * 15 + ["B"] * (15 if donor in "abc" else 2)
        counts = random.poisson(level, (len(types), 40)).astype(np.float32)
        one = ad.AnnData(
            sparse.csr_matrix(counts),
            obs=pd.DataFrame({"cell_type": types}, index=[str(i) for i in range(len(types))]),
            var=pd.DataFrame(index=[f"G{i}" for i in range(40)]),
        )
        sheet = {"sample": donor, "patient": donor, "condition": "healthy", "batch": "x"}
        one.uns = {
            "sample": {**sheet, "tissue": "blood", "time": "T0"},
            "quality": {},
            "unscorable": "",
            "remedy": "",
            "provenance": {},
        }
        paths.append(tmp_path / f"{donor}.h5ad")
        write_anndata(one, paths[-1], OBSERVATION)
    written = tmp_path / "reference.h5ad"
    made = build_reference(
        [read_anndata(path, OBSERVATION) for path in paths],
        min_cells=10,
        min_donors=3,
        min_count=10,
    )
    write_anndata(made, written, REFERENCE)
    found = read_anndata(written, REFERENCE)
    effect, logfc, counts = found.layers["effect"], found.layers["logfc"], np.asarray(found.X)
    t_cells = np.flatnonzero(found.obs["cell_type"] == "T")
    assert len(t_cells) == 5
    significant = tested = 0
    for row in t_cells:
        expected = against_reference(counts[row], counts[np.setdiff1d(t_cells, row)], min_count=10)
        assert effect[row] == pytest.approx(expected.effect, abs=1e-5, nan_ok=True)
        assert logfc[row] == pytest.approx(expected.logfc, abs=1e-5, nan_ok=True)
        significant += (expected.pvalue < 0.05).sum()
        tested += np.isfinite(expected.pvalue).sum()
    # three donors with B cells: two others are too few
    for values in (effect, logfc):
        assert np.isnan(values[np.flatnonzero(found.obs["cell_type"] == "B")]).all()
    (calibration,) = found.uns["calibration"].itertuples(index=False)
    assert calibration == ("T", "blood", 5, tested, pytest.approx(significant / tested))


def labels_of(donor, case, batch=None, replicates=1000, seed=0):
    found = labellings(
        list(donor),
        np.array(case, dtype=bool),
        list(batch or "x" * len(case)),
        replicates=replicates,
        random=np.random.default_rng(seed),
    )
    as_text = Counter("".join(map(str, row.astype(int))) for row in found)
    assert max(as_text.values(), default=1) == 1
    assert "".join(map(str, case)) not in as_text
    assert "".join(str(1 - side) for side in case) not in as_text
    return found


@pytest.mark.parametrize(
    ("donor", "case", "n"),
    [
        ("abcdef", [1, 1, 1, 0, 0, 0], 18),  # 6 over 3, without the true one and its opposite
        ("abcdefg", [1, 1, 1, 0, 0, 0, 0], 34),  # 7 over 3, without the true one
        ("abcabc", [1, 1, 1, 0, 0, 0], 6),  # 2^3, without both
        ("abcdab", [1, 1, 1, 0, 0, 0], 6),  # 2^2 swaps x 2 over 1, without both: c, d stand alone
        ("abc", [1, 1, 1], 0),
    ],
)
def test_all_labellings_that_there_are(donor, case, n):
    found = labels_of(donor, case)
    assert len(found) == n
    assert (found.sum(axis=1) == sum(case)).all()


def test_donors_keep_their_batch_and_pairs_their_two_sides():
    found = labels_of("abcdef", [1, 0, 0, 1, 0, 0], "xxxyyy")
    assert len(found) == 3 * 3 - 1
    assert (found[:, :3].sum(axis=1) == 1).all()
    pairs = labels_of("abcabc", [1, 1, 1, 0, 0, 0])
    assert (pairs[:, :3] != pairs[:, 3:]).all()


def test_many_labellings_are_drawn_at_random():
    case = [1] * 12 + [0] * 12  # 2,704,156 of them
    found = labels_of([f"d{i}" for i in range(24)], case, replicates=300)
    assert found.shape == (300, 24)
    assert found.mean(axis=0) == pytest.approx(np.full(24, 0.5), abs=0.12)
    some = labels_of("abcdef", [1, 1, 1, 0, 0, 0], replicates=5)
    assert some.shape == (5, 6)
    assert labels_of("abcdef", [1, 1, 1, 0, 0, 0], replicates=0).shape == (0, 6)


def pseudobulks(random, donors=12, genes=400, changed=0.0):
    level = np.exp(random.normal(4, 1, genes))
    case = np.arange(donors) < donors // 2
    factor = np.where(random.random(genes) < changed, 4.0, 1.0)
    mean = level * np.where(case[:, None], factor, 1) * random.uniform(0.5, 2, (donors, 1))
    return random.poisson(mean * random.gamma(10, 1 / 10, mean.shape)).astype(float), case


def test_a_labelling_of_groups_is_tested_by_a_linear_model():
    """Against least squares gene by gene, with a batch as covariate."""
    counts, case = pseudobulks(np.random.default_rng(7))
    covariates = np.column_stack([np.ones(12), np.tile([0, 1], 6)])
    labels = labels_of(
        [f"d{i}" for i in range(12)], case.astype(int).tolist(), "xy" * 6, replicates=4
    )
    tested = np.arange(400) != 3
    found = permuted_groups(counts, covariates, case, labels, tested)
    assert np.isnan(found.effect[:, 3]).all()
    assert np.isnan(found.logfc[:, 3]).all()
    level = log_cpm(counts)[:, tested]
    replicates = zip(labels, found.effect[:, tested], found.logfc[:, tested], strict=True)
    for label, effect, logfc in replicates:
        design = np.column_stack([covariates, label])
        slope, squares, *_ = np.linalg.lstsq(design, level, rcond=None)
        moderation = fit_moderation(squares / 9, 9, level.mean(axis=0))
        error = np.sqrt(moderation.apply(squares / 9) * np.linalg.inv(design.T @ design)[2, 2])
        pvalue = stats.t.sf(np.abs(slope[2] / error), moderation.total_df)
        assert logfc == pytest.approx(slope[2], abs=1e-5)
        assert np.sign(effect).tolist() == np.sign(slope[2]).tolist()
        assert stats.norm.sf(np.abs(effect)) == pytest.approx(pvalue, rel=1e-3)


def test_permuted_groups_are_standard():
    counts, case = pseudobulks(np.random.default_rng(8), changed=0.2)
    labels = labels_of([f"d{i}" for i in range(12)], case.astype(int).tolist(), replicates=200)
    everything = np.ones(400, dtype=bool)
    found = permuted_groups(counts, np.ones((12, 1)), case, labels, everything)
    assert (np.abs(found.effect) > 1.96).mean() == pytest.approx(0.05, abs=0.015)
    other = permuted_groups(counts, np.ones((12, 1)), labels[0], case[None], everything)
    assert (np.abs(other.effect) > 1.96).mean() > 0.15


def test_labels_that_say_nothing_among_the_donors_of_a_compartment_have_no_copy():
    counts, _ = pseudobulks(np.random.default_rng(9), donors=6)
    case = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    labels = np.array(
        [[1, 0, 1, 0, 1, 0], case, ~case, [1, 0, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0]], dtype=bool
    )
    everything = np.ones(400, dtype=bool)
    found = permuted_groups(counts, np.ones((6, 1)), case, labels, everything)
    assert found.number.tolist() == [0, 4]
    batch = np.column_stack([np.ones(6), labels[0]])  # the label is the batch
    assert permuted_groups(counts, batch, case, labels, everything).number.tolist() == [4]


def test_copies_of_both_kinds_stand_in_one_file(tmp_path):
    genes = pd.Index(["C", "X", "A"])
    first = np.arange(6, dtype=np.float32).reshape(2, 3)

    def nothing_wrong(*numbers):
        nine = np.full((len(numbers), 3), 9, np.float32)
        return lambda: NullReplicates(nine, nine / 9, np.array(numbers))

    def compartment(cell_type, replicates, null):
        return Compartment(
            *(cell_type, "blood", "T0", 50),
            genes=genes,
            replicates=replicates,
            null_replicates=null,
        )

    def never():
        raise AssertionError("computed where nothing is treated")

    several = [
        compartment("B", BootstrapReplicates(first, first / 4, first > 1), nothing_wrong(0, 7)),
        compartment("T", None, nothing_wrong(7)),
        compartment("old", BootstrapReplicates(first, first / 4, first > 1), never),
    ]
    twin = ad.AnnData(
        np.zeros((3, 4)),
        obs=pd.DataFrame(
            {"latest": [True, True, False], "scorable": True}, index=[c.name for c in several]
        ),
        var=pd.DataFrame(index=["A", "B", "C", "D"]),
        uns={"patient": {"patient": "P1"}},
    )
    write_anndata(replicates_of(several, twin), tmp_path / "replicates.h5ad", REPLICATES)
    found = read_anndata(tmp_path / "replicates.h5ad", REPLICATES)
    assert found.uns["patient"] == {"patient": "P1"}
    assert found.var_names.tolist() == ["A", "C"]
    assert found.obs[["kind", "compartment", "replicate"]].to_numpy().tolist() == [
        ["bootstrap", "B|blood|T0", 0],
        ["bootstrap", "B|blood|T0", 1],
        ["null", "B|blood|T0", 0],
        ["null", "B|blood|T0", 7],
        ["null", "T|blood|T0", 7],
    ]
    assert np.asarray(found.X).tolist() == [[2, 0], [5, 3], [9, 9], [9, 9], [9, 9]]
    logfc = found.layers["logfc"]
    assert logfc.dtype == np.float32
    assert logfc.tolist() == [[0.5, 0], [1.25, 0.75], [1, 1], [1, 1], [1, 1]]


def test_a_gene_that_a_compartment_lacks_has_no_fold_change_there(tmp_path):
    values = np.ones((1, 1), np.float32)
    several = [
        Compartment(
            *(cell_type, "blood", "T0", 50),
            genes=pd.Index([gene]),
            replicates=BootstrapReplicates(values, values * 2, values > 0),
        )
        for cell_type, gene in (("B", "A"), ("T", "C"))
    ]
    twin = ad.AnnData(
        np.zeros((2, 2)),
        obs=pd.DataFrame({"latest": True, "scorable": True}, index=[c.name for c in several]),
        var=pd.DataFrame(index=["A", "C"]),
        uns={"patient": {"patient": "P1"}},
    )
    write_anndata(replicates_of(several, twin), tmp_path / "replicates.h5ad", REPLICATES)
    found = read_anndata(tmp_path / "replicates.h5ad", REPLICATES)
    none = np.nan
    assert np.array_equal(found.X, [[1, none], [none, 1]], equal_nan=True)
    assert np.array_equal(found.layers["logfc"], [[2, none], [none, 2]], equal_nan=True)
    write_anndata(replicates_of([], twin), tmp_path / "none.h5ad", REPLICATES)
    assert read_anndata(tmp_path / "none.h5ad", REPLICATES).layers["logfc"].shape == (0, 0)
