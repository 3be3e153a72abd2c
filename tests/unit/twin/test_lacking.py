"""Cell types that controls lack, by hand."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.twin.lacking import COMMON, PRIOR, cell_types_lacking

NAN = np.nan


def twin(flags=("", "too_few_donors", ""), n_cells=(300, 100, 100), donors=(8, 1, 8), time="T0"):
    """B cells, blasts and T cells; CD34 is in most blasts, CD3E in T cells, ACTB everywhere."""
    detected = np.array([[0.01, 0, 0.9, NAN], [0.8, 0.1, 0.9, NAN], [0.01, 0.7, 0.9, 1]])
    level = np.array([[0.1, 0, 20, NAN], [6, 0.5, 20, NAN], [0.1, 4, 20, 9]])
    obs = pd.DataFrame(
        {
            "flags": flags,
            "n_cells": n_cells,
            "n_reference_donors": donors,
            "tissue": "blood",
            "time": time,
        },
        index=["B", "Blast", "T"],
    )
    return ad.AnnData(
        level,
        obs=obs,
        var=pd.DataFrame(index=["CD34", "CD3E", "ACTB", "ELSEWHERE"]),
        layers={"detected": detected, "level": level},
    )


def rows(*args, **facts):
    return cell_types_lacking(twin(*args, **facts), min_cells=10, min_donors=3)


def test_a_cell_type_that_controls_lack_is_described_by_what_its_neighbours_have_less_of():
    (row,) = rows().to_dict("records")
    assert (row["compartment"], row["n_cells"], row["share"]) == ("Blast", 100, 0.2)
    assert (row["gene"], row["detected"]) == ("CD34", 0.8)  # CD3E is in too few, ACTB no higher
    assert row["elsewhere"] == pytest.approx(0.01)
    assert row["logfc"] == pytest.approx(np.log2((6 + PRIOR) / (0.1 + PRIOR)), abs=1e-3)
    assert COMMON > 0.1


def test_others_count_by_their_cells():
    one = twin()
    one.layers["detected"][0, 0] = 0.2
    (row,) = cell_types_lacking(one, min_cells=10, min_donors=3).to_dict("records")
    assert row["elsewhere"] == pytest.approx((0.2 * 300 + 0.01 * 100) / 400)


@pytest.mark.parametrize(
    "facts",
    [
        {"flags": ("", "too_few_cells", "")},
        {"flags": ("", "", "")},
        {"donors": (8, 5, 8)},  # too few patients of the group
        {"n_cells": (300, 9, 100)},
    ],
)
def test_other_cell_types_are_not_described(facts):
    assert rows(**facts).empty


def test_too_few_cells_in_the_own_control_count_whatever_the_donors():
    assert len(rows(flags=("", "too_few_control_cells", ""), donors=(1, 1, 1))) == 1


def test_cells_of_another_time_are_no_neighbours():
    (row,) = rows(time=["T0", "T1", "T0"]).to_dict("records")
    assert (row["gene"], row["share"]) == ("", 1)
