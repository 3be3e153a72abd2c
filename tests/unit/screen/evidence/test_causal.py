"""Causal evidence on a made network: a planted factor is found from upstream."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.kb.wiring import Wiring
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges
from twinscreen.screen.evidence.causal import (
    FULL,
    LEAST,
    PermutedGenes,
    Upstream,
    causal_evidence,
    independent,
    standing_out,
)
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import target_sets

#: Pathways, each of a receptor R, a kinase K, a factor T and ten genes G; some edges cross over,
#: but to none of the last ten kinases.
PATHS, GENES_EACH, REWIRINGS = 30, 10, 60


class Made:
    """Signed network with named proteins, a twin of the same ones, and a drug against each R."""

    def __init__(self, seed=0, extra=()):
        random = np.random.default_rng(seed)
        kinds = [f"{kind}{i}" for kind in "RKT" for i in range(PATHS)]
        genes = [f"G{i}.{j}" for i in range(PATHS) for j in range(GENES_EACH)]
        self.names = pd.Index([*kinds, *genes, "alone"])
        signalling = {(f"R{i}", f"K{i}"): 1 for i in range(PATHS)}
        signalling |= {(f"K{i}", f"T{i}"): 1 if i % 3 else -1 for i in range(PATHS)}
        for a, b in random.integers(PATHS, size=(PATHS, 2)):
            signalling.setdefault((f"R{a}", f"K{b % (PATHS - 10)}"), int(random.choice([-1, 1])))
        signalling |= dict.fromkeys(extra, 1)
        self.regulation = {
            (f"T{i}", f"G{i}.{j}"): 1 if j % 4 else -1
            for i in range(PATHS)
            for j in range(GENES_EACH)
        }
        for a, b in random.integers(PATHS, size=(PATHS, 2)):
            self.regulation.setdefault((f"T{a}", f"G{b}.0"), 1)
        network = SignalNetwork(self._edges(signalling), self._edges(self.regulation), 0.8, 3)
        rewired = [network.signalling.rewired(random) for _ in range(REWIRINGS)]
        self.wiring = Wiring(self.names, network, np.array(rewired))
        self.place = np.arange(len(self.names))

    def _edges(self, edges):
        ends = [self.names.get_indexer(list(part)) for part in zip(*edges, strict=True)]
        return SignedEdges.of(*ends, np.array(list(edges.values()), np.int8), n=len(self.names))

    def values(self, active, noise=0.05, seed=1):
        """Deviation in which the genes of one factor move as it drives them."""
        values = np.random.default_rng(seed).normal(0, noise, len(self.names))
        for (factor, gene), sign in self.regulation.items():
            if factor == active:
                values[self.names.get_loc(gene)] += 2 * sign
        return values

    def evidence(self, parts, drugs, *, weight=None, place=None, names=None, null=None, again=None):
        parts = np.atleast_2d(parts)
        weight = np.ones(len(parts)) if weight is None else np.array(weight)
        whole = weight @ parts / np.sqrt((weight**2).sum())
        none = np.empty((0, parts.shape[1]))
        state = ScreenedState(
            parts,
            whole,
            none if again is None else again,
            none if null is None else null,
            np.ones(parts.shape, dtype=bool),
            1.0,
            np.ones(0 if null is None else len(null)),
            weight,
        )
        rows = [
            (f"d{number}", target, gene, sign)
            for number, targets in enumerate(drugs)
            for target, sign in targets
            for gene in target.split("|")
        ]
        table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
        library = pd.DataFrame({"drug_id": [f"d{i}" for i in range(len(drugs))]})
        targets = target_sets(library, table, self.names if names is None else names)
        return causal_evidence(
            state,
            self.wiring,
            self.place if place is None else place,
            targets,
            np.zeros((len(drugs), len(parts))),
        )


@pytest.fixture(scope="module")
def made():
    return Made()


#: One drug blocks and one raises each receptor.
BLOCKERS = [[(f"R{i}", -1)] for i in range(PATHS)]
OPENERS = [[(f"R{i}", 1)] for i in range(PATHS)]


@pytest.mark.parametrize("path", [20, 22, 25, 29])
def test_blocking_the_receptor_of_an_active_factor_comes_first(made, path):
    found = made.evidence(made.values(f"T{path}"), BLOCKERS + OPENERS)
    assert np.nanargmax(found.weaker_z) == path
    assert found.weaker_z[path] > 2
    assert np.nanargmin(found.weaker_z) == PATHS + path


@pytest.mark.parametrize("path", [21, 24])
def test_past_an_inhibiting_step_the_receptor_must_be_raised(made, path):
    """Of every third pathway the kinase inhibits the factor."""
    found = made.evidence(made.values(f"T{path}"), BLOCKERS + OPENERS)
    assert np.nanargmax(found.weaker_z) == PATHS + path


def test_a_drug_and_its_opposite_have_opposite_evidence(made):
    found = made.evidence(made.values("T20"), BLOCKERS + OPENERS)
    assert found.weaker_z[:PATHS] == pytest.approx(-found.weaker_z[PATHS:], nan_ok=True)


def test_noise_without_a_cause_gives_z_of_standard_deviation_1(made):
    random = np.random.default_rng(9)
    null = random.normal(size=(300, len(made.names)))
    found = made.evidence(made.values("T20"), BLOCKERS, null=null)
    assert np.nanmean(found.null) == pytest.approx(0, abs=0.1)
    assert np.nanmedian(found.null.std(axis=1)) == pytest.approx(1, abs=0.5)


def test_a_copy_like_the_patient_says_the_same(made):
    values = made.values("T20")
    found = made.evidence(values, BLOCKERS, null=values[None], again=values[None])
    assert found.null[:, 0] == pytest.approx(found.weaker_z, nan_ok=True)
    assert found.resampled[:, 0] == pytest.approx(found.weaker_z, nan_ok=True)


def test_without_copies_there_is_none(made):
    found = made.evidence(made.values("T20"), BLOCKERS)
    assert found.null is None
    assert found.resampled is None


def test_the_order_of_compartments_changes_nothing(made):
    parts = np.array([made.values("T20", seed=s) for s in (1, 2, 3)])
    weight = np.array([1.0, 2.0, 0.0])
    one = made.evidence(parts, BLOCKERS, weight=weight)
    other = made.evidence(parts[::-1], BLOCKERS, weight=weight[::-1])
    assert one.weaker_z == pytest.approx(other.weaker_z, rel=1e-4, nan_ok=True)
    assert one.parts == pytest.approx(other.parts[:, ::-1], rel=1e-3, abs=1e-3, nan_ok=True)


def test_the_order_of_proteins_in_the_twin_changes_nothing(made):
    """The twin has its proteins in another order, and one more that the signed network lacks."""
    order = np.random.default_rng(5).permutation(len(made.names))
    names = made.names[order].append(pd.Index(["new"]))
    values = np.append(made.values("T20")[order], 5.0)
    place = names.get_indexer(made.names)
    found = made.evidence(values, BLOCKERS, place=place, names=names)
    expected = made.evidence(made.values("T20"), BLOCKERS)
    assert found.weaker_z == pytest.approx(expected.weaker_z, rel=1e-4, nan_ok=True)


def test_what_reaches_no_factor_says_nothing(made):
    found = made.evidence(made.values("T20"), [[("alone", -1)], [("G20.1", -1)], [("R20", 0)], []])
    assert np.isnan(found.weaker_z).all()


def test_a_complex_is_between_its_members(made):
    found = made.evidence(made.values("T20"), [[("R20", -1)], [("R25", -1)], [("R20|R25", -1)]])
    assert found.weaker_z[1] < found.weaker_z[2] < found.weaker_z[0]


def test_the_factor_itself_is_not_judged_by_its_own_genes(made):
    """They say the same in every rewired network: of a drug on the factor nothing is known."""
    values = made.values("T20")
    found = made.evidence(values, [[("T20", -1)], [("R20", -1)]])
    assert not found.weaker_z[0] > 1
    assert found.weaker_z[1] > 2.5


@pytest.mark.parametrize(("own", "silent"), [(2, False), (0, False), (-2, True)])
def test_own_genes_of_a_factor_can_silence_what_lies_beyond(own, silent):
    """A factor that signals to an active pathway is blocked; its own genes may object."""
    made = Made(extra=[("T26", "K20")])
    values = made.values("T20")
    for (factor, gene), sign in made.regulation.items():
        if factor == "T26":
            values[made.names.get_loc(gene)] += own * sign
    found = made.evidence(values, [[("T26", -1)]])
    assert found.z[0] > 1
    assert (found.weaker_z[0] == 0) == silent


def test_with_genes_at_random_the_second_null_has_standard_deviation_1(made):
    """Also with unequal variances of states, and for drugs with several targets, alike or not.

    A receptor and its kinase say much the same, and are worth less than two.
    """
    rows = [(f"d{i}", f"R{i}", f"R{i}", -1) for i in range(PATHS)]
    rows += [("both", f"R{i}", f"R{i}", sign) for i, sign in ((20, 1), (23, -1))]
    rows += [("alike", f"{kind}20", f"{kind}20", -1) for kind in "RK"]
    rows += [("many", f"R{i}", f"R{i}", -1) for i in range(20, 30)]
    several = ["both", "alike", "many"]
    table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
    library = pd.DataFrame({"drug_id": [*(f"d{i}" for i in range(PATHS)), *several]})
    targets = target_sets(library, table, made.names)
    seen = np.ones(len(made.names), dtype=bool)
    upstream = Upstream.of(seen, made.wiring, made.place, targets)
    states = np.random.default_rng(7).normal(size=(4000, len(made.names)))
    read = upstream.activities(states * np.linspace(0.5, 3, 4000)[:, None])
    families = upstream.families(np.ones(len(upstream.rows)), np.eye(len(upstream.rows)))
    genes = PermutedGenes.of(upstream, families)
    z = genes.z(upstream.beyond(read), read)
    alike = PATHS + 1  # correlated, but no copies of each other: their worth is not exact
    assert np.delete(z.mean(axis=1), alike) == pytest.approx(np.zeros(PATHS + 2), abs=0.07)
    assert np.delete(z.std(axis=1), alike) == pytest.approx(np.ones(PATHS + 2), abs=0.05)
    assert z[alike].mean() == pytest.approx(0, abs=0.3)
    assert z[alike].std() == pytest.approx(1, abs=0.12)
    assert genes.worth[[-3, -1]] == pytest.approx([2, 10], abs=0.3)
    assert 1 < genes.worth[alike] < 1.8


def test_correlated_values_are_worth_fewer_independent_ones():
    assert independent(np.eye(4)) == pytest.approx(4)
    assert independent(np.full((4, 4), 9.0)) == pytest.approx(1)
    half = np.array([[1, 0.5], [0.5, 1]])  # eigenvalues 1.5 and 0.5
    assert independent(half) == pytest.approx((1.5**0.5 + 0.5**0.5) ** 2 / 2)


def test_a_rewired_network_in_the_place_of_the_real_one(made):
    """Signals, and what each factor adds to them, are those of that network."""
    targets = target_sets(
        pd.DataFrame({"drug_id": ["d"]}),
        pd.DataFrame({"drug_id": ["d"], "target": ["R20"], "gene": ["R20"], "sign": [-1]}),
        made.names,
    )
    seen = np.ones(len(made.names), dtype=bool)
    upstream = Upstream.of(seen, made.wiring, made.place, targets)
    read = upstream.activities(made.values("T20")[None])
    other = upstream.on(3)
    assert other.beyond(read) == pytest.approx(upstream.beyond(read, made.wiring.rewired[3]))
    for one in (upstream, other):
        by_factor = one.reach() @ read.active[one.factors[one.model.rows]]
        assert by_factor == pytest.approx(one.beyond(read) + read.active[one.rows], abs=1e-4)


def test_a_second_target_to_where_nothing_happens_weakens_the_evidence(made):
    values = made.values("T20")
    found = made.evidence(values, [[("R20", -1)], [("R20", -1), ("R25", -1)]])
    assert 0 < found.weaker_z[1] < found.weaker_z[0]


def test_the_share_rises_from_the_best_of_noise_to_half_as_much_again():
    """The greatest of 200 normal values is about sqrt(2 log 200); a silent mechanism is none."""
    best = np.sqrt(2 * np.log(200))
    z = np.zeros((201, 5))
    z[200] = np.nan
    z[0] = best * np.array([0.5, 1, (1 + FULL) / 2, FULL, 9])
    z[1] = -20  # what a drug would make worse says nothing of how well one fits
    assert standing_out(z) == pytest.approx([LEAST, LEAST, 0.5, 1, 1])


def test_noise_hardly_counts_and_a_planted_factor_does(made):
    null = np.random.default_rng(9).normal(size=(40, len(made.names)))
    found = made.evidence(made.values("T20"), BLOCKERS + OPENERS, null=null)
    assert found.share > np.quantile(found.null_share, 0.9)
    assert np.median(found.null_share) == LEAST
    assert np.array_equal(found.null_share, standing_out(found.null))


def test_where_nothing_is_said_the_share_is_the_least():
    assert standing_out(np.full((3, 2), np.nan)).tolist() == [LEAST, LEAST]
    assert standing_out(np.empty((0, 2))).tolist() == [LEAST, LEAST]


def test_the_best_supported_target_speaks_for_the_drug(made):
    """Three targets to where nothing happens would halve what the fourth says in their sum."""
    alone, others = [("R20", -1)], [(f"R{i}", -1) for i in (25, 26, 28)]
    found = made.evidence(made.values("T20"), [alone, alone + others, others])
    assert found.weaker_z[1] > 0.6 * found.weaker_z[0]
    assert found.weaker_z[2] < 1


def test_a_replicate_like_the_patient_says_the_same_of_a_family(made):
    values = made.values("T20")
    family = [[("R20", -1), ("R25", -1), ("R22", 1)]]
    found = made.evidence(values, family, null=values[None], again=values[None])
    assert found.null[:, 0] == pytest.approx(found.weaker_z)
    assert found.resampled[:, 0] == pytest.approx(found.weaker_z)
