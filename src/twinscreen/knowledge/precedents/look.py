"""A first look at reference states and outcomes of a user, before anything is computed."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from twinscreen.files import DRUGS, FilePath, InputError, read_table
from twinscreen.files.drug_names import DrugNames
from twinscreen.files.words.counting import plural
from twinscreen.knowledge.precedents.build import LibraryFiles, named_states, not_drugs
from twinscreen.knowledge.precedents.own_outcomes import of_known_states, read_own_outcomes
from twinscreen.knowledge.precedents.own_states import OwnState, read_own_states


def look_at_precedents(
    section: Mapping[str, Any], library: LibraryFiles, *, patients: Collection[str], drugs: FilePath
) -> tuple[list[str], list[InputError]]:
    """Read the files of the section `precedent`, and hold them against each other.

    Parameters
    ----------
    section
        The section of the configuration, with defaults.
    library
        The library of the package.
    patients
        Who may be a reference state.
    drugs
        The drug table, which is there after the first run.

    Returns
    -------
    Sentences on what was read, none where nothing is named; and faults, of each file the first.
    Whether genes are human is not looked at.
    """
    words, faults, states = [], [], None
    try:
        own = read_own_states(section["states"])
        states = named_states(library if section["library"] else None, own)
        if own:
            named = ", ".join(one.name for one in own[:5]) + (", ..." if len(own) > 5 else "")
            words.append(f"precedent: {plural(len(own), 'reference state')} of your own ({named})")
        if section["cohort"]:
            _check_names(own, patients)
    except InputError as error:
        faults.append(error)
    if path := section["outcomes"]:
        try:
            rows = read_own_outcomes(path)
            if states is not None:
                of_known_states(path, rows, states, patients if section["cohort"] else ())
            words.append(f"precedent: {plural(len(rows), 'outcome')} of your own")
            if Path(drugs).is_file() and (
                lost := not_drugs(rows, DrugNames(read_table(drugs, DRUGS)))
            ):
                words.append(f"precedent: not in the drug table: {', '.join(lost)}")
        except InputError as error:
            faults.append(error)
    return words, faults


def _check_names(own: Iterable[OwnState], patients: Collection[str]) -> None:
    """Refuse a state that is called as a patient, who may be a reference state, too."""
    for state in own:
        if state.name in patients:
            raise state.fault(
                found=f"the state {state.name}, which is a patient of the cohort, too",
                expected="with precedent.cohort a name that no patient has",
                remedy="rename the state",
            )
