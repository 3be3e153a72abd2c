"""Compare the rankings of many patients with known answers, with all baselines beside them."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import anndata as ad
import pandas as pd

from twinscreen.cohort.evaluation.cases import Case, make_case
from twinscreen.cohort.evaluation.labels import Labels, names_of
from twinscreen.cohort.evaluation.laid_aside import LaidAside
from twinscreen.cohort.evaluation.summaries import ALL, all_figures
from twinscreen.files import (
    COHORT_EVALUATION,
    InputError,
    Parts,
)
from twinscreen.files.contracts.patient import FindingStatus

LOG = logging.getLogger(__name__)

#: What cases are made of; of a screen also the columns of its kinds of evidence.
OF_TWIN = Parts(var=("degree",), uns=("findings",), x=True)
OF_SCREEN = Parts(
    obs=("name", "rank", "n_targets", "mechanism"),
    var=("weight",),
    uns=("patient", "targets", "kinds"),
)


@dataclass(frozen=True)
class Ranked:
    """One patient's twin and screens by preset, read when they are asked for.

    The first preset says which drugs take part.
    """

    patient: str
    read: Callable[[], tuple[ad.AnnData, dict[str, ad.AnnData]]]


def evaluate(
    patients: Iterable[Ranked],
    known: Labels,
    *,
    diseases: Mapping[str, set[str]] | None = None,
    negatives: Literal["unlabelled", "labelled"],
    seed: int,
    draws: int,
) -> pd.DataFrame:
    """Compare the rankings of many patients with known answers.

    Parameters
    ----------
    patients
        Twin and screens of each patient; those of one are gone before the next are read.
    known
        Known answers.
    diseases
        Which patient has which disease, for labels of diseases; without it a patient has those
        among the findings of the twin.
    negatives
        Whether ranked drugs without a label are negatives, or only those labelled so.
    seed, draws
        Of intervals and tests.

    Returns
    -------
    Contract COHORT_EVALUATION.

    Raises
    ------
    InputError
        Not one ranked drug is a right answer.
    """
    cases: list[Case] = []
    aside = LaidAside()
    seen: set[str] | None = None
    for one in patients:
        mine = diseases.get(one.patient, set()) if diseases is not None else None
        drugs, case = _case(one, known, mine, labelled_only=negatives == "labelled")
        if drugs is not None:
            seen = drugs | (seen or set())
        if case is not None:
            cases.append(aside(case))
    if seen is not None:
        _check(known, seen, cases)
    return all_figures(cases, seed=seed, draws=draws) if cases else _nothing()


def diseases_of(twin: ad.AnnData) -> set[str]:
    """Name the diseases among a twin's findings, by id and by label, that were diagnosed."""
    findings = twin.uns["findings"]
    diagnosed = (findings["kind"] == "disease") & (findings["status"] == FindingStatus.PRESENT)
    rows = findings[diagnosed & findings["used"].astype(bool)]
    return {*rows["id"].astype(str), *rows["label"].astype(str)} - {""}


def widen(table: pd.DataFrame) -> pd.DataFrame:
    """Put the metrics of a method and case in one row, for people; all cases come first.

    A metric has its value under its name, its interval under `_low` and `_high` (over mechanisms
    `_low_mechanisms`, `_high_mechanisms`), its p under `_pvalue`, and where it counts cases, of
    how many under `_of`.
    """
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for values in zip(*(table[name] for name in table), strict=True):
        row = dict(zip(table, values, strict=True))
        metric = str(row["metric"]).replace(" ", "_")
        wide = rows.setdefault((row["kind"], row["method"], row["case"]), {})
        wide[metric] = row["value"]
        if metric.startswith("beats"):
            wide[f"{metric}_of"] = row["n"]
        for part in ("low", "high", "low_mechanisms", "high_mechanisms", "pvalue"):
            if pd.notna(row[part]):
                wide[f"{metric}_{part}"] = row[part]
    names = list(dict.fromkeys(name for wide in rows.values() for name in wide))
    keys = sorted(rows, key=lambda key: key[2] != ALL)
    wide_table = pd.DataFrame([rows[key] for key in keys], columns=names)
    frame = pd.DataFrame(keys, columns=["kind", "method", "case"])
    return pd.concat([frame, wide_table], axis=1)


def _case(
    patient: Ranked, known: Labels, diseases: set[str] | None, *, labelled_only: bool
) -> tuple[set[str] | None, Case | None]:
    """Read one patient, whose files are gone from memory when this returns.

    Returns
    -------
    Drugs of the labels that the first screen has, as they are called there, or None where it has no
    drugs at all; and the patient's case, or none where there is nothing to tell apart. Without
    `diseases` those of the twin count.
    """
    twin, read = patient.read()
    first = next(iter(read.values()))
    names = names_of(first.obs)
    drugs = {drug for drug in known.table["drug"] if names.ids(drug)} if first.n_obs else None
    mine = known.groups_of(patient.patient, diseases_of(twin) if diseases is None else diseases)
    case = make_case(
        read,
        twin,
        labels=known.of(mine),
        elsewhere=known.elsewhere(mine),
        labelled_only=labelled_only,
    )
    if not case.positives.any() or case.positives.all():
        LOG.info("%s: left out, no right answer, or nothing else, is ranked", patient.patient)
        return drugs, None
    return drugs, case


def _check(known: Labels, seen: set[str], cases: list[Case]) -> None:
    """Say which labelled drugs nobody has, and stop where no right answer is ranked."""
    unknown = sorted(set(known.table["drug"]) - seen)
    if unknown:
        LOG.info("labelled, but in no screen: %s", ", ".join(unknown))
    if not cases:
        raise InputError(
            file=known.file,
            found="no case in which a drug labelled positive is ranked, and another beside it",
            expected="right answers among the ranked drugs of at least one patient",
            remedy="write drugs as the ranking names or identifies them, patients as in the sheet,"
            " diseases as among the patients' findings; add missing drugs by screen.include",
        )


def _nothing() -> pd.DataFrame:
    """Give the table of an evaluation without cases."""
    return COHORT_EVALUATION.schema.empty_table().to_pandas()
