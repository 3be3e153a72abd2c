"""The drawing of one module: which genes deviate together, and where the drugs act on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import igraph as ig
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from twinscreen.report.compartments import Compartment
from twinscreen.report.figures import inline_svg, same_everywhere

MOST_NODES = 60
_WIDTH, _HEIGHT = 9.6, 6.2
_COLOURS = "RdBu_r"
_INK = "#1d2733"
_MARK = "#111111"


@dataclass(frozen=True)
class Drawing:
    """A drawn module and what its caption needs to know."""

    svg: str
    compartment: Compartment
    n_drawn: int
    n_component: int
    hubs: tuple[str, ...]
    n_up: int
    n_down: int
    members: tuple[str, ...]
    outside: tuple[str, ...]
    limit: float


def choose(rows: Sequence[Compartment]) -> Compartment | None:
    """Choose the module to draw: the most significant, else the largest, of the treated."""
    drawable = [row for row in rows if row.scorable and row.latest and row.lcc_size >= 3]
    sure = [row for row in drawable if row.significant]
    if sure:
        return max(sure, key=lambda row: row.lcc_z)
    return max(drawable, key=lambda row: row.module_size, default=None)


def _component(twin: ad.AnnData, row: int, edges: pd.DataFrame) -> ig.Graph:
    """Give the largest connected component of a module, nodes named, without direction."""
    module = np.asarray(twin.layers["module"], dtype=float)[row] == 1
    names = twin.var_names[module].astype(str)
    kept = edges[edges["source"].isin(names) & edges["target"].isin(names)]
    pairs = {
        (min(a, b), max(a, b))
        for a, b in zip(kept["source"], kept["target"], strict=True)
        if a != b
    }
    graph = ig.Graph.TupleList(sorted(pairs), directed=False)
    return graph.connected_components().giant() if graph.vcount() else graph


def _grow(graph: ig.Graph, importance: np.ndarray, size: int) -> list[int]:
    """Grow a connected part from the most important node, the next best neighbour each time."""
    chosen = [int(np.argmax(importance))]
    border: set[int] = set(graph.neighbors(chosen[0]))
    while border and len(chosen) < size:
        best = max(border, key=lambda node: (importance[node], -node))
        chosen.append(best)
        border |= set(graph.neighbors(best))
        border -= set(chosen)
    return sorted(chosen)


def _rank(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(np.nan_to_num(values), kind="stable"), kind="stable")


def _spread(places: np.ndarray, sizes: np.ndarray, steps: int = 200) -> np.ndarray:
    """Push apart nodes whose labels would overlap; `sizes` are half widths and half heights."""
    places = places.copy()
    for _ in range(steps):
        gap = places[:, None] - places[None, :]
        room = sizes[:, None] + sizes[None, :]
        overlap = room - np.abs(gap)
        hit = (overlap > 0).all(axis=2) & ~np.eye(len(places), dtype=bool)
        if not hit.any():
            break
        along = np.argmin(overlap, axis=2)
        order = np.sign(np.arange(len(places))[:, None] - np.arange(len(places))[None, :])
        for axis in (0, 1):
            way = np.where(gap[..., axis] == 0, order, np.sign(gap[..., axis]))
            push = np.where(hit & (along == axis), way * overlap[..., axis] / 2, 0)
            places[:, axis] += 0.6 * push.sum(axis=1)
    return places


def _layout(graph: ig.Graph) -> np.ndarray:
    """Place the nodes in inches: the same place each time, labels apart."""
    count = graph.vcount()
    start = graph.layout_circle()
    places = np.array(graph.layout_kamada_kawai(seed=start, maxiter=50 * count).coords)
    places -= (places.min(axis=0) + places.max(axis=0)) / 2
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    if span[1] > span[0]:
        places, span = places[:, ::-1], span[::-1]
    places *= np.array([_WIDTH - 1.2, _HEIGHT - 0.8]) / span
    lengths = np.array([len(name) for name in graph.vs["name"]])
    sizes = np.column_stack([0.035 * lengths + 0.08, np.full(count, 0.17)])
    return _spread(places, sizes)


def _draw(
    graph: ig.Graph, effect: np.ndarray, centrality: np.ndarray, targets: set[str]
) -> tuple[str, float]:
    names: list[str] = graph.vs["name"]
    member = np.isfinite(effect)
    limit = float(np.ceil(np.quantile(np.abs(effect[member]), 0.9)))
    limit = max(limit, 1.0)
    places = _layout(graph)
    figure = Figure(figsize=(_WIDTH, _HEIGHT))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    lines = places[np.array(graph.get_edgelist(), dtype=int).reshape(-1, 2)]
    axes.add_collection(LineCollection(list(lines), colors="#b9c3cf", linewidths=0.7, zorder=1))
    area = 60 + 420 * np.nan_to_num(centrality)
    colours = mpl.colormaps[_COLOURS](TwoSlopeNorm(0, -limit, limit)(np.nan_to_num(effect)))
    marked = np.array([name in targets for name in names])
    for chosen, marker, edge, width in (
        (member & ~marked, "o", "#5b6876", 0.6),
        (member & marked, "o", _MARK, 2.2),
        (~member, "D", _MARK, 1.6),
    ):
        axes.scatter(
            places[chosen, 0],
            places[chosen, 1],
            s=area[chosen],
            c=np.where(member[chosen, None], colours[chosen], 1.0),
            marker=marker,
            edgecolors=edge,
            linewidths=width,
            zorder=2,
        )
    below = np.sqrt(area / np.pi) + np.where(member, 1.5, 3.5)
    for name, place, gap, heavy in zip(names, places, below, marked, strict=True):
        axes.annotate(
            name,
            place,
            xytext=(0, -gap),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=8,
            fontweight="bold" if heavy else "normal",
            color=_INK,
            zorder=3,
        )
    low, high = places.min(axis=0), places.max(axis=0)
    axes.set_xlim(low[0] - 0.4, high[0] + 0.4)
    axes.set_ylim(low[1] - 0.45, high[1] + 0.25)
    return inline_svg(figure, name="network"), limit


def draw_module(
    twin: ad.AnnData, row: Compartment, edges: pd.DataFrame, targets: Sequence[str]
) -> Drawing | None:
    """Draw the largest connected component of one compartment's module.

    Parameters
    ----------
    twin
        Compartments x genes.
    row
        The compartment.
    edges
        Post-translational interactions: columns `source` and `target`.
    targets
        Genes of the first drugs' targets. Those in the module are outlined; those that are
        not, but interact with a drawn gene, are added as diamonds.

    Returns
    -------
    The drawing, or None if fewer than three genes are connected.
    """
    at = int(twin.obs_names.get_loc(row.key))
    component = _component(twin, at, edges)
    if component.vcount() < 3:
        return None
    effect = pd.Series(np.asarray(twin.X)[at].astype(float), index=twin.var_names.astype(str))
    centrality = pd.Series(
        np.asarray(twin.layers["centrality"], dtype=float)[at], index=effect.index
    )
    names = component.vs["name"]
    importance = _rank(centrality[names].to_numpy()) + _rank(effect[names].abs().to_numpy())
    importance = importance + np.isin(names, list(targets)) * len(names)
    drawn = component.induced_subgraph(_grow(component, importance, MOST_NODES))
    members = tuple(drawn.vs["name"])
    outside = _add_targets(drawn, edges, targets)
    names = drawn.vs["name"]
    shown = effect.reindex(names).to_numpy(copy=True)
    shown[len(members) :] = np.nan
    size = centrality.reindex(names).to_numpy(copy=True)
    size[len(members) :] = 0
    with same_everywhere("network"):
        svg, limit = _draw(drawn, shown, size, set(targets))
    order = np.argsort(-np.nan_to_num(size[: len(members)]), kind="stable")
    return Drawing(
        svg=svg,
        compartment=row,
        n_drawn=len(members),
        n_component=component.vcount(),
        hubs=tuple(members[i] for i in order[:4]),
        n_up=int(np.sum(shown > 0)),
        n_down=int(np.sum(shown < 0)),
        members=tuple(name for name in targets if name in members),
        outside=outside,
        limit=limit,
    )


def _add_targets(
    graph: ig.Graph, edges: pd.DataFrame, targets: Sequence[str], most: int = 6
) -> tuple[str, ...]:
    """Add targets outside the module that interact with a drawn gene; give their names."""
    members = set(graph.vs["name"])
    added: list[str] = []
    for target in dict.fromkeys(targets):
        if target in members or len(added) == most:
            continue
        near = set(edges.loc[edges["source"] == target, "target"])
        near |= set(edges.loc[edges["target"] == target, "source"])
        if links := sorted(near & members):
            graph.add_vertex(name=target)
            graph.add_edges([(target, name) for name in links])
            added.append(target)
    return tuple(added)
