"""The page of a cohort: who could be scored, which drugs come first, and for whom."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen import __version__
from twinscreen.report.cohort.evaluation import KINDS, evaluation_section
from twinscreen.report.cohort.heatmap import CLASSES, draw_heat_map, order_by_similarity
from twinscreen.report.cohort.similarity import SimilarityTables, similarity_section
from twinscreen.report.cohort.trial import TrialTables, trial_section
from twinscreen.report.html import render
from twinscreen.report.patient.measured import this_page

#: Drugs in the heat map at most, and drugs of each patient that may enter it.
MOST_DRUGS = 40
FIRST_OF_EACH = 5

#: Why a scored patient can have no ranks.
NO_DRUG = "scored, but no drug has a path to the genes that were measured"

#: Rows of the table of frequent drugs.
MOST_FREQUENT = 15


@dataclass(frozen=True)
class Frequent:
    """A drug, or drugs that score alike in every patient, and how often they come first."""

    name: str
    same: tuple[str, ...]
    n_first: int
    n_top: int
    median: float


@dataclass(frozen=True)
class Groups:
    """Drugs that score alike in every patient are one column.

    `percentiles` and `ranks` are patients x groups, named by the first drug of each group in
    the order of the alphabet; `same` names the others.
    """

    percentiles: pd.DataFrame
    ranks: pd.DataFrame
    names: dict[str, str]
    same: dict[str, tuple[str, ...]]

    def label(self, drug_id: str) -> str:
        """Name a group: "tofacitinib +2"."""
        others = self.same[drug_id]
        return self.names[drug_id] + (f" +{len(others)}" if others else "")


def group_alike(ranks: pd.DataFrame) -> Groups:
    """Join the drugs that the scores cannot tell apart in any patient.

    Parameters
    ----------
    ranks
        The cohort's ranks, a row per patient and drug.
    """
    once = ranks.drop_duplicates("drug_id")
    names = dict(zip(once["drug_id"].astype(str), once["name"].astype(str), strict=True))

    patient, drug = (ranks[name].astype("category").cat for name in ("patient", "drug_id"))

    def table(values: str) -> pd.DataFrame:
        wide = np.full((len(patient.categories), len(drug.categories)), np.nan)
        wide[patient.codes, drug.codes] = ranks[values]
        return pd.DataFrame(wide, patient.categories, drug.categories)

    scores = table("score")
    order = sorted(
        scores.columns.astype(str), key=lambda drug_id: (names[drug_id].casefold(), drug_id)
    )
    found: dict[bytes, list[str]] = {}
    for drug_id in order:
        found.setdefault(np.round(scores[drug_id].to_numpy(), 9).tobytes(), []).append(drug_id)
    heads = [drug_ids[0] for drug_ids in found.values()]
    return Groups(
        percentiles=table("percentile")[heads],
        ranks=table("rank")[heads].rank(axis=1, method="min"),
        names=names,
        same={head: tuple(names[other] for other in others) for head, *others in found.values()},
    )


def _chosen(groups: Groups) -> list[str]:
    """Choose the drugs to draw: those among the first of most patients, best median first."""
    often = (groups.ranks <= FIRST_OF_EACH).sum()
    median = groups.percentiles.fillna(1.0).median()
    union = [drug_id for drug_id in groups.ranks.columns if often[drug_id]]
    union.sort(key=lambda drug_id: (-often[drug_id], median[drug_id], groups.names[drug_id]))
    return sorted(union[:MOST_DRUGS], key=lambda drug_id: (median[drug_id], groups.names[drug_id]))


def _frequent(groups: Groups) -> list[Frequent]:
    """List the drugs that are in the first ten of any patient, those of most patients first."""
    top, first = (groups.ranks <= 10).sum(), (groups.ranks == 1).sum()
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
            groups.names[drug_id],
            groups.same[drug_id],
            int(first[drug_id]),
            int(top[drug_id]),
            float(median[drug_id]),
        )
        for drug_id in order
    ]


def _called(people: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """List the drugs that are called, those of most patients first, with the patients."""
    chosen = people[people["called"].astype(bool)]
    groups = chosen.groupby("first_drug")["patient"].agg(list)
    return sorted(
        ((str(drug), patients) for drug, patients in groups.items()),
        key=lambda pair: (-len(pair[1]), pair[0]),
    )


def cohort_page(
    patients: pd.DataFrame,
    ranks: pd.DataFrame,
    *,
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
    people, table = patients.sort_values("patient"), ranks
    ranked = table["patient"].nunique()
    groups = group_alike(table) if ranked else None
    chosen = _chosen(groups) if groups else []
    drawing = None
    if groups and chosen:
        ordered = order_by_similarity(groups.percentiles[chosen])
        drawing = draw_heat_map(ordered, [groups.label(drug_id) for drug_id in chosen])
    frequent = _frequent(groups) if groups else []
    without = people[~people["patient"].isin(table["patient"])]
    without = without.assign(reason=without["reason"].where(without["reason"] != "", NO_DRUG))
    reasons = without.groupby("reason").agg(patients=("patient", list))
    return render(
        "cohort.html",
        people=people.to_dict("records"),
        conditions=people["condition"].value_counts(sort=False).sort_index().to_dict(),
        simulated=list(people.loc[people["simulated"] != "", "patient"]),
        n_ranked=ranked,
        called=_called(people),
        n_drugs=table["drug_id"].nunique(),
        reasons=sorted(
            ((str(reason), row.patients) for reason, row in reasons.iterrows()),
            key=lambda pair: (-len(pair[1]), pair[0]),
        ),
        frequent=frequent[:MOST_FREQUENT],
        leaders=sorted((drug for drug in frequent if drug.n_first), key=lambda drug: -drug.n_first)[
            :3
        ],
        drawing=drawing,
        stands_for=[
            (groups.names[drug_id], groups.same[drug_id])
            for drug_id in chosen
            if groups and groups.same[drug_id]
        ],
        classes=CLASSES,
        evaluation=evaluation_section(evaluation),
        evaluation_kinds=KINDS,
        similarity=similarity_section(similarity),
        trial=trial_section(trial),
        costs=costs,
        source=this_page(__version__, sources),
    )
