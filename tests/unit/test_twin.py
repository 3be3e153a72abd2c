"""Putting a twin together: seeds, modules, times, protein deviations."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.files import time_order
from twinscreen.network import Interactome
from twinscreen.twin.assemble import _latest
from twinscreen.twin.compare import _protein_deviation
from twinscreen.twin.deviation import Deviation
from twinscreen.twin.modules import find_module, seeds


def deviation(effect, logfc, qvalue):
    return Deviation(*(np.array(x, dtype=float) for x in (effect, logfc, qvalue, qvalue)))


def test_seeds_need_a_small_q_and_a_fold_change_that_matters():
    found = deviation(
        [5, 5, 5, np.nan, -6], [2, 0.5, 2, np.nan, -2], [0.01, 0.01, 0.2, np.nan, 0.01]
    )
    chosen = seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=500)
    assert chosen.tolist() == [True, False, False, False, True]


def test_the_fold_change_limit_is_a_ratio():
    found = deviation([5, 5], [np.log2(1.49), np.log2(1.51)], [0.01, 0.01])
    assert seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=9).tolist() == [False, True]


def test_no_cell_type_wins_by_size():
    found = deviation([3, -9, 5, 4], [2, 2, 2, 2], [0.01] * 4)
    chosen = seeds(found, max_qvalue=0.05, min_fold_change=1.5, most=2)
    assert chosen.tolist() == [False, True, True, False]


def test_module_lives_among_the_proteins_allowed():
    # a chain A-B-C-D: without B the seeds A and C, D fall apart
    network = Interactome.from_edges([("A", "B"), ("B", "C"), ("C", "D")])
    everything = np.ones(4, dtype=bool)
    without_b = np.array([True, False, True, True])
    whole = find_module(network, everything, everything, draws=50, random=np.random.default_rng(0))
    part = find_module(network, everything, without_b, draws=50, random=np.random.default_rng(0))
    assert whole.lcc_size == 4
    assert part.lcc_size == 2
    assert part.members.tolist() == without_b.tolist()
    assert np.isfinite(part.centrality).tolist() == [False, False, True, True]


def test_time_points_stand_in_the_order_of_their_numbers():
    times = ["T10", "T2", "T0", "day 1.5", "day 1", "day -7", "day-3"]
    expected = ["T0", "T2", "T10", "day -7", "day 1", "day 1.5", "day-3"]
    assert sorted(times, key=time_order) == expected


def test_the_latest_time_point_is_that_of_each_tissue_with_something_to_score():
    obs = pd.DataFrame(
        {
            "tissue": ["blood", "blood", "blood", "skin"],
            "time": ["T0", "T1", "T2", "T0"],
            "scorable": [True, True, False, True],
        }
    )
    assert _latest(obs).tolist() == [False, True, False, True]


def test_protein_deviation_is_a_prediction_interval_as_a_normal_score():
    donors = pd.DataFrame({"CD4": [1.0, 2.0, 3.0, 4.0], "CD8A": [1.0, np.nan, np.nan, 2.0]})
    found = _protein_deviation(pd.Series({"CD4": 6.0, "CD8A": 3.0, "CD3E": 1.0}), donors)
    from scipy import stats

    t = (6 - 2.5) / (donors["CD4"].std() * np.sqrt(1.25))
    assert found["CD4"] == pytest.approx(stats.norm.isf(stats.t.sf(t, 3)))
    assert np.isnan(found["CD8A"])  # two donors are too few
    assert "CD3E" not in found


@pytest.mark.filterwarnings("error")
def test_proteins_that_no_donor_has_do_not_deviate():
    level = pd.Series({"CD4": 6.0, "CD8A": 3.0})
    assert _protein_deviation(level, pd.DataFrame(index=range(4))).empty
