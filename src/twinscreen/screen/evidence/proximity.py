"""Proximity: whether a drug's targets are near the modules, whatever it does there.

Its null is that of `nearness`, so the z over compartments is Stouffer's sum of what stands there.
"""

import numpy as np

from twinscreen.screen.evidence.contract import Calibrated, EvidenceInputs, Kind, Null, Sentences
from twinscreen.screen.evidence.nearness import Nearness
from twinscreen.screen.evidence.targets import combine


def proximity_evidence(near: Nearness, first: np.ndarray, weight: np.ndarray) -> Calibrated:
    """Turn proximity of d drugs to c modules into evidence on e mechanisms: near is positive.

    Parameters
    ----------
    near
        Nearness of d drugs.
    first
        Row of the first drug of each mechanism, shape (e,).
    weight
        Weight of each compartment, shape (c,).
    """
    parts = -near.z[first]
    whole = combine(parts, weight)
    shown = {
        "proximity": near.z[first],
        "proximity_distance": near.distance[first],
        "proximity_p": near.pvalue[first],
        "proximity_q": near.qvalue[first],
    }
    return Calibrated("proximity", whole, whole, near.distance[first], parts, shown=shown)


def _measure(inputs: EvidenceInputs) -> Calibrated:
    return proximity_evidence(inputs.nearness, inputs.first, inputs.weight)


PROXIMITY = Kind(
    name="proximity",
    title="Proximity",
    about="nearness to the modules",
    sentences=Sentences(
        supports="Its targets lie near the modules, whatever it does there.",
        undecided="Its targets lie no nearer to the modules than chance.",
        opposes="Its targets lie farther from the modules than chance.",
        silent="No target or no module on the network.",
    ),
    nulls=(Null("redrawn targets and modules", "redrawn targets and modules"),),
    layers=("proximity", "proximity_distance", "proximity_p", "proximity_q"),
    measure=_measure,
)
