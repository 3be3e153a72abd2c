"""Sets, relevance and links of the layers of small twins."""

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from twin_settings import GENERAL
from twinscreen.files import TWIN
from twinscreen.network import Interactome, random_walk
from twinscreen.settings.twin import LayerSettings
from twinscreen.twin.layers.layer_sets import LAYERS, heaviest, layer_members, seed_weights
from twinscreen.twin.layers.multilayer import add_layers


def walk_settings(**weights):
    return LayerSettings(weights=weights, max_genes=5)


def make_twin(network, compartments):
    """A twin whose compartments were compared everywhere and deviate nowhere."""
    shape = (len(compartments), len(network.names))
    layers = {name: np.full(shape, np.nan) for name in TWIN.layers}
    layers["module"][:], layers["pvalue"][:], layers["qvalue"][:] = 0, 1, 1
    obs = pd.DataFrame({"scorable": True, "latest": True}, index=compartments)
    var = pd.DataFrame({"degree": network.degree}, index=network.names.astype(str))
    return ad.AnnData(np.zeros(shape), obs=obs, var=var, layers=layers)


@pytest.fixture
def club():
    return Interactome.from_networkx(nx.karate_club_graph())


def test_a_set_holds_nine_tenths_of_the_weight():
    assert heaviest(np.array([0.6, 0.3, 0.1, np.nan]), most=9).tolist() == [1, 1, 0, 0]
    assert heaviest(np.array([0.6, 0.29, 0.1]), most=9).tolist() == [1, 1, 1]


def test_a_set_is_bounded_but_for_ties():
    dense = np.linspace(1, 2, 1000)
    assert heaviest(dense, most=100).nonzero()[0].tolist() == list(range(900, 1000))
    assert heaviest(np.array([0.5, 0.5, 0.5, 1]), most=2).tolist() == [1, 1, 1, 1]
    assert not heaviest(np.full(4, np.nan), most=2).any()
    assert heaviest(np.empty(0), most=2).shape == (0,)


def test_each_layer_has_the_weights_that_its_definition_says(club):
    twin = make_twin(club, ["T|blood|0"])
    twin.X[0, :3] = [4, -5, 6]
    twin.layers["module"][0, :2] = 1
    twin.layers["protein"][0, 5:9] = [-4, 2.1, 0.1, 0.2]  # q of 2.1 among four: 0.07
    twin.var["variant"] = np.where(np.arange(34) == 7, 0.5, np.nan)
    weights = seed_weights(twin, max_qvalue=0.05)
    rows = dict(zip(LAYERS, weights[:, :, 0], strict=True))
    assert rows["transcript"].nonzero()[0].tolist() == [0, 1]
    assert rows["transcript"][:2].tolist() == [4, 5]
    assert {int(v): rows["protein"][v] for v in rows["protein"].nonzero()[0]} == {5: 4.0}
    assert {int(v): rows["variant"][v] for v in rows["variant"].nonzero()[0]} == {7: 0.5}
    assert not rows["phenotype"].any()
    assert not weights[:2, :, 1].any()  # the patient alone
    assert layer_members(weights, most=5).sum(axis=1)[:, 0].tolist() == [2, 1, 1, 0, 0, 0]


def test_relevance_is_a_walk_from_all_layers_over_one_from_everywhere(club):
    twin = make_twin(club, ["T|blood|0", "B|blood|0", "NK|blood|0"])
    twin.X[0, [0, 9]], twin.layers["module"][0, [0, 9]] = [3, -1], 1
    twin.X[1, 4], twin.layers["module"][1, 4] = 5, 1
    twin.var["phenotype"] = np.where(np.arange(34) < 2, 1, np.nan)
    add_layers(twin, club, walk_settings(phenotype=3.0), GENERAL)

    seeds = np.zeros((34, 2))
    seeds[[0, 9], 0] = [0.75 / 4, 0.25 / 4]
    seeds[4, 1] = 1 / 4
    seeds[:2] += 3 / 8
    again = 0.7 / 0.85
    flat = random_walk(club, np.ones(34), restart=again)[:, None]
    exact = random_walk(club, seeds, restart=again) / flat
    assert twin.layers["relevance"][:2] == pytest.approx(exact.T, rel=1e-5)
    assert np.isnan(twin.layers["relevance"][2]).all()  # nothing deviates there
    # the patient alone: one layer, no jumps, restart 0.7
    alone = random_walk(club, seeds[:, 1] * 0 + (np.arange(34) < 2)) / random_walk(
        club, np.ones(34)
    )
    assert twin.var["relevance"].to_numpy() == pytest.approx(alone)

    table = twin.uns["relevance"]
    assert table.groupby("compartment")["rank"].min().to_dict() == {
        "": 1,
        "B|blood|0": 1,
        "T|blood|0": 1,
    }
    assert table[list(LAYERS)].sum(axis=1).to_numpy() == pytest.approx(1)
    own = table[(table["compartment"] == "B|blood|0") & (table["gene"] == "4")].iloc[0]
    part = random_walk(club, np.arange(34) == 4, restart=again)[4] / 4
    assert own["transcript"] == pytest.approx(part / (exact[4, 1] * flat[4, 0]))


def test_a_patient_without_cells_has_relevance_and_links_of_variants_and_phenotypes(club):
    twin = make_twin(club, [])
    twin.var["variant"] = np.where(np.isin(np.arange(34), [0, 33]), 0.5, np.nan)
    twin.var["phenotype"] = np.where(np.arange(34) < 4, 1.0, np.nan)
    add_layers(twin, club, walk_settings(), GENERAL)
    assert twin.var["relevance"].notna().all()
    assert twin.var["relevance"].idxmax() == "0"  # in both layers
    links = twin.uns["layer_links"]
    assert links[["compartment", "layer_a", "layer_b", "overlap"]].to_numpy().tolist() == [
        ["", "variant", "phenotype", 1]
    ]
    assert links[["size_a", "size_b"]].to_numpy().tolist() == [[2, 4]]


def test_layers_link_within_a_compartment_and_to_the_patient_only(club):
    twin = make_twin(club, ["T|blood|0", "B|blood|0"])
    for row in (0, 1):
        twin.X[row, row], twin.layers["module"][row, row] = 5, 1
        twin.layers["protein"][row, 10:14] = [6, 5, 0, 0]
    twin.var["disease"] = np.where(np.arange(34) < 3, 1.0, np.nan)
    add_layers(twin, club, walk_settings(), GENERAL)
    pairs = twin.uns["layer_links"][["compartment", "layer_a", "layer_b"]]
    assert sorted(pairs.to_numpy().tolist()) == sorted(
        [cell, *ends]
        for cell in ("T|blood|0", "B|blood|0")
        for ends in (
            ["transcript", "protein"],
            ["transcript", "disease"],
            ["protein", "disease"],
        )
    )


def test_without_any_layer_there_is_nothing_and_no_fault(club):
    twin = make_twin(club, [])
    add_layers(twin, club, walk_settings(), GENERAL)
    assert twin.var["relevance"].isna().all()
    assert [len(twin.uns[name]) for name in ("relevance", "layer_links", "hypotheses")] == [0] * 3
    assert twin.layers["relevance"].shape == (0, 34)
