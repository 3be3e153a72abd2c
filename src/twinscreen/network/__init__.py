"""Graph mathematics on arrays: it knows no biology and no files."""

from twinscreen.network.bins import degree_bins
from twinscreen.network.centrality import eigenvector_centrality
from twinscreen.network.components import (
    ComponentSignificance,
    component_significance,
    largest_component,
)
from twinscreen.network.hops import EmptyModuleError, distance_to_modules
from twinscreen.network.influence import influence, signed_transition
from twinscreen.network.interactome import Interactome
from twinscreen.network.measures import Distances, distances, set_separation
from twinscreen.network.proximity import Proximity, proximity
from twinscreen.network.sets import membership

__all__ = [
    "ComponentSignificance",
    "Distances",
    "EmptyModuleError",
    "Interactome",
    "Proximity",
    "component_significance",
    "degree_bins",
    "distance_to_modules",
    "distances",
    "eigenvector_centrality",
    "influence",
    "largest_component",
    "membership",
    "proximity",
    "set_separation",
    "signed_transition",
]
