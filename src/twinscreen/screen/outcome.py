"""The contract of presets: what they may look at, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.network import Interactome
from twinscreen.screen.calibration import Calibrated, Call
from twinscreen.screen.evidence import Scored
from twinscreen.screen.nearness import Nearness
from twinscreen.screen.state import WholeState
from twinscreen.screen.wiring import Wiring

#: Status of a drug that has a rank; every other status is the reason why it has none.
RANKED = "ranked"

#: Scores are the same if they are to so many decimals.
SCORE_DIGITS = 5

#: How sure score and rank are: the 5 % and 95 % points over resampled copies of the patient.
INTERVALS = ("score_low", "score_high", "rank_low", "rank_high")


@dataclass(frozen=True)
class Rules:
    """How evidence is combined: the weight of each kind by name, and when a call is made.

    `weights` are those of the calibrated preset, `own_weights` those that a user composed for the
    preset `weighted`; `max_pvalue` is what the p of the best drug must be below; `null` says in
    words what the copies are in which nothing is wrong.
    """

    weights: Mapping[str, float]
    own_weights: Mapping[str, float]
    max_pvalue: float
    null: str
    seed: int


@dataclass(frozen=True)
class Evidence:
    """What a preset may rank d drugs by, on the c scorable compartments of one patient.

    `copies` holds the effects of resampled copies of the compartments that are treated, if any.
    `weight`, shape (c,), says how much each compartment counts; 0 for those that are not treated.
    `causal` holds what the signed targets' over-activities came from. Of the n proteins of the
    connected `network`, `targets`, shape (d, n), are those that a drug acts on in any way, and
    `actions`, shape (d, n), is +1 where it activates and -1 where it inhibits them; `n_genes`,
    shape (d,), counts target genes, on the network or not. `kinds` are the calibrated kinds of
    evidence on e entries, drugs with the same signed targets, by name; `entry`, shape (d,), is
    that of each drug, and `first`, shape (e,), the row of the first drug of each. `state` is the
    deviation over all compartments that are treated, `wiring` the signed network.
    """

    twin: ad.AnnData
    copies: ad.AnnData | None
    weight: np.ndarray
    network: Interactome
    targets: sparse.csr_array
    actions: sparse.csr_array
    n_genes: np.ndarray
    causal: Scored
    nearness: Nearness
    kinds: Mapping[str, Calibrated]
    entry: np.ndarray
    first: np.ndarray
    state: WholeState
    wiring: Wiring
    ligand_receptor: pd.DataFrame
    rules: Rules


@dataclass(frozen=True)
class Outcome:
    """What a preset says of d drugs.

    `score`, shape (d,), greater is better, NaN where `status` is not "ranked" but the reason why
    not; `parts`, shape (d, c), the same within each compartment. Of its `n_targets`, shape (d,),
    `n_scored` counted. `ties` says how equal scores share ranks: the best of them, or their mean.
    `intervals` holds the columns named by `INTERVALS`, shape (d,) each; empty where a preset has
    none. `pvalue` and `qvalue`, shape (d,), and the `call` are those of presets that are held
    against null copies; `stability` is the table of `twinscreen.screen.weighted`, if there is one.
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
    stability: pd.DataFrame | None = None
