"""Which known states the patient resembles, and what that says about the first drugs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import PRECEDENT_REASONS, STATES
from twinscreen.kb.precedents import Library
from twinscreen.screen.evidence.contract import SCORE_DIGITS, Evidence
from twinscreen.screen.evidence.precedent import (
    beyond_others,
    precedents_of,
    shared_targets,
    similarity,
)

#: So many states are named for a drug, so many drugs that it inherits from, and so many genes.
STATES_SHOWN, RELATIVES_SHOWN, GENES_SHOWN = 5, 3, 8


def states_table(evidence: Evidence) -> tuple[pd.DataFrame, np.ndarray]:
    """Say how much the patient resembles every reference state.

    Parameters
    ----------
    evidence
        On the c scorable compartments of a patient.

    Returns
    -------
    A table STATES, and the similarity of each compartment to its states, shape (c, R).
    """
    inputs, library = evidence.inputs, evidence.inputs.library
    if library is None:
        return STATES.empty(), np.empty((len(inputs.weight), 0), dtype=np.float32)
    state = inputs.state
    found = np.full((len(library.states), 3), np.nan)
    found[library.kept, 0] = similarity(state.whole[None, :], state.seen, library.scores)[0]
    if len(state.null):
        null = similarity(state.null, state.seen, library.scores)
        found[library.kept, 1:] = np.quantile(null, (0.05, 0.95), axis=0).T
    parts = np.full((len(inputs.weight), len(library.states)), np.nan, dtype=np.float32)
    for row, (values, seen) in enumerate(zip(state.parts, state.measured, strict=True)):
        parts[row, library.kept] = similarity(values[None, :], seen, library.scores)[0]
    genes = np.zeros(len(library.states), dtype=int)
    genes[library.kept] = np.isfinite(library.scores[:, state.seen]).sum(axis=1)
    drugs = np.zeros(len(library.states), dtype=int)
    drugs[library.kept] = (library.helped > 0)[evidence.mechanism].sum(axis=0)
    states = library.states
    table = STATES.typed(
        pd.DataFrame(
            {
                "state": states.index.astype(str),
                "name": states["name"].to_numpy(dtype=str),
                "origin": states["origin"].to_numpy(dtype=str),
                "similarity": found[:, 0].round(SCORE_DIGITS),
                "null_low": found[:, 1].round(SCORE_DIGITS),
                "null_high": found[:, 2].round(SCORE_DIGITS),
                "n_genes": genes,
                "n_drugs": drugs,
                "left_out": [library.left_out.get(name, "") for name in states.index],
            }
        )
    )
    order = np.lexsort([table["state"], -np.nan_to_num(table["similarity"], nan=-np.inf)])
    return table.iloc[order].reset_index(drop=True), parts[:, order].round(SCORE_DIGITS)


def precedents_table(
    evidence: Evidence, drugs: pd.DataFrame, explained: Sequence[int]
) -> pd.DataFrame:
    """Name the states that speak for or against some drugs, the strongest first.

    Parameters
    ----------
    evidence
        On d drugs.
    drugs
        Their rows of the drug table.
    explained
        Rows of the drugs to explain.

    Returns
    -------
    A table PRECEDENT_REASONS.
    """
    inputs, library = evidence.inputs, evidence.inputs.library
    if library is None:
        return PRECEDENT_REASONS.empty()
    alike = similarity(inputs.state.whole[None, :], inputs.state.seen, library.scores)[0]
    weights = precedents_of(library.helped, inputs.targets)
    beyond = beyond_others(alike, library.apart)
    states = library.states[library.kept]
    named = drugs["name"].to_numpy(dtype=str)
    rows = []
    for drug in explained:
        mechanism = int(evidence.mechanism[drug])
        part = weights[mechanism] * beyond
        for column in np.argsort(-np.abs(part), kind="stable")[:STATES_SHOWN]:
            if not part[column]:
                break
            own = library.helped[mechanism, column]
            known = np.flatnonzero(library.helped[:, column])
            through = [mechanism] if own else _relatives(evidence, mechanism, known)
            genes, effects = _shared(evidence, library, column, alike[column])
            rows.append(
                {
                    "drug_id": drugs["drug_id"].iloc[drug],
                    "state": states.index[column],
                    "similarity": round(float(alike[column]), SCORE_DIGITS),
                    "contribution": round(float(part[column]), SCORE_DIGITS),
                    "helped": "yes" if own > 0 else "no" if own < 0 else "inherited",
                    "through": "|".join(named[inputs.first[one]] for one in through),
                    "genes": "|".join(genes),
                    "effects": "|".join(effects),
                }
            )
    return PRECEDENT_REASONS.of(rows)


def _relatives(evidence: Evidence, mechanism: int, known: np.ndarray) -> list[int]:
    """Name the first of some mechanisms that share targets with one, the closest first."""
    shared = shared_targets(evidence.inputs.targets, known)[mechanism]
    order = np.argsort(-shared, kind="stable")[:RELATIVES_SHOWN]
    return [int(known[one]) for one in order if shared[one] > 0]


def _shared(
    evidence: Evidence, library: Library, column: int, alike: float
) -> tuple[list[str], list[str]]:
    """Name the genes that deviate most in both, in the way that the similarity has."""
    mine = evidence.inputs.state.whole
    both = mine * np.nan_to_num(library.scores[column]) * (1 if alike >= 0 else -1)
    order = np.argsort(-both, kind="stable")[:GENES_SHOWN]
    order = order[both[order] > 0]
    names = evidence.inputs.twin.var_names[order]
    return [str(name) for name in names], ["+" if mine[one] > 0 else "-" for one in order]
