"""Matplotlib figures as SVG that stands inside a page."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from twinscreen.report.words import without_commands

#: A mark of an artist, or definitions.
_MARK = re.compile(r"<defs>.*?</defs>|(?P<open><(?P<name>use|path)\b[^>]*?)/>", re.DOTALL)

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


def inline_svg(
    figure: Figure, *, name: str, tips: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> str:
    """Give the `<svg>` element of a figure, the same bytes each time.

    Call it inside `same_everywhere`. Text is in the page's own font. Identifiers start with
    `name`, so that two figures on a page don't collide; namespaces, metadata and matplotlib's
    style rule, which would reach beyond the figure, are removed. `tips` says what the marks of an
    artist mean, by the artist's gid: one text for each mark, in their order.
    """
    stream = io.StringIO()
    FigureCanvasSVG(figure).print_svg(stream, metadata=_NO_METADATA)
    svg = without_commands(stream.getvalue())
    svg = _with_tips(svg[svg.index("<svg") :], tips)
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


def _with_tips(svg: str, tips: Mapping[str, Sequence[str]]) -> str:
    """Give each mark of the artists a title, which a browser shows where one points at it."""
    for gid, texts in tips.items():
        start = svg.index(f'<g id="{gid}">')
        end = svg.find('<g id="', start + 1)
        left = list(reversed(texts))

        def titled(mark: re.Match[str], left: list[str] = left) -> str:
            if not mark["name"]:  # what marks are copies of
                return mark[0]
            return f"{mark['open']}><title>{escape(left.pop())}</title></{mark['name']}>"

        svg = svg[:start] + _MARK.sub(titled, svg[start:end]) + svg[end:]
    return svg


def _to_hundredths(coordinates: re.Match[str]) -> str:
    """Round coordinates to hundredths of a point, which nobody sees."""
    return re.sub(
        r"\d+\.\d{3,}",
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."),
        coordinates[0],
    )
