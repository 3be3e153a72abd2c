"""The module of a compartment: its deviating genes, and how well they are connected."""

from dataclasses import dataclass

import numpy as np

from twinscreen.network import (
    Interactome,
    betweenness,
    component_significance,
    diamond,
    eigenvector_centrality,
    largest_component,
    pagerank,
    random_walk,
)
from twinscreen.settings.twin import TwinSettings
from twinscreen.twin.deviation.statistics import Deviation


@dataclass(frozen=True)
class Module:
    """Seeds of a compartment and their largest connected component (LCC) over n genes.

    `members` are the seeds and `grown` the genes that growth added, both boolean. `centrality` is
    that inside the LCC of the two together, NaN outside it; size and significance of the LCC are
    those of the seeds alone.
    """

    members: np.ndarray
    grown: np.ndarray
    centrality: np.ndarray
    lcc_size: int
    lcc_z: float
    lcc_p: float


@dataclass(frozen=True)
class SeedRule:
    """Which deviating genes are seeds: the parameters of `seeds`, for many compartments."""

    max_qvalue: float
    min_fold_change: float
    most: int

    @classmethod
    def of(cls, settings: TwinSettings) -> "SeedRule":
        """Take the rule out of the settings of a twin."""
        return cls(settings.max_qvalue, settings.min_fold_change, settings.max_genes)


def has_intervals(rule: TwinSettings) -> bool:
    """Whether centralities are those that the compiled pass over all replicates computes."""
    return rule.growth == "none" and rule.centrality == "eigenvector"


def seeds(
    deviation: Deviation, *, max_qvalue: float, min_fold_change: float, most: int
) -> np.ndarray:
    """Choose the deviating genes: q below a limit and a fold change of a size that matters.

    Parameters
    ----------
    deviation
        Deviation of the compartment over n genes.
    max_qvalue
        Genes with a smaller q are seeds.
    min_fold_change
        Smallest fold change in either direction, as a ratio (1.5 means log2 1.5).
    most
        Only so many seeds, those of largest |effect|: no cell type may win by size.

    Returns
    -------
    Boolean, shape (n,).
    """
    with np.errstate(invalid="ignore"):
        chosen = (deviation.qvalue < max_qvalue) & (
            np.abs(deviation.logfc) >= np.log2(min_fold_change)
        )
    strength = np.where(chosen, np.abs(np.nan_to_num(deviation.effect)), -1.0)
    chosen[np.argsort(-strength, kind="stable")[most:]] = False
    return chosen


def find_module(
    network: Interactome,
    members: np.ndarray,
    allowed: np.ndarray,
    *,
    draws: int,
    random: np.random.Generator,
    effect: np.ndarray | None = None,
    rule: TwinSettings | None = None,
) -> Module:
    """Connect seeds on the part of the interactome that may take part in this compartment.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Seeds, boolean, shape (n,).
    allowed
        Proteins that may take part, boolean, shape (n,): those expressed in the compartment, or
        all. Seeds among them are the module, and random sets are drawn from them.
    draws
        Number of random sets for the significance of the largest component.
    random
        Source of randomness.
    effect
        Deviation of each protein, shape (n,), NaN where not compared, for PageRank.
    rule
        Whether modules grow, and which centrality is computed; the defaults without.

    Returns
    -------
    The module. Grown genes are among those allowed, too.

    References
    ----------
    Ghiassian et al., PLoS Computational Biology 2015;11:e1004120 (DIAMOnD). Koehler et al.,
    American Journal of Human Genetics 2008;82:949 (random walk).
    """
    rule = rule or TwinSettings()
    members = members & allowed
    inside = network.restrict(allowed)
    chosen = members[allowed]
    significance = component_significance(inside, chosen, draws=draws, random=random)
    grown = np.zeros(len(members), dtype=bool)
    grown[np.flatnonzero(allowed)[grow(inside, chosen, rule)]] = True
    component = largest_component(inside, chosen | grown[allowed])
    centrality = np.full(len(members), np.nan)
    if rule.centrality == "pagerank":
        weight = None if effect is None else np.abs(effect[allowed])
        centrality[allowed] = pagerank(inside, component, weight=weight)
    elif rule.centrality == "betweenness":
        centrality[allowed] = betweenness(inside, component)
    else:
        centrality[allowed] = eigenvector_centrality(inside, component)
    return Module(
        members, grown, centrality, significance.size, significance.z, significance.pvalue
    )


def grow(network: Interactome, seeds: np.ndarray, rule: TwinSettings) -> np.ndarray:
    """Find the proteins that growth adds to seeds.

    Parameters
    ----------
    network
        Interactome of n proteins, all of which may be added.
    seeds
        Membership, boolean, shape (n,).
    rule
        How to grow. A walk adds the proteins that it visits most often, the first of equal ones
        first; it prefers hubs, while DIAMOnD takes the degree into account.

    Returns
    -------
    Indices of the proteins added, in the order in which they come, shape (k,).
    """
    if rule.growth == "none" or not seeds.any():
        return np.empty(0, dtype=np.int64)
    if rule.growth == "diamond":
        growth = diamond(network, seeds, size=rule.grown_genes, max_pvalue=rule.growth_pvalue)
        return growth.proteins
    visited = np.where(seeds, 0, random_walk(network, seeds))
    first = np.argsort(-visited, kind="stable")[: rule.grown_genes]
    return first[visited[first] > 0]
