"""A response of few genes in one cell type of six is called, with the drug upstream of it first."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.kb.wiring import Wiring
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.counteraction import counteraction_evidence
from twinscreen.screen.evidence.screened_state import screened_state
from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.rank.combine import combine_kinds

#: Pathways of a receptor R, a kinase K, a factor T and genes; genes of no factor; and people.
PATHS, GENES_EACH, OTHERS, REWIRINGS = 60, 20, 1_000, 60
COMPARTMENTS = [f"type {i}|blood|" for i in range(6)]
DONORS = 12

#: One drug blocks each receptor; a family of four kinases has the responding one among them.
BLOCKERS = {f"blocks R{i}": [f"R{i}"] for i in range(PATHS)}
FAMILY = {"blocks four kinases": ["K7", "K11", "K14", "K17"]}


class Cohort:
    """A signed network, and noise of healthy people in six cell types."""

    def __init__(self):
        random = np.random.default_rng(0)
        genes = [f"G{i}.{j}" for i in range(PATHS) for j in range(GENES_EACH)]
        self.names = pd.Index([f"{kind}{i}" for kind in "RKT" for i in range(PATHS)] + genes)
        self.names = self.names.append(pd.Index([f"other{i}" for i in range(OTHERS)]))
        signalling = [(f"R{i}", f"K{i}") for i in range(PATHS)]
        signalling += [(f"K{i}", f"T{i}") for i in range(PATHS)]
        crossing = random.integers(PATHS, size=(PATHS // 4, 2))
        signalling += [(f"R{a}", f"K{b}") for a, b in crossing if a != b]
        signalling += [(f"K{a}", f"T{b}") for b, a in crossing if a != b]
        regulation = [(f"T{i}", f"G{i}.{j}") for i in range(PATHS) for j in range(GENES_EACH)]
        network = SignalNetwork(self._edges(signalling), self._edges(regulation), 0.5, 3)
        rewired = [network.signalling.rewired(random) for _ in range(REWIRINGS)]
        self.wiring = Wiring(self.names, network, np.array(rewired))
        n = len(self.names)
        ring = sparse.eye_array(n, k=1) + sparse.eye_array(n, k=-1)
        self.adjacency = sparse.csr_array(ring)
        drugs = BLOCKERS | FAMILY
        rows = [(drug, gene, gene, -1) for drug, several in drugs.items() for gene in several]
        table = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
        self.drugs = list(drugs)
        self.targets = target_sets(pd.DataFrame({"drug_id": self.drugs}), table, self.names)

    def _edges(self, edges):
        ends = [self.names.get_indexer(list(part)) for part in zip(*set(edges), strict=True)]
        return SignedEdges.of(*ends, np.ones(len(set(edges)), np.int8), n=len(self.names))

    def person(self, random, response=0.0):
        """Effects and log fold changes of six cell types; 20 genes of one respond."""
        effect = random.standard_t(12, size=(len(COMPARTMENTS), len(self.names)))
        effect[2, self.names.str.startswith("G7.")] += response
        return effect, effect / 3 + random.normal(0, 0.5, effect.shape)

    def screened(self, seed, response=0.0):
        """Screen a person against healthy donors; give names of drugs, best first, and the call."""
        random = np.random.default_rng(seed)
        var, used = pd.DataFrame(index=self.names), np.ones(len(COMPARTMENTS))
        effect, logfc = self.person(random, response)
        obs = pd.DataFrame(index=COMPARTMENTS)
        twin = ad.AnnData(effect, obs=obs, var=var, layers={"logfc": logfc})
        donors = [self.person(random) for _ in range(DONORS)]
        rows = [(name, number, "null") for number in range(DONORS) for name in COMPARTMENTS]
        obs = pd.DataFrame(rows, columns=["compartment", "replicate", "kind"])
        obs.index = obs.index.astype(str)
        effects, changes = (np.vstack(part) for part in zip(*donors, strict=True))
        replicates = ad.AnnData(effects, obs=obs, var=var, layers={"logfc": changes})
        state = screened_state(twin, replicates, used)
        place, bare = np.arange(len(self.names)), np.zeros((len(self.drugs), len(COMPARTMENTS)))
        kinds = [
            causal_evidence(state, self.wiring, place, self.targets, bare),
            counteraction_evidence(state, self.adjacency, self.targets),
        ]
        found = combine_kinds(
            kinds,
            {"causal": 1.0, "counteraction": 1.0},
            allowed=np.ones(len(self.drugs), dtype=bool),
            spread=state.spread,
            null_spread=state.null_spread,
            null="healthy donors",
            max_pvalue=0.01,
        )
        return [self.drugs[i] for i in np.argsort(-found.score)], found.call


@pytest.fixture(scope="module")
def cohort():
    return Cohort()


@pytest.mark.parametrize("seed", range(2))
def test_a_response_of_one_cell_type_is_called(cohort, seed):
    """20 of 2,380 genes: they raise the mean square effect over all cell types by 2 %."""
    drugs, call = cohort.screened(seed, response=4.0)
    assert call.called
    assert drugs[0] == "blocks four kinases"


def test_the_same_people_without_it_get_no_call(cohort):
    calls = [cohort.screened(seed)[1] for seed in range(6)]
    assert not any(call.called for call in calls)
    assert np.median([call.pvalue for call in calls]) > 0.1
