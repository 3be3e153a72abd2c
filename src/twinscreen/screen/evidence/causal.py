"""Evidence A against its nulls: rewired signalling, and permuted genes.

Activities of transcription factors are read from their genes, all factors at once, and carried back
along signed signalling to every protein: what a rise of its activity is worth downstream. A drug's
statistic is A = - sum_t sign_t v_t / s_t / sqrt(number of targets), where v_t is that of a target
and s_t how much it scatters over rewired networks, so that no target counts for more because more
lies downstream. Two targets that say the same (both chains of a receptor) are more than one, as
much as two that say it of different things: rewired networks draw their edges apart.

The first null is A on networks in which every protein keeps how many edges of each sign go in and
out. What a factor's own genes say of it is in all networks alike and takes no part there: signals
count from the first step of signalling on.

The second null deals the genes' deviations out at random among them, in closed form, as activities
are linear in genes. Here the activity of a target that is a factor itself counts: a drug that would
push that factor's genes further from normal has to overcome it. z against rewired networks has a
heavy tail, most of all for drugs with one or two targets that few of the networks reach, so that
deviations without any sense give some drug a z of 10; it does not stand out here. The weaker of
both counts, and nothing where they disagree in sign.

Every replicate of the patient is compared with both on its own, as another sample would be. For
bootstrap replicates, which differ little from the patient, some of the networks tell by how much
the null's mean moves with the replicate; its spread is the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from twinscreen.kb.wiring import Wiring
from twinscreen.network.signed.ridge_activity import FactorModel, factor_model
from twinscreen.screen.evidence.contract import (
    Calibrated,
    EvidenceInputs,
    Kind,
    Null,
    Sentences,
    layers_by_compartment,
    of_drugs,
    weaker,
)
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Targets, drug_scores, score_weights

#: So many rewired networks are enough for what is shown of single compartments.
SHOWN_BY = 50

#: So many rewired networks tell how the null's mean moves with a bootstrap replicate.
MOVED_BY = 25


def causal_evidence(
    state: ScreenedState, wiring: Wiring, place: np.ndarray, targets: Targets, raw: np.ndarray
) -> Calibrated:
    """Hold the signed path from targets to genes against both nulls.

    Parameters
    ----------
    state
        Deviation over n proteins of the twin.
    wiring
        Real and rewired networks over p proteins.
    place
        Column in the twin of each of the p proteins, shape (p,); -1 where it has none.
    targets
        Targets of e mechanisms over the n proteins of the twin.
    raw
        Bare score of each mechanism and compartment, shape (e, c).
    """
    upstream = Upstream.of(state.seen, wiring, place, targets)
    asked = upstream.activities(np.vstack([state.whole[None], state.null]))
    found = upstream.beyond(asked)
    drawn = np.array([upstream.beyond(asked, one) for one in wiring.rewired])
    weigh = upstream.weights(found[:, 0], drawn[:, :, 0])
    z, centre, spread = against(weigh, found, drawn)
    genes = PermutedGenes.of(upstream, weigh)
    weaker_z = weaker(z, genes.z(found, asked))
    within = upstream.activities(state.parts)
    shown = upstream.beyond(within)
    some = [upstream.beyond(within, one) for one in wiring.rewired[:SHOWN_BY]]
    parts, _, _ = against(weigh, shown, np.array(some))
    resampled = None
    if len(state.resampled):
        replicates = upstream.activities(state.resampled)
        signals = upstream.beyond(replicates)
        few = wiring.rewired[:MOVED_BY]
        moved = np.mean([upstream.beyond(replicates, one) for one in few], axis=0)
        moved -= drawn[: len(few), :, :1].mean(axis=0)
        drifted = _over(weigh @ (signals - moved) - centre[:, :1], spread[:, :1])
        resampled = weaker(drifted, genes.z(signals, replicates))
    return Calibrated(
        "causal",
        z[:, 0],
        weaker_z[:, 0],
        raw,
        np.where(weigh @ shown != 0, parts, np.nan),
        resampled,
        weaker_z[:, 1:] if len(state.null) else None,
    )


@dataclass(frozen=True)
class Activities:
    """Factors read in k states: `active` (p, k) among p proteins, `variance` (k,) of the genes.

    Activities are 0 for proteins that are no factors, or of which too few genes were measured.
    """

    active: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class Upstream:
    """How the genes of a patient's states are read, and what is asked of them.

    `rows` (t,) are the proteins of the wiring that any of e mechanisms acts on, `members` says
    which members of `targets` they are. `seen` (p,) marks the measured genes, which `place` (p,)
    finds in the twin. `signalling` are the targets of a rewired network that is taken for the real
    one; None: the real one.
    """

    wiring: Wiring
    place: np.ndarray
    seen: np.ndarray
    targets: Targets
    members: sparse.csr_array
    rows: np.ndarray
    signalling: np.ndarray | None = None

    @classmethod
    def of(cls, seen: np.ndarray, wiring: Wiring, place: np.ndarray, targets: Targets) -> Upstream:
        """Prepare reading states over n proteins, of which `seen`, shape (n,), are measured."""
        in_twin = np.flatnonzero(place >= 0)
        members = targets.members[:, place[in_twin]]
        used = np.flatnonzero(np.diff(members.tocsc().indptr) > 0)
        measured = np.zeros(len(place), dtype=bool)
        measured[in_twin] = seen[place[in_twin]]
        return cls(
            wiring,
            place,
            measured,
            targets,
            sparse.csr_array(members[:, used]),
            in_twin[used],
        )

    def on(self, network: int) -> Upstream:
        """Take a rewired network for the real one."""
        return replace(self, signalling=self.wiring.rewired[network])

    @cached_property
    def factors(self) -> np.ndarray:
        """Transcription factors among the proteins."""
        return np.flatnonzero(np.diff(self.wiring.network.regulation.start) > 0)

    @cached_property
    def model(self) -> FactorModel:
        """Regression of the measured genes on the factors."""
        regulons = self.wiring.network.regulation.transition()[self.factors]
        return factor_model(sparse.csr_array(regulons), self.seen)

    def activities(self, states: np.ndarray) -> Activities:
        """Read the factors in states over the twin, shape (k, n)."""
        known = self.place >= 0
        genes = np.zeros((len(self.place), len(states)))
        genes[known] = states[:, self.place[known]].T
        genes[~self.seen] = 0
        active = np.zeros(genes.shape, dtype=np.float32)
        active[self.factors] = self.model.activity(genes)
        measured = genes[self.seen]
        return Activities(active, measured.var(axis=0) if len(measured) else np.zeros(len(states)))

    def beyond(self, read: Activities, signalling: np.ndarray | None = None) -> np.ndarray:
        """Signals from the first step on, of the targets alone, shape (t, k)."""
        signalling = self.signalling if signalling is None else signalling
        network = self.wiring.network
        return network.upstream(read.active, signalling, self.rows) - read.active[self.rows]

    def reach(self) -> np.ndarray:
        """Carry each factor of the model back alone: what it adds to each target, (t, u)."""
        factors = self.factors[self.model.rows]
        alone = np.zeros((len(self.place), len(factors)), dtype=np.float32)
        alone[factors, np.arange(len(factors))] = 1
        return self.wiring.network.upstream(alone, self.signalling, self.rows)

    def weights(self, found: np.ndarray, drawn: np.ndarray) -> sparse.csr_array:
        """Weigh the t targets in the statistic of each mechanism, shape (e, t).

        Parameters
        ----------
        found, drawn
            Signals on the network, (t,), and on r rewired ones, (r, t).
        """
        scatter = drawn.std(axis=0)
        usable = (np.abs(found) > 1e-5 * scatter) & (scatter > 1e-6)
        weigh = score_weights(self.targets, self.members, usable)
        inverse = np.divide(1, scatter, out=np.zeros(len(scatter)), where=usable)
        return sparse.csr_array(weigh @ sparse.diags_array(inverse))


@dataclass(frozen=True)
class PermutedGenes:
    """The second null: the statistic's weights, (e, t), and its standard deviation, (e,).

    The statistic is that of the first null, with the activity of a target that is a factor itself;
    the standard deviation is that were genes white.
    """

    weigh: sparse.csr_array
    rows: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, upstream: Upstream, weigh: sparse.csr_array) -> PermutedGenes:
        """Compute it from what each factor adds to each target."""
        total = weigh @ upstream.reach()
        variance = ((total @ upstream.model.covariance) * total).sum(axis=1)
        return cls(weigh, upstream.rows, np.sqrt(np.maximum(variance, 0)))

    def z(self, signals: np.ndarray, read: Activities) -> np.ndarray:
        """Hold signals from the first step on, (t, k), and the targets' own activities; (e, k)."""
        whole = self.weigh @ (signals + read.active[self.rows])
        return _over(whole, self.sd[:, None] * np.sqrt(read.variance))


def against(
    weigh: sparse.csr_array, real: np.ndarray, null: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare mechanisms with rewired networks.

    Parameters
    ----------
    weigh
        Of t targets in e mechanisms, shape (e, t).
    real, null
        Signals of the targets in k states, (t, k), and on r rewired networks, (r, t, k).

    Returns
    -------
    z, and the null's mean and standard deviation, shape (e, k) each.
    """
    centre = weigh @ np.mean(null, axis=0)
    squares = sum(np.square(weigh @ one - centre) for one in null)
    spread = np.sqrt(squares / (len(null) - 1))
    return _over(weigh @ real - centre, spread), centre, spread


def _over(value: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Divide, NaN where the scale is 0."""
    scale = np.broadcast_to(scale, value.shape)
    return np.divide(value, scale, out=np.full(value.shape, np.nan), where=scale > 1e-6)


def _measure(inputs: EvidenceInputs) -> Calibrated:
    scored = inputs.scored
    rows = np.flatnonzero(np.isin(scored.targets.table["drug"].to_numpy(), inputs.first))
    return causal_evidence(
        inputs.state,
        inputs.wiring,
        inputs.twin.var_names.get_indexer(inputs.wiring.proteins),
        inputs.targets,
        drug_scores(of_drugs(scored.targets, inputs.first), scored.over[rows]),
    )


CAUSAL = Kind(
    name="causal",
    title="Causal",
    about="signed paths from the targets to what deviates",
    sentences=Sentences(
        supports="Along signed paths, the drug pushes the genes that deviate back towards the"
        " reference.",
        undecided="Along signed paths, the drug pushes the genes that deviate neither clearly back"
        " towards the reference nor away from it.",
        opposes="Along signed paths, the drug pushes the genes that deviate further from the"
        " reference.",
        silent="No signed path leads from its targets to the genes measured.",
    ),
    nulls=(
        Null("rewired signalling", "networks with the signalling rewired"),
        Null("permuted genes", "deviations given to other genes"),
    ),
    weight=1.0,
    replicated=True,
    layers=layers_by_compartment("causal"),
    measure=_measure,
)
