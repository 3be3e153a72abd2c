"""Shares of cells and levels, by hand."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.twin.deviation.presence import presence


def sample(counts, genes, types):
    return ad.AnnData(
        sparse.csr_matrix(np.array(counts, dtype=np.float32)),
        obs=pd.DataFrame({"cell_type": types}, index=[f"c{i}" for i in range(len(types))]),
        var=pd.DataFrame(index=list(genes)),
    )


def test_share_of_cells_and_counts_per_ten_thousand_by_cell_type():
    one = sample([[5, 0, 5], [0, 0, 10], [1, 1, 0]], "ABC", ["B", "B", "T"])
    found = presence([one], {"A", "B"})
    assert found["B"].detected == pytest.approx([0.5, 0, 1])
    assert found["B"].level == pytest.approx([2500, 0, 7500])
    assert found["T"].detected == pytest.approx([1, 1, 0])
    assert found["T"].n_coding == 2


def test_a_gene_counts_in_the_samples_that_measured_it():
    one, two = sample([[5, 5]], "AB", ["B"]), sample([[0, 10], [10, 0]], "AC", ["B", "B"])
    found = presence([one, two], {"A", "C"})["B"]
    assert list(found.genes) == ["A", "B", "C"]
    assert found.detected == pytest.approx([2 / 3, 1, 0.5])
    assert found.level == pytest.approx([5000, 5000, 5000])
    assert found.n_coding == 1  # the first sample measured one of the two


def test_a_gene_that_no_sample_of_a_cell_type_measured_is_missing():
    one, two = sample([[5]], "A", ["B"]), sample([[10]], "C", ["T"])
    found = presence([one, two], set())["B"]
    assert found.detected == pytest.approx([1, np.nan], nan_ok=True)
    assert found.level == pytest.approx([10000, np.nan], nan_ok=True)
