"""Counteraction against permutations one by one, and its direction by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.screen.evidence.contract import rank_scores, weaker
from twinscreen.screen.evidence.counteraction import (
    counteraction_evidence,
    permutation_z,
    weights_of_genes,
)
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import target_sets

RING, WHEEL = 30, 30


def circulant(n, steps):
    near = np.zeros((n, n))
    for step in steps:
        for i in range(n):
            near[i, (i + step) % n] = near[(i + step) % n, i] = 1
    return near


@pytest.fixture
def graph():
    """Two parts: genes 0 to 29 with 2 neighbours each, genes 30 to 59 with 6."""
    dense = np.zeros((RING + WHEEL,) * 2)
    dense[:RING, :RING] = circulant(RING, [1])
    dense[RING:, RING:] = circulant(WHEEL, [1, 2, 3])
    return dense


def names(n):
    return pd.Index([f"G{i}" for i in range(n)])


def sets(rows, n, drugs):
    """Targets from rows of drug, genes joined by "|", sign."""
    table = pd.DataFrame(
        [(f"d{drug}", target, f"{gene}", sign) for drug, target, sign in rows
         for gene in target.split("|")],
        columns=["drug_id", "target", "gene", "sign"],
    )  # fmt: skip
    return target_sets(pd.DataFrame({"drug_id": [f"d{i}" for i in range(drugs)]}), table, names(n))


def state_of(parts, measured=None, weight=None, null=None):
    parts = np.atleast_2d(parts).astype(float)
    weight = np.ones(len(parts)) if weight is None else np.array(weight, dtype=float)
    whole = weight @ parts / np.sqrt((weight**2).sum())
    none = np.empty((0, parts.shape[1]))
    measured = np.ones(parts.shape, dtype=bool) if measured is None else np.atleast_2d(measured)
    return ScreenedState(
        parts, whole, none, none if null is None else null, measured, 1.0, np.ones(0), weight
    )


DRUGS = [
    (0, "G3", -1),
    (1, "G40", 1),
    (2, "G3", -1),
    (2, "G35", -1),
    (2, "G50", 1),
    (3, "G7|G44", -1),  # a complex
    (4, "G12", 0),  # whose action is not known
    (5, "G20", -1),  # not measured, but its neighbours are
]


def score_by_hand(values, seen, dense, drug):
    """Mean of own value and of the mean of measured neighbours, per target; then over targets.

    The value of a target that was not measured is as given: 0, or whatever it may be.
    """

    def smooth(gene):
        beside = np.flatnonzero((dense[gene] > 0) & seen)
        around = values[beside].mean(axis=0)
        return (values[gene] + around) / 2

    rows = [(target, sign) for number, target, sign in DRUGS if number == drug and sign]
    parts = [
        -sign * np.mean([smooth(int(gene[1:])) for gene in target.split("|")], axis=0)
        for target, sign in rows
    ]
    return np.sum(parts, axis=0) / np.sqrt(len(parts))


def test_the_closed_form_is_what_permutations_give(graph):
    """20,000 permutations of the measured genes within those of 2 and those of 6 neighbours.

    A gene that was not measured has the value of any of them.
    """
    random = np.random.default_rng(0)
    n = len(graph)
    seen = np.ones(n, dtype=bool)
    seen[[20, 33]] = False
    values = np.where(seen, random.normal(size=n) + 2 * (np.arange(n) < 5), 0)
    state = state_of(values, measured=seen)
    targets = sets(DRUGS, n, 6)
    z = permutation_z(values[:, None], seen, state, sparse.csr_array(graph), targets)[:, 0]

    dealt = np.repeat(values[:, None], 20_000, axis=1)
    for part in (np.arange(RING), np.arange(RING, n)):
        place = part[seen[part]]
        dealt[place] = random.permuted(dealt[place], axis=0)
    dealt[~seen] = random.choice(values[seen], size=((~seen).sum(), dealt.shape[1]))
    dealt[~seen] -= values[seen].mean()
    for drug in (0, 1, 2, 3, 5):
        drawn = score_by_hand(dealt, seen, graph, drug)
        own = score_by_hand(values, seen, graph, drug)
        assert z[drug] == pytest.approx((own - drawn.mean()) / drawn.std(), abs=0.04)
    assert np.isnan(z[4])


def test_a_target_that_was_not_measured_is_not_judged_by_its_neighbours_alone(graph):
    """All six neighbours of gene 40 are raised: it says as if the gene itself were as usual."""
    values = np.random.default_rng(3).normal(size=len(graph))
    beside = np.flatnonzero(graph[40])
    values[beside] += 2
    values[40] = 0
    sparse_graph, targets = sparse.csr_array(graph), sets([(0, "G40", -1)], len(graph), 1)
    seen = np.ones(len(graph), dtype=bool)
    found = []
    for measured in (True, False):
        seen[40] = measured
        state = state_of(values, measured=seen)
        found.append(permutation_z(values[:, None], seen, state, sparse_graph, targets)[0, 0])
    alone = values[beside].mean() / values.std() * np.sqrt(len(beside))
    assert 0 < found[1] < alone / 2
    assert found[1] == pytest.approx(found[0], abs=0.3)


def test_weights_times_values_are_the_score(graph):
    random = np.random.default_rng(1)
    n = len(graph)
    seen = random.random(n) < 0.8
    seen[20] = False
    values = np.where(seen, random.normal(size=n), 0)
    weigh, known = weights_of_genes(seen, sparse.csr_array(graph), sets(DRUGS, n, 6))
    for drug in (0, 1, 2, 3, 5):
        expected = score_by_hand(values[:, None], seen, graph, drug)[0]
        assert (weigh @ values)[drug] == pytest.approx(expected)
    assert known.tolist() == [True, True, True, True, False, True]


def test_a_gene_without_neighbours_speaks_for_itself():
    alone = sparse.csr_array((4, 4))
    weigh, _ = weights_of_genes(np.ones(4, dtype=bool), alone, sets([(0, "G2", -1)], 4, 1))
    assert weigh.toarray().tolist() == [[0, 0, 1, 0]]


def test_what_is_not_measured_at_all_says_nothing():
    n = 4
    seen = np.zeros(n, dtype=bool)
    state = state_of(np.zeros(n), measured=seen)
    targets = sets([(0, "G2", -1)], n, 1)
    near = sparse.csr_array(circulant(n, [1]))
    assert np.isnan(permutation_z(np.zeros((n, 1)), seen, state, near, targets)).all()


def test_null_genes_give_z_of_standard_deviation_1(graph):
    n = len(graph)
    values = np.random.default_rng(2).normal(size=(n, 8000))
    state = state_of(np.zeros(n))
    z = permutation_z(
        values, np.ones(n, dtype=bool), state, sparse.csr_array(graph), sets(DRUGS, n, 6)
    )
    assert np.delete(z, 4, axis=0).std(axis=1) == pytest.approx(np.ones(5), abs=0.03)


# --- direction --------------------------------------------------------------------------


def evidence_of(raised, graph, rows=DRUGS, drugs=6, sign=1):
    """A state in which some genes are raised, or lowered, by 4."""
    values = np.random.default_rng(3).normal(0, 0.5, len(graph))
    values[raised] += 4 * sign
    state = state_of(np.array([values, values]), null=np.array([values, -values]))
    return counteraction_evidence(state, sparse.csr_array(graph), sets(rows, len(graph), drugs))


OPPOSED = [(0, "G3", -1), (1, "G3", 1), *((i, f"G{10 + i}", -1) for i in range(2, 30))]


def test_blocking_what_is_raised_speaks_for_a_drug_and_raising_it_against(graph):
    found = evidence_of([3], graph, OPPOSED, 30)
    assert found.z[0] == np.nanmax(found.z) > 3
    assert found.weaker_z[0] == np.nanmax(found.weaker_z) > 1.5
    assert found.z[1] == pytest.approx(-found.z[0])
    assert (found.parts[0] > 0).all()
    assert (found.parts[1] < 0).all()
    assert (found.raw[0] > 0).all()


def test_raising_what_is_lowered_speaks_for_a_drug(graph):
    found = evidence_of([3], graph, OPPOSED, 30, sign=-1)
    assert found.weaker_z[1] == np.nanmax(found.weaker_z) > 1.5
    assert found.weaker_z[0] < -1.5


def test_raised_neighbours_of_the_target_speak_for_a_blocker_too(graph):
    assert evidence_of([2, 4], graph, OPPOSED, 30).weaker_z[0] > 1.5


def test_a_state_turned_round_turns_the_evidence_round(graph):
    found = evidence_of([3], graph, OPPOSED, 30)
    assert found.null[:, 0] == pytest.approx(found.weaker_z)
    assert found.null[:, 1] == pytest.approx(-found.weaker_z)
    assert found.resampled is None


def test_what_is_held_is_the_weaker_of_z_and_place_among_the_drugs(graph):
    found = evidence_of([3], graph, OPPOSED, 30)
    assert found.weaker_z == pytest.approx(weaker(found.z, rank_scores(found.z)))


def test_a_single_gene_far_out_is_worth_no_more_than_the_first_place(graph):
    n = len(graph)
    values = np.random.default_rng(3).normal(0, 0.01, n)
    values[3] = 1000
    found = counteraction_evidence(state_of(values), sparse.csr_array(graph), sets(OPPOSED, n, 30))
    assert found.z[0] > 3
    assert found.weaker_z[0] == pytest.approx(2.128, abs=1e-3)  # 29.5 of 30


def test_the_order_of_compartments_changes_nothing(graph):
    random = np.random.default_rng(4)
    parts, weight = random.normal(size=(3, len(graph))), np.array([1.0, 2, 0])
    targets, near = sets(DRUGS, len(graph), 6), sparse.csr_array(graph)
    one = counteraction_evidence(state_of(parts, weight=weight), near, targets)
    other = counteraction_evidence(state_of(parts[::-1], weight=weight[::-1]), near, targets)
    assert one.weaker_z == pytest.approx(other.weaker_z, nan_ok=True)
    assert one.parts == pytest.approx(other.parts[:, ::-1], nan_ok=True)
