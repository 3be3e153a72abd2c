"""The contract of kinds of evidence: what a kind is, its input and its output."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files import generator
from twinscreen.kb.precedents import Library
from twinscreen.kb.wiring import Wiring
from twinscreen.network import Activity, Interactome
from twinscreen.screen.evidence.nearness import Nearness
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import TargetGenes, Targets

#: Status of a drug that has a rank; every other status is the reason why it has none.
RANKED = "ranked"

#: Scores are the same if they are to so many decimals.
SCORE_DIGITS = 5


@dataclass(frozen=True)
class Null:
    """A null model: its name in a screen, and the words that follow "compared with" on a page."""

    name: str
    words: str


#: The null of ranks: how a drug stands among the others, which has nothing to do with chance.
OTHER_DRUGS = Null("rank among the drugs", "the other drugs")


@dataclass(frozen=True)
class Sentences:
    """What a kind says of a drug that it supports, is undecided on, opposes, or can't speak of."""

    supports: str
    undecided: str
    opposes: str
    silent: str


@dataclass(frozen=True)
class Calibrated:
    """One kind of evidence on e mechanisms and c compartments.

    `z` and `weaker_z`, shape (e,), are against the first null and the weaker of both, over all
    compartments that are treated; NaN where the kind says nothing. `parts` (e, c) is z within each
    compartment. `resampled` (e, b) and `null` (e, m) are `weaker_z` in the bootstrap and the null
    replicates; None where it is the same in all. `raw` (e, c) is the bare score. `shown` are
    layers, by name, that the kind fills with something else than these, shape (e, c). `share` is
    how much of its weight the kind has in this patient, above 0 and at most 1, and `null_share`
    (m,) the same in the null replicates; None where it is that of the patient.
    """

    name: str
    z: np.ndarray
    weaker_z: np.ndarray
    raw: np.ndarray
    parts: np.ndarray
    resampled: np.ndarray | None = None
    null: np.ndarray | None = None
    shown: Mapping[str, np.ndarray] = field(default_factory=dict)
    share: float = 1.0
    null_share: np.ndarray | None = None

    def of_mechanisms(self, mechanism: np.ndarray) -> "Calibrated":
        """Repeat for drugs, each of the mechanism that `mechanism`, shape (d,), gives."""
        return Calibrated(
            self.name,
            self.z[mechanism],
            self.weaker_z[mechanism],
            self.raw[mechanism],
            self.parts[mechanism],
            None if self.resampled is None else self.resampled[mechanism],
            None if self.null is None else self.null[mechanism],
            {name: values[mechanism] for name, values in self.shown.items()},
            self.share,
            self.null_share,
        )


def mechanisms(targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """Find drugs with the same signed targets: they are one mechanism with several names.

    Returns
    -------
    Row of the first drug of each mechanism, shape (e,), ascending; and that of each drug, (d,).
    A drug without targets is a mechanism of its own.
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
    """Give normal scores of the ranks over mechanisms, shape (e,) or (e, k); NaN stays NaN."""
    rank = pd.DataFrame(values).rank().to_numpy().reshape(values.shape)
    number = np.isfinite(values).sum(axis=0)
    scores: np.ndarray = special.ndtri((rank - 0.5) / np.maximum(number, 1))
    return np.where(np.isfinite(values), scores, np.nan)


def ranked_among_drugs(name: str, raw: np.ndarray, weight: np.ndarray) -> Calibrated:
    """Rank mechanisms by the weighted mean of raw values over the screened compartments.

    Parameters
    ----------
    name
        Of the kind of evidence.
    raw
        Of e mechanisms in c compartments, shape (e, c); NaN where the kind says nothing.
    weight
        Weight of each compartment, shape (c,).
    """
    used = weight > 0
    whole = (raw[:, used] @ weight[used]) / max(weight.sum(), 1e-12)
    z = rank_scores(whole) if np.nanmax(np.abs(whole), initial=0) > 0 else np.full(len(raw), np.nan)
    return Calibrated(name, z, z, raw, rank_scores(raw))


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


@dataclass(frozen=True)
class EvidenceInputs:
    """What a kind of evidence may look at, of one patient.

    The `twin` has c scorable compartments and n proteins, those of the `interactome` in its order;
    `state` is its deviation over all compartments that are treated, with its replicates, and
    `weight`, shape (c,), how much each compartment counts, 0 where it is not treated. `targets` are
    those of e mechanisms over the n proteins; `first`, shape (e,), is the row of the first drug of
    each among the d drugs of `scored`, which holds the over-activities of their targets, and of
    `nearness`, how near these are to the modules. `wiring` is the signed network with its rewired
    versions, `ligand_receptor` the table of pairs, `library` the reference states that the patient
    is compared with, None where there are none. `seed` is that of all randomness, `random_seeds`
    how often seeds of a walk are redrawn.
    """

    twin: ad.AnnData
    state: ScreenedState
    weight: np.ndarray
    interactome: Interactome
    targets: Targets
    first: np.ndarray
    scored: Scored
    nearness: Nearness
    wiring: Wiring
    ligand_receptor: pd.DataFrame
    library: Library | None
    random_seeds: int
    seed: int

    def random(self, name: str) -> np.random.Generator:
        """Return the generator that a kind alone uses, under its name.

        It is the same for all patients: a name moves no rank, and patients compare.
        """
        return generator(self.seed, name)


@dataclass(frozen=True)
class Kind:
    """One way in which data can speak for a drug, with its null models and its words.

    Parameters
    ----------
    name
        In lower case: `origin`. It names columns and layers of a screen, and weights.
    title
        Of its row on a page.
    about
        What it measures, as it follows "weight of" in a configuration.
    sentences
        What it says of a drug, on a page.
    nulls
        The one or two null models that it is compared with; the weaker z of both counts.
    measure
        The measure, compared with the nulls.
    weight
        In the score of the preset `calibrated`, where the configuration does not say; 0: it stands
        beside the score and only the preset `weighted` may use it.
    replicated
        Whether cells touch it, so that it is measured again in every replicate of the patient.
    layers
        What it has within compartments, as layers of a screen: `{name}` is the bare score,
        `{name}_z` and `{name}_p` that against the first null, others are `Calibrated.shown`.
        Without `{name}_z` it has no values per compartment that are compared with anything.

    Raises
    ------
    ValueError
        The name is none, a layer is not named after the kind, or a kind in the score lacks one of
        two null models.
    """

    name: str
    title: str
    about: str
    sentences: Sentences
    nulls: tuple[Null, ...]
    measure: Callable[[EvidenceInputs], Calibrated]
    weight: float = 0.0
    replicated: bool = False
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what a screen or its page could not hold."""
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise ValueError(f"{self.name!r} names no kind of evidence: lower case, digits and _")
        if foreign := [one for one in self.layers if not f"{one}_".startswith(f"{self.name}_")]:
            raise ValueError(f"{self.name}: layers {foreign} are not named after it")
        if not 1 <= len(self.nulls) <= 2 or (self.weight and len(self.nulls) < 2):
            raise ValueError(f"{self.name}: a kind in the score is compared with two null models")

    @property
    def column(self) -> str:
        """The column of a screen with its z over all compartments that are treated."""
        return f"{self.name}_z"

    @property
    def by_compartment(self) -> bool:
        """Whether it has a z within each compartment."""
        return f"{self.name}_z" in self.layers

    @property
    def relative(self) -> bool:
        """Whether it is compared with the other drugs alone, and not with chance."""
        return all(null == OTHER_DRUGS for null in self.nulls)


def layers_by_compartment(name: str) -> tuple[str, str, str]:
    """Name the layers of a kind that is compared with its first null within each compartment."""
    return name, f"{name}_z", f"{name}_p"


@dataclass(frozen=True)
class Rules:
    """How evidence is combined: the weight of each kind by name, and when a call is made.

    `weights` are those of the calibrated preset, `own_weights` those that a user composed for the
    preset `weighted`; `max_pvalue` is what the p of the best drug must be below; `null` says in
    words what the replicates are in which nothing is wrong.
    """

    weights: Mapping[str, float]
    own_weights: Mapping[str, float]
    max_pvalue: float
    null: str
    seed: int


@dataclass(frozen=True)
class Evidence:
    """All that can be said for d drugs on the c scorable compartments of one patient.

    `inputs` are what kinds were measured on, `kinds` what they say of e mechanisms, by name;
    `mechanism`, shape (d,), is that of each drug. `replicates` holds the effects of replicates of
    the compartments that are screened, if any. `network` is the connected interactome, and `genes`
    those of the drugs' targets on it. `eligible`, shape (e,), are mechanisms that may be called.
    """

    inputs: EvidenceInputs
    kinds: Mapping[str, Calibrated]
    mechanism: np.ndarray
    replicates: ad.AnnData | None
    network: Interactome
    genes: TargetGenes
    rules: Rules
    eligible: np.ndarray | None = None
