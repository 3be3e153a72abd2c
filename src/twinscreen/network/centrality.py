"""Which proteins of a module stand in its middle."""

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome


def eigenvector_centrality(network: Interactome, members: np.ndarray) -> np.ndarray:
    """Eigenvector centrality inside the subgraph that `members` induce, largest value 1.

    Parameters
    ----------
    network
        Interactome of n proteins.
    members
        Membership, boolean, shape (n,); must be connected for the values to be unique.

    Returns
    -------
    Centrality, shape (n,); NaN outside `members`.
    """
    import igraph

    centrality = np.full(len(members), np.nan)
    rows = np.flatnonzero(members)
    if len(rows) == 1:
        centrality[rows] = 1.0
    elif len(rows):
        upper = sparse.triu(network.adjacency[rows][:, rows]).tocoo()
        graph = igraph.Graph(len(rows), np.column_stack([upper.row, upper.col]).tolist())
        # ARPACK starts from the degrees, not at random: the same graph gives the same values.
        centrality[rows] = graph.eigenvector_centrality(scale=True)
    return centrality
