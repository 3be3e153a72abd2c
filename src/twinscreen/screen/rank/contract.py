"""The contract of presets: their input and their output."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from twinscreen.screen.rank.combine import Call

#: How sure score and rank are: the 5 % and 95 % points over bootstrap replicates of the patient.
INTERVALS = ("score_low", "score_high", "rank_low", "rank_high")


@dataclass(frozen=True)
class Outcome:
    """What a preset says of d drugs.

    `score`, shape (d,), greater is better, NaN where `status` is not "ranked" but the reason why
    not; `parts`, shape (d, c), the same within each compartment. Of its `n_targets`, shape (d,),
    `n_scored` counted. `ties` says how equal scores share ranks: the best of them, or their mean.
    `intervals` holds the columns named by `INTERVALS`, shape (d,) each; empty where a preset has
    none. `pvalue` and `qvalue`, shape (d,), and the `call` are those of presets that are held
    against null replicates; `weights` are those of the kinds of evidence in the score, by name,
    none where it is bare; `stability` is the table of `leave_one_out.py`, if there is one.
    """

    score: np.ndarray
    parts: np.ndarray
    status: np.ndarray
    n_targets: np.ndarray
    n_scored: np.ndarray
    ties: Literal["min", "average"] = "min"
    intervals: Mapping[str, np.ndarray] = field(default_factory=dict)
    pvalue: np.ndarray | None = None
    qvalue: np.ndarray | None = None
    call: Call | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    stability: pd.DataFrame | None = None
