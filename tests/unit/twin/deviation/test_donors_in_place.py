"""Donors of a reference in the patient's place, and what they are compared with."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

import twinscreen as ts
from twinscreen.twin.deviation.batch import donor_in_place
from twinscreen.twin.deviation.observed import cells_of
from twinscreen.twin.deviation.pseudobulk import counting_variance, log_cpm
from twinscreen.twin.deviation.reference import calibration_of
from twinscreen.twin.deviation.sharing import share_reference
from twinscreen.twin.deviation.statistics import HealthyDonors, Roles

#: Counts of five genes: one donor of the cohort's own study and four of another, not by name.
DONORS = ["p3", "own", "p1", "p4", "p2"]
COUNTS = np.random.default_rng(3).poisson(400, (5, 5)).astype(float)


def reference():
    obs = pd.DataFrame(
        {
            "cell_type": "T",
            "tissue": "blood",
            "batch": "",
            "donor": DONORS,
            "base": [name == "own" for name in DONORS],
        },
        index=[f"T|blood|{name}" for name in DONORS],
    )
    return ad.AnnData(COUNTS, obs=obs)


@pytest.mark.parametrize(
    ("donor", "compared"), [("p1", "p2"), ("p2", "p3"), ("p3", "p4"), ("p4", "p1")]
)
def test_a_donor_of_another_study_is_compared_with_the_next_by_name(donor, compared):
    """The patients have one donor of their own study: so the mean is that of one."""
    row = DONORS.index(donor)
    found = donor_in_place(reference(), row, min_donors=3, min_count=10)
    level = log_cpm(COUNTS)
    assert found.logfc == pytest.approx(level[row] - level[DONORS.index(compared)])


def test_a_donor_of_the_own_study_has_no_others_of_it():
    assert donor_in_place(reference(), 1, min_donors=3, min_count=10) is None


def test_of_four_too_few_are_left_for_four():
    row = DONORS.index("p2")
    assert donor_in_place(reference(), row, min_donors=4, min_count=10) is None


def test_a_mean_of_few_donors_has_counting_noise_of_its_own():
    """That of Poisson counts at the common rate of those two, over two; none where all give it."""
    base = np.array([True, True, False, False, False])
    counts = COUNTS / 100
    every = np.ones(5, dtype=bool)
    donors = HealthyDonors.fit(counts, every, Roles(base, base.astype(int)))
    library = counts[:2].sum(axis=1)
    rate = counts[:2].sum(axis=0) / library.sum()
    noise = counting_variance(np.outer(library, rate))
    assert donors.rate == pytest.approx(rate)
    assert donors.noise_of_mean == pytest.approx(noise.mean(axis=0) / 2)
    assert HealthyDonors.fit(counts, every).noise_of_mean.tolist() == [0] * 5


def test_calibration_is_that_of_the_cell_type_in_its_tissue():
    one = ad.AnnData(np.zeros((1, 1)))
    one.uns["calibration"] = pd.DataFrame(
        {
            "cell_type": ["T", "T", "B"],
            "tissue": ["blood", "lung", "blood"],
            "share": [0.1, 0.2, 0.3],
        }
    )
    assert calibration_of(one, "T", "lung") == 0.2
    assert calibration_of(one, "B", "blood") == 0.3
    assert np.isnan(calibration_of(one, "B", "lung"))


def test_cells_of_some_types_come_from_usable_samples_alone():
    def sample(types, unscorable=""):
        obs = pd.DataFrame({"cell_type": types}, index=[str(i) for i in range(len(types))])
        return ad.AnnData(np.ones((len(types), 2)), obs=obs, uns={"unscorable": unscorable})

    samples = [
        sample(["T", "B", "T"]),
        sample(["T"], "found no such file"),
        sample(["B"]),
        sample(["T", "T"]),
        sample([], "found an empty file"),
    ]
    assert [one.n_obs for one in cells_of(samples, ["T"])] == [2, 2]
    assert [set(one.obs["cell_type"]) for one in cells_of(samples, ["T"])] == [{"T"}, {"T"}]


def test_a_reference_and_what_is_shared_of_it_say_how_they_were_made():
    healthy = [
        one
        for one in ts.pp.observe(ts.datasets.toy(), ts.datasets.toy_knowledge())
        if one.uns["sample"]["condition"] == "healthy"
    ]
    made = ts.tl.reference(healthy, min_cells=11, min_donors=4, min_count=12)
    assert made.uns["provenance"]["parameters"] == {
        "min_cells": 11,
        "min_donors": 4,
        "min_count": 12,
        "donors": "controls",
        "public": "",
    }
    shared = share_reference(made, site="B", min_donors=5)
    assert shared.uns["provenance"]["parameters"] == {"site": "B", "min_donors": 5, "exact": False}
