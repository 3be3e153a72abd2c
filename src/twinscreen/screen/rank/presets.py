"""Presets, which rank the drugs: one function each, all behind one small contract.

A preset sees all evidence on one patient and gives every drug an outcome. What else is in a
screen does not depend on it.
"""

from collections.abc import Callable, Mapping

import anndata as ad
import numpy as np

from twinscreen.files import InputError
from twinscreen.screen.evidence.contract import RANKED, Evidence, Scored
from twinscreen.screen.evidence.nearness import Nearness
from twinscreen.screen.evidence.targets import TargetGenes, combine, drug_scores
from twinscreen.screen.rank.combine import Combined, combine_kinds
from twinscreen.screen.rank.contract import Outcome
from twinscreen.screen.rank.intervals import replicate_intervals, score_intervals
from twinscreen.screen.rank.leave_one_out import stability
from twinscreen.screen.rank.scdrugprio import scdrugprio
from twinscreen.settings.screen import Preset


def calibrated(evidence: Evidence) -> Outcome:
    """Score by all kinds of evidence that have a null model, each against its own."""
    return _combined(evidence, evidence.rules.weights)


def origin(evidence: Evidence) -> Outcome:
    """Score by nearness to what the illness comes from, whatever the drug does there."""
    return _combined(evidence, {"origin": 1.0})


def weighted(evidence: Evidence) -> Outcome:
    """Score by kinds of evidence weighted by the user, with what each changes in the ranks."""
    return _combined(evidence, evidence.rules.own_weights, with_stability=True)


def _combined(
    evidence: Evidence, weights: Mapping[str, float], *, with_stability: bool = False
) -> Outcome:
    """Combine kinds of evidence with weights; drugs whose action is unknown are not ranked."""
    kinds = [kind for name, kind in evidence.kinds.items() if weights.get(name)]
    if not kinds:
        raise InputError(
            file="configuration",
            place="screen.weights, screen.own_weights",
            found="no kind of evidence with a weight above 0",
            expected="a weight for at least one kind that the preset combines",
            remedy="raise one of the weights, or leave them out for the defaults",
        )
    inputs = evidence.inputs
    n_targets, n_scored = _targets_of(inputs.scored)
    known = n_targets > 0

    def run(chosen: Mapping[str, float]) -> Combined:
        return combine_kinds(
            kinds,
            chosen,
            allowed=known[inputs.first],
            eligible=evidence.eligible,
            spread=inputs.state.spread,
            null_spread=inputs.state.null_spread,
            null=evidence.rules.null,
            max_pvalue=evidence.rules.max_pvalue,
        )

    found, of = run(weights), evidence.mechanism
    score = found.score[of]
    status = np.select([np.isfinite(score), ~known], [RANKED, "unknown action"], "no evidence")
    return Outcome(
        score,
        found.parts[of],
        status,
        n_targets,
        n_scored,
        intervals=replicate_intervals(score, found.resampled[of]),
        pvalue=found.pvalue[of],
        qvalue=found.qvalue[of],
        call=found.call,
        weights=found.weights,
        stability=stability(lambda some: run(some).score[of], weights) if with_stability else None,
    )


def _targets_of(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Count the targets with a known action of each drug, and those of them with a path."""
    targets, values = scored.targets, scored.over
    row = targets.table["drug"].to_numpy(dtype=np.int64)
    directed = targets.table["sign"].to_numpy() != 0
    treated = np.isfinite(values[:, scored.weight > 0]).any(axis=1)

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(row[which], minlength=targets.drugs)

    return count(directed), count(directed & treated)


def causal(scored: Scored, replicates: ad.AnnData | None) -> Outcome:
    """Score by how well a drug opposes what its targets' over-activity explains, bare."""
    n_targets, n_scored = _targets_of(scored)
    scores = drug_scores(scored.targets, scored.over)
    status = np.select(
        [n_scored > 0, n_targets == 0], [RANKED, "unknown action"], "no path to transcription"
    )
    score = combine(scores, scored.weight)
    intervals = score_intervals(scored, replicates, score)
    return Outcome(score, scores, status, n_targets, n_scored, intervals=intervals)


def proximity(near: Nearness, genes: TargetGenes, weight: np.ndarray) -> Outcome:
    """Score by how much nearer than chance a drug's targets are to the modules: Stouffer of -z."""
    parts = -near.z
    score = combine(parts, weight)
    n_scored = np.diff(genes.members.indptr)
    status = np.select(
        [np.isfinite(score), n_scored == 0],
        [RANKED, "no target on the interactome"],
        "no module to be near to",
    )
    return Outcome(score, parts, status, genes.number, n_scored, weights={"proximity": 1.0})


def _causal(evidence: Evidence) -> Outcome:
    return causal(evidence.inputs.scored, evidence.replicates)


def _proximity(evidence: Evidence) -> Outcome:
    return proximity(evidence.inputs.nearness, evidence.genes, evidence.inputs.weight)


def _scdrugprio(evidence: Evidence) -> Outcome:
    inputs = evidence.inputs
    return scdrugprio(
        inputs.twin,
        evidence.network,
        evidence.genes,
        inputs.scored,
        inputs.ligand_receptor,
        seed=inputs.seed,
    )


#: Every preset by the name that the configuration gives it.
PRESETS: dict[Preset, Callable[[Evidence], Outcome]] = {
    "calibrated": calibrated,
    "causal": _causal,
    "origin": origin,
    "proximity": _proximity,
    "scdrugprio": _scdrugprio,
    "weighted": weighted,
}
