"""Centrality: whether a drug's targets are central in the modules, whatever it does there.

It has no null of its own: its z says how a drug stands among the others, and nothing of chance.
"""

import anndata as ad
import numpy as np

from twinscreen.screen.evidence.contract import (
    OTHER_DRUGS,
    Calibrated,
    EvidenceInputs,
    Kind,
    Sentences,
    ranked_among_drugs,
)
from twinscreen.screen.evidence.targets import Targets, mean_of_targets


def centrality_evidence(twin: ad.AnnData, targets: Targets, weight: np.ndarray) -> Calibrated:
    """Take the mean centrality of the targets in the modules; 0 for targets outside.

    Parameters
    ----------
    twin
        c compartments x n proteins, with the layer `centrality`.
    targets
        Targets of e mechanisms over the n proteins.
    weight
        Weight of each compartment, shape (c,).
    """
    values = np.nan_to_num(np.asarray(twin.layers["centrality"], dtype=float))
    raw = mean_of_targets(targets, values.T, np.ones(twin.n_vars, dtype=bool))
    return ranked_among_drugs("centrality", raw, weight)


def _measure(inputs: EvidenceInputs) -> Calibrated:
    return centrality_evidence(inputs.twin, inputs.targets, inputs.weight)


CENTRALITY = Kind(
    name="centrality",
    title="Centrality",
    about="centrality of the targets in the modules",
    sentences=Sentences(
        supports="Its targets are central in the modules, whatever it does there.",
        undecided="Its targets are no more central in the modules than those of other drugs.",
        opposes="Its targets are less central in the modules than those of other drugs.",
        silent="Its targets are in no module.",
    ),
    nulls=(OTHER_DRUGS,),
    layers=("centrality",),
    measure=_measure,
)
