"""The interactome in the order in which the kernels read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from twinscreen.network.interactome import Interactome


class DisconnectedError(ValueError):
    """A measure that needs one connected interactome was given another."""


@dataclass(frozen=True)
class Arranged:
    """Rows of an interactome sorted by class, those without a class last.

    Parameters
    ----------
    order
        Protein in each row, shape (n,).
    row
        Row of each protein, shape (n,).
    edges
        First row of each class and the end of the last, shape (classes + 1,), int64.
    indptr, indices
        Neighbours of each row as rows, int64 and int32, those of highest degree first.
    """

    order: np.ndarray
    row: np.ndarray
    edges: np.ndarray
    indptr: np.ndarray
    indices: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """Proteins in each class, shape (classes,)."""
        return np.diff(self.edges)


def arrange(network: Interactome, label: np.ndarray) -> Arranged:
    """Sort the rows by class.

    Parameters
    ----------
    network
        Interactome of n proteins.
    label
        Class of each protein from 0, or -1 for none, shape (n,).
    """
    n = len(label)
    last = np.where(label < 0, n, label)
    order = np.lexsort((network.degree, last))
    row = np.empty(n, dtype=np.int64)
    row[order] = np.arange(n)
    count = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    # neighbours are sorted by their place among all proteins, highest degree first
    best = np.lexsort((row, -network.degree))
    place = np.empty(n, dtype=np.int64)
    place[best] = np.arange(n)
    adjacency = network.adjacency[order]
    neighbours = sparse.csr_array(
        (adjacency.data, place[adjacency.indices], adjacency.indptr), shape=adjacency.shape
    )
    neighbours.sort_indices()
    return Arranged(
        order,
        row,
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        np.concatenate([[0], np.cumsum(network.degree[order])]).astype(np.int64),
        row[best[neighbours.indices]].astype(np.int32),
    )


def require_connected(network: Interactome) -> None:
    """Check that every protein can be reached from every other.

    Raises
    ------
    DisconnectedError
        It can't; the message says what to do.
    """
    pieces, label = csgraph.connected_components(network.adjacency, directed=False)
    if pieces > 1:
        largest = int(np.bincount(label).max())
        raise DisconnectedError(
            f"the interactome is in {pieces} pieces, the largest of {largest} of {len(label)}"
            " proteins; restrict it to `largest_component` first"
        )
