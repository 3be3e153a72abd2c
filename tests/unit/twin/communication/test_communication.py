"""Links between compartments: hand-made cells, brute force, and networkx beside them."""

import itertools
from dataclasses import replace

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from twin_settings import GENERAL, changed
from twinscreen.kb.influence import Influence
from twinscreen.network import driver_centrality, mutual_eigenvector
from twinscreen.settings.twin import CommunicationSettings
from twinscreen.twin.communication.build import centralities, link_table, matrices
from twinscreen.twin.communication.cell_links import (
    Deviations,
    find_links,
    gain,
)
from twinscreen.twin.communication.ligand_receptor import (
    Candidates,
    Pairs,
    Place,
    Profile,
    candidates,
    level,
    permutation_pvalue,
)
from twinscreen.twin.communication.outside import OutsideLigands
from twinscreen.twin.communication.upstream import (
    hypergeometric_tail,
    over_representation,
    upstream_regulators,
)
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.statistics import Deviation

SETTINGS = changed(
    GENERAL, design="paired", control="control", min_cells=4, min_count=1, random_sets=50
)
RULES = CommunicationSettings(min_share=0.1, permutations=200, max_qvalue=0.05, targets=100)


def table(*rows):
    return pd.DataFrame(rows, columns=["ligand", "receptor", "secreted"])


def pairs_of(*rows):
    genes = sorted({gene for row in rows for name in row[:2] for gene in name.split("_")})
    return Pairs.measured(table(*rows), pd.Index(genes))


# --- what is expressed ---------------------------------------------------------------------


def test_a_complex_is_as_strong_as_its_weakest_member():
    pairs = pairs_of(("L", "R1_R2", True))
    place = Place(
        counts=sparse.csr_array(np.array([[8.0, 6.0, 1.0], [0.0, 2.0, 1.0]])),
        library=np.array([500.0, 500.0]),
        group=np.zeros(2, dtype=int),
    )
    profile = Profile.empty(1, 3)
    profile.fill(place)
    parties = profile.of_parties(pairs, 0.1)
    assert pairs.parties.tolist() == ["L", "R1_R2"]
    assert parties[0] == pytest.approx(np.log1p([1e4 * 8 / 1000, 1e4 * 2 / 1000]))
    assert pairs.genes[pairs.limiting(profile.level)[0]].tolist() == ["L", "R2"]


def test_every_member_must_be_in_enough_cells():
    pairs = pairs_of(("L", "R1_R2", True))
    profile = Profile.empty(2, 3)
    profile.level[:] = 1
    profile.share[:] = [[0.1, 0.5, 0.1], [0.5, 0.5, 0.09]]
    assert profile.of_parties(pairs, 0.1).tolist() == [[1, 1], [1, 0]]


def test_a_gene_with_an_underscore_is_one_gene():
    pairs = Pairs.measured(
        table(("C4B_2", "CR2", True), ("LTA_LTB", "LTBR", False)),
        pd.Index(["C4B_2", "CR2", "LTA", "LTBR"]),
    )
    assert pairs.parties.tolist() == ["C4B_2", "CR2"]  # without LTB there is no LTA_LTB
    assert pairs.genes.tolist() == ["C4B_2", "CR2"]


# --- who may talk to whom --------------------------------------------------------------------


def linked(pairs, levels, time, tissue):
    found = candidates([levels, np.zeros_like(levels)], pairs, np.array(time), np.array(tissue))
    names = pairs.parties[pairs.ligand[found.pair]]
    return sorted(zip(found.sender.tolist(), found.receiver.tolist(), names, strict=True))


def test_only_the_same_time_point_links():
    pairs = pairs_of(("L", "R", True))
    both = np.ones((2, 2))
    assert linked(pairs, both, ["T0", "T1"], ["blood"] * 2) == [(0, 0, "L"), (1, 1, "L")]
    assert len(linked(pairs, both, ["T0", "T0"], ["blood"] * 2)) == 4


def test_only_secreted_ligands_link_tissues():
    pairs = pairs_of(("bound", "R", False), ("free", "R", True), ("unknown", "R", None))
    found = linked(pairs, np.ones((2, 4)), ["T0", "T0"], ["blood", "skin"])
    across = [link for link in found if link[0] != link[1]]
    assert across == [(0, 1, "free"), (1, 0, "free")]
    assert len(found) == 2 * 3 + 2


def test_links_are_directed():
    pairs = pairs_of(("L", "R", True))
    levels = np.array([[1.0, 0.0], [0.0, 2.0]])  # the first has the ligand, the second the receptor
    assert linked(pairs, levels, ["T0"] * 2, ["blood"] * 2) == [(0, 1, "L")]


# --- significance by permutation -------------------------------------------------------------


@pytest.fixture
def cells():
    random = np.random.default_rng(3)
    counts = random.poisson([[4, 0.3, 1]] * 3 + [[0.5, 3, 1]] * 3).astype(float)
    return Place(
        sparse.csr_array(counts), np.array([90.0, 110, 80, 120, 100, 95]), np.repeat([0, 1], 3)
    )


def test_permutation_p_is_that_of_all_permutations(cells):
    pairs = pairs_of(("A", "B", True), ("A", "C", True))
    links = Candidates(np.array([0, 1, 0, 0]), np.array([1, 0, 0, 1]), np.array([0, 0, 0, 1]))

    def product(group, link):
        sender, receiver, pair = (
            values[link] for values in (links.sender, links.receiver, links.pair)
        )
        party = [pairs.parties[n] for n in (pairs.ligand[pair], pairs.receptor[pair])]
        value = 1.0
        for compartment, gene in zip((sender, receiver), party, strict=True):
            rows = np.flatnonzero(group == compartment)
            counts = cells.counts.toarray()[rows, "ABC".index(gene)].sum()
            value *= np.log1p(1e4 * counts / cells.library[rows].sum())
        return value

    exact = []
    for link in range(4):
        observed = product(cells.group, link)
        every = [
            product(cells.group[list(order)], link) for order in itertools.permutations(range(6))
        ]
        exact.append(np.mean(np.array(every) >= observed - 1e-9))
    found = permutation_pvalue(
        [cells], pairs, links, permutations=20_000, random=[np.random.default_rng(0)]
    )
    assert found == pytest.approx(exact, abs=0.012)  # three standard errors at p = 0.5


def test_the_smallest_p_counts_the_observation_itself():
    counts = np.zeros((40, 2))
    counts[:20, 0] = counts[20:, 1] = 50
    place = Place(sparse.csr_array(counts), np.full(40, 500.0), np.repeat([0, 1], 20))
    links = Candidates(np.array([0]), np.array([1]), np.array([0]))
    found = permutation_pvalue(
        [place],
        pairs_of(("A", "B", True)),
        links,
        permutations=99,
        random=[np.random.default_rng(0)],
    )
    assert found.tolist() == [0.01]


def test_how_the_work_is_cut_changes_nothing(cells, monkeypatch):
    pairs = pairs_of(("A", "B", True))
    other = Place(cells.counts, cells.library[::-1], cells.group + 2)
    links = Candidates(np.array([0, 2, 0]), np.array([1, 3, 3]), np.zeros(3, dtype=int))

    def found():
        random = [np.random.default_rng(seed) for seed in (1, 2)]
        return permutation_pvalue([cells, other], pairs, links, permutations=150, random=random)

    whole = found()
    monkeypatch.setattr("twinscreen.twin.communication.ligand_receptor.CHUNK", 100)
    assert found().tolist() == whole.tolist()


# --- gain --------------------------------------------------------------------------------------


def test_gain_is_the_mean_of_the_log_fold_changes():
    pairs = pairs_of(("L", "R", True))
    change = Deviations(
        effect=np.zeros((2, 2)),
        logfc=np.array([[3.0, 9.0], [9.0, 1.0]]),
        variance=np.array([[0.9**2, 1.0], [1.0, 1.2**2]]),
        qvalue=np.zeros((2, 2)),
    )
    own = np.array([[0, 1], [0, 1]])
    value, pvalue = gain(change, Candidates(*(np.array([n]) for n in (0, 1, 0))), pairs, own)
    assert value == pytest.approx([2.0])
    assert pvalue == pytest.approx([2 * stats.norm.sf(4 / 1.5)])


def test_a_gene_that_is_ligand_and_receptor_of_its_own_cells_is_one_observation():
    pairs = pairs_of(("L", "L", True))
    value, error = np.array([[3.0], [1.0]]), np.array([[1.5**2], [1.0]])
    change = Deviations(effect=value, logfc=value, variance=error, qvalue=value)
    to_itself, to_other = np.array([0, 0]), np.array([0, 1])
    _, pvalue = gain(
        change, Candidates(to_itself, to_other, np.array([0, 0])), pairs, np.zeros((2, 1), int)
    )
    assert pvalue[0] == pytest.approx(2 * stats.norm.sf(3 / 1.5))  # no surer than the gene itself
    assert pvalue[1] == pytest.approx(2 * stats.norm.sf(4 / np.sqrt(1.5**2 + 1)))


def test_deviations_bring_their_own_error():
    # p of a t-value of 2.5 with 4 degrees of freedom: as a normal score it is less
    p = 2 * stats.t.sf(2.5, 4)
    deviation = Deviation(*(np.array([x, np.nan]) for x in (2.5, 1.0, p, p)))
    compartment = Compartment(
        "A", "blood", "T0", 9, genes=pd.Index(["L", "R"]), deviation=deviation
    )
    found = Deviations.of([compartment], pd.Index(["L", "R", "other"]))
    assert found.logfc[0, 0] / np.sqrt(found.variance[0, 0]) == pytest.approx(stats.norm.isf(p / 2))
    assert np.isnan(found.logfc[0, 1:]).all()


def test_genes_of_few_counts_change_with_the_error_of_counting():
    nothing = Deviations(*(np.full((2, 1), np.nan) for _ in range(4)))
    own, control = Profile.empty(2, 1), Profile.empty(2, 1)
    own.fill(Place(sparse.csr_array([[5.0], [1.0]]), np.array([999.0, 999]), np.array([0, 1])))
    control.fill(Place(sparse.csr_array([[1.0], [1.0]]), np.array([999.0, 999]), np.array([0, 1])))
    found = nothing.with_few_counts(own, control, np.array([True, False]), min_count=7)
    assert found.logfc[0, 0] == pytest.approx(np.log2(5.5 / 1.5))
    count = np.arange(100)

    def spread(mean):
        share = stats.poisson.pmf(count, mean)
        return share @ np.log2(count + 0.5) ** 2 - (share @ np.log2(count + 0.5)) ** 2

    assert found.variance[0, 0] == pytest.approx(spread(5.5) + spread(1.5), rel=1e-3)
    assert np.isnan(found.logfc[1, 0])  # not compared, so nothing to gain against
    # counts enough: it was left out for another reason, as outliers are in the group design
    outlier = nothing.with_few_counts(own, control, np.array([True, False]), min_count=6)
    assert np.isnan(outlier.logfc).all()


# --- the whole way, on a cohort of few cells -------------------------------------------------

GENES = ["LIG", "REC", "ROW", "REST"]


def observation(condition, tissue, time, senders):
    """Ten cells that send and ten that receive; `senders` counts of the ligand in each sender."""
    counts = np.tile([0.0, 0, 3, 97], (20, 1))
    counts[:10, 0] = senders
    counts[10:, 1] = 20
    one = ad.AnnData(sparse.csr_array(counts), var=pd.DataFrame(index=GENES))
    one.obs["cell_type"] = ["sends"] * 10 + ["receives"] * 10
    one.uns["unscorable"] = one.uns["remedy"] = ""
    one.uns["sample"] = {
        **dict.fromkeys(("sample", "batch"), ""),
        "patient": "P1",
        "condition": condition,
        "tissue": tissue,
        "time": time,
    }
    return one


def compartments_of(*places, effect=3.0):
    found = []
    for tissue, time in places:
        for cell_type in ("receives", "sends"):
            parts = (np.full(4, x) for x in (effect, 1.0, 0.001, 0.01))
            found.append(
                Compartment(
                    cell_type, tissue, time, 10, genes=pd.Index(GENES), deviation=Deviation(*parts)
                )
            )
    return found


def test_a_link_that_the_control_has_not():
    read = [observation("control", "blood", "T0", 0), observation("ill", "blood", "T0", 20)]
    compartments = compartments_of(("blood", "T0"))
    found = find_links(compartments, read, None, table(("LIG", "REC", True)), SETTINGS, RULES)
    weight = found.links.weight(found.deviation.effect, found.pairs)
    listed = link_table(found, weight, pd.Index([c.name for c in compartments]), RULES)
    assert listed[["sender", "receiver"]].to_numpy().tolist() == [
        ["sends|blood|T0", "receives|blood|T0"]
    ]
    row = listed.iloc[0]
    # ligand and receptor stand at their largest level: strength 1, times 1 + 3 + 3
    assert (row["strength"], row["control_strength"], row["gain"]) == (1, 0, 1)
    assert row["weight"] == 7
    assert row["gain_logfc"] == 1
    assert row["pvalue"] < 0.05
    weights, counts = matrices(found, weight, np.ones(1), 2)
    assert weights.tolist() == [[0, 0], [7, 0]]
    assert counts.tolist() == [[0, 0], [1, 0]]


def test_a_link_that_went_is_listed_as_a_loss():
    read = [observation("control", "blood", "T0", 20), observation("ill", "blood", "T0", 0)]
    compartments = compartments_of(("blood", "T0"))
    found = find_links(compartments, read, None, table(("LIG", "REC", True)), SETTINGS, RULES)
    assert found.links.strength.tolist() == [0]
    assert found.links.control_strength.tolist() == [1]
    assert np.isnan(found.links.qvalue).all()
    assert not found.links.significant(0.05).any()


@pytest.mark.parametrize(("secreted", "across"), [(True, 2), (False, 0), (None, 0)])
def test_tissues_of_a_patient_link_by_what_is_secreted(secreted, across):
    read = [
        observation(condition, tissue, "T0", 20)
        for tissue in ("blood", "skin")
        for condition in ("control", "ill")
    ]
    compartments = compartments_of(("blood", "T0"), ("skin", "T0"))
    pairs = table(("LIG", "REC", secreted))
    place = find_links(compartments, read, None, pairs, SETTINGS, RULES).links.place
    tissues = np.array([c.tissue for c in compartments])
    assert len(place.pair) == 2 + across
    assert (tissues[place.sender] != tissues[place.receiver]).sum() == across


def test_compartments_of_too_few_cells_take_no_part():
    read = [observation("control", "blood", "T0", 0), observation("ill", "blood", "T0", 20)]
    compartments = compartments_of(("blood", "T0"))
    compartments[0].n_cells = 3
    found = find_links(compartments, read, None, table(("LIG", "REC", True)), SETTINGS, RULES)
    assert not (found.links.strength > 0).any()
    assert found.expressed.any(axis=1).tolist() == [False, True]


def test_given_deviations_of_samples_without_control_have_no_cells_to_compare():
    read = [observation("ill", "blood", "T0", 20)]
    compartments = [replace(c, method="given") for c in compartments_of(("blood", "T0"))]
    found = find_links(compartments, read, None, table(("LIG", "REC", True)), SETTINGS, RULES)
    assert not len(found.links.place.pair)
    assert not found.expressed.any()


# --- the meta-network ------------------------------------------------------------------------


def test_driver_centrality_is_pagerank_on_the_reversed_network():
    weights = np.random.default_rng(5).random((7, 7)) * (
        np.random.default_rng(6).random((7, 7)) < 0.4
    )
    weights[:, 2] = 0  # nothing acts on this one
    graph = nx.from_numpy_array(weights, create_using=nx.DiGraph).reverse()
    expected = np.array(list(nx.pagerank(graph, alpha=0.85, tol=1e-12).values()))
    assert driver_centrality(weights) == pytest.approx(expected / expected.max(), abs=1e-8)


def test_the_one_that_sends_drives():
    found = driver_centrality(np.array([[0.0, 5, 5], [0, 0, 0], [0, 1, 0]]))
    assert found.argmax() == 0


def test_mutual_eigenvector_of_the_reference_method():
    found = mutual_eigenvector(np.array([[70, 70], [12, 12]]))
    assert found == pytest.approx([1, 0.5175], abs=5e-5)
    assert mutual_eigenvector(np.zeros((2, 2))).tolist() == [0, 0]
    apart = np.kron(np.eye(2), [[0, 3], [0, 0]])  # two pairs alike, which nothing tells apart
    assert mutual_eigenvector(apart) == pytest.approx([1, 1, 1, 1])


def test_adjacent_times_are_linked_by_the_overlap_of_their_modules():
    # A and B at T2 and T10; at T10 only B sends to A, at T2 nobody sends
    time = np.array(["T2", "T2", "T10", "T10"])
    weights = np.zeros((4, 4))
    weights[3, 2] = 8.0
    overlap = np.zeros((4, 4))
    overlap[0, 2] = overlap[2, 0] = 0.5
    present = np.ones(4, dtype=bool)
    alone, _ = centralities(weights, weights > 0, time=time, present=present)
    found, mutual = centralities(weights, weights > 0, time=time, present=present, overlap=overlap)
    drives = np.zeros((4, 4))
    drives[3, 2], drives[0, 2] = 1, 0.5  # the earlier state drives the later, not the reverse
    graph = nx.from_numpy_array(drives, create_using=nx.DiGraph).reverse()
    expected = np.array(list(nx.pagerank(graph, alpha=0.85, tol=1e-12).values()))
    assert found == pytest.approx(expected / expected.max(), abs=1e-8)
    assert found[0] > alone[0]
    assert mutual == pytest.approx([0, 0, 1, 1])  # one network per time point


def test_who_takes_no_part_has_no_centrality():
    present = np.array([True, False])
    weights = np.array([[1.0, 0], [0, 0]])
    for values in centralities(weights, weights, time=np.array(["T0", "T0"]), present=present):
        assert values[0] == 1
        assert np.isnan(values[1])


# --- upstream regulators -----------------------------------------------------------------------


def test_hypergeometric_tail_is_that_of_scipy():
    hits, drawn = np.array([0, 3, 10, 7, 2]), np.array([5, 10, 10, 40, 30])
    found = hypergeometric_tail(hits, total=60, marked=25, drawn=drawn)
    assert found == pytest.approx(stats.hypergeom.sf(hits - 1, 60, 25, drawn), rel=1e-9)


def test_targets_are_the_most_influenced_of_the_genes_tested():
    downstream = np.array([[0.9, -0.8, 0.1, 0.05, 0.0, 0.7], [0.0, 0.0, 0.0, 0.0, -0.2, 0.0]])
    module = np.array([[1, 1, 0, 0, 0, np.nan], [np.nan] * 6])
    hits, qvalue = over_representation(downstream, module, targets=2)
    # of the five genes tested the first regulator's two are the module: 1 of 10 ways
    assert hits[0].tolist() == [2, 0]
    assert qvalue[0] == pytest.approx([2 * 0.1, 1.0])
    assert np.isnan(qvalue[1]).all()


OF_TWIN = [*GENES, *(f"far{i}" for i in range(90))]


def twin_of(compartments, degree):
    """A twin over OF_TWIN, the first two of which are the module of each compartment."""
    module = np.zeros((len(compartments), len(OF_TWIN)))
    module[:, :2] = 1
    return ad.AnnData(
        np.random.default_rng(0).normal(size=module.shape),
        obs=pd.DataFrame(
            {"time": "T0", "tissue": "blood", "scorable": True},
            index=[c.name for c in compartments],
        ),
        var=pd.DataFrame({"degree": degree}, index=OF_TWIN),
        layers={"module": module},
    )


def influence_on_the_module(*proteins, others=()):
    """Proteins that raise both genes of the module, and others that move nothing."""
    downstream = np.zeros((len(proteins) + len(others), len(OF_TWIN)))
    downstream[: len(proteins), :2] = 1
    obs = pd.DataFrame(index=[*proteins, *others])
    return Influence.of(ad.AnnData(downstream, obs=obs, var=pd.DataFrame(index=OF_TWIN)))


def test_genes_without_neighbours_are_no_background_of_upstream_regulators():
    read = [observation("control", "blood", "T0", 0), observation("ill", "blood", "T0", 20)]
    compartments = compartments_of(("blood", "T0"))
    found = find_links(compartments, read, None, table(("LIG", "REC", True)), SETTINGS, RULES)
    twin = twin_of(compartments, [2] * 4 + [0] * 90)
    influence = influence_on_the_module("LIG")
    (row,) = upstream_regulators(twin, found, influence, SETTINGS, RULES).to_dict("records")
    # both targets are the module: 1 of 6 ways among the four genes that could be in it
    assert (row["n_reached"], row["n_lists"]) == (1, 0)


def test_level_is_pooled_counts_per_ten_thousand():
    assert level(np.array([[3.0, 0.0]]), np.array([1000.0]))[0].tolist() == [np.log1p(30), 0]


def test_a_ligand_raised_in_plasma_is_an_upstream_regulator():
    read = [observation("control", "blood", "T0", 0), observation("ill", "blood", "T0", 20)]
    compartments = compartments_of(("blood", "T0"))
    pairs = table(("PLASMA", "REC", True), ("LOW", "REC", True), ("LATE", "REC", True))
    measured = pd.DataFrame(
        {"ligand": ["PLASMA", "LOW", "LATE"], "time": [None, None, "T9"], "sign": [1, -1, 1]}
    )
    outside = OutsideLigands.of(measured, pairs)
    assert outside.parties == {"REC"}
    found = find_links(compartments, read, None, pairs, SETTINGS, RULES, outside.parties)
    assert found.receivers.parties.tolist() == ["REC"]
    assert len(found.pairs.parties) == 0  # no ligand is measured in the cells
    twin = twin_of(compartments, [2] * len(OF_TWIN))
    influence = influence_on_the_module("PLASMA", "LATE", others=("REC",))
    rows = upstream_regulators(twin, found, influence, SETTINGS, RULES, outside=outside)
    rows = rows.set_index("regulator")
    assert set(rows.index) == {"PLASMA", "LATE"}
    assert rows.loc["PLASMA", "senders"] == "outside of the cells"
    expressed = int(found.receivers.expressed[:, 0].sum())
    assert rows.loc["PLASMA", ["n_reached", "n_lists"]].tolist() == [expressed] * 2
    assert expressed > 0
    assert rows.loc["LATE", "n_reached"] == 0
