"""The proximity engine against the published tables of Guney et al. 2016."""

import gzip
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from twinscreen.network import (
    Interactome,
    distances,
    largest_component,
    proximity,
    proximity_by_draws,
)

MEASURES = {
    "closest": "closest",
    "shortest": "shortest",
    "kernel": "kernel",
    "center": "centre",
    "separation": "separation",
}


def membership(names, table, column, network):
    """Sets of proteins as rows, those off the network left out."""
    row = pd.Index(names).get_indexer(table[column])
    protein = pd.Index(network.names).get_indexer(table["entrez_id"])
    kept = (row >= 0) & (protein >= 0)
    ones = np.ones(kept.sum())
    return sparse.csr_array(
        (ones, (row[kept], protein[kept])), shape=(len(names), len(network.names))
    )


@pytest.fixture(scope="module")
def guney(data_folder):
    """Network, sets and published tables. A disease's name has dots for what isn't alphanumeric."""
    folder = data_folder / "proximity_reference"
    with gzip.open(data_folder / "interactomes/guney2016_network.sif.gz", "rt") as file:
        edges = [(line.split()[0], line.split()[2]) for line in file]
    whole = Interactome.from_edges(edges)
    largest = largest_component(whole, np.ones(len(whole.names), dtype=bool))
    network = whole.restrict(largest)
    loops = np.isin(network.names, [a for a, b in edges if a == b])
    targets = pd.read_csv(folder / "guney2016_drug_targets.tsv.gz", sep="\t", dtype=str)
    genes = pd.read_csv(folder / "guney2016_disease_genes.tsv.gz", sep="\t", dtype=str)
    genes["disease"] = [re.sub("[^A-Za-z0-9]+", ".", term) for term in genes["mesh_term"]]
    published = {
        name: pd.read_csv(folder / f"guney2016_published_{name}.tsv.gz", sep="\t")
        for name in MEASURES
    }
    drugs = sorted(set(published["closest"]["group"]))
    diseases = sorted(set(published["closest"]["disease"]))
    return SimpleNamespace(
        network=network,
        degree=network.degree + 2 * loops,
        targets=membership(drugs, targets.drop_duplicates(), "drugbank_id", network),
        modules=membership(diseases, genes.drop_duplicates(), "disease", network),
        published=published,
        place={
            name: (
                pd.Index(drugs).get_indexer(table["group"]),
                pd.Index(diseases).get_indexer(table["disease"]),
            )
            for name, table in published.items()
        },
    )


@pytest.fixture(scope="module")
def ours(guney):
    return distances(guney.network, guney.targets, guney.modules)


@pytest.fixture(scope="module")
def closest(guney):
    return proximity(
        guney.network,
        guney.targets,
        guney.modules,
        degree=guney.degree,
        random=np.random.default_rng(1),
    )


def test_the_network_is_the_published_one(guney):
    assert len(guney.network.names) == 13329


@pytest.mark.parametrize(("published", "name"), MEASURES.items())
def test_all_raw_distances_are_the_published_ones(guney, ours, published, name):
    table = guney.published[published]
    assert len(table) == 9282
    # the tables give twelve significant digits
    assert getattr(ours, name)[guney.place[published]] == pytest.approx(
        table["d"], abs=1e-11, rel=1e-11
    )


def test_the_engine_sees_the_same_distances(ours, closest):
    assert closest.distance.tolist() == ours.closest.tolist()


def test_z_of_closest_is_the_published_z_but_for_its_thousand_draws(guney, closest):
    table = guney.published["closest"]
    z = closest.z[guney.place["closest"]]
    assert np.corrcoef(z, table["z"])[0, 1] >= 0.999
    assert abs(np.mean(z - table["z"])) < 0.005


@pytest.mark.parametrize(
    ("published", "needed"),
    [("shortest", 0.999), ("kernel", 0.996), ("center", 0.996), ("separation", 0.996)],
)
def test_z_of_the_others_are_the_published_ones_but_for_the_draws(guney, published, needed):
    # mean and standard deviation of shortest are exact, those of the others have 256 draws
    table = guney.published[published]
    found = proximity_by_draws(
        guney.network,
        guney.targets,
        guney.modules,
        measure=MEASURES[published],
        draws=256,
        degree=guney.degree,
        random=np.random.default_rng(1),
    )
    z = found.z[guney.place[published]]
    assert np.corrcoef(z, table["z"])[0, 1] >= needed
    assert abs(np.mean(z - table["z"])) < 0.02


def test_known_indications_are_found_as_well_as_published(guney, closest):
    table = guney.published["closest"]
    known = (table["flag"] == "True").to_numpy()

    def auc(z):
        test = stats.mannwhitneyu(-z[known], -z[~known])
        return test.statistic / known.sum() / (~known).sum()

    assert auc(closest.z[guney.place["closest"]]) == pytest.approx(
        auc(table["z"].to_numpy()), abs=0.002
    )


def test_normal_p_of_single_targets_is_badly_wrong(guney, closest):
    at = guney.place["closest"]
    single = (guney.published["closest"]["n.target"] == 1).to_numpy()
    z, p = closest.z[at][single], closest.pvalue[at][single]
    assert (stats.norm.cdf(z) < 0.05).sum() > 2 * (p < 0.05).sum()
