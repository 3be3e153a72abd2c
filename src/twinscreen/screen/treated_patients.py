"""Patients of the cohort who were treated, as reference states for the others.

The state is the patient's deviation at the latest time points before the first treatment, over all
compartments together as in a screen. The response is to the drugs received then: what was given
later acted on another state, and counts only where a table of outcomes says of it what it did.
"""

import logging
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import InputError, Parts, time_order
from twinscreen.files.arrays import WaitingRows
from twinscreen.files.contracts.knowledge import OUTCOMES
from twinscreen.files.drug_names import DrugNames
from twinscreen.kb.precedents import COHORT, Precedents
from twinscreen.screen.evidence.screened_state import normal_scores, screened_state

log = logging.getLogger(__name__)

#: What is read of a twin.
OF_TWIN = Parts(
    obs=("scorable", "time", "tissue"),
    layers=("logfc",),
    uns=("patient", "samples", "unscorable"),
    x=True,
)


@dataclass(frozen=True)
class TreatedPatient:
    """What a twin tells of a patient as a reference state.

    `scores` are normal scores of the deviation before the first treatment, by gene, empty where
    `lacking` says why there is no such state; `drugs` were received then, by the names of the
    sample sheet, and `later` afterwards. `sheet` is the row of the patient sheet.
    """

    patient: str
    sheet: Mapping[str, str]
    scores: pd.Series
    drugs: tuple[str, ...]
    later: tuple[str, ...]
    lacking: str = ""


def take(twin: ad.AnnData) -> TreatedPatient:
    """Take of a twin what makes the patient a reference state.

    Without any treatment the latest time points are the state: a table of outcomes may say what was
    given afterwards.
    """
    samples = twin.uns["samples"]
    received: dict[str, dict[str, None]] = {}
    for time, names in zip(samples["time"], samples["treatment"], strict=True):
        if drugs := [name.strip() for name in str(names).split("|") if name.strip()]:
            received.setdefault(str(time), {}).update(dict.fromkeys(drugs))
    times = sorted(received, key=time_order)
    first = tuple(received[times[0]]) if times else ()
    later = dict.fromkeys(name for time in times[1:] for name in received[time])
    scores, lacking = pd.Series(dtype=float), str(twin.uns["unscorable"])
    if not lacking:
        twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
        weight = _before(twin.obs, times[0] if times else None)
        if weight.any():
            state = screened_state(twin, None, weight)
            values = state.whole[state.seen]
            # names that all twins have are kept once
            genes = [sys.intern(str(gene)) for gene in twin.var_names[state.seen]]
            scores = pd.Series(normal_scores(values[None, :])[0], index=pd.Index(genes))
        else:
            lacking = f"nothing was measured before the treatment ({times[0]})"
    patient, sheet = sheet_of(twin)
    others = tuple(name for name in later if name not in first)
    return TreatedPatient(patient, sheet, scores, first, others, lacking)


def sheet_of(twin: ad.AnnData) -> tuple[str, dict[str, str]]:
    """Name the patient of a twin, and give the row of the patient sheet."""
    sheet = {str(name): str(text) for name, text in twin.uns["patient"].items()}
    return sheet["patient"], sheet


def with_patients(
    known: Precedents,
    patients: Iterable[TreatedPatient],
    names: DrugNames,
    *,
    responses: Mapping[str, bool],
    outcomes: pd.DataFrame | None = None,
) -> Precedents:
    """Add patients of whom a state and an outcome are known to the reference states.

    Parameters
    ----------
    known
        The reference states that are there.
    patients
        What `take` gave.
    names
        Of the drugs of the drug table.
    responses
        Who responded to the drugs of the first treatment, by patient.
    outcomes
        `state, drug, helped`: what drugs did in patients, whose ids stand for states. Of a drug it
        goes before the response.

    Returns
    -------
    All states; those of patients are called by their ids.

    Raises
    ------
    InputError
        A patient is called as a reference state, or was added already.
    """
    found = _States()
    helped: list[tuple[str, str, bool]] = []
    for one in patients:
        _check_new(one.patient, known)
        rows = _outcomes_of(one, names, responses, outcomes)
        if rows:
            found.add(one)
            helped += [(one.patient, drug_id, yes) for drug_id, yes in rows.items()]
    log.info("%d patients of the cohort are reference states", len(found.patients))
    if not found.patients:
        return known
    who = found.patients
    about = {"name": who, "diseases": "", "origin": COHORT, "patient": who}
    return Precedents(
        pd.concat([known.states, pd.DataFrame(about, index=pd.Index(who))]),
        *found.below(known),
        OUTCOMES.typed(pd.concat([known.outcomes, OUTCOMES.of(helped)], ignore_index=True)),
    )


class _States:
    """States of patients, which wait in a file until all are there."""

    def __init__(self) -> None:
        self.patients: list[str] = []
        self._waiting, self._column = WaitingRows(), dict[str, int]()

    def add(self, one: TreatedPatient) -> None:
        """Add a patient."""
        column = self._column
        columns = [column.setdefault(str(gene), len(column)) for gene in one.scores.index]
        self._waiting.add(np.array(columns, dtype=np.int32), one.scores.to_numpy())
        self.patients.append(one.patient)

    def below(self, known: Precedents) -> tuple[np.ndarray, pd.Index]:
        """Put the scores of all below those that are known; give the genes, too.

        They have the precision that files of them have: of thousands of patients, they are most of
        the memory.
        """
        mine = pd.Index([*self._column])
        genes = known.genes.union(mine)
        n_known, place = len(known.states), genes.get_indexer(mine)
        scores = np.full((n_known + len(self.patients), len(genes)), np.nan, dtype=np.float32)
        scores[:n_known, genes.get_indexer(known.genes)] = known.scores
        for number in range(len(self.patients)):
            row = self._waiting.matrix(np.array([number]), len(mine))
            scores[n_known + number, place[row.indices]] = row.data
        return scores, genes


def _check_new(patient: str, known: Precedents) -> None:
    """Refuse a patient by whose name there is a reference state."""
    if patient not in known.states.index:
        return
    if known.states.loc[patient, "origin"] == COHORT:
        found, expected = "a patient who was already added", "each patient once"
        remedy = "add only patients who are no reference states yet"
    else:
        found = "a patient of the cohort and a reference state by one name"
        expected, remedy = "names of their own", "rename the state in precedent.states"
    raise InputError(
        file="reference states", place=patient, found=found, expected=expected, remedy=remedy
    )


def _outcomes_of(
    one: TreatedPatient,
    names: DrugNames,
    responses: Mapping[str, bool],
    outcomes: pd.DataFrame | None,
) -> dict[str, bool]:
    """Say by drug whether it helped a patient; nothing where there is no state or no outcome."""
    told: dict[str, bool] = {}
    if one.patient in responses:
        told |= dict.fromkeys(one.drugs, responses[one.patient])
    if outcomes is not None:
        rows = outcomes[outcomes["state"] == one.patient]
        told |= dict(zip(rows["drug"], rows["helped"].astype(bool), strict=True))
    ids = {name: names.ids(name) for name in told}
    lost = [name for name, found in ids.items() if not found]
    left = [name for name in one.later if name not in told]
    for what, which in (
        ("is no reference state: %s", one.lacking),
        ("has no known outcome%s", "" if told else " of a treatment"),
        ("received later, not counted: %s", ", ".join(left)),
        ("received what is not in the drug table: %s", ", ".join(lost)),
    ):
        if which:
            log.warning("%s " + what, one.patient, which)
    if one.lacking:
        return {}
    # by the names as the table of outcomes has them last, so that it goes before the response
    return {drug_id: yes for name, yes in told.items() for drug_id in ids[name]}


def _before(obs: pd.DataFrame, treated: str | None) -> np.ndarray:
    """Weigh the compartments: 1 for those of the latest time point of each tissue before one."""
    order = [time_order(str(time)) for time in obs["time"]]
    limit = None if treated is None else time_order(treated)
    usable = np.array([limit is None or time < limit for time in order], dtype=bool)
    weight = np.zeros(len(obs))
    for tissue in obs["tissue"].unique():
        here = np.flatnonzero((obs["tissue"] == tissue).to_numpy() & usable)
        if len(here):
            latest = max(order[row] for row in here)
            weight[[row for row in here if order[row] == latest]] = 1
    return weight
