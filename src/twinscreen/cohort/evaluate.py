"""Hold the rankings of many patients against known answers, with all baselines beside them."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import anndata as ad
import pandas as pd

from twinscreen.cohort.cases import Case, make_case
from twinscreen.cohort.figures_of_merit import ALL, all_figures
from twinscreen.cohort.labels import Labels, read_diseases, read_labels
from twinscreen.files import (
    COHORT_EVALUATION,
    SCREEN,
    TWIN,
    FilePath,
    InputError,
    read_anndata,
    write_table,
    write_tsv,
)

LOG = logging.getLogger(__name__)

#: Screens by preset, then patient.
Screens = dict[str, dict[str, ad.AnnData]]


def evaluate(
    *,
    screens: Sequence[FilePath],
    presets: Mapping[str, FilePath],
    twins: Sequence[FilePath],
    labels: FilePath,
    diseases: FilePath | None,
    negatives: Literal["unlabelled", "labelled"],
    seed: int,
    draws: int,
    output: FilePath,
) -> None:
    """Write `evaluation.parquet` and, for people, `evaluation.tsv`.

    Parameters
    ----------
    screens
        Screens of patients; each tells its preset.
    presets
        Further screens: by name, a folder of them. The first preset of all says which drugs take
        part.
    twins
        Twins of the same patients, in any order.
    labels
        Known answers: see `labels.read_labels`.
    diseases
        Which patient has which disease (tsv: patient, disease), for labels of diseases; without it
        a patient has those among the findings of the twin.
    negatives
        Whether ranked drugs without a label are negatives, or only those labelled so.
    seed, draws
        Of intervals and tests.
    output
        Folder to write into.

    Raises
    ------
    InputError
        A file is missing or wrong, two screens are of one patient and preset, a twin is missing,
        or not one ranked drug is a right answer.
    """
    known = read_labels(labels)
    groups = read_screens(screens, presets)
    read = (read_anndata(path, TWIN) for path in twins)
    people = {str(twin.uns["patient"]["patient"]): twin for twin in read}
    listed = read_diseases(diseases) if diseases else None
    cases, seen = [], set()
    for patient, screen in next(iter(groups.values()), {}).items():
        if patient not in people:
            raise InputError(
                file="--twins",
                found=f"no twin of patient {patient}, whom a screen is of",
                expected="a twin for each screen",
                remedy="name the twins of the same patients",
            )
        seen |= {*screen.obs_names.str.casefold(), *screen.obs["name"].astype(str).str.casefold()}
        twin = people[patient]
        theirs = listed.get(patient, set()) if listed is not None else diseases_of(twin)
        case = _case(patient, groups, twin, known, theirs, labelled_only=negatives == "labelled")
        if case is not None:
            cases.append(case)
    if seen:
        _check(known, seen, cases)
    table = all_figures(cases, seed=seed, draws=draws) if cases else _nothing()
    write_table(table, Path(output) / "evaluation.parquet", COHORT_EVALUATION)
    write_tsv(widen(table), Path(output) / "evaluation.tsv")


def read_screens(screens: Sequence[FilePath], presets: Mapping[str, FilePath]) -> Screens:
    """Read screens by preset and patient; those without a ranked drug are left out.

    Raises
    ------
    InputError
        A file is missing or no screen, a folder has none, or two are of one patient and preset.
    """
    named: list[tuple[str, FilePath]] = [("", path) for path in screens]
    for preset, folder in presets.items():
        paths = sorted(Path(folder).glob("*.h5ad"))
        if not paths:
            raise InputError(
                file=folder,
                found="no screen",
                expected=f"screens (h5ad) of the preset {preset}",
                remedy="correct the folder",
            )
        named += [(preset, path) for path in paths]
    found: Screens = {}
    for name, path in named:
        screen = read_anndata(path, SCREEN)
        preset, patient = name or str(screen.uns["preset"]), str(screen.uns["patient"]["patient"])
        group = found.setdefault(preset, {})
        if patient in group:
            raise InputError(
                file=path,
                found=f"a second screen of patient {patient} by the preset {preset}",
                expected="one",
                remedy="leave one out, or give them names: --preset NAME=FOLDER",
            )
        group[patient] = screen
    return {
        preset: {
            patient: screen for patient, screen in group.items() if screen.obs["rank"].notna().any()
        }
        for preset, group in found.items()
    }


def diseases_of(twin: ad.AnnData) -> set[str]:
    """Name the diseases among a twin's findings, by id and by label, that were diagnosed."""
    findings = twin.uns["findings"]
    rows = findings[(findings["kind"] == "disease") & findings["used"].astype(bool)]
    return {*rows["id"].astype(str), *rows["label"].astype(str)} - {""}


def widen(table: pd.DataFrame) -> pd.DataFrame:
    """Put the metrics of a method and case in one row, for people; all cases come first.

    A metric has its value under its name, its interval under `_low` and `_high` (over mechanisms
    `_low_mechanisms`, `_high_mechanisms`), its p under `_pvalue`, and where it counts cases, of
    how many under `_of`.
    """
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for row in table.to_dict("records"):
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
    patient: str,
    groups: Screens,
    twin: ad.AnnData,
    known: Labels,
    diseases: set[str],
    *,
    labelled_only: bool,
) -> Case | None:
    """Make a patient's case, or none where there is nothing to tell apart."""
    mine = known.groups_of(patient, diseases)
    case = make_case(
        {preset: group[patient] for preset, group in groups.items() if patient in group},
        twin,
        labels=known.of(mine),
        elsewhere=known.elsewhere(mine),
        labelled_only=labelled_only,
    )
    if not case.positives.any() or case.positives.all():
        LOG.info("%s: left out, no right answer, or nothing else, is ranked", patient)
        return None
    return case


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
            remedy="write drugs as in the ranking (name or drug_id), patients as in the sheet,"
            " diseases as among the patients' findings; add missing drugs by screen.include",
        )


def _nothing() -> pd.DataFrame:
    """Give the table of an evaluation without cases."""
    return COHORT_EVALUATION.schema.empty_table().to_pandas()
