"""The contract of presets: what they may look at, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.network import Interactome
from twinscreen.screen.evidence import Scored
from twinscreen.screen.nearness import Nearness

#: Status of a drug that has a rank; every other status is the reason why it has none.
RANKED = "ranked"

#: Scores are the same if they are to so many decimals.
SCORE_DIGITS = 5

#: How sure score and rank are: the 5 % and 95 % points over resampled copies of the patient.
INTERVALS = ("score_low", "score_high", "rank_low", "rank_high")


@dataclass(frozen=True)
class Evidence:
    """What a preset may rank d drugs by, on the c scorable compartments of one patient.

    `copies` holds the effects of resampled copies of the compartments that are treated, if any.
    `weight`, shape (c,), says how much each compartment counts; 0 for those that are not treated.
    `causal` holds what the signed targets' over-activities came from. Of the n proteins of the
    connected `network`, `targets`, shape (d, n), are those that a drug acts on in any way, and
    `actions`, shape (d, n), is +1 where it activates and -1 where it inhibits them; `n_genes`,
    shape (d,), counts target genes, on the network or not. `seed` is that of all randomness.
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
    ligand_receptor: pd.DataFrame
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What a preset says of d drugs.

    `score`, shape (d,), greater is better, NaN where `status` is not "ranked" but the reason why
    not; `parts`, shape (d, c), the same within each compartment. Of its `n_targets`, shape (d,),
    `n_scored` counted. `ties` says how equal scores share ranks: the best of them, or their mean.
    `intervals` holds the columns named by `INTERVALS`, shape (d,) each; empty where a preset has
    none.
    """

    score: np.ndarray
    parts: np.ndarray
    status: np.ndarray
    n_targets: np.ndarray
    n_scored: np.ndarray
    ties: Literal["min", "average"] = "min"
    intervals: Mapping[str, np.ndarray] = field(default_factory=dict)
