"""The module of a compartment: deviating genes that hang together on the interactome."""

from dataclasses import dataclass

import numpy as np

from twinscreen.network import (
    Interactome,
    component_significance,
    eigenvector_centrality,
    largest_component,
)
from twinscreen.twin.deviation import Deviation


@dataclass(frozen=True)
class Module:
    """Seeds of a compartment and their largest connected component (LCC) over n genes.

    `members` is boolean; `centrality` the eigenvector centrality inside the LCC, NaN outside it.
    """

    members: np.ndarray
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
    """
    members = members & allowed
    inside = network.restrict(allowed)
    chosen = members[allowed]
    significance = component_significance(inside, chosen, draws=draws, random=random)
    centrality = np.full(len(members), np.nan)
    centrality[allowed] = eigenvector_centrality(inside, largest_component(inside, chosen))
    return Module(members, centrality, significance.size, significance.z, significance.pvalue)
