"""Reference states that take no part: of diseases that the patient is known to have."""

from collections import defaultdict
from collections.abc import Iterable

import anndata as ad
import pandas as pd

from twinscreen.files.drug_names import key
from twinscreen.kb import Knowledge
from twinscreen.screen.safety.indications import had_of, matched


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
    had = matched(rows, "state", has, kb.terms)
    found = dict(zip(had["drug_id"], had["had"], strict=True))
    diagnosed = has[has["kind"] == "disease"]
    if kb.diseases is not None and len(diagnosed):
        found = _related(states, diagnosed, Diseases(kb.diseases)) | found
    patient = str(twin.uns["patient"]["patient"])
    own = (states[["patient", "name"]].astype(str) == patient).any(axis=1)
    return found | dict.fromkeys(states.index[own | (states.index == patient)], patient)


class Diseases:
    """Diseases of an ontology by any name or identifier, and those above them.

    Parameters
    ----------
    table
        Contract DISEASES.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        # what a disease is called itself comes before what it is called elsewhere
        self._own, self._elsewhere = (
            _meanings(table, columns) for columns in (("id", "name"), ("xrefs", "synonyms"))
        )
        self._parents = {
            id_: _listed(joined) for id_, joined in zip(table["id"], table["parents"], strict=True)
        }

    def of(self, names: Iterable[str]) -> set[str]:
        """Return all diseases that some names and identifiers may mean."""
        keys = [key(name) for name in names if name]
        return {id_ for one in keys for id_ in self._own.get(one) or self._elsewhere.get(one) or ()}

    def above(self, ids: set[str]) -> set[str]:
        """Return all diseases above some, with these themselves."""
        found, ahead = set(ids), ids
        while ahead:
            ahead = {parent for one in ahead for parent in self._parents.get(one, ())} - found
            found |= ahead
        return found


def _meanings(table: pd.DataFrame, columns: Iterable[str]) -> dict[str, list[str]]:
    """List the diseases that each text of some columns may mean."""
    found: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        for id_, joined in zip(table["id"], table[column], strict=True):
            for name in _listed(joined):
                found[key(name)].append(id_)
    return dict(found)


def _listed(joined: str | None) -> list[str]:
    return joined.split("|") if isinstance(joined, str) else []


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
        str(state): diseases.of([str(state), str(name), *([] if ours else _listed(joined))])
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
