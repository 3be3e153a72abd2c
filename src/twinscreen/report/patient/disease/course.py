"""Since when: what persists, what is new and what resolved, and what a treatment did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import time_order
from twinscreen.report import words
from twinscreen.report.compartments import screened
from twinscreen.report.tables import table

#: Status of a deviation at the latest time point, its colour in the strip, and what it means.
STATUSES = (
    ("persisting", "#0b5a6b", "deviates now and at the comparison before, the same way"),
    ("new", "#e08a00", "deviates now, and at no earlier time point"),
    ("returned", "#8a5fa8", "deviates now and earlier, but not at the comparison before"),
    ("reversed", "#a3202f", "deviates now, the other way than before"),
    ("resolved", "#7fb7a3", "deviated earlier, no longer does"),
    ("unknown", "#c3cad2", "was not compared at the latest time point, or only there"),
)
#: Presets whose score is the sum over compartments that time points are compared by.
SUMMED = ("causal", "proximity")
_SHOWN = 8
_GENES = 12


@dataclass(frozen=True)
class Strip:
    """The deviations of one cell type, by status."""

    name: str
    latest: str
    n_times: int
    n_genes: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Step:
    """The deviation of one gene in one cell type over time."""

    gene: str
    place: str
    status: str
    sign: int
    since: str
    run: int
    effects: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Genes:
    """The genes of one status, those of most cell types first."""

    status: str
    n_genes: int
    shown: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Place:
    """The ranks of one drug at the time points, by single compartments' scores, and its `rank`."""

    name: str
    rank: str
    ranks: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """All that a page says of time.

    `ranks` compare each time point alone with the others, by the scores of single compartments;
    `own_figure` says that the ranking, of the state at `screened`, goes by another one.
    """

    times: tuple[str, ...]
    totals: dict[str, int]
    strips: tuple[Strip, ...]
    genes: dict[str, Genes]
    steps: dict[str, tuple[Step, ...]]
    overlaps: tuple[dict[str, Any], ...]
    regulators: tuple[dict[str, Any], ...]
    rank_times: tuple[str, ...]
    ranks: tuple[Place, ...]
    n_ranked: int
    screened: tuple[str, ...]
    own_figure: bool
    treatments: tuple[str, ...]

    @property
    def n_deviations(self) -> int:
        """Deviations, a gene in a cell type each, at any time."""
        return sum(self.totals.values())

    @property
    def widest(self) -> int:
        """Most deviations of one cell type, the full width of a strip."""
        return max((strip.n_genes for strip in self.strips), default=1)


def course(
    twin: ad.AnnData, screen: ad.AnnData, times: list[str], drugs: Mapping[str, str]
) -> Course:
    """Read the course of a patient.

    Parameters
    ----------
    twin
        With uns `course`, `course_summary`, `module_overlap` and `early_regulators`, if known.
    screen
        With uns `ranking_course` and `treatment_course`, if known.
    times
        The time points of the patient, in their order.
    drugs
        The drugs whose ranks are shown over time: the rank of each, as shown, by its id.
    """
    changes = table(twin, "course", "gene", "cell_type", "tissue", "status", "sign")
    summary = table(twin, "course_summary", "tissue", *(name for name, _, _ in STATUSES))
    several = len(set(changes["tissue"])) > 1
    strips = [_strip(row, several=several) for row in summary.to_dict("records")]
    strips.sort(key=lambda strip: (-strip.n_genes, strip.name))
    status = changes["status"].astype(str)
    ranking = table(screen, "ranking_course", "drug_id", "name", "time", "rank", "n_ranked")
    ranking = ranking[ranking["drug_id"].astype(str).isin(drugs)]
    rank_times = tuple(dict.fromkeys(ranking["time"].astype(str)))
    return Course(
        times=tuple(times),
        totals={name: int(pd.to_numeric(summary[name]).sum()) for name, _, _ in STATUSES},
        strips=tuple(strips),
        genes={name: _genes(changes[status == name], name) for name, _, _ in STATUSES},
        steps={
            name: _steps(changes[status == name], several=several)
            for name in ("persisting", "resolved")
        },
        overlaps=_overlaps(table(twin, "module_overlap", "pvalue"), several=several),
        regulators=tuple(
            {str(key): value for key, value in row.items()}
            for row in table(twin, "early_regulators").head(5).to_dict("records")
        ),
        rank_times=rank_times,
        ranks=_ranks(ranking, rank_times, drugs),
        n_ranked=int(pd.to_numeric(ranking["n_ranked"]).max()) if len(ranking) else 0,
        screened=_screened_times(screen),
        own_figure=str(screen.uns["preset"]) not in SUMMED,
        treatments=_treatments(table(screen, "treatment_course", "treatment", "cell_type")),
    )


def _place(row: dict[Any, Any], *, several: bool) -> str:
    return f"{row['cell_type']} ({row['tissue']})" if several else str(row["cell_type"])


def _strip(row: dict[Any, Any], *, several: bool) -> Strip:
    return Strip(
        name=_place(row, several=several),
        latest=str(row["latest"]),
        n_times=int(row["n_times"]),
        n_genes=int(row["n_genes"]),
        counts={name: int(row[name]) for name, _, _ in STATUSES},
    )


def _genes(rows: pd.DataFrame, status: str) -> Genes:
    """Count in how many cell types each gene has this status; give the sign of most of them."""
    number = rows.groupby("gene", observed=True)["sign"].agg(["size", "sum"])
    number = number.sort_index().sort_values("size", ascending=False, kind="stable")
    shown = [
        (str(gene), int(size), int(np.sign(sign)))
        for gene, size, sign in number.head(_GENES).itertuples()
    ]
    return Genes(status, len(number), tuple(shown))


def _steps(rows: pd.DataFrame, *, several: bool) -> tuple[Step, ...]:
    """Give the deviations of one status in detail: those of the longest run first."""
    if rows.empty:
        return ()
    ordered = rows.assign(n=rows.groupby("gene", observed=True)["gene"].transform("size"))
    ordered = ordered.sort_values(["run", "n", "gene"], ascending=[False, False, True]).head(25)
    return tuple(
        Step(
            gene=str(row["gene"]),
            place=_place(row, several=several),
            status=str(row["status"]),
            sign=int(row["sign"]),
            since=f"{row['onset']}" if row["onset_known"] else f"{row['onset']} or before",
            run=int(row["run"]),
            effects=tuple(
                (time, words.signed(effect))
                for time, effect in zip(
                    str(row["times"]).split("|"), str(row["effects"]).split("|"), strict=True
                )
            ),
        )
        for row in ordered.to_dict("records")
    )


def _overlaps(rows: pd.DataFrame, *, several: bool) -> tuple[dict[str, Any], ...]:
    """Give the pairs of time points with a module at both, most overlap against chance first."""
    rows = rows[pd.to_numeric(rows["pvalue"]).notna()]
    if rows.empty:
        return ()
    rows = rows[(rows["n_earlier"] > 0) & (rows["n_later"] > 0)].sort_values("pvalue")
    return tuple(
        {**{str(key): value for key, value in row.items()}, "name": _place(row, several=several)}
        for row in rows.to_dict("records")
    )


def _screened_times(screen: ad.AnnData) -> tuple[str, ...]:
    """Name the time points of the compartments that were screened."""
    used = screen.var.loc[screened(screen), "time"].astype(str)
    return tuple(sorted(used.unique(), key=time_order))


def _ranks(
    ranking: pd.DataFrame, times: tuple[str, ...], drugs: Mapping[str, str]
) -> tuple[Place, ...]:
    if ranking.empty:
        return ()
    wide = {
        (str(row["drug_id"]), str(row["time"])): row["rank"] for row in ranking.to_dict("records")
    }
    once = ranking.drop_duplicates("drug_id").head(_SHOWN)
    return tuple(
        Place(name, drugs[drug_id], tuple(words.whole(wide.get((drug_id, time))) for time in times))
        for drug_id, name in zip(once["drug_id"].astype(str), once["name"].astype(str), strict=True)
    )


def _treatments(rows: pd.DataFrame) -> tuple[str, ...]:
    """Say of each treatment received whether the change was the one predicted."""
    said = []
    for row in rows[rows["cell_type"].astype(str) == "all"].to_dict("records"):
        between = f"Between {row['earlier']} and {row['later']} the patient received"
        if words.is_missing(row["correlation"]):
            note = words.text(row["note"]).replace(words.MISSING, "nothing to compare")
            said.append(f"{between} {row['treatment']}; not judged: {note}.")
            continue
        beyond = ""
        if not words.is_missing(row["beyond_recovery"]):
            better = words.share(float(row["beyond_recovery_percentile"]), 1)
            beyond = (
                f" Beyond a general recovery, which any drug gets credit for, the agreement is"
                f" {words.signed(row['beyond_recovery'], 2)}, and {better} of the other drugs"
                " agree better."
            )
        said.append(
            f"{between} {row['treatment']}. What changed agrees with what it predicts to"
            f" {words.signed(row['correlation'], 2)} (correlation over genes; 1 is full agreement),"
            f" and {words.share(float(row['percentile']), 1)} of {words.whole(row['n_drugs'])}"
            f" other drugs would agree better.{beyond}"
        )
    return tuple(said)
