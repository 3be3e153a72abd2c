"""The contract of kinds of evidence: what they are measured on, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, special

from twinscreen.kb.wiring import Wiring
from twinscreen.network import Activity, Interactome
from twinscreen.screen.evidence.proximity import Nearness
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Targets


@dataclass(frozen=True)
class Calibrated:
    """One kind of evidence on e entries of c compartments.

    `z` and `held`, shape (e,), are against the first null and the weaker of both, over all
    compartments that are treated; NaN where the kind says nothing. `parts` (e, c) is z within each
    compartment. `resampled` (e, b) and `null` (e, m) are `held` in the two kinds of copies; None
    where it is the same in all. `raw` (e, c) is the bare score. `nulls` says in words what the two
    null models are.
    """

    name: str
    nulls: tuple[str, str]
    z: np.ndarray
    weaker_z: np.ndarray
    raw: np.ndarray
    parts: np.ndarray
    resampled: np.ndarray | None = None
    null: np.ndarray | None = None

    def of_mechanisms(self, mechanism: np.ndarray) -> "Calibrated":
        """Repeat for drugs, each of the entry that `mechanism`, shape (d,), gives."""
        return Calibrated(
            self.name,
            self.nulls,
            *(values[mechanism] for values in (self.z, self.weaker_z, self.raw, self.parts)),
            *(
                None if values is None else values[mechanism]
                for values in (self.resampled, self.null)
            ),
        )


def mechanisms(targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """Find drugs with the same signed targets: they are one entry with several names.

    Returns
    -------
    Row of the first drug of each entry, shape (e,), ascending; and the entry of each drug, (d,).
    A drug without targets is an entry of its own.
    """
    signed = targets.table["target"] + " " + targets.table["sign"].astype(str)
    keys = signed.groupby(targets.table["drug"]).agg(lambda one: ";".join(sorted(one)))
    name = [keys.get(drug, f"without targets {drug}") for drug in range(targets.drugs)]
    of, first = pd.factorize(np.array(name, dtype=object))
    rows = np.unique(of, return_index=True)[1] if len(first) else np.empty(0, dtype=np.int64)
    return rows.astype(np.int64), of.astype(np.int64)


def of_drugs(targets: Targets, drugs: np.ndarray) -> Targets:
    """Keep the targets of some drugs, numbered anew in the order given."""
    number = np.full(targets.drugs, -1)
    number[drugs] = np.arange(len(drugs))
    kept = np.flatnonzero(number[targets.table["drug"].to_numpy()] >= 0)
    table = targets.table.iloc[kept].reset_index(drop=True)
    table["drug"] = number[table["drug"].to_numpy()]
    return Targets(table, targets.members[kept], len(drugs))


def weaker(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of two z, the one nearer to 0; 0 where their signs differ, NaN where either is missing."""
    agree = np.sign(one) == np.sign(other)
    size = np.minimum(np.abs(one), np.abs(other))
    return np.where(
        np.isnan(one) | np.isnan(other), np.nan, np.where(agree, np.sign(one) * size, 0)
    )


def rank_scores(values: np.ndarray) -> np.ndarray:
    """Give normal scores of the ranks over entries, shape (e,) or (e, k); NaN stays NaN."""
    rank = pd.DataFrame(values).rank().to_numpy().reshape(values.shape)
    number = np.isfinite(values).sum(axis=0)
    scores: np.ndarray = special.ndtri((rank - 0.5) / np.maximum(number, 1))
    return np.where(np.isfinite(values), scores, np.nan)


@dataclass(frozen=True)
class Scored:
    """All that the scores of d drugs with t targets on c compartments came from.

    `over` is the over-activity of each target, shape (t, c); `activity` that of p proteins,
    named by `proteins`, from `influence`, shape (p, r), over the r regulated genes named by
    `genes`; `weight`, shape (c,), says how much each of the `compartments` counts.
    """

    targets: Targets
    over: np.ndarray
    activity: Activity
    influence: np.ndarray
    proteins: pd.Index
    genes: pd.Index
    compartments: pd.Index
    weight: np.ndarray


#: Status of a drug that has a rank; every other status is the reason why it has none.
RANKED = "ranked"


#: Scores are the same if they are to so many decimals.
SCORE_DIGITS = 5


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

    `replicates` holds the effects of replicates of the compartments that are screened, if any.
    `weight`, shape (c,), says how much each compartment counts; 0 for those that are not treated.
    `causal` holds what the signed targets' over-activities came from. Of the n proteins of the
    connected `network`, `targets`, shape (d, n), are those that a drug acts on in any way, and
    `actions`, shape (d, n), is +1 where it activates and -1 where it inhibits them; `n_genes`,
    shape (d,), counts target genes, on the network or not. `kinds` are the calibrated kinds of
    evidence on e entries, drugs with the same signed targets, by name; `mechanism`, shape (d,), is
    that of each drug, and `first`, shape (e,), the row of the first drug of each. `state` is the
    deviation over all compartments that are treated, `wiring` the signed network.
    """

    twin: ad.AnnData
    replicates: ad.AnnData | None
    weight: np.ndarray
    network: Interactome
    targets: sparse.csr_array
    actions: sparse.csr_array
    n_genes: np.ndarray
    causal: Scored
    nearness: Nearness
    kinds: Mapping[str, Calibrated]
    mechanism: np.ndarray
    first: np.ndarray
    state: ScreenedState
    wiring: Wiring
    ligand_receptor: pd.DataFrame
    rules: Rules
