"""Graph mathematics on arrays: it knows no biology and no files."""

from twinscreen.network.activity import Activity, activity
from twinscreen.network.arrange import DisconnectedError
from twinscreen.network.attribution import Attribution, attribute
from twinscreen.network.bins import BackgroundError, degree_bins
from twinscreen.network.centrality import betweenness, eigenvector_centrality, pagerank
from twinscreen.network.components import (
    ComponentSignificance,
    component_significance,
    largest_component,
)
from twinscreen.network.copies import components_of_copies
from twinscreen.network.growth import Growth, diamond
from twinscreen.network.hops import EmptyModuleError, TooLongError, distance_to_modules
from twinscreen.network.influence import influence, signed_transition
from twinscreen.network.interactome import Interactome
from twinscreen.network.links import Links, link_sets, overlap_null, overlap_significance
from twinscreen.network.measures import Distances, distances, set_separation
from twinscreen.network.meta import driver_centrality, mutual_eigenvector
from twinscreen.network.multiplex import MultiplexWalk, layer_probability, multiplex_walk
from twinscreen.network.proximity import Proximity, proximity
from twinscreen.network.redrawn import proximity_by_draws
from twinscreen.network.sets import membership
from twinscreen.network.significance import false_discovery_rate
from twinscreen.network.walk import LinearNull, random_walk, walk_against_null

__all__ = [
    "Activity",
    "Attribution",
    "BackgroundError",
    "ComponentSignificance",
    "DisconnectedError",
    "Distances",
    "EmptyModuleError",
    "Growth",
    "Interactome",
    "LinearNull",
    "Links",
    "MultiplexWalk",
    "Proximity",
    "TooLongError",
    "activity",
    "attribute",
    "betweenness",
    "component_significance",
    "components_of_copies",
    "degree_bins",
    "diamond",
    "distance_to_modules",
    "distances",
    "driver_centrality",
    "eigenvector_centrality",
    "false_discovery_rate",
    "influence",
    "largest_component",
    "layer_probability",
    "link_sets",
    "membership",
    "multiplex_walk",
    "mutual_eigenvector",
    "overlap_null",
    "overlap_significance",
    "pagerank",
    "proximity",
    "proximity_by_draws",
    "random_walk",
    "set_separation",
    "signed_transition",
    "walk_against_null",
]
