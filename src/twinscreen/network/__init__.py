"""Graph mathematics on arrays: it knows no biology and no files."""

from twinscreen.network.degree_bins import BackgroundError, degree_bins
from twinscreen.network.fdr import false_discovery_rate
from twinscreen.network.interactome import Interactome
from twinscreen.network.membership import membership
from twinscreen.network.modules.centrality import betweenness, eigenvector_centrality, pagerank
from twinscreen.network.modules.component_replicates import components_of_replicates
from twinscreen.network.modules.components import (
    ComponentSignificance,
    component_significance,
    largest_component,
)
from twinscreen.network.modules.diamond import Growth, diamond
from twinscreen.network.modules.set_links import (
    Links,
    link_sets,
    overlap_null,
    overlap_significance,
)
from twinscreen.network.modules.weighted_centrality import driver_centrality, mutual_eigenvector
from twinscreen.network.proximity.arrange import DisconnectedError
from twinscreen.network.proximity.attribution import Attribution, attribute
from twinscreen.network.proximity.by_draws import proximity_by_draws
from twinscreen.network.proximity.closest import proximity
from twinscreen.network.proximity.hops import EmptyModuleError, TooLongError, distance_to_modules
from twinscreen.network.proximity.measures import Distances, distances, set_separation
from twinscreen.network.proximity.result import Proximity
from twinscreen.network.ranks import average_ranks
from twinscreen.network.signed.activity import Activity, activity
from twinscreen.network.signed.influence import influence, signed_transition
from twinscreen.network.walks.multiplex import MultiplexWalk, layer_probability, multiplex_walk
from twinscreen.network.walks.random_walk import LinearNull, random_walk, walk_against_null

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
    "average_ranks",
    "betweenness",
    "component_significance",
    "components_of_replicates",
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
