"""Kinds of evidence as the screen has them, and the ways they were tried in: arrays in, arrays out.

What the screen has is called from there; here is only what it hasn't.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import anndata as ad
import numpy as np
from scipy import sparse, special, stats

from twinscreen.files import generator
from twinscreen.network.signed.rewiring import rewire
from twinscreen.network.signed.ridge_activity import FEWEST, RIDGE, FactorModel, factor_model
from twinscreen.network.signed.signed_walk import SignalNetwork
from twinscreen.screen.evidence import counteraction
from twinscreen.screen.evidence.causal import worths
from twinscreen.screen.evidence.contract import rank_scores, weaker
from twinscreen.screen.evidence.origin import origin_evidence
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Families, score_weights
from twinscreen.screen.rank.combine import stouffer

from .truth import Truth

#: Vectors of random signs that the norm of a protein's influence is estimated from.
PROBES = 64

#: At so large a ridge the factors are looked at one by one.
ONE_BY_ONE = 1e6


@dataclass(frozen=True)
class White:
    """What genes at random would give in one state.

    `reach` (t, u) is what each of u factors adds to each target, `covariance` (u, u) that of the
    factors, and `variance` that of the state's genes.
    """

    reach: np.ndarray
    covariance: np.ndarray
    variance: float


@dataclass(frozen=True)
class Signals:
    """Factor activities in k states, (p, k), and what they are when carried back to the t targets.

    `real` (t, k) is that on the real network, from the first step of signalling on, `drawn`
    (r, t, k) on rewired ones; `white` what genes
    at random would give in each state, nothing where that was not computed.
    """

    activity: np.ndarray
    real: np.ndarray
    drawn: np.ndarray
    white: Sequence[White] = ()


# --- causal --------------------------------------------------------------------------------------


def factor_models(
    truth: Truth,
    network: SignalNetwork,
    seen: np.ndarray,
    ridge: float = RIDGE,
    fewest: int = FEWEST,
) -> tuple[np.ndarray, list[FactorModel]]:
    """Transcription factors among the proteins, and their regression for each state."""
    factors = np.flatnonzero(np.diff(network.regulation.start) > 0)
    regulons = sparse.csr_array(network.regulation.transition()[factors])
    models: dict[bytes, FactorModel] = {}
    found = []
    for column in seen.T:
        if column.tobytes() not in models:
            models[column.tobytes()] = factor_model(regulons, column, ridge=ridge, fewest=fewest)
        found.append(models[column.tobytes()])
    return factors, found


def signals(
    truth: Truth,
    network: SignalNetwork,
    rewired: np.ndarray,
    *,
    states: Sequence[ScreenedState] | None = None,
    ridge: float = RIDGE,
    fewest: int = FEWEST,
    only_measured: bool = False,
) -> Signals:
    """Read factors from their genes and carry them back, as `causal_evidence` does.

    With `only_measured` a protein that is not measured passes no signal on and says nothing.
    """
    values, seen = truth.genes(states or truth.states)
    factors, models = factor_models(truth, network, seen, ridge, fewest)
    activity = np.zeros(values.shape, dtype=np.float32)
    for column, model in enumerate(models):
        activity[factors, column] = model.activity(values[:, [column]])[:, 0]
    mask = seen.astype(np.float32) if only_measured else None
    white: list[White] = []
    for column, model in enumerate(models):
        alone = np.zeros((len(seen), len(model.rows)), dtype=np.float32)
        alone[factors[model.rows], np.arange(len(model.rows))] = 1
        here = None if mask is None else mask[:, [column]]
        same = next((i for i in range(column) if models[i] is model), None)
        reach = white[same].reach if same is not None else carried(truth, network, alone, here)
        white.append(White(reach, model.covariance, float(values[seen[:, column], column].var())))
    own = (activity if mask is None else activity * mask)[truth.rows]
    drawn = [carried(truth, network, activity, mask, one) - own for one in rewired]
    real = carried(truth, network, activity, mask) - own
    return Signals(activity, real, np.array(drawn), white)


def carried(
    truth: Truth,
    network: SignalNetwork,
    values: np.ndarray,
    mask: np.ndarray | None = None,
    signalling: np.ndarray | None = None,
) -> np.ndarray:
    """Carry values of proteins, (p, k), back to the targets, (t, k).

    A protein with a `mask` of 0 passes nothing on and says nothing.
    """
    if mask is None:
        return network.upstream(values, signalling, truth.rows)
    step = np.float32(network.damping) * network.signalling.transition(signalling)
    total = values * mask
    for _ in range(network.steps):
        total = (values + step @ total) * mask
    return np.asarray(total[truth.rows])


def rewired_regulation(network: SignalNetwork, number: int, *, seed: int) -> np.ndarray:
    """Rewire the edges from factors to genes, shape (number, edges)."""
    real, p = network.regulation, len(network.regulation.start) - 1
    return np.array(
        [
            rewire(
                real.source,
                real.target + p,
                real.sign,
                random=generator(seed, "regulation", str(i)),
            )
            - p
            for i in range(number)
        ]
    )


def influences(
    truth: Truth, network: SignalNetwork, signalling: np.ndarray, regulation: np.ndarray
) -> dict[str, Signals]:
    """Hold the influence F of each target against the state, both layers rewired.

    As a bare product ("no norm"), and as a correlation ("norm"): over the norm of F's row on that
    network, centred over the genes measured in half of the patients, as `PROBES` random signs
    estimate it.
    """
    values, seen = truth.genes(truth.states)
    values = np.where(seen, values - values.sum(axis=0) / seen.sum(axis=0), 0)
    values /= np.sqrt((values**2).sum(axis=0) / seen.sum(axis=0))
    random = generator(1, "probes")
    half = seen.mean(axis=1) >= 0.5
    probes = random.choice([-1.0, 1.0], size=(len(half), PROBES)) * half[:, None]
    probes -= half[:, None] * probes.sum(axis=0) / half.sum()
    both = np.hstack([values, probes]).astype(np.float32)
    k = values.shape[1]

    def run(signals: np.ndarray | None, genes: np.ndarray | None) -> np.ndarray:
        read = network.regulation.transition(genes) @ both
        found = network.upstream(read, signals)[truth.rows]
        size = np.sqrt((found[:, k:] ** 2).mean(axis=1, keepdims=True))
        return np.array([found[:, :k], found[:, :k] / np.maximum(size, 1e-9)])

    real = run(None, None)
    drawn = np.array([run(*one) for one in zip(signalling, regulation, strict=True)])
    nothing = np.zeros(values.shape)
    return {
        name: Signals(nothing, real[i], drawn[:, i]) for i, name in enumerate(("no norm", "norm"))
    }


def normed(truth: Truth, network: SignalNetwork, rewired: np.ndarray, found: Signals) -> Signals:
    """Divide by the norm of what lies downstream, on each network anew."""
    factors = np.flatnonzero(np.diff(network.regulation.start) > 0)
    probes = np.zeros((len(truth.place), PROBES), dtype=np.float32)
    probes[factors] = generator(1, "norms").choice([-1.0, 1.0], size=(len(factors), PROBES))

    def over(values: np.ndarray, target: np.ndarray | None) -> np.ndarray:
        square = network.upstream(probes, target)[truth.rows] ** 2
        size = np.sqrt(square.mean(axis=1, keepdims=True))
        return np.divide(values, size, out=np.zeros_like(values), where=size > 1e-9)

    drawn = [over(values, one) for values, one in zip(found.drawn, rewired, strict=True)]
    return Signals(found.activity, over(found.real, None), np.array(drawn))


def each_target(
    truth: Truth, found: Signals, column: int, *, scaled: bool = True
) -> tuple[Families, np.ndarray, np.ndarray]:
    """Give the f targets in one state, their support, (f,), and that on rewired networks, (f, r).

    Over their scatter there, unless they are not to be `scaled`.
    """
    real, drawn = found.real[:, column], found.drawn[:, :, column].T
    if not scaled:
        families = Families.of(truth.targets, truth.members, real != 0)
    else:
        scatter = drawn.std(axis=1)
        usable = (np.abs(real) > 1e-5 * scatter) & (scatter > 1e-6)
        inverse = np.divide(1, scatter, out=np.zeros(len(scatter)), where=usable)
        families = Families.of(truth.targets, truth.members, usable).scaled(inverse)
    return families, families.weigh @ real, families.weigh @ drawn


def summed(families: Families) -> sparse.csr_array:
    """Add up the targets of each mechanism, over the root of their number, shape (e, f)."""
    share = 1 / np.sqrt(families.size[families.mechanism])
    place = families.mechanism, np.arange(len(share))
    return sparse.csr_array((share, place), shape=(families.number, len(share)))


def best_of(families: Families, z: np.ndarray, worth: np.ndarray | None = None) -> np.ndarray:
    """Give z of the best of each mechanism's targets in one state, shape (e,), from (f,)."""
    return families.best(z[:, None], families.size if worth is None else worth)[:, 0]


def causal_z(
    truth: Truth,
    found: Signals,
    *,
    scaled: bool = True,
    tails: bool = False,
    weaker_z: bool = True,
    add_up: bool = False,
) -> np.ndarray:
    """Hold each entry against the rewired networks, shape (e, k); NaN where it says nothing.

    With `weaker_z` the weaker counts of this and of z against permuted genes, where these were
    computed. With `tails` the null is Student's t of the same kurtosis, not the normal
    distribution: z is what has the same p there. With `add_up` the targets of an entry are added
    up, and not the best of them taken.
    """
    result = np.full((truth.targets.drugs, found.real.shape[1]), np.nan)
    for column in range(found.real.shape[1]):
        families, score, null = each_target(truth, found, column, scaled=scaled)
        if add_up:
            score, null = summed(families) @ score, summed(families) @ null
        spread = null.std(axis=1, ddof=1)
        z = (score - null.mean(axis=1)) / np.maximum(spread, 1e-6)
        if tails:
            z = student_z(z, stats.kurtosis(null, axis=1))
        z = np.where(spread > 1e-6, z, np.nan)
        result[:, column] = z if add_up else best_of(families, z)
    if not (weaker_z and found.white):
        return result
    return weaker(result, genes_z(truth, found, add_up=add_up))


def genes_z(truth: Truth, found: Signals, *, add_up: bool = False) -> np.ndarray:
    """Hold each entry, with own activities of targets, against permuted genes, shape (e, k)."""
    whole = found.real + found.activity[truth.rows]
    result = np.full((truth.targets.drugs, whole.shape[1]), np.nan)
    for column, white in enumerate(found.white):
        families, _, _ = each_target(truth, found, column)
        weigh = summed(families) @ families.weigh if add_up else families.weigh
        total = weigh @ white.reach
        shared = total @ white.covariance
        sd = np.sqrt(np.maximum((shared * total).sum(axis=1) * white.variance, 0))
        z = (weigh @ whole[:, column]) / np.maximum(sd, 1e-6)
        z = np.where(sd > 1e-6, z, np.nan)
        result[:, column] = z if add_up else best_of(families, z, worths(families, total, shared))
    return result


def with_null(truth: Truth, found: Signals, column: int) -> tuple[np.ndarray, np.ndarray]:
    """Add up the support of each entry, (e,), and that on the r rewired networks, (e, r)."""
    families, score, null = each_target(truth, found, column)
    return summed(families) @ score, summed(families) @ null


def remedied(truth: Truth, found: Signals, *, least: int = 0, drawn: float = 0.0) -> np.ndarray:
    """Tame the null of targets that few networks reach, shape (e, k).

    z is 0 where fewer than `least` rewired networks reach the target. The variance of the null is
    drawn that share of the way to that of the median target.
    """
    result = np.full((truth.targets.drugs, found.real.shape[1]), np.nan)
    for column in range(found.real.shape[1]):
        families, score, null = each_target(truth, found, column)
        variance = null.var(axis=1, ddof=1)
        said = variance > 1e-12
        variance = (1 - drawn) * variance + drawn * np.median(variance[said])
        z = (score - null.mean(axis=1)) / np.sqrt(np.maximum(variance, 1e-12))
        reached = (np.abs(null) > 1e-9).sum(axis=1) >= least
        z = np.where(said, np.where(reached, z, 0), np.nan)
        result[:, column] = best_of(families, z)
    return result


def student_z(value: np.ndarray, excess: np.ndarray) -> np.ndarray:
    """Give the normal z with the p of a value of variance 1 under Student's t, by its kurtosis."""
    freedom = 4 + 6 / np.maximum(np.nan_to_num(excess), 1e-3)
    p = special.stdtr(freedom, -np.abs(value) * np.sqrt(freedom / (freedom - 2)))
    z: np.ndarray = -np.sign(value) * special.ndtri(np.maximum(p, 1e-300))
    return z


def with_own_activity(truth: Truth, found: Signals) -> np.ndarray:
    """Add to A, for drugs on transcription factors, what these factors' own genes say, (e, k)."""
    own = found.activity[truth.rows]
    weigh = score_weights(truth.targets, truth.members, own.any(axis=1))
    said = np.diff(weigh.indptr) > 0
    of_factor = np.where(said[:, None], weigh @ own, np.nan)
    return stouffer([causal_z(truth, found, weaker_z=False), of_factor], [1, 1])


# --- counteraction -------------------------------------------------------------------------------


@contextmanager
def neighbours(share: float) -> Iterator[None]:
    """Change the share of the neighbours in the deviation of a target."""
    kept, counteraction.NEIGHBOURS = counteraction.NEIGHBOURS, share
    try:
        yield
    finally:
        counteraction.NEIGHBOURS = kept


def counteraction_z(
    truth: Truth, *, states: Sequence[ScreenedState] | None = None, share: float | None = None
) -> np.ndarray:
    """Z against permuted genes, not yet held by the rank, shape (e, k)."""
    with neighbours(counteraction.NEIGHBOURS if share is None else share):
        return np.column_stack(
            [
                counteraction.permutation_z(
                    state.whole[:, None], state.seen, state, truth.network.adjacency, truth.targets
                )
                for state in states or truth.states
            ]
        )


def by_rank(z: np.ndarray) -> np.ndarray:
    """Hold z by its normal score among the entries."""
    return weaker(z, rank_scores(z))


def without_response(truth: Truth, network: SignalNetwork, found: Signals) -> list[ScreenedState]:
    """States less what the target that looks most active or inactive explains of them."""
    scatter = np.maximum(found.drawn.std(axis=0, ddof=1), 1e-6)
    z = np.abs(found.real - found.drawn.mean(axis=0)) / scatter
    first = truth.rows[np.where(found.drawn.std(axis=0) > 1e-6, z, 0).argmax(axis=0)]
    changed, known = [], truth.place >= 0
    for state, row in zip(truth.states, network.influence_of(first), strict=True):
        predicted = np.zeros(len(state.whole))
        predicted[truth.place[known]] = row[known]
        x, y = predicted[state.seen], state.whole[state.seen].astype(float)
        x = x - x.mean()
        rest = state.whole.astype(float)
        rest[state.seen] = y - x * (x @ y) / max(x @ x, 1e-12)
        changed.append(replace(state, whole=rest))
    return changed


# --- origin --------------------------------------------------------------------------------------


def origin(
    truth: Truth, *, draws: int, seed: int, change: Callable[[ad.AnnData], None] | None = None
) -> dict[str, np.ndarray]:
    """Give z, its score held by the rank, and the rank alone, (e, k) each.

    `change` is done to a copy of each twin before.
    """
    found = []
    for twin in truth.twins:
        if change is not None:
            twin = twin.copy()
            change(twin)
        random = generator(seed, "evidence", str(twin.uns["patient"]["patient"]))
        found.append(
            origin_evidence(twin, truth.network, truth.targets, draws=draws, random=random)
        )
    raw = np.column_stack([one.raw[:, 0] for one in found])
    return {
        "z": np.column_stack([one.z for one in found]),
        "held": np.column_stack([one.weaker_z for one in found]),
        "rank": rank_scores(raw),
    }
