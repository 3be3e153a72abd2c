"""Calls that are withheld because a batch could explain the deviation."""

from dataclasses import replace

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen import HeldBack
from twinscreen.files.contracts.twin import PatientFlag
from twinscreen.screen.evidence.screened_state import LIMIT
from twinscreen.screen.rank.combine import Call

#: What each reason says.
_SAID = {
    HeldBack.PUBLIC_ALONE: "compared with donors of another study alone, a batch can't be told from"
    " a disease",
    HeldBack.ONE_DONOR: "a single donor of the patient's own study can't tell what is left of a"
    " batch",
    HeldBack.FEW_PUBLIC: "with so few donors of the other study nothing tells what is left of a"
    " batch",
    HeldBack.BATCH: "donors of the patient's own study deviate as much as the patient",
}


def unless_batch(call: Call, twin: ad.AnnData, used: np.ndarray) -> Call:
    """Take a call back where what deviates may be the other study that a patient is compared with.

    Parameters
    ----------
    call
        The call.
    twin
        The twin: its flags, and its table `batch`.
    used
        Compartments that are screened, boolean.
    """
    why = _why(twin, used)
    if why is None:
        return call
    return replace(call, called=False, reason=_SAID[why], held_back=str(why))


def _why(twin: ad.AnnData, used: np.ndarray) -> HeldBack | None:
    if PatientFlag.PUBLIC_ALONE in set(map(str, twin.uns.get("flags", []))):
        return HeldBack.PUBLIC_ALONE
    batch = pd.DataFrame(twin.uns.get("batch", {}))
    if not len(batch):
        return None
    effect = np.clip(np.asarray(twin.X, dtype=float)[used], -LIMIT, LIMIT)
    patient = np.nanmean(np.nanmean(effect**2, axis=1))
    left = batch["left_spread"].dropna().to_numpy(dtype=float)
    if not len(left):
        return HeldBack.ONE_DONOR if batch["n_own"].max() < 2 else HeldBack.FEW_PUBLIC
    return HeldBack.BATCH if np.mean(left**2) >= patient else None
