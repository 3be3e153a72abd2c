"""What the layers of a hand-made twin say of targets."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.files.contracts.screen_tables import SUPPORT
from twinscreen.network import Interactome
from twinscreen.screen.reasons.layer_reasons import LAYERS, layers_table

GENES = ["A", "B", "C", "D", "E", "F", "G", "H"]
NOW, BEFORE, FEW = "T cell|blood|T1", "T cell|blood|T0", "B cell|blood|T1"
LINKS = ["sender", "receiver", "ligand", "receptor", "gain_logfc", "gain_qvalue"]


@pytest.fixture
def twin():
    """Three compartments, of which the first is treated: A raised, B lowered, both for sure."""
    row = np.array([5.0, -4.0, 0.1, 0.2, np.nan, 0.0, 0.0, 0.3])
    effect = np.array([row, -row, row])
    twin = ad.AnnData(
        effect,
        obs=pd.DataFrame(
            {"scorable": [True, True, False], "latest": [True, False, True]},
            index=[NOW, BEFORE, FEW],
        ),
        var=pd.DataFrame(np.nan, index=GENES, columns=[*LAYERS[2:7], "variant_expected"]),
    )
    twin.layers["qvalue"] = np.where(np.abs(effect) > 1, 0.01, 0.8)
    twin.layers["module"] = np.where(effect == 5, 1.0, 0.0)
    for name in ("protein", "relevance"):
        twin.layers[name] = np.full(effect.shape, np.nan)
    names = ["compartment", "gene", "rank", *LAYERS[:6]]
    twin.uns["relevance"] = pd.DataFrame(columns=names)
    twin.uns["communication"] = pd.DataFrame(columns=LINKS)
    return twin


def targets(*rows):
    return pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])


RING = Interactome.from_edges([(a, b) for a, b in zip(GENES, [*GENES[1:], "A"], strict=True)])


def said(twin, *rows, network=RING):
    """Layer, compartment, target, value and direction of each row, for drugs D1 and D2."""
    table = layers_table(twin, targets(*rows), ["D2", "D1"], network)
    assert table.columns.tolist() == SUPPORT.names
    columns = ["drug_id", "layer", "compartment", "target", "value", "direction"]
    return list(table[columns].itertuples(index=False, name=None))


def test_an_action_against_the_deviation_is_for_the_drug(twin):
    """Nothing is said of the time before, nor of the compartment with few cells."""
    found = said(
        twin, ("D1", "A", "A", -1), ("D1", "B", "B", -1), ("D1", "C", "C", -1), ("D2", "A", "A", 0)
    )
    assert found == [
        ("D2", "transcript", NOW, "A", 5.0, "either"),
        ("D1", "transcript", NOW, "A", 5.0, "for"),
        ("D1", "transcript", NOW, "B", -4.0, "against"),
    ]
    detail = layers_table(twin, targets(("D1", "A", "A", 1)), ["D1"], RING)["detail"].item()
    assert detail == "A is raised: effect 5.0, q 0.01, in the module"


def test_members_of_a_complex_each_count(twin):
    found = said(twin, ("D1", "A|B", "A", 1), ("D1", "A|B", "B", 1), ("D9", "A", "A", 1))
    assert [(row[3], row[4], row[5]) for row in found] == [
        ("A|B", 5.0, "against"),
        ("A|B", -4.0, "for"),
    ]


def test_surface_proteins_are_corrected_for_all_that_were_measured(twin):
    """Of four proteins p = 0.02 has q = 0.08 if it is the least; with p = 1e-6 beside it, 0.04."""
    z = stats.norm.isf(0.02 / 2)
    twin.layers["protein"][0, 4:] = [z, 0.0, 0.0, 0.0]
    assert said(twin, ("D1", "E", "E", -1)) == []
    twin.layers["protein"][0, 5] = stats.norm.isf(1e-6 / 2)
    assert said(twin, ("D1", "E", "E", -1)) == [("D1", "protein", NOW, "E", z, "for")]


def test_a_variant_that_lets_expect_a_rise_has_a_direction(twin):
    twin.var.loc["C", ["variant", "variant_expected", "disease"]] = [0.5, 1, 0.8]
    twin.var.loc["D", ["variant", "disease"]] = [0.04, 0.9]  # less than a tenth of C's variant
    empty = Interactome.from_edges([(name, name) for name in GENES])
    found = said(twin, ("D1", "C", "C", -1), ("D2", "D", "D", -1), network=empty)
    assert found == [
        ("D2", "disease", "", "D", 0.9, "either"),
        ("D1", "variant", "", "C", 0.5, "for"),
        ("D1", "disease", "", "C", 0.8, "either"),
    ]


def test_neighbours_count_if_chance_does_not_give_them(twin):
    """A star around A with eight of 28 genes in the layer, which have one edge each of 2 x 28."""
    leaves = [f"L{i}" for i in range(28)]
    names = ["A", *leaves]
    star = Interactome.from_edges([("A", leaf) for leaf in leaves])
    wide = ad.AnnData(
        np.full((1, 29), np.nan),
        obs=pd.DataFrame({"scorable": [True], "latest": [True]}, index=[NOW]),
        var=pd.DataFrame(np.nan, index=names, columns=twin.var.columns),
        layers={name: np.full((1, 29), np.nan) for name in twin.layers},
        uns=dict(twin.uns),
    )
    for number, significant in ((8, True), (1, False)):
        wide.var["exposure"] = [0.0] + [1.0] * number + [0.0] * (28 - number)
        # eight of the 56 ends of edges are in the layer: 28 draws give four on average
        pvalue = stats.binom(28, number / 56).sf(number - 1)
        assert (pvalue < 0.05) == significant
        found = said(wide, ("D1", "A", "A", -1), network=star)
        assert found == [("D1", "exposure", "", "A", number, "either")] * significant


def test_relevance_names_the_layers_behind_it(twin):
    twin.layers["relevance"][:, 0] = [8.0, 90.0, 50.0]  # the latter two are not treated
    twin.var["relevance"] = [2.0, 0.9, 3.0, *[np.nan] * 5]
    shares = {"transcript": 0.3, "protein": 0.0, "variant": 0.7}
    twin.uns["relevance"] = pd.DataFrame([{"compartment": NOW, "gene": "A", "rank": 4, **shares}])
    rows = [("D1", name, name, -1) for name in ("A", "B", "C")]
    table = layers_table(twin, targets(*rows), ["D1"], RING)
    table = table[table["layer"] == "relevance"]
    assert table[["compartment", "target", "value"]].to_numpy().tolist() == [
        [NOW, "A", 8.0],
        ["", "C", 3.0],
    ]
    assert table["detail"].iloc[0].endswith("(number 4), by variant 70 %, transcript 30 %")


def test_links_that_grew_speak_for_blocking_both_ends(twin):
    links = [
        (NOW, NOW, "A", "G_H", 2.0, 0.001),
        (NOW, NOW, "F", "H", 3.0, 0.04),
        (FEW, NOW, "E", "H", 4.0, 0.2),  # not for sure
        (NOW, FEW, "C", "H", -1.0, 0.01),  # H is where nothing is treated, C is not
    ]
    twin.uns["communication"] = pd.DataFrame(links, columns=LINKS)
    rows = [("D1", name, name, sign) for name, sign in (("C", 1), ("F", 1), ("G", -1), ("H", -1))]
    assert said(twin, *rows) == [
        ("D1", "communication", NOW, "F", 3.0, "against"),
        ("D1", "communication", NOW, "H", 3.0, "for"),
        ("D1", "communication", NOW, "G", 2.0, "for"),
        ("D1", "communication", NOW, "C", -1.0, "for"),
    ]
    table = layers_table(twin, targets(*rows), ["D1"], RING)
    assert table["detail"].iloc[1] == (
        "H is the receptor of 2 links that grew, most with F of T cell (blood, T1)"
        " (log2 fold change 3.0, q 0.04)"
    )


def test_no_drugs_and_no_compartments_give_an_empty_table(twin):
    for patient, drugs in ((twin, []), (twin[:0].copy(), ["D1"])):
        table = layers_table(patient, targets(("D1", "A", "A", -1)), drugs, RING)
        assert table.empty
        assert table.dtypes.equals(SUPPORT.empty().dtypes)
