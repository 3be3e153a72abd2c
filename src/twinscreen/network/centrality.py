"""Which proteins of a module stand in its middle."""

import numpy as np
from scipy import linalg

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
    centrality = np.full(len(members), np.nan)
    rows = np.flatnonzero(members)
    if len(rows):
        inside = network.adjacency[rows][:, rows].toarray().astype(float)
        last = len(rows) - 1
        _, vector = linalg.eigh(inside, subset_by_index=[last, last])
        principal = np.abs(vector[:, 0])
        centrality[rows] = principal / principal.max()
    return centrality
