"""Matplotlib figures as SVG that stands inside a page."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from twinscreen.report.words import without_commands

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@contextmanager
def same_everywhere(name: str) -> Iterator[None]:
    """Draw with matplotlib's own defaults, whatever the user's settings are.

    Text stays text, and "$" in a name is a dollar; `name` salts the identifiers.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.fonttype"] = "none"
        mpl.rcParams["svg.hashsalt"] = f"twinscreen {name}"
        mpl.rcParams["text.parse_math"] = False
        yield


def inline_svg(figure: Figure, *, name: str) -> str:
    """Give the `<svg>` element of a figure, the same bytes each time.

    Call it inside `same_everywhere`. Text is in the page's own font. Identifiers start with
    `name`, so that two figures on a page don't collide; namespaces, metadata and matplotlib's
    style rule, which would reach beyond the figure, are removed.
    """
    stream = io.StringIO()
    FigureCanvasSVG(figure).print_svg(stream, metadata=_NO_METADATA)
    svg = without_commands(stream.getvalue())
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style\b.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\s(xmlns(:\w+)?|version)="[^"]*"', "", svg)
    svg = re.sub(r"font: ([^;\"]*?px) [^;\"]*", r"font: \1 system-ui, sans-serif", svg)
    svg = re.sub(r'\b(d|x|y|points)="[^"]*"', _to_hundredths, svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = svg.replace("xlink:href=", "href=")
    return re.sub(
        r"<svg\b", f'<svg class="{name}" role="img" aria-labelledby="{name}-says"', svg, count=1
    )


def _to_hundredths(coordinates: re.Match[str]) -> str:
    """Round coordinates to hundredths of a point, which nobody sees."""
    return re.sub(
        r"\d+\.\d{3,}",
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."),
        coordinates[0],
    )
