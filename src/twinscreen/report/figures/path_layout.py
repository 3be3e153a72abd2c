"""The part of a drug's paths that is drawn: which proteins and genes, and where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import optimize

from twinscreen.files.contracts.screen_tables import THEN

#: A protein is named by itself, a gene by itself and the compartment in which it deviates.
Node = tuple[str, str]

#: Heights, in inches, of a node, of the heading above the genes of a compartment, and of an edge
#: that passes a column.
BOX, HEADING, PASSING = 0.38, 0.36, 0.15


@dataclass(frozen=True)
class Edge:
    """An edge of the drawing: `flow` adds up the shares of the paths that run along it.

    `against`: more of what runs along it runs against the whole influence than with it. `doubtful`:
    no publication is known of it.
    """

    source: Node
    target: Node
    sign: int
    flow: float
    against: bool
    doubtful: bool


@dataclass(frozen=True)
class PathGraph:
    """Nodes in columns, from the targets to the genes, and what runs between them.

    `column` of each node; `places` its height, 0 at the top; `headings` the heights of those above
    the genes of each compartment; `bends` the heights at which an edge passes each column between
    its ends. `factors` is the column of the transcription factors; the next one is that of the
    genes. All heights are in inches, and at most `height`.
    """

    column: dict[Node, int]
    edges: tuple[Edge, ...]
    factors: int
    places: dict[Node, float]
    headings: dict[str, float]
    bends: dict[tuple[Node, Node], tuple[float, ...]]
    height: float


def nodes_of(row: pd.Series) -> list[Node]:
    """Give the nodes along one path: proteins, then the gene in its compartment."""
    *proteins, gene = str(row["path"]).split(THEN)
    return [*((name, "") for name in proteins), (gene, str(row["compartment"]))]


def choose_paths(table: pd.DataFrame, *, most_nodes: int, most_targets: int) -> pd.DataFrame:
    """Choose what to draw: of the first targets the strongest paths to every gene, then the next.

    Parameters
    ----------
    table
        Paths of one drug, in the order of the screen.
    most_nodes
        So many proteins and genes at most; a path that would need more is left out.
    most_targets
        So many targets at most.

    Returns
    -------
    The rows chosen, in the order of the table.
    """
    targets = list(dict.fromkeys(table["target"]))[:most_targets]
    near = table[table["target"].isin(targets)]
    turn = near.groupby(["target", "gene", "compartment"], sort=False).cumcount()
    gene = near.groupby("target", sort=False)["gene"].transform(
        lambda genes: pd.factorize(genes)[0]
    )
    drawn: set[Node] = set()
    chosen = []
    for place in np.lexsort([gene.to_numpy(), turn.to_numpy()]):
        needed = drawn | set(nodes_of(near.iloc[place]))
        if len(needed) <= most_nodes:
            drawn = needed
            chosen.append(int(place))
    return near.iloc[sorted(chosen)]


def path_graph(paths: pd.DataFrame) -> PathGraph:
    """Lay out chosen paths: targets left, then signalling, transcription factors and genes.

    Parameters
    ----------
    paths
        Rows of the table of paths of one drug, at least one.
    """
    walks = [nodes_of(row) for _, row in paths.iterrows()]
    column, factors = _columns(walks)
    edges = _edges(walks, *(paths[name].tolist() for name in ("signs", "share", "references")))
    order, chains, near = _ordered(walks, column, edges, factors)
    at, height = _heights(order, near)
    headings: dict[str, float] = {}
    for item in _first_of_compartment(order[-1]):
        headings[item[1]] = at[item] - (BOX + HEADING) / 2
    bends = {ends: tuple(at[item] for item in chain) for ends, chain in chains.items()}
    places = {node: at[node] for node in column}
    return PathGraph(column, edges, factors, places, headings, bends, height)


def _columns(walks: Sequence[Sequence[Node]]) -> tuple[dict[Node, int], int]:
    """Assign columns: 0 for targets, as far right as a path needs for what follows."""
    targets = dict.fromkeys(walk[0] for walk in walks)
    factors = dict.fromkeys(walk[-2] for walk in walks if walk[-2] not in targets)
    between: dict[Node, int] = {}
    for walk in walks:
        for step, node in enumerate(walk[1:-2], start=1):
            if node not in targets and node not in factors:
                between[node] = max(between.get(node, 0), step)
    levels = {level: place for place, level in enumerate(sorted(set(between.values())), start=1)}
    last = len(levels) + 1
    column = dict.fromkeys(targets, 0) | {node: levels[level] for node, level in between.items()}
    column |= dict.fromkeys(factors, last)
    return column | dict.fromkeys((walk[-1] for walk in walks), last + 1), last


def _edges(
    walks: Sequence[Sequence[Node]],
    signs: Sequence[str],
    shares: Sequence[float],
    references: Sequence[str],
) -> tuple[Edge, ...]:
    """Add up what runs along each edge."""
    flow: dict[tuple[Node, Node], list[float]] = {}
    said: dict[tuple[Node, Node], tuple[int, bool]] = {}
    for walk, marks, share, numbers in zip(walks, signs, shares, references, strict=True):
        steps = zip(pairwise(walk), marks, str(numbers).split(THEN), strict=True)
        for ends, mark, number in steps:
            flow.setdefault(ends, []).append(float(share))
            said[ends] = (1 if mark == "+" else -1, number == "0")
    return tuple(
        Edge(*ends, said[ends][0], sum(map(abs, parts)), sum(parts) < 0, said[ends][1])
        for ends, parts in flow.items()
    )


def _ordered(
    walks: Sequence[Sequence[Node]], column: dict[Node, int], edges: Sequence[Edge], factors: int
) -> tuple[list[list[Node]], dict[tuple[Node, Node], list[Node]], dict[Node, list[Node]]]:
    """Order each column so that few edges cross: by the mean place of the neighbours, repeatedly.

    An edge that passes columns takes a place in each (Sugiyama, IEEE Trans Syst Man Cybern
    1981;11:109). Genes of a compartment stay together. Given are the columns, what each edge
    passes, and the neighbours of each item.
    """
    order: list[list[Node]] = [[] for _ in range(factors + 2)]
    for node in dict.fromkeys(node for walk in walks for node in walk):
        order[column[node]].append(node)
    links: list[tuple[Node, Node]] = []
    chains: dict[tuple[Node, Node], list[Node]] = {}
    for edge in edges:
        start, end = column[edge.source], column[edge.target]
        if end <= start:
            continue
        passing = [(f"{edge.source} {edge.target}", f"\n{one}") for one in range(start + 1, end)]
        chains[edge.source, edge.target] = passing
        for items, item in zip(order[start + 1 : end], passing, strict=True):
            items.append(item)
        chain = [edge.source, *passing, edge.target]
        links += pairwise(chain)
    before: dict[Node, list[Node]] = {}
    after: dict[Node, list[Node]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    for sweep in range(12):
        near, columns = (before, order[1:]) if sweep % 2 == 0 else (after, order[-2::-1])
        at = _places(order)
        for items in columns:
            _sort(items, near, at, by_compartment=items is order[-1])
            at |= _places([items])
    near = {item: before.get(item, []) + after.get(item, []) for items in order for item in items}
    return order, chains, near


def _sort(
    items: list[Node], near: dict[Node, list[Node]], at: dict[Node, float], *, by_compartment: bool
) -> None:
    """Sort a column by the mean place of the neighbours of each item, in place."""
    mean = {item: float(np.mean([at[one] for one in near.get(item, [item])])) for item in items}
    block: dict[str, list[float]] = {}
    for item in items:
        block.setdefault(item[1] if by_compartment else "", []).append(mean[item])

    def key(item: Node) -> tuple[float, str, float]:
        group = item[1] if by_compartment else ""
        return float(np.mean(block[group])), group, mean[item]

    items.sort(key=key)


def _heights(
    order: Sequence[Sequence[Node]], near: dict[Node, list[Node]], *, most_air: float = 0.22
) -> tuple[dict[Node, float], float]:
    """Place each column's items in their order, as straight beside their neighbours as room allows.

    The nearest places to those wanted, in least squares, are an isotonic regression.
    """
    sizes = []
    for items in order:
        first = _first_of_compartment(items)
        sizes.append([(HEADING if item in first else 0, _height(item)) for item in items])
    height = max(sum(map(sum, size)) for size in sizes)
    at: dict[Node, float] = {}
    room = []
    for items, size in zip(order, sizes, strict=True):
        free = height - sum(map(sum, size))
        air = min(free / max(len(items), 1), most_air)
        tops = np.cumsum([heading + box + air for heading, box in size]) - air
        centres = tops - np.array([box / 2 for _, box in size])
        room.append((centres, free - air * (len(items) - 1)))
        at |= zip(items, centres + room[-1][1] / 2, strict=True)
    for sweep in range(20):
        columns = list(zip(order, room, strict=True))
        for items, (centres, free) in columns if sweep % 2 else columns[::-1]:
            wanted = [float(np.mean([at[one] for one in near[item]] or at[item])) for item in items]
            found = optimize.isotonic_regression(np.array(wanted) - centres).x
            at |= zip(items, (centres + np.clip(found, 0, free)).tolist(), strict=True)
    return at, height


def _places(order: Sequence[Sequence[Node]]) -> dict[Node, float]:
    """Give the relative height of each item in its column, 0 to 1."""
    return {item: (place + 0.5) / len(items) for items in order for place, item in enumerate(items)}


def _first_of_compartment(items: Sequence[Node]) -> list[Node]:
    """Give the first gene of each compartment in a column."""
    first: dict[str, Node] = {}
    for item in items:
        if item[1] and not _passes(item):
            first.setdefault(item[1], item)
    return list(first.values())


def _passes(item: Node) -> bool:
    return item[1].startswith("\n")


def _height(item: Node) -> float:
    return PASSING if _passes(item) else BOX
