"""How much each compartment counts, by hand."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.screen.rank.compartment_weights import compartment_weights

NAN = np.nan


def twin(**changes):
    obs = {
        "latest": [True, True, True, False],
        "n_cells": [60, 30, 10, 500],
        "communication_centrality": [0.5, 1.0, 0.2, 1.0],
        "lcc_p": [0.0, 0.5, 0.9, 0.0],
    }
    names = pd.Index(list("abcd"))
    return ad.AnnData(np.zeros((4, 1)), obs=pd.DataFrame(obs | changes, index=names))


def test_equal_weights_leave_earlier_states_out():
    weight, other = compartment_weights(twin(), "equal")
    assert weight.tolist() == [1, 1, 1, 0]
    assert other == pytest.approx(compartment_weights(twin(), "communication")[0])


def test_communication_is_centrality_times_cells_times_module():
    """0.5 x 0.6 x 1, 1 x 0.3 x 0.5, 0.2 x 0.1 x 0.1; the mean of the three becomes 1."""
    weight, other = compartment_weights(twin(), "communication")
    product = np.array([0.3, 0.15, 0.002, 0])
    assert weight == pytest.approx(product / (0.452 / 3))
    assert other.tolist() == [1, 1, 1, 0]


def test_what_is_not_known_of_a_compartment_is_the_mean_of_the_others():
    weight, _ = compartment_weights(twin(lcc_p=[0.0, 0.5, NAN, 0.0]), "communication")
    product = np.array([0.3, 0.15, 0.2 * 0.1 * 0.75])
    assert weight[:3] / weight[0] == pytest.approx(product / 0.3)


def test_where_nothing_is_known_of_any_that_factor_is_left_out():
    weight, _ = compartment_weights(twin(communication_centrality=[NAN] * 4), "communication")
    product = np.array([0.6, 0.3 * 0.5, 0.1 * 0.1])
    assert weight[:3] / weight[0] == pytest.approx(product / 0.6)


def test_where_no_cell_type_talks_all_count_alike():
    weight, _ = compartment_weights(twin(communication_centrality=[0.0] * 4), "communication")
    assert weight.tolist() == [1, 1, 1, 0]


def test_deviations_without_cells_can_be_weighed():
    weight, _ = compartment_weights(twin(n_cells=[0, 0, 0, 0]), "communication")
    assert weight.tolist() == [1, 1, 1, 0]
