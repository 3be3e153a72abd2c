"""Chains from a variant over expression and protein to a drug, on a line of five genes."""

from itertools import pairwise

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twinscreen.files import TWIN
from twinscreen.network import Interactome
from twinscreen.screen.reasons.hypotheses import add_drugs
from twinscreen.twin.layers.hypotheses import hypotheses

GENES = ["A", "B", "C", "D", "E"]
PLACE = "Mono|blood|T1"


def a_line():
    return Interactome.from_edges(pairwise(GENES))


def make_twin(effect, pvalue, qvalue, protein=None, **var):
    """One compartment of the latest time point, and an earlier one in which everything deviates."""

    def rows(values, earlier):
        return np.array([values, [earlier] * 5], dtype=float)

    layers = {name: np.full((2, 5), np.nan) for name in TWIN.layers}
    layers["pvalue"], layers["qvalue"] = rows(pvalue, 1e-9), rows(qvalue, 1e-9)
    layers["protein"] = rows(protein or [np.nan] * 5, np.nan)
    obs = pd.DataFrame({"scorable": True, "latest": [True, False]}, index=[PLACE, "Mono|blood|T0"])
    table = pd.DataFrame({"degree": [1, 2, 2, 2, 1], **var}, index=GENES)
    return ad.AnnData(rows(effect, 9), obs=obs, var=table, layers=layers)


def chains(twin, **settings):
    return hypotheses(twin, a_line(), max_qvalue=0.05, max_genes=200, **settings)


def only(values):
    """A column of var with weights for some genes."""
    return [values.get(gene, np.nan) for gene in GENES]


LOW = {"effect": [-6, 0.1, 0.2, 5, 0.1], "pvalue": [1e-8, 0.9, 0.8, 1e-6, 0.9]}
LOW["qvalue"] = [5e-8, 0.9, 0.9, 1e-5, 0.9]


def test_a_whole_chain_and_its_strength_by_hand():
    twin = make_twin(
        **LOW,
        protein=[-3.0, np.nan, 0.3, np.nan, np.nan],
        variant=only({"A": 0.9}),
        variant_expected=only({"A": -1}),
    )
    found = chains(twin)
    assert len(found) == 1
    chain = found.iloc[0]
    assert chain[["gene", "expression_gene", "step", "compartment"]].tolist() == [
        *("A", "A", "own", PLACE)
    ]
    assert chain["missing"] == ""
    assert chain["evidence"] == (
        "Variant in A (weight 0.90); its expression lowered, as expected, in Mono (blood, T1),"
        " effect -6.0, q 5e-08; the protein deviates alike (-3.0)."
    )
    squared = stats.norm.isf(1e-8 / 2) ** 2
    expected = 0.9 * squared / (squared + 4) * 9 / 13
    assert chain["strength"] == pytest.approx(expected ** (1 / 3))


def test_the_missing_link_is_the_first_that_is_not_there():
    protein = make_twin(**LOW, variant=only({"A": 0.9}))
    assert chains(protein)["missing"].tolist() == ["protein"]
    assert chains(protein)["measure"].tolist() == ["Measure the protein of A in Mono (blood, T1)."]
    uncertain = make_twin(**LOW, variant=only({"A": 0.3}))
    assert chains(uncertain)["missing"].tolist() == ["impact"]
    unseen = dict(LOW, pvalue=[np.nan, *LOW["pvalue"][1:]], qvalue=[np.nan, *LOW["qvalue"][1:]])
    unseen = make_twin(**unseen, variant=only({"A": 0.9}))
    found = chains(unseen)
    assert found["missing"].tolist() == ["expression"]
    assert found["expression_state"].tolist() == ["not measured"]
    assert found["strength"].iloc[0] == pytest.approx((0.9 / 16) ** (1 / 3))


def test_what_goes_the_other_way_is_no_chain():
    up = make_twin(**LOW, variant=only({"A": 0.9}), variant_expected=only({"A": 1}))
    assert chains(up).empty
    other = make_twin(**LOW, protein=[4.0] + [np.nan] * 4, variant=only({"A": 0.9}))
    assert chains(other).empty


def test_a_neighbour_pays_for_the_choice_among_neighbours():
    # C does not deviate; of its neighbours B and D, D does
    twin = make_twin(**LOW, variant=only({"C": 1.0}))
    found = chains(twin).set_index("step")
    assert found.loc["neighbour", "expression_gene"] == "D"
    squared = stats.norm.isf(2 * 1e-6 / 2) ** 2
    assert found.loc["neighbour", "strength"] == pytest.approx(
        (squared / (squared + 4) / 4) ** (1 / 3)
    )
    assert found.loc["own", "missing"] == "expression"
    assert found.loc["neighbour", "rank"] == 1


def test_without_sequencing_disease_genes_ask_for_it():
    twin = make_twin(**LOW, disease=only({"A": 1.0, "B": 1.0}))
    found = chains(twin)
    assert found["gene"].tolist() == ["A"]  # B does not deviate
    assert found["missing"].tolist() == ["variant"]
    assert found["measure"].iloc[0].startswith("Sequence A")
    # where variants are known, a disease gene without one starts nothing
    assert chains(make_twin(**LOW, disease=only({"A": 1.0}), variant=only({"E": 0.1})))[
        "gene"
    ].tolist() == ["E", "E"]


def test_who_was_sequenced_and_has_no_variant_is_not_asked_for_sequencing():
    twin = make_twin(**LOW, disease=only({"A": 1.0}))
    read = {"kind": ["variant"], "id": ["all"], "detail": ["4 alleles, none used"]}
    twin.uns["findings"] = pd.DataFrame(read)
    assert chains(twin).empty
    twin.uns["findings"] = pd.DataFrame(read | {"id": ["file"]})  # could not be read
    assert chains(twin)["missing"].tolist() == ["variant"]


def test_cell_types_may_be_named_with_a_bar():
    twin = make_twin(**LOW, variant=only({"A": 0.9}))
    twin.obs_names = ["CD4|naive|blood|T1", "CD4|naive|blood|T0"]
    assert chains(twin)["measure"].tolist() == [
        "Measure the protein of A in CD4|naive (blood, T1)."
    ]


def test_no_more_than_fifty_chains():
    names = [f"g{i:03}" for i in range(120)]
    network = Interactome.from_edges(pairwise(names))
    layers = {name: np.full((1, 120), 1e-6) for name in TWIN.layers}
    twin = ad.AnnData(
        np.full((1, 120), 5.0),
        obs=pd.DataFrame({"scorable": True, "latest": True}, index=[PLACE]),
        var=pd.DataFrame({"variant": np.linspace(0.1, 1, 120)}, index=names),
        layers=layers,
    )
    twin.layers["protein"][:] = np.nan
    found = hypotheses(twin, network, max_qvalue=0.05, max_genes=200)
    assert found["rank"].tolist() == list(range(1, 51))
    assert found["strength"].is_monotonic_decreasing


def test_the_best_ranked_drug_against_the_deviation_closes_a_chain():
    twin = make_twin(
        **LOW, protein=[-3.0] + [np.nan] * 4, variant=only({"A": 0.9, "C": 0.8, "E": 0.9})
    )
    drugs = pd.DataFrame(
        {"name": ["anti", "agonist", "activator", "rest"], "rank": [1.0, 5.0, 2.0, np.nan]},
        index=["d1", "d2", "d3", "d4"],
    )
    targets = pd.DataFrame(
        [
            ("d1", "A", "A", -1),  # A is lowered: an inhibitor does not oppose that
            ("d2", "A", "A", 1),
            ("d3", "A|B", "A", 1),
            ("d4", "A", "A", 1),  # not ranked
            ("d3", "A|B", "B", 1),
            ("d2", "D", "D", 1),  # D is raised
            ("d1", "D", "D", 0),
        ],
        columns=["drug_id", "target", "gene", "sign"],
    )
    found = add_drugs(chains(twin), drugs, targets).set_index(["gene", "step"])
    whole = found.loc[("A", "own")]
    assert whole[["drug", "drug_id", "drug_rank", "drug_target", "further_drugs"]].tolist() == [
        *("activator", "d3", 2.0, "A|B +", "agonist")
    ]
    assert whole["missing"] == ""
    assert whole["measure"] == "Expose Mono (blood, T1) to activator and see whether A rises."
    near = found.loc[("C", "neighbour")]
    assert near["drug"] == ""
    assert np.isnan(near["drug_rank"])
    assert near["missing"] == "protein"
    nobody = add_drugs(chains(twin), drugs.assign(rank=np.nan), targets)
    assert nobody.loc[nobody["gene"] == "A", "missing"].tolist() == ["drug"]


def test_no_chains_take_no_drugs():
    empty = chains(make_twin(**LOW))
    drugs = pd.DataFrame({"name": [], "rank": []}, index=pd.Index([], dtype=str))
    targets = pd.DataFrame(columns=["drug_id", "target", "gene", "sign"])
    assert {"drug", "missing", "rank"} <= set(add_drugs(empty, drugs, targets).columns)
