"""The reference method's published figures: its interactome, its bins, its table of directions."""

import gzip
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.network import Interactome, degree_bins, largest_component
from twinscreen.screen.rank.scdrugprio import opposing_targets


@pytest.fixture(scope="module")
def literature(data_folder) -> Interactome:
    with gzip.open(data_folder / "interactomes" / "literature_ppi_entrez.tsv.gz", "rt") as file:
        table = pd.read_csv(file, sep="\t", dtype=str)
    assert len(table) == 351_444
    whole = Interactome.from_edges(table.itertuples(index=False, name=None))
    return whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))


def test_nodes_and_edges_of_the_literature_interactome(literature):
    assert len(literature.names) == 17_651
    assert literature.adjacency.nnz == 2 * 346_324


def test_bins_of_the_literature_interactome(literature):
    sizes = np.bincount(degree_bins(literature.degree))
    assert len(sizes) == 78
    assert (sizes.min(), sizes.max()) == (100, 1243)


#: What the words of DrugBank do to a target's activity, as the published counts take them. That a
#: substrate or a replacement raises it is the method's reading, not ours.
WORDS = {
    "activator": 1,
    "agonist": 1,
    "ligand": 1,
    "other/unknown, activation": 1,
    "replacement": 1,
    "substrate": 1,
    "antagonist": -1,
    "antibody": -1,
    "blocker": -1,
    "competitor": -1,
    "inhibitor": -1,
}

#: Counted as mimicking by hand although no direction is known: HLA-DQB1 has no action, and CTSD
#: degrades the drug, which says nothing of what the drug does to it.
EXCEPTIONS = {"Insulin Pork": ((0, 0), (0, 2))}


def listed(text: str) -> dict[str, str]:
    """Read `TNF (antibody), LTA (activator)`."""
    return dict(re.findall(r"(\S+) \(([^)]*)\)", text))


def test_directions_counted_by_hand_for_sixteen_drugs(data_folder):
    """The rule is applied to the directions as printed; whether "down" is down in disease or in
    health is not certain, and would swap the two counts of every drug alike."""
    table = pd.read_csv(data_folder / "drugs" / "direction_gold_cluster1.tsv", sep="\t")
    assert len(table) == 16
    found, by_hand = {}, {}
    for _, row in table.iterrows():
        changed, actions = listed(row["targeted_degs"]), listed(row["pharmacological_effect"])
        assert len(changed) == row["n_targeted_degs"]
        direction = np.array([{"up": 1, "down": -1}[word] for word in changed.values()])
        sign = [[WORDS.get(actions[gene], 0) for gene in changed]]
        counts = opposing_targets(sparse.csr_array(np.array(sign, dtype=float)), direction)
        name = row["Drug_name"]
        found[name] = tuple(counts[:, 0].tolist())
        by_hand[name] = (
            row["n_drug_targets_counteracting_disease"],
            row["n_drug_targets_mimmicking_disease"],
        )
    different = {
        name: (found[name], by_hand[name]) for name in found if found[name] != by_hand[name]
    }
    assert different == EXCEPTIONS
