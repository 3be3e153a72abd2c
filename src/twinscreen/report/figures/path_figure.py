"""The drawing of one drug's paths: from its targets over the network to the genes that deviate."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anndata as ad
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from twinscreen.files.contracts.screen_tables import THEN
from twinscreen.report import words
from twinscreen.report.compartments import Naming, naming
from twinscreen.report.figures.path_layout import (
    Edge,
    Node,
    PathGraph,
    choose_paths,
    path_graph,
)
from twinscreen.report.figures.path_marks import HALF, INK, QUIET, draw_box, draw_edge, readable
from twinscreen.report.figures.path_tips import gid_of, path_tips
from twinscreen.report.figures.svg import inline_svg, same_everywhere

MOST_NODES, MOST_TARGETS = 25, 5

_WIDTH = 9.6
_COLOURS = "RdBu_r"
_WARN = "#a3260b"
_ACTIVATES, _INHIBITS = "#76869a", "#b5651d"
_TARGET, _PROTEIN = "#dfe7ef", "#ffffff"
_TOP, _BOTTOM, _BESIDE = 0.6, 0.7, 0.75  # room above, below, and beside the genes, in inches
_LETTER = 0.078  # width of a letter, in inches


@dataclass(frozen=True)
class Drawing:
    """Drawn paths of a drug, and what its caption needs to know.

    `says`: one sentence, what to see. `n_paths` of the `n_all` paths of the screen are drawn;
    `carried` is the share of the influence that they carry, on average over targets and genes.
    `factors` are the transcription factors along which most runs; `astray` genes that the drug
    would move away from normal; `doubtful` is whether any step drawn has no publication; `limit`
    the deviation at which colours are full, `genes` those at the ends of the paths.
    """

    svg: str
    drug: str
    says: str
    n_paths: int
    n_all: int
    factors: tuple[str, ...]
    astray: tuple[str, ...]
    doubtful: bool
    carried: float
    limit: float
    genes: tuple[str, ...]

    @property
    def share(self) -> str:
        """Say how many of the paths are drawn, and what part of the influence they carry."""
        which = (
            "the only path, which carries"
            if self.n_all == 1
            else f"{self.n_paths} of {self.n_all} paths, which carry"
        )
        return f"Drawn: {which} {100 * self.carried:.0f} % of its influence on these genes."


def draw_paths(screen: ad.AnnData, drug_id: str, *, name: str = "paths") -> Drawing | None:
    """Draw the strongest paths from the targets of one drug to the genes that speak for it.

    Parameters
    ----------
    screen
        The screen, with the table uns `paths`.
    drug_id
        One of its drugs.
    name
        Starts the identifiers in the drawing; the caption's is `name`-says.

    Returns
    -------
    The drawing, or None if the screen has no path for the drug.
    """
    table = _paths_of(screen, drug_id)
    if table.empty:
        return None
    paths = choose_paths(table, most_nodes=MOST_NODES, most_targets=MOST_TARGETS)
    graph = path_graph(paths)
    drug = str(screen.obs.loc[drug_id, "name"])
    limit = _limit(paths)
    with same_everywhere(name):
        figure = Figure(figsize=(_WIDTH, _height(graph)))
        axes = figure.add_axes((0, 0, 1, 1))
        _draw(axes, graph, paths, drug, naming(screen.var), limit)
        told = path_tips(graph, paths, drug, naming(screen.var))
        svg = inline_svg(figure, name=name, tips=told)
    share = paths.groupby(["target", "gene", "compartment"])["share"].sum().clip(0, 1)
    factors = _main_factors(graph)
    astray = tuple(dict.fromkeys(paths.loc[~paths["agrees"].astype(bool), "gene"]))
    return Drawing(
        svg=svg,
        drug=drug,
        says=_says(drug, paths, factors, astray),
        n_paths=len(paths),
        n_all=len(table),
        factors=factors,
        astray=astray,
        doubtful=any(edge.doubtful for edge in graph.edges),
        carried=float(share.mean()),
        limit=limit,
        genes=tuple(dict.fromkeys(paths["gene"].astype(str))),
    )


def draw_paths_on(screen: ad.AnnData, drug_id: str, axes: Axes | None = None) -> Axes | None:
    """Draw the paths of a drug on axes, its own where none are given; None if it has no path."""
    table = _paths_of(screen, drug_id)
    if table.empty:
        return None
    paths = choose_paths(table, most_nodes=MOST_NODES, most_targets=MOST_TARGETS)
    graph = path_graph(paths)
    if axes is None:
        from matplotlib import pyplot as plt  # of no use where pages are written

        axes = plt.figure(figsize=(_WIDTH, _height(graph))).add_axes((0, 0, 1, 1))
    drug = str(screen.obs.loc[drug_id, "name"])
    _draw(axes, graph, paths, drug, naming(screen.var), _limit(paths))
    return axes


def _paths_of(screen: ad.AnnData, drug_id: str) -> pd.DataFrame:
    """List the paths of a drug."""
    table = pd.DataFrame(screen.uns["paths"])
    return table[table["drug_id"].astype(str) == drug_id].reset_index(drop=True)


def _limit(paths: pd.DataFrame) -> float:
    """Return the effect that has the strongest colour."""
    effect = np.abs(paths["effect"].to_numpy(dtype=float))
    return max(float(np.ceil(np.quantile(effect, 0.9))), 1.0)


def _height(graph: PathGraph) -> float:
    """Return the height of a drawing in inches."""
    return _TOP + graph.height + _BOTTOM


def _main_factors(graph: PathGraph) -> tuple[str, ...]:
    """Name the transcription factors along which most runs to the genes, at most three."""
    flow: dict[str, float] = {}
    for edge in graph.edges:
        if edge.target[1] and not edge.against:
            flow[edge.source[0]] = flow.get(edge.source[0], 0.0) + edge.flow
    first = sorted(flow, key=lambda one: -flow[one])[:3]
    return tuple(one for one in first if flow[one] >= 0.4 * flow[first[0]])


def _says(drug: str, paths: pd.DataFrame, factors: tuple[str, ...], astray: tuple[str, ...]) -> str:
    """Say in a sentence what is to be seen."""
    first = paths["path"].str.partition(THEN)[0]
    acts = [
        f"{verb} {words.listed(dict.fromkeys(first[paths['sign'] == sign]))}"
        for sign, verb in ((-1, "inhibits"), (1, "activates"))
        if (paths["sign"] == sign).any()
    ]
    over = [one for one in factors if one not in set(first)]
    way = f", mostly through {words.listed(over)}," if over else ""
    genes = words.plural(paths["gene"].nunique(), "gene")
    but = f"; {words.listed(astray)} would move away from normal" if astray else ""
    return (
        f"{drug} {words.listed(acts)}, and its strongest paths lead{way}"
        f" to the {genes} that speak most for it{but}."
    )


# --- drawing -----------------------------------------------------------------------------


def _draw(
    axes: Axes, graph: PathGraph, paths: pd.DataFrame, drug: str, names: Naming, limit: float
) -> None:
    effect = {
        (str(row["gene"]), str(row["compartment"])): float(row["effect"])
        for _, row in paths.iterrows()
    }
    labels = {
        node: f"{node[0]}  {words.signed(effect[node])}" if node[1] else node[0]
        for node in graph.column
    }
    half = _half_widths(graph, labels)
    pill = textwrap.wrap(drug, 14, break_long_words=False)
    first = max(len(line) for line in pill) * _LETTER / 2 + 0.12
    left, x = _columns(first, half)
    height = _height(graph)
    axes.set_axis_off()
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(height, 0)
    _headings(axes, graph, x, names, x[-1] + half[-1] + 0.09)
    places = {node: (x[graph.column[node]], _TOP + y) for node, y in graph.places.items()}
    own = [y for node, (_, y) in places.items() if graph.column[node] == 0]
    drug_at = (left, float(np.mean(own)))
    _drug_edges(axes, paths, places, (drug_at[0] + first, drug_at[1]), half[0])
    _network_edges(axes, graph, places, x, half)
    draw_box(axes, drug_at, first, INK, "\n".join(pill), "#ffffff", lines=len(pill))
    colour = TwoSlopeNorm(0, -limit, limit)
    for node, place in places.items():
        width = half[graph.column[node]]
        if not node[1]:
            plain = _TARGET if graph.column[node] == 0 else _PROTEIN
            draw_box(axes, place, width, plain, labels[node], INK, gid=gid_of(graph, node))
            continue
        fill = mpl.colormaps[_COLOURS](colour(effect[node]))
        draw_box(axes, place, width, fill, labels[node], readable(fill), gid=gid_of(graph, node))
        _expected(axes, paths, node, (place[0] + width + 0.09, place[1]))
    _legend(axes, height - 0.37, limit)


def _half_widths(graph: PathGraph, labels: Mapping[Node, str]) -> np.ndarray:
    """Half the width of the boxes of each column."""
    longest = np.zeros(graph.factors + 2)
    for node, at in graph.column.items():
        longest[at] = max(longest[at], len(labels[node]))
    return longest * _LETTER / 2 + 0.12


def _columns(first: float, half: np.ndarray) -> tuple[float, np.ndarray]:
    """Place the drug and the columns with equal gaps; the drug stands nearer to its targets."""
    gaps = np.r_[0.6, np.ones(len(half) - 1)]
    room = _WIDTH - 0.1 - _BESIDE - 2 * first - 2 * half.sum()
    left = 0.1 + first
    edges = left + first + np.cumsum(gaps * room / gaps.sum() + np.r_[0.0, 2 * half[:-1]])
    return left, edges + half


def _headings(axes: Axes, graph: PathGraph, x: np.ndarray, names: Naming, beside: float) -> None:
    heads = {0: "targets", graph.factors: "transcription\nfactors", graph.factors + 1: "genes"}
    named = [(x[at], text) for at, text in heads.items() if at in graph.column.values()]
    if graph.factors > 1:
        named.append((float(x[1 : graph.factors].mean()), "signalling"))
    for place, text in named:
        axes.text(place, 0.3, text, ha="center", va="center", fontsize=9, color=QUIET)
    axes.text(beside, 0.3, "expected\nchange", ha="left", va="center", fontsize=9, color=QUIET)
    for key, y in graph.headings.items():
        axes.text(
            x[-1],
            _TOP + y + 0.05,
            names.of(key),
            ha="center",
            va="center",
            fontsize=8.5,
            fontweight="bold",
            color=INK,
        )


def _legend(axes: Axes, y: float, limit: float) -> None:
    """Say below the drawing what lines and colours mean."""
    samples: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
        ("activates", 1, _ACTIVATES, {}),
        ("inhibits", -1, _INHIBITS, {}),
        ("against the rest", 1, _ACTIVATES, {"dashed": True}),
        ("no publication", 1, _ACTIVATES, {"doubtful": True}),
    )
    x = 0.1
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": 8.5, "color": QUIET}
    for text, sign, colour, how in samples:
        draw_edge(axes, [(x, y), (x + 0.45, y)], sign, 1.8, colour=colour, **how)
        axes.text(x + 0.53, y, text, **style)
        x += 0.53 + len(text) * 0.062 + 0.22
    axes.text(0.1, y + 0.24, "thicker: carries more", **style)
    x = _WIDTH - 2.25
    axes.text(x, y, f"lower ({words.signed(-limit, 0)})", ha="right", **style)
    ramp = mpl.colormaps[_COLOURS](np.linspace(0, 1, 9))
    for place, colour in enumerate(ramp):
        left = x + 0.08 + 0.11 * place
        corners = [(left, y - 0.07), (left + 0.11, y - 0.07), (left + 0.11, y + 0.07)]
        axes.add_patch(Polygon([*corners, (left, y + 0.07)], facecolor=colour, edgecolor="none"))
    axes.text(x + 0.08 + 0.99 + 0.08, y, f"higher ({words.signed(limit, 0)})", **style)


def _expected(axes: Axes, paths: pd.DataFrame, node: Node, place: tuple[float, float]) -> None:
    """Say beside a gene what the drug would do to it."""
    rows = paths[(paths["gene"] == node[0]) & (paths["compartment"] == node[1])]
    ways = set(np.sign(rows["expected"].astype(int)))
    text = "both ways" if len(ways) > 1 else "rises" if 1 in ways else "falls"
    good = bool(rows["agrees"].all())
    axes.text(
        *place,
        text,
        ha="left",
        va="center_baseline",
        fontsize=8.5,
        color=INK if good else _WARN,
        fontstyle="normal" if good else "italic",
    )


def _drug_edges(
    axes: Axes,
    paths: pd.DataFrame,
    places: Mapping[Node, tuple[float, float]],
    start: tuple[float, float],
    half: float,
) -> None:
    """Draw what the drug does to each protein that it acts on."""
    actions = {
        (str(path).partition(THEN)[0], ""): int(sign)
        for path, sign in zip(paths["path"], paths["sign"], strict=True)
    }
    for node, sign in actions.items():
        x, y = places[node]
        draw_edge(axes, [start, (x - half, y)], sign, 1.6, colour=INK)


def _network_edges(
    axes: Axes,
    graph: PathGraph,
    places: Mapping[Node, tuple[float, float]],
    x: np.ndarray,
    half: np.ndarray,
) -> None:
    """Draw the edges, the thickest first, each to a point of its own at the box it leads to."""
    most = max(edge.flow for edge in graph.edges)
    widths = {edge: 0.9 + 4.6 * edge.flow / most for edge in graph.edges}
    ports = _ports(widths, places)
    for edge in sorted(graph.edges, key=lambda edge: -edge.flow):
        at, to = graph.column[edge.source], graph.column[edge.target]
        (x0, y0), (x1, y1) = places[edge.source], places[edge.target]
        y1 += ports[edge]
        width = widths[edge]
        if to <= at:
            points = [(x0 + half[at], y0), (x1 + half[to], y1)]
        else:
            bends = graph.bends[edge.source, edge.target]
            passed = [(x[at + 1 + i], _TOP + y) for i, y in enumerate(bends)]
            points = [(x0 + half[at], y0), *passed, (x1 - half[to], y1)]
        draw_edge(
            axes,
            points,
            edge.sign,
            width,
            colour=_ACTIVATES if edge.sign > 0 else _INHIBITS,
            dashed=edge.against,
            doubtful=edge.doubtful,
            arc=to <= at,
            gid=gid_of(graph, edge),
        )


def _ports(
    widths: Mapping[Edge, float], places: Mapping[Node, tuple[float, float]]
) -> dict[Edge, float]:
    """Spread the ends of edges over the side of the box, in the order they come from."""
    into: dict[Node, list[Edge]] = {}
    for edge in widths:
        into.setdefault(edge.target, []).append(edge)
    ports: dict[Edge, float] = {}
    for edges in into.values():
        edges.sort(key=lambda edge: places[edge.source][1])
        size = np.array([widths[edge] / 72 + 0.06 for edge in edges])
        size *= min(1.0, 1.9 * HALF / size.sum())
        middle = np.cumsum(size) - size / 2 - size.sum() / 2
        ports |= zip(edges, middle.tolist(), strict=True)
    return ports
