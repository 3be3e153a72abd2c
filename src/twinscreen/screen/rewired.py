"""Evidence A held against its nulls: rewired signalling, and a target's own genes.

Activities of transcription factors are read from their genes, all factors at once, and carried back
along signed signalling to every protein: what a rise of its activity is worth downstream. A drug's
statistic is A = - sum_t sign_t v_t / s_t / sqrt(number of targets), where v_t is that of a target
and s_t how much it scatters over rewired networks, so that no target counts for more because more
lies downstream. Its z is against A on networks in which every protein keeps how many edges of each
sign go in and out. Two targets that say the same (both chains of a receptor) are more than one, as
much as two that say it of different things: rewired networks draw their edges apart.

What a factor's own genes say of it is in all networks alike and takes no part in z: signals count
from the first step of signalling on. In long-standing disease a factor's activity shows the
response as much as the cause. But it may object: a drug that would push the genes of the factor it
acts on further from normal is worth 0, whatever lies beyond. docs/methods/benchmark.md has the
figures.

Every copy of the patient is held against the rewired networks on its own, as another sample would
be. For resampled copies, which differ little from the patient, some of the networks tell by how
much the null's mean moves with the copy; its spread is the patient's.
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from twinscreen.network.factors import factor_model
from twinscreen.screen.calibration import Calibrated
from twinscreen.screen.drugs import Targets, score_weights
from twinscreen.screen.state import WholeState
from twinscreen.screen.wiring import Wiring

NULLS = ("rewired signalling", "genes of the targets themselves")

#: So many rewired networks are enough for what is shown of single compartments.
SHOWN_BY = 50

#: So many rewired networks tell how the null's mean moves with a resampled copy.
MOVED_BY = 25


def causal_evidence(
    state: WholeState, wiring: Wiring, place: np.ndarray, targets: Targets, raw: np.ndarray
) -> Calibrated:
    """Hold the signed path from targets to genes against rewired networks.

    Parameters
    ----------
    state
        Deviation over n proteins of the twin.
    wiring
        Real and rewired networks over p proteins.
    place
        Column in the twin of each of the p proteins, shape (p,); -1 where it has none.
    targets
        Targets of e entries over the n proteins of the twin.
    raw
        Bare score of each entry and compartment, shape (e, c).
    """
    in_twin = np.flatnonzero(place >= 0)
    members = targets.members[:, place[in_twin]]
    used = np.flatnonzero(np.diff(members.tocsc().indptr) > 0)
    rows = in_twin[used]
    activity = _factor_activity(state, wiring, place)
    asked = activity(np.vstack([state.whole[None], state.null]))

    def beyond(values: np.ndarray, signalling: np.ndarray | None = None) -> np.ndarray:
        """Signals from the first step on, of the targets alone, shape (targets, k)."""
        return wiring.network.upstream(values, signalling, rows) - values[rows]

    found = beyond(asked)
    drawn = np.array([beyond(asked, one) for one in wiring.rewired])
    scatter = drawn[:, :, 0].std(axis=0)
    usable = (np.abs(found[:, 0]) > 1e-5 * scatter) & (scatter > 1e-6)
    weigh = score_weights(targets, members[:, used], usable)
    inverse = np.divide(1, scatter, out=np.zeros(len(scatter)), where=usable)
    weigh = sparse.csr_array(weigh @ sparse.diags_array(inverse))
    of_own = score_weights(targets, members[:, used], asked[rows, 0] != 0)

    def held(z: np.ndarray, activities: np.ndarray) -> np.ndarray:
        """0 where the genes of the targets themselves say the opposite."""
        opposed = (of_own @ activities[rows]) * z < 0
        return np.where(opposed, 0.0, z)

    def against(real: np.ndarray, null: np.ndarray | list[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Z of signals against those on rewired networks, with the null's mean and spread."""
        centre = weigh @ np.mean(null, axis=0)
        squares = sum(np.square(weigh @ one - centre) for one in null)
        spread = np.sqrt(squares / (len(null) - 1))
        return _over(weigh @ real - centre, spread), centre, spread

    z, centre, spread = against(found, drawn)
    within = activity(state.parts)
    shown = beyond(within)
    parts, _, _ = against(shown, [beyond(within, one) for one in wiring.rewired[:SHOWN_BY]])
    resampled = None
    if len(state.resampled):
        copies = activity(state.resampled)
        some = wiring.rewired[:MOVED_BY]
        moved = np.mean([beyond(copies, one) for one in some], axis=0)
        moved -= drawn[: len(some), :, :1].mean(axis=0)
        resampled = _over(weigh @ (beyond(copies) - moved) - centre[:, :1], spread[:, :1])
        resampled = held(resampled, copies)
    strong = held(z, asked)
    return Calibrated(
        "causal",
        NULLS,
        z[:, 0],
        strong[:, 0],
        raw,
        np.where(weigh @ shown != 0, parts, np.nan),
        resampled,
        strong[:, 1:] if len(state.null) else None,
    )


def _factor_activity(
    state: WholeState, wiring: Wiring, place: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Give a function from states over the twin, shape (k, n), to factor activities, (p, k)."""
    regulation = wiring.network.regulation
    factors = np.flatnonzero(np.diff(regulation.start) > 0)
    in_twin = np.flatnonzero(place >= 0)
    seen = np.zeros(len(place), dtype=bool)
    seen[in_twin] = state.seen[place[in_twin]]
    model = factor_model(sparse.csr_array(regulation.transition()[factors]), seen)

    def activity(values: np.ndarray) -> np.ndarray:
        genes = np.zeros((len(place), len(values)))
        genes[in_twin] = values[:, place[in_twin]].T
        result = np.zeros(genes.shape, dtype=np.float32)
        result[factors] = model.activity(genes)
        return result

    return activity


def _over(value: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Divide, NaN where the scale is 0."""
    scale = np.broadcast_to(scale, value.shape)
    return np.divide(value, scale, out=np.full(value.shape, np.nan), where=scale > 1e-6)
