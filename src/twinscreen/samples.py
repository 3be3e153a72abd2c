"""Observations given in Python, checked as the sample sheet of the workflow is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from twinscreen.files import OBSERVATION, InputError, check_kind, check_states

if TYPE_CHECKING:
    import anndata as ad


def checked(observations: Iterable[ad.AnnData], *, of: str) -> list[ad.AnnData]:
    """Return observations as a list in which each sample occurs once.

    Parameters
    ----------
    observations
        As `pp.observe` makes them.
    of
        The function they were given to.

    Raises
    ------
    InputError
        One is another kind of object, or a sample is there twice.
    """
    every = list(observations)
    seen = set()
    for one in every:
        check_kind(one, OBSERVATION, file=f"{of}, observations")
        name = str(one.uns["sample"]["sample"])
        if name in seen:
            raise InputError(
                file=of,
                place=f"sample {name}",
                found="two observations of it",
                expected="one observation for each sample",
                remedy="leave one of the two out, or name the samples apart by sample=",
            )
        seen.add(name)
    return every


def split(
    observations: Iterable[ad.AnnData],
    patient: str,
    control: str,
    *,
    grouped: bool,
    need_controls: bool,
) -> tuple[list[ad.AnnData], list[ad.AnnData]]:
    """Find the samples of the patient, or of the group, and all controls.

    Parameters
    ----------
    observations
        Of the patient and the controls, among others.
    patient
        Id of the patient, or the condition of the group.
    control
        The control condition.
    grouped
        Whether the twin is of a group.
    need_controls
        Whether there must be control samples.

    Raises
    ------
    InputError
        Samples are lacking, or the states of a patient can't be told apart or put in order.
    """
    every = checked(observations, of="tl.twin")
    rows = {str(one.uns["sample"]["sample"]): one.uns["sample"] for one in every}
    key = "condition" if grouped else "patient"
    ill = {name: row for name, row in rows.items() if row["condition"] != control}
    if need_controls and len(ill) == len(rows):
        there = _listed(row["condition"] for row in rows.values())
        raise _lacking(f"no sample of the condition {control}; there are {there}")
    if not any(row[key] == patient for row in ill.values()):
        there = _listed(row[key] for row in ill.values())
        raise _lacking(
            f"no sample of {patient} that is not of the control condition {control}; there are"
            f" samples of {there}"
        )
    wanted = (patient, control) if grouped else (patient,)
    own = [one for one in every if one.uns["sample"][key] in wanted]
    check_states(
        {str(one.uns["sample"]["sample"]): one.uns["sample"] for one in own},
        control,
        file="tl.twin",
    )
    return own, [one for one in every if one.uns["sample"]["condition"] == control]


def donors_of(
    observations: Iterable[ad.AnnData], *, control: str, public: str, patients: bool
) -> list[ad.AnnData]:
    """Select the observations of which the reference is made.

    Parameters
    ----------
    observations
        Of all samples.
    control, public
        The control condition, and that of donors of another study, if there are any.
    patients
        Whether patients are compared with each other; else with these donors.
    """
    donors = {control, public} - {""}
    return [one for one in observations if (one.uns["sample"]["condition"] in donors) != patients]


def _lacking(found: str) -> InputError:
    """Say that samples are lacking."""
    return InputError(
        file="tl.twin, observations",
        found=found,
        expected="samples of the patient (of the group) and of the control condition",
        remedy="correct patient= or control=, or the columns that they stand in",
    )


def _listed(names: Iterable[str], most: int = 10) -> str:
    """List the first of some names."""
    found = sorted(set(map(str, names)))
    return ", ".join([*found[:most], *(["..."] if len(found) > most else [])]) or "none"
