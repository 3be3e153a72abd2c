"""The strongest signed paths by which a protein moves a gene, and what each of them carries.

F adds up all walks from a protein to a gene: up to `steps` signalling steps, each of which passes
on `damping` x sign / outdegree, and one step of regulation. A path is a walk that meets no protein
twice; what it carries is the product of its steps, and its share of F says how much of the whole
that is. The strongest continuation from every protein is found first, from the gene backwards, one
step at a time (Viterbi, IEEE Trans Inf Theory 1967;13:260); so the search knows, at each step,
how strong a path can still become, and what it leaves out can't be among the strongest.
"""

from dataclasses import dataclass

import numpy as np

from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges


@dataclass(frozen=True)
class SignedPath:
    """k proteins and the gene that the last of them regulates, k - 1 signalling steps apart.

    `proteins` are their numbers, source first; `signs`, one per edge, also k, the last that of the
    regulation; `part` is what the path adds to F of source and gene.
    """

    proteins: tuple[int, ...]
    gene: int
    signs: tuple[int, ...]
    part: float


def strongest_paths(
    network: SignalNetwork, sources: np.ndarray, genes: np.ndarray, *, most: int
) -> list[list[SignedPath]]:
    """Find the strongest paths of pairs of a protein and a gene.

    Parameters
    ----------
    network
        Signalling and regulation between n proteins, without repeated edges.
    sources, genes
        Numbers of the proteins and genes of p pairs, shape (p,) each.
    most
        So many paths at most of each pair.

    Returns
    -------
    For each pair its paths, of either sign, the greatest |part| first; of equal ones, those first
    whose proteins have the lower numbers. Empty where there is no path.
    """
    signal, regulation, steps = network.signalling, network.regulation, network.steps
    weight = network.damping * _transition(signal)
    strength, factors, regulates = np.abs(weight), regulation.source, _transition(regulation)
    found: list[list[SignedPath]] = [[] for _ in genes]
    for gene in np.unique(genes):
        into = regulation.target == gene
        last = np.zeros(len(signal.start) - 1)
        last[factors[into]] = regulates[into]
        reach = _continuations(signal.start, signal.target, strength, np.abs(last), steps)
        for pair in np.flatnonzero(genes == gene):
            nodes, length, part = _search(
                signal.start, signal.target, weight, last, reach, sources[pair], most
            )
            found[pair] = [
                _path(network, nodes[one, : length[one]], int(gene), part[one])
                for one in np.flatnonzero(part)
            ]
    return found


def _transition(edges: SignedEdges) -> np.ndarray:
    """Give sign / outdegree of each edge, shape (m,)."""
    return edges.sign / np.diff(edges.start)[edges.source]


def _path(network: SignalNetwork, nodes: np.ndarray, gene: int, part: float) -> SignedPath:
    """Read the signs of the edges of a path."""
    proteins = tuple(int(node) for node in nodes)
    edges = [*((network.signalling, one) for one in proteins[1:]), (network.regulation, gene)]
    signs = []
    for protein, (layer, target) in zip(proteins, edges, strict=True):
        first, end = layer.start[protein], layer.start[protein + 1]
        place = first + np.searchsorted(layer.target[first:end], target)
        signs.append(int(layer.sign[place]))
    return SignedPath(proteins, gene, tuple(signs), float(part))


@compiled()
def _continuations(start, target, weight, last, steps):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Strongest way on to the gene from each protein in at most k steps, shape (steps + 1, n)."""
    n = len(last)
    reach = np.empty((steps + 1, n))
    reach[0] = last
    for k in range(1, steps + 1):
        for node in range(n):
            best = last[node]
            for edge in range(start[node], start[node + 1]):
                best = max(best, weight[edge] * reach[k - 1, target[edge]])
            reach[k, node] = best
    return reach


@compiled()
def _search(start, target, weight, last, reach, source, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Search depth first, leaving out what can't become stronger than the weakest path kept.

    Gives nodes, shape (most, steps + 1), length and part, shape (most,); 0 where there is none.
    """
    steps = len(reach) - 1
    nodes, length, part = np.full((most, steps + 1), -1), np.zeros(most, np.int64), np.zeros(most)
    stack, edge = np.zeros(steps + 1, np.int64), np.zeros(steps + 1, np.int64)
    carried = np.ones(steps + 1)
    stack[0], edge[0] = source, start[source]
    depth, entered = 0, True
    while depth >= 0:
        node = stack[depth]
        if entered:
            whole = carried[depth] * last[node]
            place = most
            while place > 0 and abs(whole) > abs(part[place - 1]):
                place -= 1
            for later in range(most - 1, place, -1):
                nodes[later], length[later] = nodes[later - 1], length[later - 1]
                part[later] = part[later - 1]
            if place < most:
                nodes[place, : depth + 1], length[place] = stack[: depth + 1], depth + 1
                part[place] = whole
        entered = False
        if depth == steps or edge[depth] == start[node + 1]:
            depth -= 1
            continue
        one = edge[depth]
        edge[depth] += 1
        following, onward = target[one], carried[depth] * weight[one]
        if abs(onward) * reach[steps - depth - 1, following] <= abs(part[most - 1]):
            continue
        if (stack[: depth + 1] == following).any():
            continue
        depth += 1
        stack[depth], edge[depth], carried[depth] = following, start[following], onward
        entered = True
    return nodes, length, part
