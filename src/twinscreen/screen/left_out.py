"""Reference states that take no part: of diseases that the patient is known to have."""

import anndata as ad
import pandas as pd

from twinscreen.kb import Diseases, Knowledge
from twinscreen.screen.safety.had import Had, had_of
from twinscreen.screen.safety.indications import matched


def states_left_out(kb: Knowledge, twin: ad.AnnData) -> dict[str, str]:
    """Say which reference states take no part in a patient's screen, and why.

    The screen is to say what the patient's cells look like, not what the diagnosis is; and nobody
    is their own precedent.

    Parameters
    ----------
    kb
        Knowledge with its precedents, if there are any. Where it has diseases, a state is left out
        of a disease above or below one that the patient has, too.
    twin
        The patient's twin.

    Returns
    -------
    By state what the patient has, `lupus (MONDO:0007915)`, or the patient for their own state.
    """
    if kb.precedents is None:
        return {}
    states = kb.precedents.states
    names = states["diseases"].astype(str).str.split("|").explode()
    names = names[names != ""]
    rows = pd.DataFrame(
        {"drug_id": names.index, "kind": "state", "subject": names, "detail": "", "source": ""}
    )
    has = had_of(twin.uns["findings"])
    had = matched(rows, "state", Had(has, kb.terms, None))
    found = dict(zip(had["drug_id"], had["had"], strict=True))
    diagnosed = has[has["kind"] == "disease"]
    if kb.ontology is not None and len(diagnosed):
        found = _related(states, diagnosed, kb.ontology) | found
    patient = str(twin.uns["patient"]["patient"])
    own = (states[["patient", "name"]].astype(str) == patient).any(axis=1)
    return found | dict.fromkeys(states.index[own | (states.index == patient)], patient)


def _related(states: pd.DataFrame, has: pd.DataFrame, diseases: Diseases) -> dict[str, str]:
    """Find states of diseases that are above or below one that the patient has, or the same.

    Of a state of the package its own identifier and name are looked up, since its other names are
    those of its relatives, too; of a state of one's own all that it is called.
    """
    found = {}
    known = zip(
        states.index, states["name"], states["diseases"], states["origin"] == "library", strict=True
    )
    of_states = {
        str(state): diseases.of([str(state), str(name), *([] if ours else str(joined).split("|"))])
        for state, name, joined, ours in known
    }
    above_states = {state: diseases.above(ids) for state, ids in of_states.items()}
    for id_, label in zip(has["id"].astype(str), has["label"].astype(str), strict=True):
        mine = diseases.of([id_, label])
        above_mine = diseases.above(mine)
        words = f"{label} ({id_})" if label != id_ else id_
        for state, ids in of_states.items():
            if mine & above_states[state] or ids & above_mine:
                found[state] = words
    return found
