"""The marks that a drawing of paths is made of: boxes with a word in them, and signed lines."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

INK, QUIET = "#1d2733", "#5b6876"

#: How strong a line is that no publication is known of.
PALE = 0.4

#: Half the height of a box, in inches.
HALF = 0.14


def draw_box(
    axes: Axes,
    place: tuple[float, float],
    half: float,
    fill: Any,
    text: str,
    ink: str,
    *,
    lines: int = 1,
    gid: str | None = None,
) -> None:
    """Draw a box of `half` the width around a place, with a text of one or more lines in it.

    `gid` names the box in the file, as that of an edge does.
    """
    tall = HALF + 0.08 * (lines - 1)
    axes.add_patch(
        FancyBboxPatch(
            (place[0] - half, place[1] - tall),
            *(2 * half, 2 * tall),
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor=fill,
            edgecolor=QUIET,
            linewidth=0.8,
            zorder=3,
            gid=gid,
        )
    )
    axes.text(
        *place,
        text,
        ha="center",
        va="center_baseline" if lines == 1 else "center",
        fontsize=9,
        color=ink,
        zorder=4,
    )


def draw_edge(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    sign: int,
    width: float,
    *,
    colour: str,
    dashed: bool = False,
    doubtful: bool = False,
    arc: bool = False,
    gid: str | None = None,
) -> None:
    """Draw a smooth line through points with an arrow head (+1) or a bar (-1) at its end.

    A doubtful line is pale, with a question mark before its end.
    """
    x, y = points[-1]
    back = 1.0 if arc else -1.0  # from where it comes: right of the box, or left
    head = 0.07 + 0.012 * width
    tip = x + back * 0.02
    base = tip + back * (head if sign > 0 else 0.01)
    vertices, codes = [points[0]], [Path.MOVETO]
    line = [*points[:-1], (base, y)]
    for (x0, y0), (x1, y1) in pairwise(line):
        bend = 0.45 if arc else 0.5 * abs(x1 - x0)
        vertices += [(x0 + bend, y0), (x1 + back * bend, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    axes.add_patch(
        PathPatch(
            Path(vertices, codes),
            facecolor="none",
            edgecolor=colour,
            linewidth=width,
            linestyle=(0, (3.0 / max(width, 1), 2.0 / max(width, 1))) if dashed else "solid",
            capstyle="butt",
            alpha=PALE if doubtful else 0.85,
            zorder=1,
            gid=gid,
        )
    )
    if doubtful:
        axes.text(base + back * 0.1, y, "?", ha="center", va="center", fontsize=8, color=INK)
    tall = 0.035 + 0.009 * width
    if sign > 0:
        corners = [(tip, y), (base, y - tall), (base, y + tall)]
    else:
        corners = [(tip, y - tall - 0.03), (tip, y + tall + 0.03)]
        corners += [(tip + back * 0.035, y + tall + 0.03), (tip + back * 0.035, y - tall - 0.03)]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=2))


def readable(fill: Any) -> str:
    """White on dark colours, ink on light ones."""
    red, green, blue = to_rgb(fill)
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK
