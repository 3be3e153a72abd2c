"""By what drugs are ranked: one function per preset, all behind one small contract.

A preset sees all evidence on one patient and gives every drug an outcome. What else is in a
screen does not depend on it.
"""

from collections.abc import Callable

import numpy as np

from twinscreen.screen.drugs import combine, drug_scores
from twinscreen.screen.intervals import score_intervals
from twinscreen.screen.outcome import RANKED, Evidence, Outcome
from twinscreen.screen.scdrugprio import scdrugprio


def causal(evidence: Evidence) -> Outcome:
    """Score by how well a drug opposes what its targets' over-activity explains."""
    targets, values = evidence.causal.targets, evidence.causal.over
    row = targets.table["drug"].to_numpy(dtype=np.int64)
    directed = targets.table["sign"].to_numpy() != 0
    treated = np.isfinite(values[:, evidence.weight > 0]).any(axis=1)

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(row[which], minlength=targets.drugs)

    n_targets, n_scored = count(directed), count(directed & treated)
    scores = drug_scores(targets, values)
    status = np.select(
        [n_scored > 0, n_targets == 0], [RANKED, "unknown action"], "no path to transcription"
    )
    score = combine(scores, evidence.weight)
    intervals = score_intervals(evidence.causal, evidence.copies, score)
    return Outcome(score, scores, status, n_targets, n_scored, intervals=intervals)


def proximity(evidence: Evidence) -> Outcome:
    """Score by how much nearer than chance a drug's targets are to the modules: Stouffer of -z."""
    parts = -evidence.nearness.z
    score = combine(parts, evidence.weight)
    n_scored = np.diff(evidence.targets.indptr)
    status = np.select(
        [np.isfinite(score), n_scored == 0],
        [RANKED, "no target on the interactome"],
        "no module to be near to",
    )
    return Outcome(score, parts, status, evidence.n_genes, n_scored)


#: Every preset by the name that the configuration gives it.
PRESETS: dict[str, Callable[[Evidence], Outcome]] = {
    "causal": causal,
    "proximity": proximity,
    "scdrugprio": scdrugprio,
}
