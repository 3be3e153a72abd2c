"""The reference method: every rule by hand, and a whole toy patient."""

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse, special

from twinscreen.files import CELL_LAYERS, InputError
from twinscreen.network import Interactome, Proximity, membership
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import target_genes, target_sets
from twinscreen.screen.rank.scdrugprio import (
    active_ligands,
    candidates,
    differential_expression,
    intercellular_centrality,
    intracellular_centrality,
    ligand_potential,
    normal_pvalue,
    opposing_targets,
    scdrugprio,
    scores,
)


def test_changed_genes_by_each_rule():
    logfc = np.array([0.41, -0.41, 0.40, 0.9, 0.9, -2.0, np.nan])
    pvalue = np.array([1e-4, 1e-4, 1e-9, 0.011, 1e-9, 1e-9, np.nan])
    share = np.array([0.1, 0.5, 0.5, 0.5, 0.09, 0.5, np.nan])
    found = differential_expression(logfc, pvalue, share, n_genes=5)
    # log 1.5 = 0.405; p 0.011 x 5 is above 0.05; a share of 0.09 is too small
    assert found.tolist() == [1, -1, 0, 0, 0, -1, 0]


def test_no_more_than_the_3500_genes_of_smallest_p():
    pvalue = np.linspace(0, 1e-9, 4000)[::-1]
    found = differential_expression(np.ones(4000), pvalue, np.ones(4000), n_genes=4000)
    assert found.sum() == 3500
    assert found[:500].sum() == 0


def test_of_genes_of_one_p_those_that_changed_most_are_kept():
    logfc = np.linspace(1, -3, 5000)
    found = differential_expression(logfc, np.full(5000, 1e-9), np.ones(5000), n_genes=5000)
    assert np.abs(found).sum() == 3500
    assert np.abs(logfc[found != 0]).min() >= np.abs(logfc[found == 0]).max()


def test_an_antagonist_opposes_what_is_up_and_an_agonist_what_is_down():
    actions = sparse.csr_array(np.array([[-1.0, -1, 0, 1], [1, 1, 1, 1], [0, 0, -1, 0]]))
    counteracting, mimicking = opposing_targets(actions, np.array([1, -1, 0, -1], dtype=np.int8))
    assert counteracting.tolist() == [2, 2, 0]
    assert mimicking.tolist() == [1, 1, 0]


def proximity_of(distance, expected, sd):
    return Proximity(*(np.array(x, float)[:, None] for x in (distance, expected, sd, sd)))


def test_a_null_that_never_varies_gives_p_1_where_it_meets_the_distance():
    found = proximity_of([0.5, 1.0, 0.5], [1.5, 1.0, 1.0], [0.5, 0.0, 0.0])
    p = normal_pvalue(found)[:, 0]
    assert p[0] == pytest.approx(special.ndtr(-2))
    assert p[1] == 1
    assert np.isnan(p[2])


def test_candidates_are_near_significant_and_oppose():
    found = proximity_of([0.9, 1.0, 0.9, 0.9], [2, 2, 2, 1], [0.5] * 4)
    assert candidates(found, np.array([[1], [1], [0], [1]]))[:, 0].tolist() == [
        True,
        False,  # a mean distance of 1 is too far
        False,  # opposes nothing
        False,  # z = -0.2
    ]


def test_centrality_between_cell_types_as_published():
    found = intercellular_centrality(np.array([[70, 70], [12, 12]]))
    assert found == pytest.approx([1, 0.5175], abs=5e-5)


def test_cell_types_that_do_not_talk_have_no_centrality():
    assert intercellular_centrality(np.zeros((2, 2))).tolist() == [0, 0]
    assert intercellular_centrality(np.array([[0, 2, 0], [0, 0, 0], [0, 0, 0]])) == pytest.approx(
        [1, 1, 0]
    )
    assert intercellular_centrality(np.array([[3]])).tolist() == [1]


def test_centrality_within_a_cell_type():
    """In a star of three the hub has 1, a leaf 1/sqrt(3); E is changed, but on its own."""
    network = Interactome.from_edges([("H", "A"), ("H", "B"), ("H", "C"), ("H", "X"), ("X", "E")])
    degs = np.isin(network.names, ["H", "A", "B", "C", "E"])
    drugs = [("hub", "H"), ("pair", "H"), ("pair", "A"), ("pair", "X"), ("off", "E"), ("off", "X")]
    targets, _ = membership(network, drugs)
    found = intracellular_centrality(network, degs, targets)
    assert found == pytest.approx([1, 3**-0.25, 0])
    assert intracellular_centrality(network, np.isin(network.names, ["H", "A"]), targets) is None


def test_centrality_is_that_of_networkx():
    graph = nx.barbell_graph(6, 3)
    network = Interactome.from_networkx(graph)
    each, _ = membership(network, [(v, v) for v in network.names.tolist()])
    found = intracellular_centrality(network, np.ones(15, dtype=bool), each)
    expected = np.array(list(nx.eigenvector_centrality_numpy(graph).values()))
    assert found == pytest.approx(expected / expected.max())


def test_ligands_are_active_where_their_potential_correlates_with_the_changed_genes():
    random = np.random.default_rng(3)
    potential = random.random((40, 25))
    potential[0] = 0.5  # has no correlation
    degs, measured = random.random(25) < 0.4, random.random(25) < 0.8
    expected = [
        np.corrcoef(row[measured], degs[measured])[0, 1] > 0 if row.std() else False
        for row in potential
    ]
    assert active_ligands(potential, degs, measured).tolist() == expected
    assert not active_ligands(potential, np.zeros(25, bool), measured).any()


def test_a_ligand_without_influence_has_that_of_its_receptors():
    pairs = pd.DataFrame(
        [("L", "R"), ("M", "R_S"), ("M", "T"), ("A_B", "T"), ("N", "U")],
        columns=["ligand", "receptor"],
    )
    influence = np.array([[1.0, -2], [0, 4], [2, 2], [3, 0]])
    names, found = ligand_potential(pairs, influence, pd.Index(["L", "R", "S", "A"]))
    assert names == ["A_B", "L", "M"]  # nothing is known of N and its receptor
    assert found.tolist() == [[3, 0], [1, 2], [1, 3]]


def test_scores_add_up():
    candidate = np.array([[True, True], [False, True], [False, False]])
    within = np.array([[1.0, 0.5], [0.0, 0.0], [0.4, 0.0]])
    found = scores(candidate, np.array([1.0, 0.5]), within)
    assert found == pytest.approx([1.5 + 0.075, 0.5, 0.02])


# --- a whole patient ----------------------------------------------------------------------
# Two cell types. In `one`, the genes H, A, B and C are up, and hang together as a star around H;
# in `two`, H alone is down. Around G0, two steps from H, 99 unchanged genes make chance distances
# nearly always 2.

STAR = [("H", "A"), ("H", "B"), ("H", "C")]
EDGES = [*STAR, ("H", "N"), ("N", "G0"), *(("G0", f"G{i}") for i in range(1, 100))]
TOY = Interactome.from_edges(EDGES)
ACTIONS = [
    ("blocker", "H", -1),  # opposes H where it is up
    ("opener", "H", 1),  # opposes H where it is down
    ("leaves", "A", -1),
    ("leaves", "B", -1),
    ("binder", "A", 0),  # near, but opposes nothing
    ("far", "G99", -1),
]


def toy(weight=(1.0, 1.0)):
    """What the preset looks at."""
    drugs = pd.DataFrame({"drug_id": ["blocker", "opener", "leaves", "binder", "far", "none"]})
    table = pd.DataFrame(ACTIONS, columns=["drug_id", "gene", "sign"])
    table["target"] = table["gene"]
    names = pd.Index(TOY.names)
    up = np.isin(names, ["H", "A", "B", "C"])
    logfc = np.array([np.where(up, 1.0, 0.0), np.where(names == "H", -1.0, 0.0)])
    layers = {
        "cell_logfc": logfc,
        "cell_pvalue": np.where(logfc != 0, 1e-8, 0.9),
        "cell_share": np.where(names == "A", 0.05, 0.5) * np.ones((2, 1)),
    }
    layers["cell_share"][0] = 0.5
    obs = pd.DataFrame({"n_genes": [200, 200]}, index=["one", "two"])
    twin = ad.AnnData(np.zeros((2, len(names))), obs=obs, var=pd.DataFrame(index=names))
    twin.layers.update(layers)
    twin.uns["patient"] = {"patient": "P"}
    genes = target_genes(drugs, table, names)
    # A regulates H and B alone. It is a ligand, which both cell types respond to: H is changed in
    # both. In `two` fewer than 10 % of cells have it, so only `one` sends it: n = [[1, 1], [0, 0]].
    scored = Scored(
        target_sets(drugs, table, pd.Index(["A"])),
        np.empty(0),
        None,  # type: ignore[arg-type]
        np.array([[1.0, 0.2, 0.0, 0.0]]),
        pd.Index(["A"]),
        pd.Index(["H", "B", "G0", "G1"]),
        twin.obs_names,
        np.array(weight),
    )
    pairs = pd.DataFrame({"ligand": ["A"], "receptor": ["H"]})
    return {
        "twin": twin,
        "network": TOY,
        "genes": genes,
        "scored": scored,
        "ligand_receptor": pairs,
        "seed": 1,
    }


def test_a_toy_patient_by_hand():
    """W = [[2, 1], [1, 0]]: eigenvalue 1 + sqrt 2, centrality 1 and sqrt 2 - 1.

    Inside `one`'s star, H has 1 and a leaf 1 / sqrt 3; `two` has no component of three genes, so
    the mean is over `one` alone.
    """
    outcome = scdrugprio(**toy())
    between = np.sqrt(2) - 1
    assert outcome.status.tolist() == [
        "ranked",
        "ranked",
        "ranked",
        "opposes no changed gene where it is near",
        "near no cell type's changed genes",
        "no target on the interactome",
    ]
    assert outcome.score[:3] == pytest.approx([1 + 0.1, between + 0.1, 1 + 0.1 / np.sqrt(3)])
    assert outcome.parts[:3] == pytest.approx(np.array([[1, 0], [0, between], [1, 0]]))
    assert np.isnan(outcome.parts[5]).all()
    assert outcome.ties == "average"


def test_only_the_treated_state_counts():
    outcome = scdrugprio(**toy(weight=(0.0, 1.0)))
    assert outcome.status[:2].tolist() == ["opposes no changed gene where it is near", "ranked"]
    assert np.isnan(outcome.parts[:, 0]).all()
    assert outcome.score[1] == 0  # `two` sends nothing to itself


def test_a_twin_without_single_cells_is_told_how_to_mend_it():
    patient = toy()
    del patient["twin"].layers[CELL_LAYERS[0]]
    with pytest.raises(InputError, match="reference-cells"):
        scdrugprio(**patient)
