"""Centrality in small, dense, directed networks with weights."""

import numpy as np

from twinscreen.network.modules.centrality import principal_eigenvector


def driver_centrality(weights: np.ndarray, *, damping: float = 0.85) -> np.ndarray:
    """Rank nodes by what they drive: PageRank on the reversed network, largest value 1.

    A walker goes from each node to one of those that act on it, in proportion to the weights; it
    starts anew anywhere with probability 1 - `damping`, and from nodes that nothing acts on.

    Parameters
    ----------
    weights
        Weight of the edge from row to column, non-negative, shape (n, n); loops count.
    damping
        Probability of going on.

    Returns
    -------
    Centrality, shape (n,).
    """
    n = len(weights)
    if n == 0:
        return np.empty(0)
    received = weights.sum(axis=0)
    step = np.where(received > 0, weights / np.where(received > 0, received, 1), 1 / n)
    rank = np.linalg.solve(np.eye(n) - damping * step, np.full(n, (1 - damping) / n))
    return rank / rank.max()


def mutual_eigenvector(counts: np.ndarray) -> np.ndarray:
    """Eigenvector centrality without direction, W_ij = n_ij + n_ji, largest value 1.

    A loop counts twice, as an edge does that begins and ends at one node.

    Parameters
    ----------
    counts
        Number of edges from row to column, shape (n, n).

    Returns
    -------
    Centrality, shape (n,); 0 for all without any edge. If the network falls apart, only
    the parts with the largest eigenvalue are above 0.

    References
    ----------
    Schäfer et al., Genome Medicine 2024;16:42.
    """
    if not counts.any():
        return np.zeros(len(counts))
    principal = principal_eigenvector((counts + counts.T).astype(float))
    return principal / principal.max()
