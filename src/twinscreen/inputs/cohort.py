"""The cohort that configuration and sheets describe, checked before any work is done."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from twinscreen.data import SCHEMAS, SOURCES
from twinscreen.files.contracts.patient import SHARED
from twinscreen.files.errors import InputError
from twinscreen.files.hdf import Parts, read_parts
from twinscreen.files.paths import FilePath
from twinscreen.files.times import check_states
from twinscreen.inputs.config_checks import (
    check_control,
    check_output,
    check_own_tables,
    check_typing,
)
from twinscreen.inputs.select import parse_select
from twinscreen.inputs.sheet_checks import check_cells, check_diseases, check_spelling
from twinscreen.inputs.sheet_columns import FINDING_COLUMNS, FINDING_FILES
from twinscreen.inputs.validate import read_sheet, read_yaml
from twinscreen.settings.twin import Donors

#: What a group may be called, as patients may: its files are, and two pages have names already.
_NAME = re.compile(r"(?!(cohort|costs)$)[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")

#: So many names of a list are said, and how many more there are.
_MOST_NAMES = 10

#: Columns of the patient sheet that name files: they are read, not shown.
PATIENT_FILES = (*FINDING_FILES, "deviations")


@dataclass(frozen=True)
class Cohort:
    """Samples and patients of a cohort, checked, in the order of the sheets.

    `samples` and `patients` map an id to its row of the sheet; every sample's row has the keys
    of the schema, empty texts where nothing stood. `only` names the patients to run, all if empty.
    `donors` says whom the reference design compares with, controls or the other patients, and
    `public` is the condition of donors of another study, if there are any; `elsewhere` counts the
    donors of other sites, of whom sums are known, by tissue.
    """

    samples: dict[str, dict[str, str]]
    patients: dict[str, dict[str, str]]
    control: str
    design: str
    only: tuple[str, ...] = ()
    donors: Donors = "controls"
    public: str = ""
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    @property
    def grouped(self) -> bool:
        """Whether twins are of groups of patients."""
        return self.design == "group"

    @cached_property
    def treated(self) -> list[str]:
        """Who gets a twin: patients with a sample that is no control or with deviations; groups."""
        if self.grouped:
            found = dict.fromkeys(s["condition"] for s in self.samples.values())
            return [condition for condition in found if condition != self.control]
        wanted = {self.samples[name]["patient"] for name in self.states}
        wanted |= {name for name, row in self.patients.items() if row["deviations"]}
        wanted &= set(self.only or self.patients)
        return [patient for patient in self.patients if patient in wanted]

    @cached_property
    def reference(self) -> list[str]:
        """Samples that the reference is made of: controls, or those of all patients."""
        if self.design != "reference":
            return []
        return self.states if self.donors == "patients" else self.controls

    @property
    def controls(self) -> list[str]:
        """Samples of the control condition, and of donors of another study."""
        return [name for name in self.samples if not self._is_state(name)]

    @property
    def states(self) -> list[str]:
        """Samples of patients that are no controls."""
        return [name for name in self.samples if self._is_state(name)]

    def _is_state(self, name: str) -> bool:
        condition = self.samples[name]["condition"]
        return condition != self.control and (not self.public or condition != self.public)

    @cached_property
    def with_findings(self) -> list[str]:
        """Patients of whom the sheet names something beside cells."""
        if self.grouped:
            return []
        told = (*FINDING_FILES, "disease")
        return [name for name in self.treated if any(self.patients[name][key] for key in told)]

    @cached_property
    def with_deviations(self) -> list[str]:
        """Patients of whom the sheet names deviations computed elsewhere."""
        if self.grouped:
            return []
        return [name for name in self.treated if self.patients[name]["deviations"]]

    @cached_property
    def observed(self) -> list[str]:
        """Samples that twins and the reference are made of, in the order of the sheet."""
        wanted = {name for twin in self.treated for name in self.samples_of(twin)}
        wanted |= set(self.reference if wanted else ())
        return [name for name in self.samples if name in wanted]

    @cached_property
    def medicated(self) -> list[str]:
        """Patients with a twin of whom the sample sheet names a treatment."""
        named = {row["patient"] for row in self.samples.values() if row["treatment"]}
        return [] if self.grouped else [name for name in self.treated if name in named]

    def about(self, twin: str) -> dict[str, str]:
        """Give what the sheet says of a patient and the report shows; of a group, nothing."""
        row = {} if self.grouped else self.patients[twin]
        hidden = {"patient", "deviations", *FINDING_COLUMNS}
        return {name: value for name, value in row.items() if name not in hidden}

    def samples_of(self, patient: str) -> list[str]:
        """List the samples of a twin, controls among them, in the order of the sheet."""
        if self.grouped:
            wanted = {patient, self.control}
            return [name for name, row in self.samples.items() if row["condition"] in wanted]
        return self._samples_by_patient.get(patient, [])

    @cached_property
    def _samples_by_patient(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, row in self.samples.items():
            found.setdefault(row["patient"], []).append(name)
        return found


def read_cohort(config: Mapping[str, Any], *, file: FilePath) -> Cohort:
    """Read the sample sheets that a checked configuration names, and check them together.

    Parameters
    ----------
    config
        Configuration with defaults.
    file
        Where it stands, for messages.

    Raises
    ------
    InputError
        A sheet is missing or wrong, or the two sheets and the configuration don't fit.
    """
    sheet = config["samples"]
    samples = read_sheet(sheet, SCHEMAS / "samples.schema.json", key="sample")
    patients = read_sheet(config["patients"], SCHEMAS / "patients.schema.json", key="patient")
    control = config["reference"]["control"]
    check_typing(config, file=file)
    check_output(config["output"], file=file)
    fetched = any(row["cells"].startswith("source:") for row in samples.values())
    sources = _fetchable(config["sources"] or SOURCES) if fetched else []
    _check_people(samples, patients, config)
    for name, row in samples.items():
        _check_sample(name, row, config, sources)
    for name, row in patients.items():
        place = f"patient {name}, column"
        for column in PATIENT_FILES:
            row[column] = _filled_in(row[column], config["patients"], f"{place} {column}")
        check_diseases(row["disease"], config["patients"], f"{place} disease")
    check_own_tables(config, file=file)
    check_cells(samples, sheet=sheet)
    if samples:
        check_control(samples, config, file=file)
    check_spelling(samples, control, file=sheet)
    check_states(samples, control, file=sheet)
    cohort = Cohort(
        *(samples, patients, control, config["twin"]["design"], tuple(config["only"])),
        donors=config["reference"]["donors"],
        public=config["reference"]["public"],
        elsewhere=_elsewhere(config["reference"]["sites"]),
    )
    cohort = replace(cohort, samples=_chosen(cohort, config, file=file))
    if cohort.grouped:
        _check_groups(cohort, sheet)
    _check_responses(config["trial"]["responses"], cohort, file=file)
    if config["precedent"]["cohort"]:
        _check_precedents(cohort, config, file=file)
    return cohort


def _check_people(
    samples: Mapping[str, Mapping[str, str]],
    patients: Mapping[str, Any],
    config: Mapping[str, Any],
) -> None:
    """Check that each sample is of a patient of the patient sheet; name all who lack there."""
    lacking: dict[str, str] = {}
    for name, row in samples.items():
        if row["patient"] not in patients:
            lacking.setdefault(row["patient"], name)
    if not lacking:
        return
    first = next(iter(lacking))
    named = ", ".join(map(repr, list(lacking)[:_MOST_NAMES]))
    more = f" and {len(lacking) - _MOST_NAMES} more" if len(lacking) > _MOST_NAMES else ""
    alone = len(lacking) == 1
    raise InputError(
        file=config["samples"],
        place=f"sample {lacking[first]}, column patient" if alone else "column patient",
        found=named + more,
        expected=f"{'a patient' if alone else 'patients'} of {config['patients']}, which has a row"
        " for each healthy donor, too",
        remedy=f"add a row for {'this patient' if alone else 'each of them'} to"
        f" {config['patients']}" + _perhaps(first, patients),
    )


def _check_sample(
    name: str, row: dict[str, str], config: Mapping[str, Any], sources: list[str]
) -> None:
    """Check one row against the other files, and fill in environment variables."""
    sheet = config["samples"]
    parse_select(row["select"], file=sheet, place=f"sample {name}, column select")
    for column in ("cells", "annotation"):
        row[column] = _filled_in(row[column], sheet, f"sample {name}, column {column}")
    source = row["cells"].removeprefix("source:")
    if source != row["cells"] and source not in sources:
        raise InputError(
            file=sheet,
            place=f"sample {name}, column cells",
            found=f"source:{source}",
            expected=f"one of {', '.join(sources)}",
            remedy="name one of these, or a path",
        )


def _perhaps(patient: str, patients: Mapping[str, Any]) -> str:
    """Name the patient that is meant, where an id differs in capitals or leading zeros alone."""

    def bare(name: str) -> str:
        return name.casefold().lstrip("0")

    meant = [name for name in patients if bare(name) == bare(patient)]
    return f", or write {meant[0]!r}, if that one is meant" if meant else ""


def _filled_in(path: str, sheet: str, place: str) -> str:
    """Fill in the environment variables of a path, and the home folder (~)."""
    filled = os.path.expanduser(os.path.expandvars(path))
    if unset := re.search(r"\$\{?(\w+)", filled):
        raise InputError(
            file=sheet,
            place=place,
            found=f"the environment variable {unset[1]}, which is not set",
            expected="a path",
            remedy=f"export {unset[1]}=... before the run, or write the path out",
        )
    return filled


def _check_responses(given: str, cohort: Cohort, *, file: FilePath) -> None:
    """Check that observed responses are a file, or a column that twins hold."""
    columns = [name for twin in cohort.treated[:1] for name in cohort.about(twin)]
    if given and given not in columns and not Path(given).is_file():
        raise InputError(
            file=file,
            place="trial.responses",
            found=repr(given),
            expected=f"a file, or a column of the patient sheet ({', '.join(columns) or 'none'})",
            remedy="correct the name, or leave the key out",
        )


def _check_precedents(cohort: Cohort, config: Mapping[str, Any], *, file: FilePath) -> None:
    """Check that patients can be reference states: each has a twin, and an outcome may be known."""
    fault = ""
    if cohort.grouped:
        fault = "twins of groups, in the group design"
    elif not (config["trial"]["responses"] or config["precedent"]["outcomes"]):
        fault = "neither trial.responses nor precedent.outcomes"
    if fault:
        raise InputError(
            file=file,
            place="precedent.cohort",
            found=fault,
            expected="twins of patients, and what treatments did to them",
            remedy="say where responses are known, or leave the key out",
        )


def _elsewhere(sites: Iterable[str]) -> dict[str, int]:
    """Count the donors of other sites by tissue, in the cell type with most."""
    found: dict[str, int] = {}
    for path in sites:
        table = read_parts(path, SHARED, Parts(obs=("tissue", "n_donors"))).obs
        for tissue, n in table.groupby("tissue", observed=True)["n_donors"].max().items():
            found[str(tissue)] = found.get(str(tissue), 0) + int(n)
    return found


def _fetchable(sources: FilePath) -> list[str]:
    """Name the sources of a table that can be fetched."""
    described = read_yaml(sources).items()
    return [name for name, fields in described if "distribution" in (fields or {})]


def _chosen(
    cohort: Cohort, config: Mapping[str, Any], *, file: FilePath
) -> dict[str, dict[str, str]]:
    """Keep the samples of the patients to run, and of all whom they are compared with."""
    chosen, patients = config["only"] or list(cohort.patients), cohort.patients
    if unknown := [patient for patient in chosen if patient not in patients]:
        raise InputError(
            file=file,
            place="only",
            found=repr(unknown[0]),
            expected=f"patients of {config['patients']}",
            remedy="correct the id, or leave the list empty for all patients",
        )
    kept, wanted = {*cohort.controls, *cohort.reference}, {*chosen}
    return {
        name: row
        for name, row in cohort.samples.items()
        if row["patient"] in wanted or name in kept
    }


def _check_groups(cohort: Cohort, sheet: str) -> None:
    """Check that the groups, which give their names to files, have names that files can have."""
    for condition in cohort.treated:
        if not _NAME.fullmatch(condition):
            raise InputError(
                file=sheet,
                place="column condition",
                found=repr(condition),
                expected="letters, digits, _ and - (not first) alone, at most 100, and neither"
                " cohort nor costs, as the group design names files by it",
                remedy="rename the condition",
            )
    for name, row in cohort.patients.items():
        if row["deviations"]:
            raise InputError(
                file=sheet,
                place=f"patient {name}, column deviations of the patient sheet",
                found="deviations of one patient",
                expected="none in the group design, whose twins are of groups",
                remedy="leave the column out, or use another design",
            )
