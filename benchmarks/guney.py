"""The published case: network, drugs and diseases of Guney et al. 2016."""

import gzip
import re

import numpy as np
from apid import DATA
from scipy import sparse

from twinscreen.network import Interactome, largest_component


def network() -> tuple[Interactome, np.ndarray]:
    """Read the largest component, and degrees in which a self-loop counts twice."""
    with gzip.open(DATA / "interactomes/guney2016_network.sif.gz", "rt") as file:
        edges = [(line.split()[0], line.split()[2]) for line in file]
    whole = Interactome.from_edges(edges)
    found = whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))
    return found, found.degree + 2 * np.isin(found.names, [a for a, b in edges if a == b])


def sets(found: Interactome, name: str) -> sparse.csr_array:
    """Read the targets of all drugs (`drug_targets`) or the genes of all diseases."""
    row_of = {gene: row for row, gene in enumerate(found.names.tolist())}
    groups: dict[str, set[int]] = {}
    with gzip.open(DATA / f"proximity_reference/guney2016_{name}.tsv.gz", "rt") as file:
        next(file)
        for line in file:
            group, gene = line.rstrip("\n").split("\t")
            if gene in row_of:
                groups.setdefault(re.sub("[^A-Za-z0-9]+", ".", group), set()).add(row_of[gene])
    rows = [row for row, group in enumerate(groups.values()) for _ in group]
    columns = [protein for group in groups.values() for protein in sorted(group)]
    shape = (len(groups), len(found.names))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
