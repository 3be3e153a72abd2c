"""The layers of a twin on the interactome: their links, and the relevance of every protein."""

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import generator
from twinscreen.files.contracts.twin_tables import LAYER_LINKS, RELEVANCE
from twinscreen.network import Interactome, MultiplexWalk, link_sets, multiplex_walk
from twinscreen.settings.twin import ComparisonSettings, LayerSettings
from twinscreen.twin.layers.hypotheses import hypotheses
from twinscreen.twin.layers.layer_sets import LAYERS, OWN, layer_members, measured, seed_weights

#: Of the proteins of a compartment, so many of the most relevant stand in the table.
LISTED = 25


def add_layers(
    twin: ad.AnnData,
    network: Interactome,
    settings: LayerSettings,
    general: ComparisonSettings,
) -> None:
    """Write relevance, links of layers and hypotheses into a twin.

    The columns `variant`, `phenotype`, `exposure` and `disease` of var are the patient-level
    layers; a twin may lack any of them, and compartments too.

    Parameters
    ----------
    twin
        Twin as assembled. It gains the layer `relevance`, var `relevance` (patient-level layers
        alone) and the tables uns `relevance`, `layer_links` and `hypotheses`.
    network
        Interactome whose n proteins are the twin's genes.
    settings
        Of the walk.
    general
        Of the twin: `max_qvalue` also decides which surface proteins are in a protein layer.
    """
    weights = seed_weights(twin, max_qvalue=general.max_qvalue)
    columns = [*twin.obs_names, ""]
    asked = np.append(weights[:2, :, :-1].any(axis=(0, 1)), weights[2:, :, -1].any())
    walk = multiplex_walk(
        network,
        weights[:, :, asked],
        layer_weight=np.array([getattr(settings.weights, name) for name in LAYERS], dtype=float),
        restart=settings.restart,
        jump=settings.jump,
    )
    relevance = np.full((len(columns), twin.n_vars), np.nan)
    relevance[asked] = walk.relevance.T
    twin.layers["relevance"] = relevance[:-1].astype(np.float32)
    twin.var["relevance"] = relevance[-1]
    names = [name for name, use in zip(columns, asked, strict=True) if use]
    twin.uns["relevance"] = relevance_table(walk, names, twin.var_names)
    twin.uns["layer_links"] = link_layers(
        network,
        layer_members(weights, most=settings.max_genes),
        measured(twin),
        names=columns,
        random=generator(general.seed, "layer links"),
    )
    twin.uns["hypotheses"] = hypotheses(
        twin, network, max_qvalue=general.max_qvalue, max_genes=settings.max_genes
    )


def relevance_table(walk: MultiplexWalk, names: list[str], genes: pd.Index) -> pd.DataFrame:
    """List the most relevant proteins of each compartment, and which layers make them so.

    Parameters
    ----------
    walk
        Walk over n proteins from k compartments' seeds.
    names, genes
        Names of the compartments, "" for the patient-level layers alone, and of the proteins.

    Returns
    -------
    `compartment, gene, relevance, rank`, and per layer its share of the relevance.
    """
    parts, every = [], walk.relevance
    for column, name in enumerate(names):
        relevance = every[:, column]
        top = np.argsort(-np.round(relevance, 9), kind="stable")[:LISTED]
        rows = {"compartment": name, "gene": genes[top], "relevance": relevance[top]}
        rows["rank"] = np.arange(1, len(top) + 1)
        shares = walk.parts[:, top, column]
        shares = shares / np.maximum(shares.sum(axis=0), np.finfo(float).tiny)
        parts.append(pd.DataFrame(rows | dict(zip(LAYERS, shares, strict=True))))
    return RELEVANCE.typed(pd.concat(parts, ignore_index=True)) if parts else RELEVANCE.empty()


def link_layers(
    network: Interactome,
    member: np.ndarray,
    could: np.ndarray,
    *,
    names: list[str],
    random: np.random.Generator,
) -> pd.DataFrame:
    """Link every two layers of a compartment, or of the patient, that have genes.

    Parameters
    ----------
    network
        Interactome of n proteins.
    member, could
        Genes in each layer's set, and those that could be in it, boolean, shape
        (layers, n, compartments + 1); the patient-level layers are those of the last column.
    names
        Names of the compartments, and "" for the patient.
    random
        Source of randomness.

    Returns
    -------
    One row per pair: `compartment` ("" for two patient-level layers), `layer_a`, whose set is
    redrawn in the null, `layer_b`, sizes of both, and what `link_sets` finds.
    """
    last = len(names) - 1
    sets = [
        (layer, column)
        for column in range(len(names))
        for layer in (range(len(OWN), len(LAYERS)) if column == last else range(len(OWN)))
        if member[layer, :, column].any()
    ]
    pairs = np.array(
        [
            [a[0] < b[0] and (a[1] == b[1] or b[1] == last) for b in sets]  # protein, patient-level
            for a in sets
        ],
        dtype=bool,
    ).reshape(len(sets), len(sets))
    rows = []
    if pairs.any():
        matrix = sparse.csr_array(np.array([member[set_] for set_ in _places(sets)]).astype(int))
        background = np.array([could[set_] for set_ in _places(sets)])
        found = link_sets(
            network, matrix, matrix, background=background, random=random, pairs=pairs
        )
        size = matrix.sum(axis=1)
        for a, b in np.argwhere(pairs).tolist():
            (layer_a, column), (layer_b, _) = sets[a], sets[b]
            values = [getattr(found, name)[a, b] for name in _MEASURES]
            ends = [names[column], LAYERS[layer_a], LAYERS[layer_b], size[a], size[b]]
            rows.append([*ends, *values])
    return LAYER_LINKS.of(rows)


_MEASURES = ("overlap", "overlap_z", "overlap_p", "distance", "distance_z", "distance_p")


def _places(sets: list[tuple[int, int]]) -> list[tuple[int, slice, int]]:
    """Index layers x genes x compartments by layer and compartment."""
    return [(layer, slice(None), column) for layer, column in sets]
