"""Reference states that take no part: of diseases that the patient is known to have."""

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
    if kb.diseases is not None and len(has):
        found = _related(states, has, Diseases(kb.diseases)) | found
    patient = str(twin.uns["patient"]["patient"])
    own = states.index[states["patient"].astype(str) == patient]
    return found | dict.fromkeys(own, patient)


class Diseases:
    """Diseases of an ontology by any name or identifier, and those above them.

    Parameters
    ----------
    table
        Contract DISEASES.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._ids: dict[str, str] = {}
        for column in ("synonyms", "xrefs", "name", "id"):  # the last ones count
            for id_, joined in zip(table["id"], table[column], strict=True):
                for name in joined.split("|") if isinstance(joined, str) else ():
                    self._ids[key(name)] = id_
        self._parents = {
            id_: joined.split("|") if isinstance(joined, str) else []
            for id_, joined in zip(table["id"], table["parents"], strict=True)
        }

    def above(self, *names: str) -> tuple[str, set[str]]:
        """Find the first name that means a disease; return it and all above it, with itself."""
        for name in names:
            if name and (id_ := self._ids.get(key(name))):
                found, ahead = {id_}, [id_]
                while ahead:
                    ahead = [
                        p for one in ahead for p in self._parents.get(one, ()) if p not in found
                    ]
                    found.update(ahead)
                return id_, found
        return "", set()


def _related(states: pd.DataFrame, has: pd.DataFrame, diseases: Diseases) -> dict[str, str]:
    """Find states of diseases that are above or below one that the patient has, or the same."""
    found = {}
    of_states = {
        state: diseases.above(str(state), str(name), *str(joined).split("|")[:2])
        for state, name, joined in zip(
            states.index, states["name"], states["diseases"], strict=True
        )
    }
    for id_, label in zip(has["id"].astype(str), has["label"].astype(str), strict=True):
        mine, above_mine = diseases.above(id_, label)
        words = f"{label} ({id_})" if label != id_ else id_
        for state, (disease, above) in of_states.items():
            if mine and disease and (mine in above or disease in above_mine):
                found[str(state)] = words
    return found
