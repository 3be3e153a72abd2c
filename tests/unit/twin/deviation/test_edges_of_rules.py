"""Rules of the comparison at their very edges."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twin_settings import GENERAL, changed
from twinscreen.twin.deviation.compartment import Compartment, enough_genes
from twinscreen.twin.deviation.elsewhere import Elsewhere
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.deviation.statistics import Deviation

GENES = [f"G{n}" for n in range(120)]


@pytest.mark.parametrize(("least", "kept"), [(2, True), (3, True), (4, False)])
def test_as_many_genes_as_are_needed_are_enough(least, kept):
    one = np.array([1.0, -1, 2, np.nan])
    found = Compartment(
        *("T", "", "T0", 50), genes=pd.Index(GENES[:4]), deviation=Deviation(one, one, one, one)
    )
    found = enough_genes(found, changed(GENERAL, min_genes=least))
    assert (found.deviation is not None) is kept
    assert found.unscorable == ("" if kept else "3 genes compared, fewer than 4")


def test_genes_that_vary_in_ones_own_donors_vary_together_in_stand_ins():
    """Four own donors: what is above in one of them in the first gene is below in the second."""
    own = np.array([[1.0, 8, 5], [2, 7, 5], [4, 5, 5], [9, 0, 5]])
    n = 6
    site = Elsewhere(
        *("B", n, np.ones(3), np.array([3.0, 4, 5]), np.array([2.0, 2, 8])),
        *(np.ones(3), np.ones(3), np.ones(2), np.full(2, 0.5)),
    )
    made = site.stand_ins(own, np.ones(3, dtype=bool))
    np.testing.assert_allclose(made.mean(axis=0), [3, 4, 5])
    np.testing.assert_allclose(((made - made.mean(axis=0)) ** 2).sum(axis=0), [2, 2, 8])
    np.testing.assert_allclose(made[:, 0] - 3, 4 - made[:, 1])
    assert abs(np.corrcoef(made[:, 0], made[:, 2])[0, 1]) < 0.99  # drawn by itself


def observed(name, unscorable=""):
    counts = np.random.default_rng(len(name) + ord(name[-1])).poisson(5, (30, len(GENES)))
    one = ad.AnnData(
        sparse.csr_matrix(counts.astype(np.float32)),
        obs=pd.DataFrame({"cell_type": ["T"] * 30}, index=[str(n) for n in range(30)]),
        var=pd.DataFrame(index=GENES),
    )
    one.obsm["protein"] = np.zeros((30, 0))
    sample = {"sample": f"S{name}", "patient": name, "condition": "healthy", "batch": ""}
    one.uns = {"sample": {**sample, "tissue": "", "time": "T0"}, "protein": {"gene": []}}
    one.uns |= {"unscorable": unscorable, "remedy": "mend it", "quality": {}, "provenance": {}}
    return one


def test_a_reference_names_the_samples_that_it_could_not_use():
    donors = [observed(f"H{n}") for n in range(3)]
    found = build_reference(
        [*donors, observed("H9", "no cells")], min_cells=10, min_donors=3, min_count=1
    )
    assert found.uns["unused"].to_dict("records") == [
        {"sample": "SH9", "reason": "no cells", "remedy": "mend it"}
    ]
    assert found.layers["share"].dtype == np.float32
