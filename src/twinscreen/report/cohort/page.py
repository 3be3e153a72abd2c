"""The page of a cohort: who could be scored, which drugs come first, and for whom."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from twinscreen import __version__
from twinscreen.report.cohort.evaluation import KINDS, evaluation_section
from twinscreen.report.cohort.groups import FIRST, Groups, group_alike
from twinscreen.report.cohort.heatmap import CLASSES, draw_heat_map, order_by_similarity
from twinscreen.report.cohort.similarity import SimilarityTables, similarity_section
from twinscreen.report.cohort.trial import TrialTables, trial_section
from twinscreen.report.html import render
from twinscreen.report.patient.answer.tier import LEGEND
from twinscreen.report.patient.measured import this_page

#: Drugs in the heat map at most, and drugs of each patient that may enter it.
MOST_DRUGS = 40
FIRST_OF_EACH = 5

#: What sheets call the sexes.
_SEXES = {
    **dict.fromkeys(("female", "f", "woman"), "female"),
    **dict.fromkeys(("male", "m", "man"), "male"),
}

#: Why a scored patient can have no ranks.
NO_DRUG = "scored, but no drug has a path to the genes that were measured"

#: Rows of the table of frequent drugs.
MOST_FREQUENT = 15


@dataclass(frozen=True)
class Frequent:
    """A mechanism, and how often it comes first."""

    name: str
    n_first: int
    n_top: int
    median: float


def _chosen(groups: Groups) -> list[str]:
    """Choose the drugs to draw: those among the first of most patients, best median first."""
    often = (groups.ranks <= FIRST_OF_EACH).sum()
    median = groups.percentiles.fillna(1.0).median()
    union = [drug_id for drug_id in groups.ranks.columns if often[drug_id]]
    union.sort(key=lambda drug_id: (-often[drug_id], median[drug_id], groups.names[drug_id]))
    return sorted(union[:MOST_DRUGS], key=lambda drug_id: (median[drug_id], groups.names[drug_id]))


def _frequent(groups: Groups) -> list[Frequent]:
    """List the drugs that are in the first ten of any patient, those of most patients first."""
    top, first = (groups.ranks <= FIRST).sum(), (groups.ranks == 1).sum()
    median = groups.percentiles.median()
    order = sorted(
        (drug_id for drug_id in groups.ranks.columns if top[drug_id]),
        key=lambda drug_id: (
            -top[drug_id],
            -first[drug_id],
            median[drug_id],
            groups.names[drug_id],
        ),
    )
    return [
        Frequent(
            groups.label(drug_id),
            int(first[drug_id]),
            int(top[drug_id]),
            float(median[drug_id]),
        )
        for drug_id in order
    ]


def _called(people: list[dict[Hashable, Any]]) -> list[tuple[str, list[str]]]:
    """List the drugs that are called, those of most patients first, with the patients."""
    found: dict[str, list[str]] = {}
    for row in people:
        if row["called"]:
            found.setdefault(str(row["first_drug"]), []).append(str(row["patient"]))
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _people(patients: pd.DataFrame, groups: Groups | None) -> list[dict[Hashable, Any]]:
    """List the patients, called ones first, then by p, with one name for each mechanism."""
    labels = groups.labels if groups else {}
    contrasts = groups.contrasts() if groups else {}
    order = patients.assign(uncalled=~patients["called"].astype(bool))
    order = order.sort_values(["uncalled", "call_pvalue", "patient"], na_position="last")
    named = {
        name: order[name].map(lambda drug: labels.get(drug, drug), na_action="ignore")
        for name in ("first_drug", "second_drug")
    }
    contrast = order["patient"].astype(str).map(contrasts).fillna("")
    return order.assign(**named, contrast=contrast).to_dict("records")


def _by_cells(samples: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """List the samples, those with the fewest cells first, and those without any before them."""
    order = samples.sort_values(["n_cells", "sample"], na_position="first")
    return order.to_dict("records")


def _of_another_sex(samples: pd.DataFrame) -> list[str]:
    """Name the samples whose cells express another sex than the patient sheet states."""
    told = samples["expressed_sex"]
    stated = samples["stated_sex"].str.strip().str.lower().map(_SEXES)
    other = told.isin(_SEXES) & stated.notna() & (stated != told)
    return sorted(samples.loc[other, "sample"])


def cohort_page(
    patients: pd.DataFrame,
    ranks: pd.DataFrame,
    *,
    samples: pd.DataFrame | None = None,
    evaluation: pd.DataFrame | None = None,
    similarity: SimilarityTables | None = None,
    trial: TrialTables | None = None,
    costs: str = "",
    sources: pd.DataFrame | None = None,
) -> str:
    """Compose the page of a cohort; it links to `{patient}.html` in the same folder.

    Parameters
    ----------
    patients
        The patients, scored or not: contract COHORT_PATIENTS.
    ranks
        Their ranks: contract COHORT_RANKS.
    samples
        The quality of their samples: contract COHORT_SAMPLES, where it is known.
    evaluation
        What the evaluation against known answers found, if there was one.
    similarity, trial
        Tables of the comparison of twins and of the virtual trial, if they were made.
    costs
        Where the page of what the run cost is, seen from this one, if there is one.
    sources
        Files behind the page: `kind, file, sha256`.

    Returns
    -------
    The page as HTML.
    """
    table = ranks
    ranked = table["patient"].nunique()
    groups = group_alike(table) if ranked else None
    chosen = _chosen(groups) if groups else []
    drawing = None
    if groups and chosen:
        ordered = order_by_similarity(groups.percentiles[chosen])
        drawing = draw_heat_map(ordered, [groups.label(drug_id) for drug_id in chosen])
    alike = similarity_section(similarity)
    frequent = _frequent(groups) if groups else []
    people = _people(patients, groups)
    without = patients[~patients["patient"].isin(table["patient"])].sort_values("patient")
    without = without.assign(reason=without["reason"].where(without["reason"] != "", NO_DRUG))
    reasons = without.groupby("reason").agg(patients=("patient", list))
    return render(
        "cohort.html",
        people=people,
        tiers=LEGEND,
        samples=[] if samples is None else _by_cells(samples),
        other_sex=[] if samples is None else _of_another_sex(samples),
        conditions=patients["condition"].value_counts(sort=False).sort_index().to_dict(),
        simulated=sorted(patients.loc[patients["simulated"] != "", "patient"]),
        n_ranked=ranked,
        called=_called(people),
        n_drugs=table["drug_id"].nunique(),
        reasons=sorted(
            ((str(reason), row.patients) for reason, row in reasons.iterrows()),
            key=lambda pair: (-len(pair[1]), pair[0]),
        ),
        frequent=frequent[:MOST_FREQUENT],
        drawing=drawing,
        legend=groups.legend if groups else {},
        classes=CLASSES,
        evaluation=evaluation_section(evaluation),
        evaluation_kinds=KINDS,
        similarity=alike,
        neighbours=alike.neighbours if alike else {},
        trial=trial_section(trial, groups),
        costs=costs,
        source=this_page(__version__, sources),
    )
