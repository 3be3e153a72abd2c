"""The benchmark case: APID, drugs with real numbers of targets, modules that are half local."""

import gzip
import os
from pathlib import Path

import numpy as np
from scipy import sparse

from twinscreen.network import Interactome, largest_component

ROOT = Path(__file__).resolve().parents[1]
DATA = (ROOT / os.environ.get("TWINSCREEN_DATA", "../shared/data")).resolve()


def apid() -> Interactome:
    """Read the largest component of APID: 17,667 proteins, 319,592 interactions."""
    with gzip.open(DATA / "interactomes/apid_entrez.txt.gz", "rt") as file:
        next(file)
        network = Interactome.from_edges(tuple(line.split()) for line in file)
    return network.restrict(largest_component(network, np.ones(len(network.names), dtype=bool)))


def drug_sizes(drugs: int, random: np.random.Generator) -> np.ndarray:
    """Draw numbers of targets from those of Guney et al.'s drugs (mean 2.6, at most 139)."""
    with gzip.open(DATA / "proximity_reference/guney2016_drug_targets.tsv.gz", "rt") as file:
        next(file)
        names = [line.split("\t")[0] for line in file]
    _, counts = np.unique(names, return_counts=True)
    return random.choice(counts, drugs)


def module_sizes(modules: int, random: np.random.Generator) -> np.ndarray:
    """Draw sizes of modules: log-normal with mean 78, from 5 to 500."""
    return np.clip(np.rint(random.lognormal(4.05, 0.8, modules)), 5, 500).astype(int)


def sets(network: Interactome, sizes: np.ndarray, random: np.random.Generator) -> sparse.csr_array:
    """Draw sets of proteins, half from the neighbourhood of a protein, half from anywhere."""
    n = len(network.names)
    adjacency = network.adjacency
    rows, members = [], []
    for row, size in enumerate(sizes.tolist()):
        near = adjacency.indices[slice(*adjacency.indptr[(v := random.integers(n)) : v + 2])]
        local = random.permutation(near)[: (size + 1) // 2]
        anywhere = random.choice(n, size + len(local), replace=False)
        chosen = np.concatenate([local, np.setdiff1d(anywhere, local)])[:size]
        rows.append(np.full(len(chosen), row))
        members.append(chosen)
    index = (np.concatenate(rows), np.concatenate(members))
    return sparse.csr_array((np.ones(len(index[0])), index), shape=(len(sizes), n))
