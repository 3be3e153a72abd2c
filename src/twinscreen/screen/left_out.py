"""Reference states that take no part: of diseases that the patient is known to have."""

import anndata as ad
import pandas as pd

from twinscreen.kb import Knowledge
from twinscreen.screen.safety.indications import had_of, matched


def states_left_out(kb: Knowledge, twin: ad.AnnData) -> dict[str, str]:
    """Say which reference states take no part in a patient's screen, and why.

    The screen is to say what the patient's cells look like, not what the diagnosis is; and nobody
    is their own precedent.

    Parameters
    ----------
    kb
        Knowledge with its precedents, if there are any, and the terms of phenotypes, if these are
        there: then a state is left out of a disease below it, too.
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
    had = matched(rows, "state", had_of(twin.uns["findings"]), kb.terms)
    found = dict(zip(had["drug_id"], had["had"], strict=True))
    patient = str(twin.uns["patient"]["patient"])
    own = states.index[states["patient"].astype(str) == patient]
    return found | dict.fromkeys(own, patient)
