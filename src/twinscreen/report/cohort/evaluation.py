"""How well the rankings of a cohort find known answers: table, drawing and what they say."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from twinscreen.report.figures.svg import inline_svg, same_everywhere

#: Kinds of methods, in the order of the table, with what they are called and their colours.
KINDS = {
    "preset": ("Rankings", "#0b5a6b"),
    "evidence": ("One kind of evidence alone", "#5a9bcb"),
    "baseline": ("What has to be beaten", "#8a8f96"),
}
#: The baselines that the text measures the ranking by, and the one that is drawn as a band.
DEGREE, RANDOM = "target degree", "random order"

_WIDTH, _ROW = 10.6, 0.36


@dataclass(frozen=True)
class Figures:
    """A figure over all cases: median, the bounds of its interval, its p, and how many cases."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    low_mechanisms: float = np.nan
    high_mechanisms: float = np.nan
    pvalue: float = np.nan
    n: int = 0


@dataclass(frozen=True)
class Method:
    """One row of the table: a preset, a kind of evidence, or a baseline."""

    kind: str
    name: str
    metrics: dict[str, Figures]
    cases: dict[str, float]

    def of(self, metric: str) -> Figures:
        """Give a metric over all cases; one without a value where there is none."""
        return self.metrics.get(metric, Figures())


@dataclass(frozen=True)
class Evaluation:
    """What the page says of known answers.

    `methods` are in the order of the table; `drugs`, `labelled`, `positives` and `mechanisms` are
    medians over the `n_cases` patients; `shared` says whether all patients have the same answers.
    """

    methods: tuple[Method, ...]
    n_cases: int
    drugs: float
    labelled: float
    positives: float
    mechanisms: float
    shared: bool
    svg: str

    def named(self, kind: str) -> list[Method]:
        """Give the methods of a kind."""
        return [method for method in self.methods if method.kind == kind]

    @property
    def first(self) -> Method:
        """The first preset, which says which drugs take part."""
        return self.named("preset")[0]

    @property
    def degree(self) -> Method:
        """The baseline that knows how connected targets are, and nothing else."""
        return next(method for method in self.methods if method.name == DEGREE)


def evaluation_section(table: pd.DataFrame | None) -> Evaluation | None:
    """Sum up what the evaluation found (contract COHORT_EVALUATION).

    None where there was no evaluation, or no patient had an answer.
    """
    if table is None or table.empty:
        return None
    methods = tuple(
        _method(str(kind), str(name), part)
        for kind in KINDS
        for name, part in table[table["kind"] == kind].groupby("method", sort=False)
    )
    answers = _over_all(table[table["kind"] == "answers"])
    popular = [method for method in methods if method.name == "popularity"]
    return Evaluation(
        methods=methods,
        n_cases=int(table.loc[table["kind"] == "answers", "case"].nunique()) - 1,
        shared=not any(method.cases for method in popular),
        svg=draw_methods(methods),
        **{name: answers[name].value for name in ("drugs", "labelled", "positives", "mechanisms")},
    )


def draw_methods(methods: tuple[Method, ...]) -> str:
    """Draw the AUROC of every method in every case, the best median on top."""
    shown = [method for method in methods if method.cases]
    order = list(KINDS)
    shown.sort(key=lambda method: (method.of("auroc").value, -order.index(method.kind)))
    with same_everywhere("evaluation"):
        return _draw(shown)


def _draw(methods: list[Method]) -> str:
    height = 0.75 + _ROW * len(methods)
    figure = Figure(figsize=(_WIDTH, height))
    left = 2.6 / _WIDTH
    axes = figure.add_axes((left, 0.6 / height, 0.97 - left, 1 - 0.7 / height))
    axes.axvline(0.5, color="#55616e", linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    for row, method in enumerate(methods):
        _, colour = KINDS[method.kind]
        over_all = method.of("auroc")
        if method.name == RANDOM:
            bounds = (over_all.low, over_all.high)
            axes.plot(bounds, (row, row), color="#d5d9de", linewidth=9, zorder=1)
        else:
            values = np.array(sorted(method.cases.values()))
            # Neighbours stand at different heights, so that equal figures can be counted.
            lift = 0.26 * (np.arange(len(values)) % 3 - 1) if len(values) > 1 else 0 * values
            axes.scatter(values, row + lift, s=17, color=colour, alpha=0.75, linewidth=0, zorder=3)
        median = (over_all.value, over_all.value)
        axes.plot(median, (row - 0.38, row + 0.38), color="#1d2733", linewidth=1.8, zorder=4)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.6, len(methods) - 0.4)
    labels = [
        f"{method.name} alone" if method.kind == "evidence" else method.name for method in methods
    ]
    axes.set_yticks(range(len(methods)), labels, fontsize=9.5)
    for text, method in zip(axes.get_yticklabels(), methods, strict=True):
        text.set_fontweight("bold" if method.kind == "preset" else "normal")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.tick_params(axis="x", labelsize=9)
    axes.tick_params(length=0, pad=5)
    axes.set_xlabel("AUROC: 0.5 is chance, 1 puts every right answer first", fontsize=9.5)
    axes.grid(axis="y", color="#eef1f4", linewidth=1)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    return inline_svg(figure, name="evaluation")


def _method(kind: str, name: str, rows: pd.DataFrame) -> Method:
    """Collect what the table says of one method."""
    area = rows[(rows["metric"] == "auroc") & (rows["case"] != "all")].dropna(subset="value")
    cases = dict(zip(area["case"].astype(str), area["value"].astype(float), strict=True))
    return Method(kind, name, _over_all(rows), cases)


def _over_all(rows: pd.DataFrame) -> dict[str, Figures]:
    """Give the metrics over all cases, by name."""
    return {
        str(row["metric"]): Figures(
            **{name: row[name] for name in Figures.__dataclass_fields__}  # as the columns are named
        )
        for row in rows[rows["case"] == "all"].to_dict("records")
    }
