"""The compact undirected interactome that every network measure works on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Interactome:
    """An undirected simple graph of n proteins.

    Parameters
    ----------
    names
        Names of the proteins, shape (n,), in the order of the rows of `adjacency`.
    adjacency
        Symmetric 0/1 matrix without diagonal, shape (n, n), CSR with sorted indices.
    """

    names: np.ndarray
    adjacency: sparse.csr_array

    @classmethod
    def from_edges(cls, edges: Iterable[tuple[Hashable, Hashable]]) -> Interactome:
        """Build from pairs of names; direction, repeats and self-loops are dropped.

        A protein that stands only in a self-loop stays, without neighbours. Names are sorted.
        """
        pairs = list(edges)
        names = np.array(sorted({name for pair in pairs for name in pair}))  # type: ignore[type-var]
        index = {name: row for row, name in enumerate(names.tolist())}
        source = np.array([index[a] for a, _ in pairs], dtype=np.int64)
        target = np.array([index[b] for _, b in pairs], dtype=np.int64)
        return cls.from_indices(names, source, target)

    @classmethod
    def from_indices(cls, names: np.ndarray, source: np.ndarray, target: np.ndarray) -> Interactome:
        """Build from row numbers of both ends of each edge, shape (m,) each."""
        kept = source != target
        rows = np.concatenate([source[kept], target[kept]])
        columns = np.concatenate([target[kept], source[kept]])
        ones = np.ones(len(rows), dtype=np.int8)
        adjacency = sparse.coo_array((ones, (rows, columns)), shape=(len(names),) * 2).tocsr()
        adjacency.data[:] = 1
        adjacency.sort_indices()
        return cls(np.asarray(names), adjacency)

    @classmethod
    def from_networkx(cls, graph: nx.Graph) -> Interactome:
        """Build from a networkx graph of any kind, nodes without neighbours included."""
        names = np.array(sorted(graph.nodes))
        index = {name: row for row, name in enumerate(names.tolist())}
        source = np.array([index[a] for a, _ in graph.edges()], dtype=np.int64)
        target = np.array([index[b] for _, b in graph.edges()], dtype=np.int64)
        return cls.from_indices(names, source, target)

    @classmethod
    def from_sparse(cls, matrix: sparse.csr_array, names: np.ndarray | None = None) -> Interactome:
        """Build from a square matrix: an edge wherever it isn't zero, in either direction.

        Proteins are called by row number if `names` are not given, and keep their order.
        """
        if matrix.shape[0] != matrix.shape[1]:
            raise ValueError(f"a matrix of shape {matrix.shape} is no interactome: not square")
        source, target = sparse.coo_array(matrix).nonzero()
        names = np.arange(matrix.shape[0]) if names is None else np.asarray(names)
        return cls.from_indices(names, source.astype(np.int64), target.astype(np.int64))

    @property
    def degree(self) -> np.ndarray:
        """Number of neighbours of each protein, shape (n,)."""
        return np.diff(self.adjacency.indptr)

    def restrict(self, kept: np.ndarray) -> Interactome:
        """Give the subgraph of the proteins where `kept` (boolean, shape (n,)) holds."""
        rows = np.flatnonzero(kept)
        adjacency = self.adjacency[rows][:, rows].tocsr()
        adjacency.sort_indices()
        return Interactome(self.names[rows], adjacency)

    def to_networkx(self) -> nx.Graph:
        """Give the same graph as networkx knows it."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(self.names.tolist())
        row, column = sparse.triu(self.adjacency).nonzero()
        graph.add_edges_from(
            zip(self.names[row].tolist(), self.names[column].tolist(), strict=True)
        )
        return graph
