"""Two sites that share sums of their donors: the same answers as with all donors at hand."""

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twin_settings import GENERAL, changed
from twinscreen.files import REFERENCE, SHARED, InputError, read_anndata, write_anndata
from twinscreen.twin.communication.cell_links import _fill_healthy
from twinscreen.twin.communication.ligand_receptor import Pairs, Profile
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.elsewhere import elsewhere_in, merged
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.deviation.sharing import share_reference, unless_few_changed
from twinscreen.twin.deviation.statistics import HealthyDonors

GENES = [f"G{n}" for n in range(240)]
LEVEL = np.exp(np.random.default_rng(0).normal(0, 1.5, (2, len(GENES))))
FEW = {"min_cells": 10, "min_donors": 3, "min_count": 10}
PROTEINS = ["CD3E", "CD4", "CD14"]


def observed(patient, condition="healthy", *, genes=GENES, batch="", raised=1.0, rare=True):
    """Cells of two types with surface proteins; people differ in levels and numbers of cells."""
    person = np.random.default_rng([*patient.encode()])
    kind = np.repeat([0, 1], [int(person.integers(20, 90)), 15 if rare else 5])
    mine = LEVEL * np.exp(person.normal(0, 0.25, len(GENES)))
    mine[:, :20] *= raised
    counts = person.poisson(mine[kind]).astype(np.float32)
    one = ad.AnnData(
        sparse.csr_matrix(counts[:, : len(genes)]),
        obs=pd.DataFrame({"cell_type": np.array(["T", "B"])[kind]}),
        var=pd.DataFrame(index=genes),
    )
    one.obs_names = [str(n) for n in range(len(kind))]
    one.obsm["protein"] = person.poisson(20, (len(kind), len(PROTEINS)))
    sample = {"sample": patient, "patient": patient, "condition": condition, "batch": batch}
    one.uns = {"sample": {**sample, "tissue": "blood", "time": "T0"}, "unscorable": ""}
    one.uns |= {"quality": {}, "remedy": "", "provenance": {}, "protein": {"gene": PROTEINS}}
    return one


HERE = [observed(f"A{n}") for n in range(6)]
THERE = [observed(f"B{n}", rare=n < 3) for n in range(7)]
PATIENT = [observed("P", "ill", raised=3.0)]
BOTH = build_reference(HERE + THERE, **FEW)


def shared(donors=THERE, site="B", **options):
    return share_reference(build_reference(donors, **FEW), site=site, **options)


def federated(**options):
    return build_reference(HERE, **FEW, sites=[shared(**options)])


def compared(reference, cell_type="T", **options):
    found = compare_with_reference(PATIENT, reference, changed(GENERAL, **options))
    return next(one for one in found if one.cell_type == cell_type)


# --- the same as with all donors ------------------------------------------------------------


def test_sums_of_two_sites_are_those_of_all_donors():
    """Either site by its sums alone: numbers, counts, means and variances by gene."""
    own = [share_reference(build_reference(one, **FEW), site="x") for one in (HERE, THERE)]
    whole = share_reference(BOTH, site="x")
    n, centre, squares = merged(
        [one.obs.loc["T|blood", "n_donors"] for one in own],
        [one["T|blood"].layers["centre"].ravel() for one in own],
        [one["T|blood"].layers["squares"].ravel() for one in own],
    )
    assert (n == 13).all()
    np.testing.assert_allclose(centre, whole["T|blood"].layers["centre"].ravel(), rtol=1e-13)
    np.testing.assert_allclose(squares, whole["T|blood"].layers["squares"].ravel(), rtol=1e-11)
    for name in ("n_donors", "n_cells", "library"):
        assert sum(one.obs.loc["T|blood", name] for one in own) == whole.obs.loc["T|blood", name]
    counts = sum(one["T|blood"].layers["counts"] for one in own)
    np.testing.assert_array_equal(counts, whole["T|blood"].layers["counts"])


@pytest.mark.parametrize(("exact", "noise", "t"), [(True, 1e-12, 1e-9), (False, 2e-3, 2e-3)])
def test_a_patient_deviates_as_from_all_donors(exact, noise, t):
    """Means and variances are theirs in any case; counting noise is, where molecules are shared."""
    expected, found = compared(BOTH), compared(federated(exact=exact))
    assert found.n_reference_donors == expected.n_reference_donors == 13
    np.testing.assert_allclose(found.deviation.logfc, expected.deviation.logfc, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.deviation.effect, expected.deviation.effect, rtol=t, atol=t)
    np.testing.assert_allclose(found.protein, expected.protein, rtol=0, atol=1e-9)
    rows = (BOTH.obs["cell_type"] == "T").to_numpy()
    counts, tested = np.asarray(BOTH.X)[rows], np.isfinite(expected.deviation.effect)
    whole = HealthyDonors.fit(counts, tested)
    own = np.asarray(federated().X)[federated().obs["cell_type"] == "T"]
    others = elsewhere_in(federated(exact=exact), cell_type="T", tissue="blood")
    parts = HealthyDonors.fit(own, tested, others=others)
    np.testing.assert_allclose(parts.centre, whole.centre, rtol=1e-13)
    np.testing.assert_allclose(parts.variance, whole.variance, rtol=1e-11)
    np.testing.assert_allclose(parts.rate, whole.rate, rtol=1e-14)
    np.testing.assert_allclose(parts.noise, whole.noise, rtol=noise)


def test_own_donors_deviate_as_from_all_others():
    """They are the null replicates: each against the others of both sites."""
    whole, parts = BOTH, federated(exact=True)
    for name in parts.obs_names[parts.obs["cell_type"] == "T"]:
        np.testing.assert_allclose(
            *(np.asarray(one[name].layers["effect"]) for one in (parts, whole)), atol=1e-5
        )
    null = compared(parts, null_replicates=100).null_replicates()
    assert len(null.effect) == len(HERE)


def test_the_control_of_communication_is_that_of_all_donors():
    pairs = Pairs.measured(
        pd.DataFrame([("G1", "G2", True)], columns=["ligand", "receptor", "secreted"]),
        pd.Index(GENES),
    )
    found = []
    for reference in (BOTH, federated()):
        control = Profile.empty(1, len(pairs.genes))
        _fill_healthy(control, {0: "T"}, PATIENT, reference, pd.Index(GENES), pairs)
        found.append(control)
    for name in ("count", "level", "share", "log_cpm", "variance"):
        np.testing.assert_allclose(*(getattr(one, name) for one in found), rtol=1e-6)


def test_replicates_scatter_as_with_all_donors():
    """Stand-ins have the means and variances of the donors they stand for, not their values."""
    options = {"bootstrap_replicates": 200}
    whole, parts = compared(BOTH, **options), compared(federated(exact=True), **options)
    spread = [np.nanstd(one.replicates.logfc, axis=0) for one in (whole, parts)]
    ratio = spread[1] / spread[0]
    assert np.nanmedian(ratio) == pytest.approx(1, abs=0.1)
    tested = np.isfinite(whole.deviation.effect)
    together = [np.corrcoef(one.replicates.effect[:, tested]) for one in (whole, parts)]
    assert np.isfinite(together).all()


def test_donors_of_the_patient_s_batch_are_taken_alone_where_they_are_enough():
    here = [observed(f"A{n}", batch="one") for n in range(6)]
    reference = build_reference(here, **FEW, sites=[shared()])
    [found] = [
        one
        for one in compare_with_reference([observed("P", "ill", batch="one")], reference, GENERAL)
        if one.cell_type == "T"
    ]
    assert found.n_reference_donors == 6


def test_genes_that_a_site_lacks_are_compared_nowhere_and_taken_off_its_libraries():
    sums = shared(exact=True)[:, GENES[:-40]].copy()
    found = compared(build_reference(HERE, **FEW, sites=[sums]))
    cut = [one[:, GENES[:-40]].copy() for one in HERE + THERE]
    expected = compared(build_reference(cut, **FEW))
    assert len(found.deviation.effect) == len(GENES) - 40
    # exact but for people whose share of these genes is another
    np.testing.assert_allclose(found.deviation.logfc, expected.deviation.logfc, atol=0.02)


@pytest.mark.parametrize("sites", [[shared(), shared()], [shared(HERE, "other name")]])
def test_donors_that_would_count_twice_are_refused(sites):
    with pytest.raises(InputError, match="the same donors twice"):
        build_reference(HERE, **FEW, sites=sites)


# --- what is shared -------------------------------------------------------------------------


def every_number(path):
    """Give all arrays of a file by name."""
    found = {}

    def keep(name, one):
        if isinstance(one, h5py.Dataset):
            found[name] = np.asarray(one[()])

    with h5py.File(path) as file:
        file.visititems(keep)
    return found


@pytest.fixture
def written(tmp_path):
    write_anndata(shared(), tmp_path / "B.h5ad", SHARED)
    return tmp_path / "B.h5ad"


def test_what_is_shared_has_no_donor_no_cell_and_no_small_group(written):
    """Three donors have a second cell type: nothing of it is there, nor any donor's own number."""
    numbers, reference = every_number(written), build_reference(THERE, **FEW)
    sums = read_anndata(written, SHARED)
    assert sums.obs_names.tolist() == ["T|blood"]
    assert (sums.obs["n_donors"] >= 5).all()
    assert sums.uns["left_out"] == 1
    texts = {str(text) for one in numbers.values() for text in np.ravel(one).astype(str)}
    names = {f"B{n}" for n in range(7)} | {"A0", "ill"}
    assert not [text for text in texts if text.strip("b'") in names]
    assert not [text for text in texts if "|B" in text and text != "T|blood"]
    # of no array is one side as long as there are donors or cells
    sizes = {size for one in numbers.values() for size in np.shape(one)}
    assert not sizes & {reference.n_obs, 7, *(one.n_obs for one in THERE)}
    library = np.asarray(reference.X).sum(axis=1)
    real = np.concatenate([np.ravel(one) for one in numbers.values() if one.dtype.kind in "fiu"])
    assert not np.isin(np.round(real), library).any()


def test_only_when_asked_the_molecules_of_each_donor_are_there_and_not_whose(tmp_path):
    library = np.asarray(build_reference(THERE, **FEW).X).sum(axis=1)
    table = shared(exact=True).uns["elsewhere_molecules"]
    assert set(table["molecules"]) <= set(library)
    assert table["molecules"].is_monotonic_increasing
    few = shared().uns["elsewhere_molecules"]
    assert len(few) == 3  # of seven donors
    assert few["weight"].sum() == pytest.approx(1)


def test_numbers_that_stand_for_libraries_have_their_moments():
    table = shared().uns["elsewhere_molecules"]
    every = build_reference(THERE, **FEW)
    log = np.log(np.asarray(every.X)[every.obs["cell_type"] == "T"].sum(axis=1))
    for power in range(6):
        expected = (log**power).mean()
        found = (table["weight"] * np.log(table["molecules"]) ** power).sum()
        assert found == pytest.approx(expected, rel=1e-9)


def test_two_versions_do_not_tell_who_came_in_between():
    """With one donor more a cell type stays as it was; with five more it is shared anew."""
    first, later = shared(THERE[:6]), shared(THERE)
    made, kept = unless_few_changed(later, first, min_donors=5)
    assert kept == ["T|blood"]
    for name in ("counts", "centre", "squares", "level", "share"):
        np.testing.assert_array_equal(made.layers[name], first.layers[name])
    pd.testing.assert_frame_equal(made.obs, first.obs, check_dtype=False)
    for name in ("elsewhere_molecules", "elsewhere_protein"):
        pd.testing.assert_frame_equal(made.uns[name], first.uns[name])
    many = shared([*THERE, *(observed(f"C{n}") for n in range(4))])
    made, kept = unless_few_changed(many, first, min_donors=5)
    assert kept == []
    assert made.obs.loc["T|blood", "n_donors"] == 11


def test_a_site_with_few_donors_shares_nothing():
    with pytest.raises(InputError, match="at most 4 donors"):
        shared(THERE[:4])


def test_a_reference_with_sums_is_read_as_it_was_written(tmp_path):
    made = federated()
    write_anndata(made, tmp_path / "reference.h5ad", REFERENCE)
    read = read_anndata(tmp_path / "reference.h5ad", REFERENCE)
    np.testing.assert_array_equal(compared(read).deviation.effect, compared(made).deviation.effect)
    again = share_reference(read, site="A")  # never passes on what others shared
    np.testing.assert_array_equal(
        again.layers["counts"],
        share_reference(build_reference(HERE, **FEW), site="A").layers["counts"],
    )
