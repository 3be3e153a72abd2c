"""The part of a module that is drawn: which genes, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csgraph


@dataclass(frozen=True)
class Graph:
    """Genes and which of them interact: `links` is symmetric, shape (n, n), without loops."""

    names: tuple[str, ...]
    links: np.ndarray

    def part(self, chosen: Sequence[int]) -> "Graph":
        """Take some of the genes, with the links between them."""
        names = tuple(self.names[i] for i in chosen)
        return Graph(names, self.links[np.ix_(chosen, chosen)])

    @property
    def pairs(self) -> np.ndarray:
        """Linked pairs of places, each once, shape (m, 2)."""
        return np.argwhere(np.triu(self.links))


def graph_of(names: Sequence[str], edges: pd.DataFrame) -> Graph:
    """Link the genes that interact; `edges` has the columns `source` and `target`."""
    index = pd.Index(names)
    links = np.zeros((len(index), len(index)), dtype=bool)
    source, target = (index.get_indexer(pd.Index(edges[end])) for end in ("source", "target"))
    inside = (source >= 0) & (target >= 0) & (source != target)
    links[source[inside], target[inside]] = True
    return Graph(tuple(names), links | links.T)


def largest_component(graph: Graph) -> Graph:
    """Take the largest connected part; of equal ones that of the first gene."""
    if not graph.names:
        return graph
    _, label = csgraph.connected_components(graph.links, directed=False)
    return graph.part(np.flatnonzero(label == np.bincount(label).argmax()).tolist())


def grow(graph: Graph, importance: np.ndarray, size: int) -> Graph:
    """Grow a connected part from the most important gene, the next best neighbour each time."""
    chosen = np.zeros(len(graph.names), dtype=bool)
    border = np.zeros(len(graph.names), dtype=bool)
    border[int(np.argmax(importance))] = True
    while border.any() and chosen.sum() < size:
        best = int(np.argmax(np.where(border, importance, -np.inf)))
        chosen[best] = True
        border = (border | graph.links[best]) & ~chosen
    return graph.part(np.flatnonzero(chosen).tolist())


def beside(
    members: Sequence[str], edges: pd.DataFrame, targets: Sequence[str], most: int = 6
) -> tuple[str, ...]:
    """Name the targets that are no members, but interact with one."""
    near = set(edges.loc[edges["source"].isin(members), "target"])
    near |= set(edges.loc[edges["target"].isin(members), "source"])
    found = [name for name in dict.fromkeys(targets) if name in near and name not in members]
    return tuple(found[:most])


def stress_layout(graph: Graph, steps: int = 150) -> np.ndarray:
    """Place linked genes near each other: the same place each time, shape (n, 2).

    The stress, the squared misfit of distances on paper to steps on the graph, weighted by
    1 / steps^2, is lowered by majorization from a circle (Gansner, Koren and North, Graph
    Drawing 2004).
    """
    number = len(graph.names)
    hops = csgraph.shortest_path(graph.links, directed=False, unweighted=True)
    weight = 1 / (hops + np.eye(number)) ** 2 - np.eye(number)
    inverse = np.linalg.pinv(np.diag(weight.sum(axis=1)) - weight)
    angle = 2 * np.pi * np.arange(number) / number
    places = np.column_stack([np.cos(angle), np.sin(angle)]) * hops.max() / 2
    for _ in range(steps):
        gap = np.linalg.norm(places[:, None] - places[None, :], axis=2)
        pull = np.divide(weight * hops, gap, out=np.zeros_like(gap), where=gap > 1e-9)
        places = inverse @ ((np.diag(pull.sum(axis=1)) - pull) @ places)
    return places
