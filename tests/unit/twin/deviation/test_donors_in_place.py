"""Donors of a reference in the patient's place, and what they are compared with."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.twin.deviation.batch import donor_in_place
from twinscreen.twin.deviation.pseudobulk import counting_variance, log_cpm
from twinscreen.twin.deviation.reference import calibration_of
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
