"""The paths from the first drugs to the genes that they would move, as one network."""

import json
from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import anndata as ad
import networkx as nx
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import THEN
from twinscreen.report.compartments import screened
from twinscreen.report.tables import table


def path_network(twin: ad.AnnData, screen: ad.AnnData) -> nx.DiGraph:
    """Join the paths of the explained drugs into one network.

    Parameters
    ----------
    twin
        Compartments x genes.
    screen
        Drugs x compartments.

    Returns
    -------
    Drugs (`kind` drug, named by `drug_id`, with `label`, `rank` and `score`) act on proteins
    (`kind` protein, named by gene symbol), and these on each other. A protein has `effect_` with
    the name of each screened compartment where it was compared. An edge has `sign` (1 activates,
    -1 inhibits), `sources` and, if it is a step between proteins, `references`, the number of
    publications known of it.
    """
    paths = table(screen, "paths", "drug_id", "target", "sign", "path", "signs", "sources")
    network = nx.DiGraph(patient=str(screen.uns["patient"]["patient"]))
    for drug_id, of_drug in paths.groupby("drug_id", sort=False, observed=True):
        row = screen.obs.loc[drug_id]
        network.add_node(
            str(drug_id),
            label=str(row["name"]),
            kind="drug",
            rank=float(row["rank"]),
            score=float(row["score"]),
        )
        for path in of_drug.to_dict("records"):
            _add(network, str(drug_id), path)
    _add_effects(network, twin, list(screen.var_names[screened(screen)].astype(str)))
    return network


def as_text(network: nx.DiGraph, suffix: str) -> str:
    """Write a network as GraphML, or as JSON of Cytoscape where the suffix is .cyjs."""
    if suffix == ".cyjs":
        return json.dumps(nx.cytoscape_data(network, name="label"), indent=1) + "\n"
    return "\n".join(nx.generate_graphml(network)) + "\n"


def _add(network: nx.DiGraph, drug: str, path: Mapping[Hashable, Any]) -> None:
    """Add a path: the drug's action on the target, and the steps from there to the gene."""
    proteins = str(path["path"]).split(THEN)
    for name in proteins:
        network.add_node(name, label=name, kind="protein")
    network.add_edge(drug, proteins[0], sign=int(path["sign"]), sources="drug table")
    steps = zip(
        pairwise(proteins),
        str(path["signs"]),
        str(path["sources"]).split(THEN),
        str(path["references"]).split(THEN),
        strict=True,
    )
    for (source, target), sign, sources, references in steps:
        network.add_edge(
            source,
            target,
            sign=1 if sign == "+" else -1,
            sources=sources,
            references=int(references),
        )


def _add_effects(network: nx.DiGraph, twin: ad.AnnData, keys: list[str]) -> None:
    """Write on each protein how far it deviates in each screened compartment."""
    known = [key for key in keys if key in twin.obs_names]
    effects = pd.DataFrame(
        np.asarray(twin[known].X, dtype=float), index=known, columns=twin.var_names.astype(str)
    )
    for name, facts in network.nodes(data=True):
        if facts["kind"] == "protein" and name in effects:
            told = effects[name].dropna()
            facts |= {f"effect_{key}": round(float(value), 4) for key, value in told.items()}
