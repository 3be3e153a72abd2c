"""Graph mathematics on arrays: it knows no biology and no files."""

from twinscreen.network.activity import Activity, activity
from twinscreen.network.arrange import DisconnectedError
from twinscreen.network.attribution import Attribution, attribute
from twinscreen.network.bins import degree_bins
from twinscreen.network.centrality import betweenness, eigenvector_centrality, pagerank
from twinscreen.network.components import (
    ComponentSignificance,
    component_significance,
    largest_component,
)
from twinscreen.network.growth import Growth, diamond
from twinscreen.network.hops import EmptyModuleError, TooLongError, distance_to_modules
from twinscreen.network.influence import influence, signed_transition
from twinscreen.network.interactome import Interactome
from twinscreen.network.measures import Distances, distances, set_separation
from twinscreen.network.meta import driver_centrality, mutual_eigenvector
from twinscreen.network.proximity import Proximity, proximity
from twinscreen.network.sets import membership
from twinscreen.network.walk import LinearNull, random_walk, walk_against_null

__all__ = [
    "Activity",
    "Attribution",
    "ComponentSignificance",
    "DisconnectedError",
    "Distances",
    "EmptyModuleError",
    "Growth",
    "Interactome",
    "LinearNull",
    "Proximity",
    "TooLongError",
    "activity",
    "attribute",
    "betweenness",
    "component_significance",
    "degree_bins",
    "diamond",
    "distance_to_modules",
    "distances",
    "driver_centrality",
    "eigenvector_centrality",
    "influence",
    "largest_component",
    "membership",
    "mutual_eigenvector",
    "pagerank",
    "proximity",
    "random_walk",
    "set_separation",
    "signed_transition",
    "walk_against_null",
]
