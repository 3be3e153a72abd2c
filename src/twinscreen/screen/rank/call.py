"""The call as a screen has it: which mechanism it is about, and why it is withheld."""

import pandas as pd

from twinscreen.files.contracts.screen import HeldBack, may_be_called
from twinscreen.screen.rank.combine import Call


def call_record(call: Call, obs: pd.DataFrame) -> dict[str, object]:
    """Say which mechanism a call is about, and hold it back where that would do harm.

    Parameters
    ----------
    call
        What the test says of the best mechanism that may be called.
    obs
        Drugs of the screen, with `rank`, `presence`, `mechanism` and `benefit`.

    Returns
    -------
    The parts of the call; `mechanism`, the first of those that may be called, or ""; `n_absent`,
    how many stand before it though their targets are absent; `held_back`, a HeldBack or "".
    """
    possible = obs[may_be_called(obs)].sort_values(["rank", "name"], kind="stable")
    record = call.record() | {"mechanism": "", "n_absent": 0}
    if possible.empty:
        if obs["rank"].notna().any():
            record["reason"] = "what the ranked drugs act on is in none of the patient's cells"
        return record
    first = possible.iloc[0]
    before = obs["rank"].notna() & (obs["rank"] < first["rank"])
    record["mechanism"] = str(first["mechanism"])
    record["n_absent"] = int(obs.loc[before, "mechanism"].nunique())
    if call.called and first["benefit"] < 0:
        record |= {
            "called": False,
            "held_back": str(HeldBack.BENEFIT),
            "reason": f"{call.reason}, but on a copy of the twin it leaves more deviation",
        }
    return record
