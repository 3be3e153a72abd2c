"""Patients compared with each other, and with donors of another study beside their own."""

from types import SimpleNamespace

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twin_settings import GENERAL, changed
from twinscreen.files import REFERENCE, InputError, read_anndata, write_anndata
from twinscreen.files.contracts.twin import Flag, PatientFlag
from twinscreen.screen.rank.combine import Call
from twinscreen.screen.rank.withheld import unless_batch
from twinscreen.twin.designs.batch import batch_of
from twinscreen.twin.designs.compare import compare_with_reference
from twinscreen.twin.deviation.donors import standing
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.deviation.statistics import against_reference

GENES = 300
LEVEL = np.exp(np.random.default_rng(0).normal(1, 1, GENES))
OTHER_STUDY = np.exp(np.random.default_rng(1).normal(0, 1, GENES))
FEW = {"min_cells": 10, "min_donors": 3, "min_count": 10}


def observed(patient, condition="ill", time="T0", tissue="blood", *, times=1.0, cells=40):
    """Cells of one type of one sample; people differ, and `times` multiplies the genes."""
    person = np.random.default_rng([*patient.encode()])
    level = LEVEL * np.exp(person.normal(0, 0.2, GENES)) * times
    counts = np.random.default_rng([*patient.encode(), *time.encode()]).poisson(
        level, (cells, GENES)
    )
    one = ad.AnnData(
        sparse.csr_matrix(counts.astype(np.float32)),
        obs=pd.DataFrame({"cell_type": ["T"] * cells}, index=[str(n) for n in range(cells)]),
        var=pd.DataFrame(index=[f"G{n}" for n in range(GENES)]),
    )
    sample = {"sample": f"{patient}_{time}", "patient": patient, "condition": condition}
    one.uns = {
        "sample": {**sample, "tissue": tissue, "time": time, "batch": ""},
        "quality": {},
        "unscorable": "",
        "remedy": "",
        "provenance": {},
    }
    return one


def deviation(states, reference, **options):
    [found] = compare_with_reference(states, reference, changed(GENERAL, **options))
    return found


# --- one donor twice ---------------------------------------------------------------------


def test_a_donor_who_stands_there_twice_is_refused():
    """Under two ids and with other barcodes: people would seem more alike than they are."""
    cohort = patients(4)
    again = cohort[1].copy()
    again.obs_names = "again_" + again.obs_names
    again.uns["sample"] = again.uns["sample"] | {"sample": "again", "patient": "P1b"}
    with pytest.raises(InputError, match="P1 and P1b") as told:
        build_reference([*cohort, again], **FEW)
    assert "the same counts of every gene in their T cells" in str(told.value)
    assert build_reference(cohort, **FEW).n_obs == 4


# --- the other patients -------------------------------------------------------------------


def patients(number=6):
    return [observed(f"P{n}") for n in range(number)]


def test_a_patient_never_stands_in_their_own_reference():
    """Nor do earlier samples of the same patient: whatever they hold changes nothing."""
    others = patients()[1:]
    own = observed("P0", time="T1")
    alone = build_reference(others, **FEW, donors="patients")
    for early in (observed("P0"), observed("P0", times=OTHER_STUDY)):
        reference = build_reference([early, own, *others], **FEW, donors="patients")
        found = deviation([own], reference, donors="patients")
        expected = deviation([own], alone, donors="patients")
        assert found.n_reference_donors == len(others)
        np.testing.assert_array_equal(found.deviation.effect, expected.deviation.effect)


def test_null_replicates_are_the_other_patients_analysed_likewise():
    cohort = patients()
    reference = build_reference(cohort, **FEW, donors="patients")
    found = deviation(cohort[:1], reference, donors="patients", null_replicates=100)
    null = found.null_replicates()
    assert null.number.tolist() == [1, 2, 3, 4, 5]
    counts = np.array([np.asarray(one.X.sum(axis=0)).ravel() for one in cohort])
    for effect, number in zip(null.effect, null.number, strict=True):
        others = np.delete(counts, number, axis=0)
        expected = against_reference(counts[number], others, min_count=10)
        assert effect == pytest.approx(expected.effect, abs=1e-4, nan_ok=True)


def test_patients_stand_in_the_reference_with_the_state_that_is_screened():
    states = [observed("P1", time="T2"), observed("P1", time="T10"), observed("P2", time="T2")]
    states += [observed("P1", time="T3", tissue="gut")]
    kept = [one.uns["sample"]["time"] for one in standing(states, "patients")]
    assert kept == ["T10", "T2", "T3"]
    assert len(standing(states, "controls")) == 4


# --- donors of another study --------------------------------------------------------------


def two_studies(own=2, public=8, times=OTHER_STUDY):
    """Healthy donors of the patients' study, and of another that differs in every gene."""
    return [
        *(observed(f"H{n}", "healthy") for n in range(own)),
        *(observed(f"Q{n}", "public", times=times) for n in range(public)),
    ]


def share(found):
    return np.nanmean(found.deviation.pvalue < 0.05)


def test_what_sets_another_study_apart_is_no_deviation():
    held_out = [observed("H9", "healthy")]
    own = build_reference(two_studies(), **FEW, public="public")
    alone = build_reference(two_studies(own=0), **FEW, public="public")
    found = deviation(held_out, own, public="public")
    assert share(found) < 0.09
    assert found.n_reference_donors == 2
    assert Flag.FEW_DONORS in found.flags
    assert share(deviation(held_out, alone, public="public")) > 0.5


def test_the_batch_is_measured(tmp_path):
    made = build_reference(two_studies(), **FEW, public="public")
    write_anndata(made, tmp_path / "r.h5ad", REFERENCE)
    [row] = read_anndata(tmp_path / "r.h5ad", REFERENCE).uns["batch"].itertuples(index=False)
    assert (row.cell_type, row.tissue, row.n_own, row.n_public) == ("T", "blood", 2, 8)
    assert row.own_share > 0.5  # own donors against the others
    assert row.public_share < 0.1
    assert row.left_share < 0.1  # as patients are compared
    assert row.own_spread > 3 * row.public_spread
    assert row.left_spread < 1.5
    [few] = build_reference(two_studies(public=3), **FEW, public="public").uns["batch"].itertuples()
    assert few.own_share > 0.5
    assert np.isnan(few.public_share)  # two others are too few
    assert few.left_share < 0.1
    alike = build_reference(two_studies(times=1.0), **FEW, public="public")
    assert alike.uns["batch"]["own_share"].item() < 0.1


def test_donors_of_both_studies_are_null_replicates_against_as_many_of_their_own():
    reference = build_reference(two_studies(), **FEW, public="public")
    found = deviation([observed("P0")], reference, public="public", null_replicates=100)
    null = found.null_replicates()
    assert null.number.tolist() == list(range(10))
    spread = np.sqrt(np.nanmean(null.effect**2, axis=1))
    assert (spread < 1.5).all()  # no batch is in any of them


@pytest.mark.parametrize(
    ("own", "public", "n_null"), [(2, 2, 0), (2, 3, 2), (2, 4, 6), (3, 1, 0), (3, 2, 3)]
)
def test_null_replicates_of_few_donors_are_as_many_as_said_before_a_run(own, public, n_null):
    """The same figures as in tests/unit/inputs/test_prospects.py."""
    reference = build_reference(two_studies(own=own, public=public), **FEW, public="public")
    found = deviation([observed("P0")], reference, public="public", null_replicates=100)
    assert found.deviation is not None
    assert len(set(found.null_replicates().number)) == n_null


def test_without_a_donor_of_its_own_a_compartment_is_not_compared():
    donors = [*two_studies(own=0), observed("H0", "healthy", cells=5), observed("H1", "healthy")]
    donors[-1].obs["cell_type"] = "B"
    reference = build_reference(donors, **FEW, public="public")
    found = deviation([observed("P0")], reference, public="public")
    assert found.deviation is None
    assert found.flags == [Flag.TOO_FEW_DONORS]


CALL = Call(True, 9.0, 5.0, 0.001, 0.001, "null", 10, "it exceeds them")


def deviating(twin, spread):
    """Give the twin a compartment with effects of a root mean square."""
    return SimpleNamespace(uns=twin.uns, X=spread * np.array([[1.0, -1.0, np.nan]]))


def twin_of(reference, **options):
    """What of a twin tells the batch: its compartments, its table and its flags."""
    obs = pd.DataFrame(
        {"cell_type": ["T"], "tissue": ["blood"], "scorable": [True], "latest": [True]}
    )
    settings = changed(GENERAL, public="public", **options)
    batch, flags = batch_of(SimpleNamespace(obs=obs), reference, settings)
    return SimpleNamespace(uns={"batch": batch, "flags": np.array(flags, dtype=object)})


@pytest.mark.parametrize(
    ("own", "public", "times", "flags", "held_back"),
    [
        (2, 8, OTHER_STUDY, [PatientFlag.BATCH], ""),
        (2, 8, 1.0, [], ""),
        (2, 2, OTHER_STUDY, [], "few_public"),  # too few to measure a batch with
        (1, 8, OTHER_STUDY, [PatientFlag.BATCH], "one_donor"),
        (0, 8, OTHER_STUDY, [PatientFlag.PUBLIC_ALONE], "public_alone"),
    ],
)
def test_a_batch_is_flagged_and_calls_are_withheld_where_it_can_t_be_told(
    own, public, times, flags, held_back
):
    donors = two_studies(own=own, public=public, times=times)
    twin = twin_of(build_reference(donors, **FEW, public="public"))
    assert twin.uns["flags"].tolist() == flags
    found = unless_batch(CALL, deviating(twin, 2.0), np.array([True]))
    assert found.held_back == held_back
    assert found.called == (not held_back)
    assert (found == CALL) == (not held_back)


def test_a_patient_who_deviates_no_more_than_own_donors_gets_no_call():
    twin = twin_of(build_reference(two_studies(), **FEW, public="public"))
    left = twin.uns["batch"]["left_spread"].item()
    used = np.array([True])
    assert unless_batch(CALL, deviating(twin, left * 1.01), used).called
    assert unless_batch(CALL, deviating(twin, left * 0.99), used).held_back == "batch"


def test_controls_of_one_study_have_no_batch():
    controls = [observed(f"H{n}", "healthy") for n in range(5)]
    reference = build_reference(controls, **FEW)
    assert reference.obs["base"].all()
    assert len(reference.uns["batch"]) == 0
    assert batch_of(SimpleNamespace(), reference, GENERAL)[1] == []
