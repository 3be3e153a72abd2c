"""The cohort drawn: percentiles of the first drugs in all patients, similar ones side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

from twinscreen.report.figures.svg import inline_svg, same_everywhere

#: Upper limits of the classes of percentile, as shares, and their colours; then "not ranked".
CLASSES = (
    (0.01, "#08306b", "first 1 %"),
    (0.05, "#2163a8", "to 5 %"),
    (0.10, "#5a9bcb", "to 10 %"),
    (0.25, "#a3cbe3", "to 25 %"),
    (0.50, "#dbe9f4", "to 50 %"),
    (1.00, "#f7f4ee", "last half"),
)
_UNKNOWN = "#9a9a9a"
#: With more patients rows are too many to be named.
MOST_NAMES = 1000
#: Above this number the quadratic ordering of leaves would take longer than the page is worth.
_MOST_ORDERED = 400
_WIDTH = 10.6


@dataclass(frozen=True)
class HeatMap:
    """The drawn map and what its caption needs to know."""

    svg: str
    patients: tuple[str, ...]
    drugs: tuple[str, ...]
    named: bool


def order_by_similarity(percentiles: pd.DataFrame) -> pd.DataFrame:
    """Put similar rows next to each other (average linkage, Euclidean).

    A drug that is not ranked in a patient counts as in the middle, for the order alone.
    """
    if len(percentiles) < 3:
        return percentiles
    values = percentiles.fillna(0.5).to_numpy()
    tree = linkage(values, method="average")
    if len(values) <= _MOST_ORDERED:
        tree = optimal_leaf_ordering(tree, values)
    return percentiles.iloc[leaves_list(tree)]


def draw_heat_map(percentiles: pd.DataFrame, labels: Sequence[str]) -> HeatMap:
    """Draw patients (rows) x drugs (columns), in the order given.

    Parameters
    ----------
    percentiles
        From 0 (first) to 1 (last); NaN where a drug is not ranked in a patient.
    labels
        Names of the columns.
    """
    with same_everywhere("heatmap"):
        svg = _draw(percentiles, labels)
    return HeatMap(
        svg=svg,
        patients=tuple(percentiles.index.astype(str)),
        drugs=tuple(labels),
        named=len(percentiles) <= MOST_NAMES,
    )


def _draw(percentiles: pd.DataFrame, labels: Sequence[str]) -> str:
    n_patients, n_drugs = percentiles.shape
    row = 0.2 if n_patients <= 60 else 0.115 if n_patients <= MOST_NAMES else 15 / n_patients
    names = list(percentiles.index.astype(str))
    left = 0.25 + 0.075 * max(map(len, names)) if n_patients <= MOST_NAMES else 0.4
    shown = [label if len(label) <= 28 else label[:27] + "…" for label in labels]
    top = 0.2 + 0.072 * max(map(len, shown))
    body = (min(_WIDTH - left - 0.5, 0.45 * n_drugs), max(row * n_patients, 0.3))
    height = top + body[1] + 0.1
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_axes((left / _WIDTH, 0.1 / height, body[0] / _WIDTH, body[1] / height))
    limits = [0.0, *(limit for limit, _, _ in CLASSES)]
    limits[-1] += 1e-9
    colours = ListedColormap([colour for _, colour, _ in CLASSES]).with_extremes(bad=_UNKNOWN)
    axes.imshow(
        np.ma.masked_invalid(percentiles.to_numpy()),
        aspect="auto",
        interpolation="none",
        cmap=colours,
        norm=BoundaryNorm(limits, len(CLASSES)),
    )
    axes.set_xticks(range(n_drugs), shown, rotation=90, fontsize=8)
    axes.xaxis.tick_top()
    if n_patients <= MOST_NAMES:
        axes.set_yticks(range(n_patients), names, fontsize=8.5 if row > 0.15 else 6.5)
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{n_patients:,} patients", fontsize=8)
    axes.tick_params(length=0, pad=3)
    for side in axes.spines.values():
        side.set_visible(False)
    if row > 0.15:
        axes.set_yticks(np.arange(0.5, n_patients - 1), minor=True)
    axes.set_xticks(np.arange(0.5, n_drugs - 1), minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="minor", length=0)
    return inline_svg(figure, name="heatmap")
