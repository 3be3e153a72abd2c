"""Graph mathematics on arrays: it knows no biology and no files."""

from twinscreen.network.bins import degree_bins
from twinscreen.network.centrality import eigenvector_centrality
from twinscreen.network.components import (
    ComponentSignificance,
    component_significance,
    largest_component,
)
from twinscreen.network.influence import influence, signed_transition
from twinscreen.network.interactome import Interactome
from twinscreen.network.proximity import Proximity, proximity

__all__ = [
    "ComponentSignificance",
    "Interactome",
    "Proximity",
    "component_significance",
    "degree_bins",
    "eigenvector_centrality",
    "influence",
    "largest_component",
    "proximity",
    "signed_transition",
]
