"""How alike the twins of a cohort are, and whether they form groups: a section of its page."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from twinscreen.report.figures.svg import inline_svg, same_everywhere

#: Colours of similarity from low to high, and of a pair that can't be compared.
_COLOURS = ("#f7f4ee", "#dce9e4", "#b0d3cd", "#72b0ad", "#33858c", "#08505e")
UNKNOWN = "#9a9a9a"
_WIDTH = 8.2
#: With more patients their names would overlap.
MOST_NAMES = 250
#: With more patients a dot of the square stands for several.
_MOST_DOTS = 1000
#: So many most similar patients of each are named.
NEIGHBOURS = 3
#: Something makes patients alike if its q is below this.
MAX_QVALUE = 0.05


@dataclass(frozen=True)
class SimilarityTables:
    """The tables of the comparison of twins.

    Contracts COHORT_SIMILARITY, COHORT_CLUSTERS, COHORT_CLUSTER_NUMBERS and COHORT_NEIGHBOURS.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    numbers: pd.DataFrame
    neighbours: pd.DataFrame


@dataclass(frozen=True)
class Group:
    """Patients who are more like each other than like others, and how clearly (silhouette)."""

    number: int
    patients: tuple[str, ...]
    silhouette: float


@dataclass(frozen=True)
class Pair:
    """Two patients, how alike they are, and in how many places they were compared."""

    first: str
    second: str
    similarity: float
    n_compartments: int


@dataclass(frozen=True)
class Common:
    """Something that makes patients more alike who have it in common."""

    feature: str
    same: float
    others: float
    pvalue: float


@dataclass(frozen=True)
class SimilaritySection:
    """What the section says. `groups` is empty without groups, `alone` can't be compared.

    `n_patients` are drawn, and were all compared with each other; in a cohort of thousands
    `n_beside` further ones were compared with these. `neighbours` has the most similar other
    patients of each, with their similarities, where all were compared with each other.
    """

    svg: str
    classes: tuple[tuple[str, str], ...]
    n_patients: int
    n_beside: int
    named: bool
    median: float
    median_effect: float
    median_relevance: float
    nearest: Pair
    neighbours: Mapping[str, list[tuple[str, float]]]
    groups: tuple[Group, ...]
    alone: tuple[str, ...]
    n_unknown: int
    tried: bool
    best: float
    limit: float
    pvalue: float
    common: tuple[Common, ...]
    n_tested: int


def similarity_section(tables: SimilarityTables | None) -> SimilaritySection | None:
    """Sum up how alike the patients are; None where no two of them can be compared."""
    if tables is None:
        return None
    pairs, numbers, common = tables.pairs, tables.numbers, tables.neighbours
    people = tables.clusters.sort_values("place")
    there = pairs["similarity"].notna()
    known = pairs if there.all() else pairs[there]  # millions of pairs are copied only if needed
    if known.empty:
        return None
    every = people[people["cluster"].notna()]
    drawn = [pairs[one].unique() for one in ("patient_a", "patient_b")]
    compared = every[every["patient"].isin({name for names in drawn for name in names})]
    chosen = numbers["chosen"].any()
    nearest = known[known["similarity"] == known["similarity"].max()]
    first = nearest.sort_values(["patient_a", "patient_b"]).iloc[0]
    matrix = _matrix(known, compared["patient"])
    limits = _limits(known["similarity"].to_numpy())
    with same_everywhere("similarity"):
        svg = _draw(
            matrix,
            list(compared["patient"].astype(str)),
            limits,
            compared["cluster"].to_numpy(dtype=int) if chosen else None,
        )
    members = [of for _, of in every.groupby("cluster", sort=True)] if chosen else []
    inside = known["patient_a"].isin(compared["patient"]).sum()
    return SimilaritySection(
        svg=svg,
        classes=tuple(
            (colour, f"{low:.2f} to {high:.2f}")
            for colour, low, high in zip(_COLOURS, limits[:-1], limits[1:], strict=True)
        ),
        n_patients=len(compared),
        n_beside=len(every) - len(compared),
        named=len(compared) <= MOST_NAMES,
        median=float(known["similarity"].median()),
        median_effect=float(known["effect"].median()),
        median_relevance=float(known["relevance"].median()),
        nearest=Pair(
            str(first["patient_a"]),
            str(first["patient_b"]),
            float(first["similarity"]),
            int(first["n_compartments"]),
        ),
        neighbours=_neighbours(matrix, compared["patient"]) if len(every) == len(matrix) else {},
        groups=tuple(
            Group(int(of["cluster"].iloc[0]), tuple(of["patient"]), float(of["silhouette"].mean()))
            for of in members
        ),
        alone=tuple(people.loc[people["cluster"].isna(), "patient"]),
        n_unknown=len(compared) * (len(compared) - 1) // 2 - int(inside),
        tried=len(numbers) > 0,
        best=float(numbers["silhouette"].max()) if len(numbers) else np.nan,
        limit=float(numbers["limit"].max()) if len(numbers) else np.nan,
        pvalue=float(numbers["pvalue"].max()) if len(numbers) else np.nan,
        common=tuple(
            Common(
                str(row["feature"]).replace("_", " "),
                float(row["same"]),
                float(row["others"]),
                float(row["pvalue"]),
            )
            for row in common[common["qvalue"] < MAX_QVALUE].to_dict("records")
        ),
        n_tested=len(common),
    )


def _matrix(known: pd.DataFrame, patients: pd.Series) -> np.ndarray:
    """Put pairs into a square, patients in their order; NaN on the diagonal."""
    place = pd.Index(patients.astype(str))
    first, second = (place.get_indexer(pd.Index(known[f"patient_{one}"])) for one in "ab")
    matrix = np.full((len(place), len(place)), np.nan)
    matrix[first, second] = matrix[second, first] = known["similarity"]
    return matrix


def _neighbours(matrix: np.ndarray, patients: pd.Series) -> dict[str, list[tuple[str, float]]]:
    """Find the most similar other patients of each, as far as there are any, best first."""
    names = list(patients.astype(str))
    far = np.where(np.isnan(matrix), np.inf, -matrix)
    best = far.argsort(axis=1, kind="stable")[:, :NEIGHBOURS]
    return {
        name: [
            (names[other], float(matrix[row, other]))
            for other in best[row]
            if np.isfinite(far[row, other])
        ]
        for row, name in enumerate(names)
    }


def _coarse(matrix: np.ndarray) -> np.ndarray:
    """Average neighbours where there are more patients than a page can show dots."""
    n = len(matrix)
    if n <= _MOST_DOTS:
        return matrix
    starts = np.arange(0, n, -(-n // _MOST_DOTS))

    def summed(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(np.add.reduceat(values, starts, axis=0), starts, axis=1)

    known = np.isfinite(matrix)
    number = summed(known.astype(np.int32))
    total = summed(np.where(known, matrix, 0))
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _limits(values: np.ndarray) -> np.ndarray:
    """Give the limits of the classes: round numbers around all but the most extreme pairs."""
    low, high = np.quantile(values, [0.01, 0.99])
    low, high = np.floor(low * 20) / 20, np.ceil(high * 20) / 20
    return np.linspace(low, max(high, low + 0.05), len(_COLOURS) + 1)


def _draw(
    matrix: np.ndarray, names: list[str], limits: np.ndarray, groups: np.ndarray | None
) -> str:
    """Draw the square; `groups` are numbers of groups in the order of the patients."""
    n = len(matrix)
    named = n <= MOST_NAMES
    side = min(6.4, max(0.26 * n, 1.6))
    left = 0.25 + 0.08 * max(map(len, names)) if named else 0.5
    height = side + 0.2
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_axes((left / _WIDTH, 0.1 / height, side / _WIDTH, side / height))
    axes.imshow(
        np.ma.masked_invalid(np.clip(_coarse(matrix), limits[0], limits[-1] - 1e-9)),
        extent=(-0.5, n - 0.5, n - 0.5, -0.5) if n > _MOST_DOTS else None,
        interpolation="none",
        cmap=ListedColormap(_COLOURS).with_extremes(bad=UNKNOWN),
        norm=BoundaryNorm(limits, len(_COLOURS)),
    )
    # Everybody is wholly like themselves: the diagonal says nothing and stays white.
    if named:
        for row in range(n):
            corner = (row - 0.5, row - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, facecolor="white", linewidth=0))
    else:
        axes.axline((0, 0), slope=1, color="white", linewidth=1)
    if groups is not None:
        for number in dict.fromkeys(groups):
            start, size = int((groups == number).argmax()), int((groups == number).sum())
            axes.add_patch(
                Rectangle(
                    (start - 0.5, start - 0.5),
                    size,
                    size,
                    fill=False,
                    edgecolor="#1d2733",
                    linewidth=1.6,
                    clip_on=False,
                )
            )
            middle = start + (size - 1) / 2
            axes.text(n - 0.5 + 0.01 * n, middle, f"Group {number}", fontsize=8.5, va="center")
    axes.set_xticks([])
    if named:
        axes.set_yticks(range(n), names, fontsize=8.5 if n <= 40 else max(72 * side / n * 0.8, 2))
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{n:,} patients", fontsize=8)
    axes.tick_params(length=0, pad=3)
    for edge in axes.spines.values():
        edge.set_visible(False)
    return inline_svg(figure, name="similarity")
