"""Hold the rankings of many patients against known answers, with all baselines beside them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import anndata as ad
import pandas as pd

from twinscreen.cohort.evaluation.cases import Case, make_case
from twinscreen.cohort.evaluation.labels import Labels, read_diseases, read_labels
from twinscreen.cohort.evaluation.summaries import ALL, all_figures
from twinscreen.files import (
    COHORT_EVALUATION,
    SCREEN,
    TWIN,
    FilePath,
    InputError,
    Parts,
    read_parts,
    write_table,
    write_tsv,
)
from twinscreen.files.contracts.patient import FindingStatus

LOG = logging.getLogger(__name__)

#: Files of screens by preset, then patient.
Screens = dict[str, dict[str, FilePath]]

#: What is read to know whose a twin is, and whose a screen, by which preset, and if it ranks drugs.
_WHOSE_TWIN = Parts(uns=("patient",))
_WHOSE_SCREEN = Parts(obs=("rank",), uns=("patient", "preset"))

#: What cases are made of; of a screen also the columns of its kinds of evidence.
_OF_TWIN = Parts(var=("degree",), uns=("findings",), x=True)
_OF_SCREEN = Parts(
    obs=("name", "rank", "n_targets", "mechanism"),
    var=("weight",),
    uns=("patient", "targets", "kinds"),
)


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
    groups = find_screens(screens, presets)
    people = {_whose_twin(path): path for path in twins}
    listed = read_diseases(diseases) if diseases else None
    cases: list[Case] = []
    seen: set[str] = set()
    for patient in next(iter(groups.values()), {}):
        if patient not in people:
            raise InputError(
                file="--twins",
                found=f"no twin of patient {patient}, whom a screen is of",
                expected="a twin for each screen",
                remedy="name the twins of the same patients",
            )
        drugs, case = _case(
            patient,
            {preset: group[patient] for preset, group in groups.items() if patient in group},
            people[patient],
            known,
            listed.get(patient, set()) if listed is not None else None,
            labelled_only=negatives == "labelled",
        )
        seen |= drugs
        if case is not None:
            cases.append(case)
    if seen:
        _check(known, seen, cases)
    table = all_figures(cases, seed=seed, draws=draws) if cases else _nothing()
    write_table(table, Path(output) / "evaluation.parquet", COHORT_EVALUATION)
    write_tsv(widen(table), Path(output) / "evaluation.tsv")


def find_screens(screens: Sequence[FilePath], presets: Mapping[str, FilePath]) -> Screens:
    """Sort screens by preset and patient; those without a ranked drug are left out.

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
    without: set[FilePath] = set()
    for name, path in named:
        patient, own, ranked = _whose_screen(path)
        preset = name or own
        group = found.setdefault(preset, {})
        if patient in group:
            raise InputError(
                file=path,
                found=f"a second screen of patient {patient} by the preset {preset}",
                expected="one",
                remedy="leave one out, or give them names: --preset NAME=FOLDER",
            )
        group[patient] = path
        if not ranked:
            without.add(path)
    return {
        preset: {patient: path for patient, path in group.items() if path not in without}
        for preset, group in found.items()
    }


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


def _whose_twin(path: FilePath) -> str:
    """Name the patient of a twin."""
    return str(read_parts(path, TWIN, _WHOSE_TWIN).uns["patient"]["patient"])


def _whose_screen(path: FilePath) -> tuple[str, str, bool]:
    """Name patient and preset of a screen, and say whether it ranks any drug."""
    screen = read_parts(path, SCREEN, _WHOSE_SCREEN)
    ranked = bool(screen.obs["rank"].notna().any())
    return str(screen.uns["patient"]["patient"]), str(screen.uns["preset"]), ranked


def _read_screen(path: FilePath) -> ad.AnnData:
    """Read what a case is made of from a screen."""
    kinds = read_parts(path, SCREEN, Parts(uns=("kinds",))).uns["kinds"]["kind"]
    columns = (*_OF_SCREEN.obs, *(f"{kind}_z" for kind in kinds))
    return read_parts(path, SCREEN, replace(_OF_SCREEN, obs=columns))


def _case(
    patient: str,
    screens: Mapping[str, FilePath],
    twin_file: FilePath,
    known: Labels,
    diseases: set[str] | None,
    *,
    labelled_only: bool,
) -> tuple[set[str], Case | None]:
    """Read one patient, whose files are gone from memory when this returns.

    Returns
    -------
    All drugs of the first screen, by id and name in lower case; and the patient's case, or none
    where there is nothing to tell apart. Without `diseases` those of the twin count.
    """
    twin = read_parts(twin_file, TWIN, _OF_TWIN)
    read = {preset: _read_screen(path) for preset, path in screens.items()}
    first = next(iter(read.values()))
    drugs = {*first.obs_names.str.casefold(), *first.obs["name"].astype(str).str.casefold()}
    mine = known.groups_of(patient, diseases_of(twin) if diseases is None else diseases)
    case = make_case(
        read,
        twin,
        labels=known.of(mine),
        elsewhere=known.elsewhere(mine),
        labelled_only=labelled_only,
    )
    if not case.positives.any() or case.positives.all():
        LOG.info("%s: left out, no right answer, or nothing else, is ranked", patient)
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
            remedy="write drugs as in the ranking (name or drug_id), patients as in the sheet,"
            " diseases as among the patients' findings; add missing drugs by screen.include",
        )


def _nothing() -> pd.DataFrame:
    """Give the table of an evaluation without cases."""
    return COHORT_EVALUATION.schema.empty_table().to_pandas()
