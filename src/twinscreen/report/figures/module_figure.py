"""The drawing of one module: which genes deviate together, and where the drugs act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import anndata as ad
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from twinscreen.report import words
from twinscreen.report.compartments import Compartment
from twinscreen.report.figures.module_layout import (
    Graph,
    beside,
    graph_of,
    grow,
    largest_component,
    stress_layout,
)
from twinscreen.report.figures.svg import inline_svg, same_everywhere

MOST_NODES = 60
_WIDTH, _HEIGHT = 9.6, 6.2
#: A drawing of this many genes or more has its full width.
_FULL = 40
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
    share: float


@dataclass(frozen=True)
class _Shown:
    """The genes of a drawing, the members of the module first; `limit` is of the colours.

    `effect` is NaN and `centrality` 0 of those that are no members.
    """

    graph: Graph
    effect: np.ndarray
    centrality: np.ndarray
    n_members: int
    n_component: int
    limit: float


def choose(rows: Sequence[Compartment]) -> Compartment | None:
    """Choose the module to draw: the screened one that is connected farthest beyond chance."""
    drawable = [row for row in rows if row.scorable and row.latest and row.lcc_size >= 3]
    return max(
        (row for row in drawable if row.significant), key=lambda row: row.lcc_z, default=None
    )


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


def _size(number: int) -> tuple[float, float]:
    """Give the width and height of a drawing of so many genes, in inches: few need less room."""
    share = float(np.clip(np.sqrt(number / _FULL), 0.4, 1))
    return _WIDTH * share, _HEIGHT * share


def _layout(graph: Graph) -> np.ndarray:
    """Place the nodes in inches: the same place each time, labels apart."""
    places = stress_layout(graph)
    even = np.argsort(np.argsort(places, axis=0), axis=0) / max(len(places) - 1, 1)
    places = places + even * np.ptp(places, axis=0)  # half way to even: the middle is crowded
    places -= (places.min(axis=0) + places.max(axis=0)) / 2
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    if span[1] > span[0]:
        places, span = places[:, ::-1], span[::-1]
    places *= (np.array(_size(len(graph.names))) - [1.2, 0.8]) / span
    lengths = np.array([len(name) for name in graph.names])
    sizes = np.column_stack([0.035 * lengths + 0.08, np.full(len(lengths), 0.17)])
    return _spread(places, sizes)


def _draw(shown: _Shown, targets: set[str]) -> str:
    figure = Figure(figsize=_size(len(shown.graph.names)))
    _draw_on(figure.add_axes((0, 0, 1, 1)), shown, targets)
    told = {mark.gid: _tips(shown, mark) for mark in _marks(shown, targets) if mark.which.any()}
    return inline_svg(figure, name="network", tips=told)


class _Mark(NamedTuple):
    """One sort of mark: which genes have it, and its looks."""

    gid: str
    which: np.ndarray
    marker: str
    edge: str
    width: float


def _marks(shown: _Shown, targets: set[str]) -> tuple[_Mark, ...]:
    """List the marks of genes of the module, of targets in it, and of those beside it."""
    member = np.isfinite(shown.effect)
    target = np.array([name in targets for name in shown.graph.names])
    return (
        _Mark("genes", member & ~target, "o", "#5b6876", 0.6),
        _Mark("targets", member & target, "o", _MARK, 2.2),
        _Mark("beside", ~member, "D", _MARK, 1.6),
    )


def _tips(shown: _Shown, mark: _Mark) -> list[str]:
    """Say of each gene with a mark what its colour and size mean."""
    target = {"genes": "", "targets": "; target of the first drugs"}
    return [
        f"{shown.graph.names[at]}: effect {words.signed(shown.effect[at])},"
        f" centrality {words.decimal(shown.centrality[at], 2)}{target[mark.gid]}"
        if mark.gid in target
        else f"{shown.graph.names[at]}: target of the first drugs, not in the module"
        for at in np.flatnonzero(mark.which)
    ]


def _draw_on(axes: Axes, shown: _Shown, targets: set[str]) -> None:
    graph, effect, centrality, limit = shown.graph, shown.effect, shown.centrality, shown.limit
    names = graph.names
    member = np.isfinite(effect)
    places = _layout(graph)
    axes.set_axis_off()
    lines = places[graph.pairs]
    axes.add_collection(LineCollection(list(lines), colors="#b9c3cf", linewidths=0.7, zorder=1))
    area = 60 + 420 * np.nan_to_num(centrality)
    colours = mpl.colormaps[_COLOURS](TwoSlopeNorm(0, -limit, limit)(np.nan_to_num(effect)))
    marked = np.array([name in targets for name in names])
    for gid, chosen, marker, edge, width in _marks(shown, targets):
        axes.scatter(
            places[chosen, 0],
            places[chosen, 1],
            s=area[chosen],
            c=np.where(member[chosen, None], colours[chosen], 1.0),
            marker=marker,
            edgecolors=edge,
            linewidths=width,
            zorder=2,
            gid=gid,
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


def draw_module_on(
    axes: Axes, twin: ad.AnnData, key: str, edges: pd.DataFrame, targets: Sequence[str] = ()
) -> bool:
    """Draw the module of one compartment on axes; False if fewer than three genes are connected.

    Parameters
    ----------
    axes
        Where to draw.
    twin, edges, targets
        As for `draw_module`.
    key
        The compartment, as it is called in the twin.
    """
    shown = _choose_genes(twin, key, edges, targets)
    if shown is not None:
        _draw_on(axes, shown, set(targets))
    return shown is not None


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
    shown = _choose_genes(twin, row.key, edges, targets)
    if shown is None:
        return None
    with same_everywhere("network"):
        svg = _draw(shown, set(targets))
    members = shown.graph.names[: shown.n_members]
    order = np.argsort(-np.nan_to_num(shown.centrality[: shown.n_members]), kind="stable")
    return Drawing(
        svg=svg,
        compartment=row,
        n_drawn=shown.n_members,
        n_component=shown.n_component,
        hubs=tuple(members[i] for i in order[:4]),
        n_up=int(np.sum(shown.effect > 0)),
        n_down=int(np.sum(shown.effect < 0)),
        members=tuple(name for name in targets if name in members),
        outside=tuple(shown.graph.names[shown.n_members :]),
        limit=shown.limit,
        share=_size(len(shown.graph.names))[0] / _WIDTH,
    )


def _choose_genes(
    twin: ad.AnnData, key: str, edges: pd.DataFrame, targets: Sequence[str]
) -> _Shown | None:
    """Choose the genes to draw of a module; None if fewer than three are connected."""
    at = int(twin.obs_names.get_loc(key))
    deviating = np.asarray(twin.layers["module"], dtype=float)[at] == 1
    component = largest_component(graph_of(sorted(twin.var_names[deviating].astype(str)), edges))
    if len(component.names) < 3:
        return None
    effect = pd.Series(np.asarray(twin.X)[at].astype(float), index=twin.var_names.astype(str))
    centrality = pd.Series(
        np.asarray(twin.layers["centrality"], dtype=float)[at], index=effect.index
    )
    names = list(component.names)
    importance = _rank(centrality[names].to_numpy()) + _rank(effect[names].abs().to_numpy())
    importance = importance + np.isin(names, list(targets)) * len(names)
    members = grow(component, importance, MOST_NODES).names
    outside = beside(members, edges, targets)
    drawn = graph_of((*members, *outside), edges)
    shown = effect.reindex(drawn.names).to_numpy(copy=True)
    shown[len(members) :] = np.nan
    size = centrality.reindex(drawn.names).to_numpy(copy=True)
    size[len(members) :] = 0
    limit = float(np.ceil(np.quantile(np.abs(shown[: len(members)]), 0.9)))
    return _Shown(drawn, shown, size, len(members), len(component.names), max(limit, 1.0))
