"""The screen of a patient who can't be scored: no drugs, no compartments, all parts there."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import SCREEN
from twinscreen.files.contracts.screen_tables import SCREEN_TABLES
from twinscreen.screen.evidence import registry
from twinscreen.screen.layout import NO_CALL
from twinscreen.screen.rank.call import call_record


def empty_screen() -> ad.AnnData:
    """Give a screen without drugs."""
    every = registry.kinds()
    columns = list(SCREEN.obs)
    place = columns.index("benefit")
    columns[place:place] = [kind.column for kind in every]
    obs = pd.DataFrame(columns=columns)
    obs.index = pd.Index([], name="drug_id", dtype=str)
    var = pd.DataFrame({"weight": pd.Series(dtype=float)}, index=pd.Index([], dtype=str))
    layers = [*SCREEN.layers, *(name for kind in every for name in kind.layers)]
    nothing = {name: np.empty((0, 0)) for name in layers}
    result = ad.AnnData(obs=obs, var=var, layers=nothing)
    for names in ("regulators", "proximity_targets", "not_known"):
        result.uns[names] = np.array([], dtype=str)
    for table in SCREEN_TABLES:
        result.uns[table.name] = table.empty()
    result.uns["treatment"] = {
        "beta": float("nan"),
        "fitted": "",
        "n": 0,
        "times": 0.0,
        "basis": np.array([], dtype=str),
    }
    result.uns["call"] = call_record(NO_CALL, result.obs) | {
        "reason": "the patient could not be scored"
    }
    result.uns["spread"] = {"patient": float("nan"), "null": np.empty(0)}
    return result
