"""Calls that are withheld, since a batch could explain what deviates."""

from dataclasses import replace

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen import Withheld
from twinscreen.files.contracts.twin import PatientFlag
from twinscreen.screen.rank.combine import Call

#: What each reason says.
_SAID = {
    Withheld.PUBLIC_ALONE: "compared with donors of another study alone, a batch can't be told from"
    " a disease",
    Withheld.ONE_DONOR: "a single donor of the patient's own study can't tell what is left of a"
    " batch",
    Withheld.BATCH: "donors of the patient's own study deviate as much as the patient",
}


def unless_batch(call: Call, twin: ad.AnnData, spread: float) -> Call:
    """Take a call back where what deviates may be the other study that a patient is held against.

    Parameters
    ----------
    call
        The call.
    twin
        The twin: its flags, and its table `batch`.
    spread
        Root mean square effect of the patient.
    """
    why = _why(twin, spread)
    if why is None:
        return call
    return replace(call, called=False, reason=_SAID[why], withheld=str(why))


def _why(twin: ad.AnnData, spread: float) -> Withheld | None:
    if PatientFlag.PUBLIC_ALONE in set(map(str, twin.uns.get("flags", []))):
        return Withheld.PUBLIC_ALONE
    batch = pd.DataFrame(twin.uns.get("batch", {}))
    if not len(batch):
        return None
    left = batch["left_spread"].dropna().to_numpy(dtype=float)
    if not len(left):
        return Withheld.ONE_DONOR
    return Withheld.BATCH if np.sqrt(np.mean(left**2)) >= spread else None
