"""Which proteins of a module stand in its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from twinscreen.network.interactome import Interactome

if TYPE_CHECKING:
    import igraph


#: Eigenvalues that differ by less, relative to the largest, are equal to the digits computed.
SAME = 1e-10


def eigenvector_centrality(network: Interactome, members: np.ndarray) -> np.ndarray:
    """Eigenvector centrality inside the subgraph that `members` induce, largest value 1.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (n,). In a set in pieces only those with the largest
        eigenvalue count, as in the limit of ever longer walks from everywhere.

    Returns
    -------
    Centrality, shape (n,); NaN outside `members`.
    """
    rows = np.flatnonzero(members)
    inside = network.adjacency[rows][:, rows].toarray().astype(float)
    if not len(rows):
        return np.full(len(members), np.nan)
    return _scaled(principal_eigenvector(inside), rows, len(members))


def principal_eigenvector(weights: np.ndarray) -> np.ndarray:
    """Eigenvector of the largest eigenvalue of a symmetric matrix, without sign or scale.

    Parameters
    ----------
    weights
        Non-negative, symmetric, shape (n, n) with n > 0.

    Returns
    -------
    Shape (n,). Of several eigenvectors of the same eigenvalue, the sum that ever longer walks
    from everywhere come to.
    """
    last = len(weights) - 1
    largest = linalg.eigvalsh(weights, subset_by_index=[last, last])[0]
    above = largest - SAME * max(largest, 1)
    _, principal = linalg.eigh(weights, subset_by_value=[above, np.inf])
    # a mixture of vectors with the same eigenvalue is one as well: only their sum is unique
    return np.asarray(np.abs(principal @ principal.sum(axis=0)))


def pagerank(
    network: Interactome,
    members: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    damping: float = 0.85,
) -> np.ndarray:
    """PageRank inside the subgraph that `members` induce, largest value 1.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (n,).
    weight
        Where the walk starts anew, non-negative, shape (n,), for example the size of the effect;
        everywhere alike if not given, or if the members have none.
    damping
        Probability of going on.

    Returns
    -------
    Centrality, shape (n,); NaN outside `members`.
    """
    graph, rows = _inside(network, members)
    if not len(rows):
        return np.full(len(members), np.nan)
    reset = None if weight is None else np.nan_to_num(np.asarray(weight, float)[rows])
    if reset is not None and reset.sum() <= 0:
        reset = None
    values = graph.personalized_pagerank(
        directed=False, damping=damping, reset=None if reset is None else reset.tolist()
    )
    return _scaled(values, rows, len(members))


def betweenness(network: Interactome, members: np.ndarray) -> np.ndarray:
    """Share of shortest paths through a protein, inside what `members` induce, largest value 1.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (n,).

    Returns
    -------
    Centrality, shape (n,); NaN outside `members`, 0 for all if no path has a middle.
    """
    graph, rows = _inside(network, members)
    return _scaled(graph.betweenness(), rows, len(members))


def _inside(network: Interactome, members: np.ndarray) -> tuple[igraph.Graph, np.ndarray]:
    """Give the subgraph that the members induce, and which they are."""
    import igraph  # brings matplotlib along, which takes longer to import than all else

    rows = np.flatnonzero(members)
    within = sparse.coo_array(sparse.triu(network.adjacency[rows][:, rows]))
    edges = np.stack(within.coords, axis=1)
    return igraph.Graph(n=len(rows), edges=edges.tolist()), rows


def _scaled(values: list[float] | np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
    """Put values in their rows, scaled to a largest value of 1."""
    centrality = np.full(n, np.nan)
    found = np.array(values, dtype=float)
    centrality[rows] = found / largest if (largest := found.max(initial=0)) > 0 else found
    return centrality
