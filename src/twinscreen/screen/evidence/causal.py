"""Evidence A against its nulls: rewired signalling, and permuted genes.

Activities of transcription factors are read from their genes, all factors at once, and carried back
along signed signalling to every protein: what a rise of its activity is worth downstream. The
support of a target is - sign_t v_t / s_t, where v_t is that of the target and s_t how much it
scatters over rewired networks. Under each null a drug has the z of its best supported target, taken
as the best of as many: the four kinases of one family lead to other factors, too, and those that
are not active are no evidence against it. The best target may be another one under each null.

The first null is networks in which every protein keeps how many edges of each sign go in and out.
What a factor's own genes say of it is in all networks alike and takes no part there: signals count
from the first step of signalling on.

The second null deals the genes' deviations out at random among them, in closed form, as activities
are linear in genes. There targets of one family are correlated, and worth fewer than they are;
rewired networks draw their edges apart. Here the activity of a target that is a factor itself
counts: a drug that would push that factor's genes further from normal has to overcome it. z against
rewired networks has a heavy tail, most of all for targets that few of the networks reach, so that
deviations without any sense give some drug a z of 10; it does not stand out here. The weaker of
both counts, and nothing where they disagree in sign.

It counts by how far its best drug stands out (`standing_out`): where that is no further than the
best of noise would, none of its drugs says anything, and their z would only add noise to the score.

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
from twinscreen.screen.evidence.targets import Families, Targets, drug_scores

#: So many rewired networks are enough for what is shown of single compartments.
SHOWN_BY = 50

#: The kind has all of its weight where its best z is so many times that of the best of noise.
FULL = 1.5

#: The least share of its weight, so that it still ranks drugs where no other kind says anything.
LEAST = 0.1

#: So many rewired networks tell how the null's mean moves with a bootstrap replicate.
MOVED_BY = 25


def causal_evidence(
    state: ScreenedState, wiring: Wiring, place: np.ndarray, targets: Targets, raw: np.ndarray
) -> Calibrated:
    """Compare the signed path from targets to genes with both nulls.

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
    families = upstream.families(found[:, 0], drawn[:, :, 0])
    z, centre, spread = against(families, found, drawn)
    genes = PermutedGenes.of(upstream, families)
    weaker_z = weaker(z, genes.z(found, asked))
    within = upstream.activities(state.parts)
    shown = upstream.beyond(within)
    some = [upstream.beyond(within, one) for one in wiring.rewired[:SHOWN_BY]]
    parts, _, _ = against(families, shown, np.array(some))
    said = families.best(np.where(families.weigh @ shown != 0, 0, np.nan), families.size)
    resampled = None
    if len(state.resampled):
        replicates = upstream.activities(state.resampled)
        signals = upstream.beyond(replicates)
        few = wiring.rewired[:MOVED_BY]
        moved = np.mean([upstream.beyond(replicates, one) for one in few], axis=0)
        moved -= drawn[: len(few), :, :1].mean(axis=0)
        drifted = _over(families.weigh @ (signals - moved) - centre[:, :1], spread[:, :1])
        resampled = weaker(families.best(drifted, families.size), genes.z(signals, replicates))
    return Calibrated(
        "causal",
        z[:, 0],
        weaker_z[:, 0],
        raw,
        np.where(np.isfinite(said), parts, np.nan),
        resampled,
        weaker_z[:, 1:] if len(state.null) else None,
        share=float(standing_out(weaker_z[:, :1])[0]),
        null_share=standing_out(weaker_z[:, 1:]) if len(state.null) else None,
    )


def standing_out(z: np.ndarray) -> np.ndarray:
    """Say how much a kind counts by how far its best mechanism stands out of noise.

    Of e normal values the greatest is about sqrt(2 log e). The share rises from `LEAST` there to 1
    at `FULL` times as much.

    Parameters
    ----------
    z
        Of e mechanisms in k states, shape (e, k); NaN where the kind says nothing.

    Returns
    -------
    Share of the weight, shape (k,).
    """
    number = np.maximum(np.isfinite(z).sum(axis=0), 2)
    best = np.where(np.isfinite(z), z, 0).max(axis=0, initial=0)
    beyond = best / np.sqrt(2 * np.log(number)) - 1
    return np.clip(beyond / (FULL - 1), LEAST, 1)


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

    def families(self, found: np.ndarray, drawn: np.ndarray) -> Families:
        """Weigh the t proteins in the support of each target of each mechanism.

        Parameters
        ----------
        found, drawn
            Signals on the network, (t,), and on r rewired ones, (r, t).
        """
        scatter = drawn.std(axis=0)
        usable = (np.abs(found) > 1e-5 * scatter) & (scatter > 1e-6)
        inverse = np.divide(1, scatter, out=np.zeros(len(scatter)), where=usable)
        return Families.of(self.targets, self.members, usable).scaled(inverse)


@dataclass(frozen=True)
class PermutedGenes:
    """The second null: the f targets, and their standard deviations, (f,), were genes white.

    The statistic is that of the first null, with the activity of a target that is a factor itself.
    `worth` (e,) is the number of independent targets that those of each mechanism are worth.
    """

    families: Families
    rows: np.ndarray
    sd: np.ndarray
    worth: np.ndarray

    @classmethod
    def of(cls, upstream: Upstream, families: Families) -> PermutedGenes:
        """Compute it from what each factor adds to each target."""
        total = families.weigh @ upstream.reach()
        spread = total @ upstream.model.covariance
        sd = np.sqrt(np.maximum((spread * total).sum(axis=1), 0))
        return cls(families, upstream.rows, sd, worths(families, total, spread))

    def z(self, signals: np.ndarray, read: Activities) -> np.ndarray:
        """Hold signals from the first step on, (t, k), and the targets' own activities; (e, k)."""
        support = self.families.weigh @ (signals + read.active[self.rows])
        z = _over(support, self.sd[:, None] * np.sqrt(read.variance))
        return self.families.best(z, self.worth)


def worths(families: Families, total: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Count the independent targets that those of each mechanism are worth, shape (e,).

    Parameters
    ----------
    families
        f targets of e mechanisms.
    total, spread
        What each of u factors adds to each target, and that times their covariance, (f, u) each.
    """
    result = np.ones(families.number)
    for one in np.flatnonzero(families.size > 1):
        mine = families.mechanism == one
        result[one] = independent(spread[mine] @ total[mine].T)
    return result


def independent(covariance: np.ndarray) -> float:
    """Count the independent values that correlated ones are worth, of their covariance, (n, n).

    (sum of the roots of the eigenvalues)^2 over their sum: n without correlation, 1 for copies.

    References
    ----------
    Galwey, Genet Epidemiol 2009;33:559.
    """
    sd = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    eigenvalues = np.maximum(np.linalg.eigvalsh(covariance / np.outer(sd, sd)), 0)
    return max(float(np.sqrt(eigenvalues).sum() ** 2 / max(eigenvalues.sum(), 1e-12)), 1.0)


def against(
    families: Families, real: np.ndarray, null: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare mechanisms with rewired networks, by their best supported target.

    Parameters
    ----------
    families
        f targets of e mechanisms over t proteins.
    real, null
        Signals of the proteins in k states, (t, k), and on r rewired networks, (r, t, k).

    Returns
    -------
    z (e, k), and the null's mean and standard deviation of each target, shape (f, k) each.
    """
    centre = families.weigh @ np.mean(null, axis=0)
    squares = sum(np.square(families.weigh @ one - centre) for one in null)
    spread = np.sqrt(squares / (len(null) - 1))
    z = _over(families.weigh @ real - centre, spread)
    return families.best(z, families.size), centre, spread


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
