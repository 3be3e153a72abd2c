"""What a design can tell with the donors of the sheet, known before anything is computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, prod
from typing import Any

from scipy import special

from twinscreen.files.contracts.screen import FURTHER_REPLICATES, LEAST_REPLICATES
from twinscreen.files.errors import InputError
from twinscreen.files.words.counting import plural
from twinscreen.inputs.cohort import Cohort

#: With fewer donors the intervals are too narrow; see docs/methods/deviation.md.
MANY_DONORS = 8

#: Presets that call a drug: the others have no null replicates to compare their best one with.
CALLING = ("calibrated", "weighted")

#: What is compared with what, by design.
_COMPARED = {
    "reference": "each patient is compared with the donors of the condition {control}",
    "patients": "each patient is compared with the other patients of the cohort",
    "public": "each patient is compared with the donors of the condition {control}; those of"
    " {public}, of another study, tell how much people differ",
    "public alone": "each patient is compared with the donors of {public}, of another study",
    "sites": "each patient is compared with the donors of the condition {control}, and with those"
    " of other sites, of whom sums are known",
    "paired": "each patient is compared with the patient's own samples of the condition {control}",
    "group": "all patients of a condition are compared with all donors of the condition {control}",
}

#: What the null replicates are, by design.
_NULL = {
    "reference": "donors analysed as patients",
    "patients": "the other patients analysed likewise",
    "public": "donors analysed as patients",
    "public alone": "donors analysed as patients",
    "sites": "own donors analysed as patients",
    "paired": "cells with their samples permuted",
    "group": "donors with their conditions permuted",
}

_Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Prospect:
    """What can be told of a twin in one tissue, at most: too few cells or genes make it less.

    `n_donors` are those that it is compared with, `n_null` the null replicates; `lacking` says why
    it can't be scored, or nothing.
    """

    twin: str
    tissue: str
    n_donors: int
    n_null: int
    lacking: str = ""


def prospects(cohort: Cohort, config: Mapping[str, Any]) -> list[Prospect]:
    """Say what can be told of each twin, tissue by tissue, as far as the sheets tell.

    Parameters
    ----------
    cohort
        The cohort, checked.
    config
        Its configuration, with defaults.
    """
    fewest, most = config["reference"]["min_donors"], config["twin"]["null_replicates"]
    judge = {"reference": _of_patient, "paired": _of_pair, "group": _of_group}[cohort.design]
    found = []
    for twin in cohort.treated:
        rows = [cohort.samples[name] for name in cohort.samples_of(twin)]
        measured = [row for row in rows if row["condition"] != cohort.control]
        for tissue in dict.fromkeys(row["tissue"] for row in measured):
            here = [row for row in rows if row["tissue"] == tissue]
            found.append(judge(twin, here, cohort, fewest, most))
        if not measured:
            found.append(Prospect(twin, "", 0, 0))  # deviations computed elsewhere alone
    return found


def _of_patient(twin: str, rows: _Rows, cohort: Cohort, fewest: int, most: int) -> Prospect:
    """Count the donors of the reference that a patient is compared with, and as null replicates."""
    tissue = rows[0]["tissue"]
    own, public = _donors_in(tissue, cohort)
    donors, base = own | public, (own or public) - {twin}
    studies, elsewhere = 2 if own and public else 1, cohort.elsewhere.get(tissue, 0)
    n_donors, found = len(base) + elsewhere, len(donors - {twin}) + elsewhere
    # fewest - 1 degrees of freedom are left for the variance within studies
    if not n_donors or found - studies < fewest - 1:
        return Prospect(twin, tissue, n_donors, 0, _too_few(found, fewest, tissue))
    n_null = len(base) if studies == 1 and len(donors) + elsewhere > fewest else 0
    if studies == 2:
        n_null = max(_null_beside(len(own), len(public), fewest) - len(own - base), 0)
    return Prospect(twin, tissue, n_donors, min(n_null, most))


def _donors_in(tissue: str, cohort: Cohort) -> tuple[set[str], set[str]]:
    """Name the donors of the reference in a tissue: own ones, and those of another study."""
    here = [row for name in cohort.reference if (row := cohort.samples[name])["tissue"] == tissue]
    public = {row["patient"] for row in here if cohort.public == row["condition"]}
    return {row["patient"] for row in here} - public, public


def _null_beside(own: int, public: int, fewest: int) -> int:
    """Count the donors of two studies who can be analysed as patients."""
    n_null = public if public > max(fewest, own) else 0
    # of own donors in a patient's place one donor less is left, of two studies
    return n_null + (own if own > 1 and own + public - 1 - 2 >= fewest - 1 else 0)


def _more_public(short: Iterable[Prospect], cohort: Cohort, fewest: int) -> str:
    """Say how many more donors of another study make the null replicates enough, by tissue."""
    wanted = []
    for one in short:
        donors, public = _donors_in(one.tissue, cohort)
        own, more = len(donors - {one.twin}), 0
        while _null_beside(max(own, 2), len(public) + more, fewest) < LEAST_REPLICATES:
            more += 1
        wanted += [f"{2 - own} more of {cohort.control} in {one.tissue}"] if own < 2 else []
        wanted += [f"{more} more of {cohort.public} in {one.tissue}"] if more else []
    return f"donors of the patients' tissue: {', '.join(dict.fromkeys(wanted))}"


def _of_pair(twin: str, rows: _Rows, cohort: Cohort, fewest: int, most: int) -> Prospect:
    """Look for a control sample of the patient's own."""
    tissue = rows[0]["tissue"]
    if any(row["condition"] == cohort.control for row in rows):
        return Prospect(twin, tissue, 1, most)
    lacking = f"no sample of the condition {cohort.control} of the patient's own in {tissue}"
    return Prospect(twin, tissue, 0, 0, lacking)


def _of_group(twin: str, rows: _Rows, cohort: Cohort, fewest: int, most: int) -> Prospect:
    """Count the donors of both groups at the time point with most, and the labels they can have."""
    controls = [row for row in rows if row["condition"] == cohort.control]
    states = [row for row in rows if row["condition"] != cohort.control]
    sizes = []
    for time in dict.fromkeys(row["time"] for row in states):
        here = [row for row in controls if row["time"] == time] or controls
        both = ([row for row in states if row["time"] == time], here)
        sizes.append([{row["patient"] for row in side} for side in both])
    cases, base = max(sizes, key=lambda size: (min(map(len, size)), sum(map(len, size))))
    tissue = rows[0]["tissue"]
    if min(len(cases), len(base)) < fewest:
        lacking = (
            f"{plural(len(cases), 'patient')} and {plural(len(base), 'donor')} of"
            f" {cohort.control} in {tissue}, where at least {fewest} are needed on either side"
        )
        return Prospect(twin, tissue, len(base), 0, lacking)
    n_null = labellings(cases, base, {row["patient"]: row["batch"] for row in rows})
    return Prospect(twin, tissue, len(base), min(n_null, most))


def labellings(cases: set[str], controls: set[str], batch: Mapping[str, str]) -> int:
    """Count the other labels that donors can have: not the true ones, nor their opposite.

    Those on both sides are swapped or not; the labels of the others are permuted, within batches
    where the batch is a covariate (`twin/designs/group.py`).

    Parameters
    ----------
    cases, controls
        Donors of the group, and of the controls.
    batch
        Batch of each donor.
    """
    sides = [(name, True) for name in cases] + [(name, False) for name in controls]
    batches = {batch[name] for name, _ in sides}
    mixed = {batch[name] for name in cases} & {batch[name] for name in controls}
    by_batch = (
        cases != controls and len(batches) > 1 and mixed and len(sides) - len(batches) - 1 >= 2
    )
    blocks: dict[str, list[bool]] = {}
    for name, case in sides:
        if not (name in cases and name in controls):
            blocks.setdefault(batch[name] if by_batch else "", []).append(case)
    every = 2 ** len(cases & controls)
    every *= prod(comb(len(labels), sum(labels)) for labels in blocks.values())
    halves = all(2 * sum(labels) == len(labels) for labels in blocks.values())
    return max(every - (2 if halves else 1), 0)


def _too_few(found: int, fewest: int, tissue: str) -> str:
    return (
        f"{plural(found, 'donor')} to compare with in {tissue}, where at least {fewest} are needed"
    )


def check_design(cohort: Cohort, config: Mapping[str, Any]) -> None:
    """Check that the design can score somebody.

    Raises
    ------
    InputError
        It can score nobody with the donors that the sheet has; or there are no patients.
    """
    if not cohort.treated:
        raise InputError(
            file=config["samples"],
            place="column condition",
            found=f"only samples of the control condition {cohort.control!r}",
            expected="samples of at least one patient",
            remedy="add patients, or correct reference.control in the configuration",
        )
    found = prospects(cohort, config)
    scored = [one for one in found if not one.lacking]
    given = not cohort.grouped and cohort.with_deviations
    if scored or given:
        return
    donors = {cohort.samples[name]["patient"] for name in cohort.controls}
    lacking = dict.fromkeys(one.lacking for one in found)
    raise InputError(
        file=config["samples"],
        place="column condition",
        found=f"{plural(len(donors), 'donor')} with a sample of condition {cohort.control!r}:"
        f" {'; '.join(lacking)}",
        expected=f"a design that can score somebody; twin.design is {cohort.design}",
        remedy=_REMEDIES[cohort.design],
    )


_REMEDIES = {
    "reference": "add control donors of the patients' tissue, or donors of another study"
    " (reference.public), or compare patients with each other (reference.donors: patients), or set"
    " twin.design to paired if each patient has a control sample; see docs/few_controls.md",
    "paired": "give each patient a control sample under the patient's own id in the column patient,"
    " or set twin.design to reference if there are control donors",
    "group": "add patients or control donors, or set twin.design to paired if each patient has a"
    " control sample",
}


def in_words(cohort: Cohort, config: Mapping[str, Any]) -> list[str]:
    """Say in a few lines what a run will tell, what it will not, and what would mend that."""
    found = prospects(cohort, config)
    design, noun = cohort.design, "group" if cohort.grouped else "patient"
    best = _best(found)
    scored = [one for one in best if not one.lacking]
    compared = [one for one in scored if one.n_donors]
    manner = _manner(cohort)
    compared_with = _COMPARED[manner].format(control=cohort.control, public=cohort.public)
    said = [f"twin.design {design}: {compared_with}."]
    said.append(f"Scores: {_share(len(scored), len(best), noun)}.{_who_lacks(best)}")
    wanted = config["twin"]["bootstrap_replicates"]
    fewest = min((one.n_donors for one in compared), default=0)
    narrow = design != "paired" and not cohort.public and 0 < fewest < MANY_DONORS
    said.append(
        "Intervals: none, as twin.bootstrap_replicates is 0."
        if not wanted
        else f"Intervals: {_share(len(compared), len(best), noun)}"
        + (f"; with {plural(fewest, 'donor')} they are too narrow." if narrow else ".")
    )
    numbers = sorted({one.n_null for one in compared})
    counted = " to ".join(dict.fromkeys(map(str, [*numbers[:1], *numbers[-1:]]))) or "0"
    said.append(f"Null replicates: {counted} for each {noun} ({_NULL[manner]}).")
    return [*said, *_of_calls(best, noun, cohort, config)]


def _of_calls(
    best: Sequence[Prospect], noun: str, cohort: Cohort, config: Mapping[str, Any]
) -> list[str]:
    """Say for how many a drug can be called, how far it must stand out, and what would help."""
    preset, n_twins = config["screen"]["preset"], len(best)
    compared = [one for one in best if not one.lacking and one.n_donors]
    if preset not in CALLING:
        return [f"Calls: none, as the preset {preset} makes none; screen.preset calibrated does."]
    own = min((one.n_donors for one in compared), default=0)
    if cohort.public and (_manner(cohort) == "public alone" or own < 2):
        return [
            "Calls: none, as a batch can't be told from a disease without two donors of the"
            " patients' own study.",
            f"Remedy: two donors of the patients' own study, of the condition {cohort.control}.",
        ]
    able = [one for one in compared if one.n_null >= LEAST_REPLICATES]
    said = f"Calls: can be made for {_share(len(able), n_twins, noun)}"
    if able:
        m = min(one.n_null for one in able)
        freedom, limit = m - 1 + FURTHER_REPLICATES, config["screen"]["max_pvalue"]
        needed = -special.stdtrit(freedom, limit) * (1 + 1 / m) ** 0.5
        said += (
            f"; the best drug must exceed those of {m} null replicates by {needed:.1f} of their"
            " standard deviations (of 20, by 2.5)"
        )
    if len(able) == n_twins:
        return [f"{said}."]
    if config["twin"]["null_replicates"] < LEAST_REPLICATES:
        return [f"{said}.", f"Remedy: twin.null_replicates of at least {LEAST_REPLICATES}."]
    fewest = max(config["reference"]["min_donors"], LEAST_REPLICATES)
    remedy = {
        "reference": f"at least {fewest} donors of one's own, of the patients' tissue"
        if cohort.elsewhere
        else f"at least {fewest + 1} donors to compare with, of the patients' tissue",
        "paired": "a control sample of each patient's own",
        "group": f"more than {fewest} donors on either side",
    }[cohort.design]
    short = [one for one in best if one.tissue and one not in able]
    if cohort.public and short:
        remedy = _more_public(short, cohort, config["reference"]["min_donors"])
    return [
        f"{said}; each needs at least {LEAST_REPLICATES} null replicates.",
        f"Remedy: {remedy}.",
    ]


def _manner(cohort: Cohort) -> str:
    """Name the design, and in the reference design with whom it compares."""
    if cohort.elsewhere:
        return "sites"
    if cohort.design != "reference" or not (cohort.public or cohort.donors == "patients"):
        return cohort.design
    if cohort.donors == "patients":
        return "patients"
    own = any(cohort.samples[name]["condition"] == cohort.control for name in cohort.reference)
    return "public" if own else "public alone"


def _best(found: Iterable[Prospect]) -> list[Prospect]:
    """Take of each twin the tissue that can tell most."""
    best: dict[str, Prospect] = {}
    for one in found:
        key = not one.lacking, one.n_null, one.n_donors
        known = best.get(one.twin)
        if known is None or key > (not known.lacking, known.n_null, known.n_donors):
            best[one.twin] = one
    return list(best.values())


def _who_lacks(best: Sequence[Prospect], most: int = 5) -> str:
    """Name those who can't be scored, by reason."""
    reasons: dict[str, list[str]] = {}
    for one in best:
        if one.lacking:
            reasons.setdefault(one.lacking, []).append(one.twin)
    return "".join(
        f" Not {', '.join([*names[:most], *(['...'] if len(names) > most else [])])}: {why}."
        for why, names in reasons.items()
    )


def _share(part: int, whole: int, noun: str) -> str:
    """Count some of all: "2 of 3 patients"."""
    return f"{part} of {whole} {noun}{'' if whole == 1 else 's'}"
