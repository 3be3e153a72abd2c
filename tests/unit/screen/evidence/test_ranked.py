"""Kinds of evidence without a null of their own: direction and figures by hand."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.screen.evidence.centrality import centrality_evidence
from twinscreen.screen.evidence.communication import communication_evidence
from twinscreen.screen.evidence.nearness import Nearness
from twinscreen.screen.evidence.proximity import proximity_evidence
from twinscreen.screen.evidence.targets import target_sets

NAN = np.nan
GENES = pd.Index(["TNF", "TNFR", "IL6", "IL6R", "GP130", "X"])
ROWS = [
    ("anti-TNF", "TNF", "TNF", -1),
    ("agonist", "TNFR", "TNFR", 1),
    ("tocilizumab", "IL6R|GP130", "IL6R", -1),
    ("tocilizumab", "IL6R|GP130", "GP130", -1),
    ("elsewhere", "X", "X", -1),
    ("binder", "TNF", "TNF", 0),
]
DRUGS = ["anti-TNF", "agonist", "tocilizumab", "elsewhere", "binder"]
LINKS = ["sender", "receiver", "ligand", "receptor", "gain", "gain_qvalue"]


def targets():
    table = pd.DataFrame(ROWS, columns=["drug_id", "target", "gene", "sign"])
    return target_sets(pd.DataFrame({"drug_id": DRUGS}), table, GENES)


def twin(links=()):
    obs = pd.DataFrame(index=["T", "B", "old"])
    result = ad.AnnData(np.zeros((3, 6)), obs=obs, var=pd.DataFrame(index=GENES))
    result.layers["centrality"] = np.full((3, 6), NAN)
    result.uns["communication"] = pd.DataFrame(list(links), columns=LINKS)
    return result


WEIGHT = np.array([1.0, 3.0, 0.0])


def test_near_is_positive():
    z = np.array([[-3.0, -1], [2, NAN], [0, 0]])
    shape = {name: np.zeros((3, 2)) for name in Nearness.__dataclass_fields__}
    near = Nearness(**shape | {"z": z, "distance": z + 5})
    found = proximity_evidence(near, np.array([0, 1]), np.array([1.0, 1.0]))
    assert found.parts == pytest.approx(np.array([[3, 1], [-2, NAN]]), nan_ok=True)
    assert found.weaker_z == pytest.approx([4 / np.sqrt(2), -2])
    assert found.raw[0].tolist() == [2, 4]
    assert found.name == "proximity"


def test_centrality_is_the_mean_over_targets_and_0_outside_modules():
    patient = twin()
    patient.layers["centrality"][0, :2] = [0.8, 0.2]
    patient.layers["centrality"][1, [1, 3]] = [0.6, 0.4]
    patient.layers["centrality"][2] = 1
    found = centrality_evidence(patient, targets(), WEIGHT)
    expected = [[0.8, 0, 1], [0.2, 0.6, 1], [0, 0.2, 1], [0, 0, 1], [0.8, 0, 1]]
    assert found.raw == pytest.approx(np.array(expected))
    whole = [0.8 / 4, (0.2 + 1.8) / 4, 0.6 / 4, 0, 0.8 / 4]  # the earlier state counts nothing
    ranks = stats.norm.ppf((stats.rankdata(whole) - 0.5) / 5)
    assert found.weaker_z == pytest.approx(ranks)


def test_without_modules_centrality_says_nothing():
    found = centrality_evidence(twin(), targets(), WEIGHT)
    assert np.isnan(found.weaker_z).all()


def test_blocking_a_link_that_gained_speaks_for_a_drug_and_driving_it_against():
    links = [
        ("B", "T", "TNF", "TNFR", 2.0, 0.01),
        ("T", "B", "IL6", "IL6R_GP130", 3.0, 0.01),
        ("T", "B", "TNF", "TNFR", 9.0, 0.2),  # may be chance
        ("T", "gone", "TNF", "TNFR", 9.0, 0.01),  # received by none of these
    ]
    found = communication_evidence(twin(links), targets(), WEIGHT)
    assert found.raw[:, 0] == pytest.approx([2, -2, 0, 0, NAN], nan_ok=True)
    assert found.raw[:, 1] == pytest.approx([0, 0, 3, 0, NAN], nan_ok=True)
    # over both: 2 x 1/4, the same against, 3 x 3/4, nothing
    assert found.weaker_z == pytest.approx(
        [*stats.norm.ppf([5 / 8, 1 / 8, 7 / 8, 3 / 8]), NAN], nan_ok=True
    )


def test_a_link_that_was_lost_is_turned_round():
    links = [("B", "T", "TNF", "TNFR", -2.0, 0.01)]
    found = communication_evidence(twin(links), targets(), WEIGHT)
    assert found.raw[:2, 0] == pytest.approx([-2, 2])


def test_without_links_communication_says_nothing():
    found = communication_evidence(twin(), targets(), WEIGHT)
    assert np.isnan(found.weaker_z).all()
