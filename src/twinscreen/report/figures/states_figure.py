"""The drawing of known states: how much the patient resembles each, beside null replicates."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twinscreen.report import words
from twinscreen.report.figures.svg import inline_svg, same_everywhere
from twinscreen.report.states import KnownState

#: States drawn on a page, the most similar first.
MOST_STATES = 12

_WIDTH, _ROW = 9.6, 0.31
_RIGHT, _ABOVE, _BELOW = 0.65, 0.12, 0.5  # room around the axes, in inches
_LETTER = 0.07  # width of a letter, in inches
_INK, _ACCENT, _BAND, _MARK = "#1d2733", "#0b5a6b", "#dbe2e9", "#8593a3"
_LONGEST = 42


def draw_states(states: Sequence[KnownState]) -> str:
    """Draw the similarity to some states as SVG, the first on top."""
    height = _ROW * len(states) + _ABOVE + _BELOW
    left = 0.3 + _LETTER * max(len(_short(state.name)) for state in states)
    with same_everywhere("resemblance"):
        figure = Figure(figsize=(_WIDTH, height))
        wide, high = _WIDTH - left - _RIGHT, height - _ABOVE - _BELOW
        place = (left / _WIDTH, _BELOW / height, wide / _WIDTH, high / height)
        draw_states_on(figure.add_axes(place), states)
        return inline_svg(figure, name="resemblance")


def draw_states_on(axes: Axes, states: Sequence[KnownState]) -> None:
    """Draw the similarity to some states on axes, the first on top.

    A dot is the similarity, open within the range of the null replicates; the band is that range;
    small marks are the single compartments.

    Parameters
    ----------
    axes
        Where to draw.
    states
        Some of the states that the patient was compared with.
    """
    for row, state in enumerate(states):
        if not words.is_missing(state.null_high):
            range_ = state.null_high - state.null_low
            axes.barh(row, range_, 0.62, left=state.null_low, color=_BAND, zorder=1)
        rows = [row] * len(state.parts)
        axes.scatter(state.parts, rows, s=46, c=_MARK, marker="|", linewidths=1.1, zorder=2)
        axes.annotate(
            words.decimal(state.similarity, 2),
            (1.015, row),
            xycoords=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            color=_INK,
        )
    filled = np.array([state.resembled for state in states])
    axes.scatter(
        [state.similarity for state in states],
        range(len(states)),
        s=46,
        c=np.where(filled, _ACCENT, "white"),
        edgecolors=_ACCENT,
        linewidths=1.5,
        zorder=3,
    )
    axes.axvline(0, color=_INK, linewidth=0.8, zorder=1.5)
    axes.set_yticks(range(len(states)), [_short(state.name) for state in states])
    axes.set_ylim(len(states) - 0.4, -0.6)
    axes.set_xlabel("r, rank correlation with the state", fontsize=9, color=_INK)
    axes.tick_params(labelsize=9, labelcolor=_INK, length=0)
    axes.grid(axis="x", color="#edf1f4", zorder=0)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
