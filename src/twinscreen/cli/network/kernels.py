"""Verb that turns all kernels into machine code, once for an installation.

Each kernel is compiled when it is first called, and its machine code is kept. Without this verb
the first patients of an installation pay for it; where the installation cannot be written, as in a
container, every job does. The kernels are called here as the library calls them, on a network that
is small and random.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from twinscreen.network import Interactome

#: Proteins of the random network, enough for a bin of like degree.
_PROTEINS = 300
#: Sets that stand for drugs, modules, replicates and patients.
_SETS = 8


def calls() -> "Iterator[tuple[str, Callable[[], object]]]":
    """Give one call after the other, named, which together use every kernel."""
    import numpy as np
    from scipy import sparse

    from twinscreen.network import (
        component_significance,
        components_of_replicates,
        proximity,
        proximity_by_draws,
    )

    network = _random_network()
    random = np.random.default_rng(0)
    inside = random.random((_SETS, _PROTEINS)) < 0.1
    inside[:, :2] = True
    sets = sparse.csr_array(inside.astype(float))
    for null in ("both", "disease", "drug"):
        yield "proximity", partial(proximity, network, sets, sets, random=random, null=null)
    for measure in ("shortest", "kernel", "centre", "separation"):
        yield (
            f"proximity by {measure}",
            partial(
                proximity_by_draws, network, sets, sets, measure=measure, random=random, draws=8
            ),
        )
    yield (
        "components",
        partial(component_significance, network, inside[0], draws=8, random=random),
    )
    yield "components of replicates", partial(components_of_replicates, network, inside)
    yield "signed paths", partial(_follow_signals, network, random)
    yield "similarity", partial(_compare_patients, inside)


def _random_network() -> "Interactome":
    import networkx as nx
    import numpy as np

    from twinscreen.network import Interactome

    graph = nx.barabasi_albert_graph(_PROTEINS, 3, seed=0)
    edges = np.array(graph.edges)
    return Interactome.from_indices(np.array(range(_PROTEINS)), edges[:, 0], edges[:, 1])


def _follow_signals(network: "Interactome", random: "np.random.Generator") -> None:
    import numpy as np

    from twinscreen.network.signed.paths import strongest_paths
    from twinscreen.network.signed.signed_walk import SignalNetwork, SignedEdges

    source, target = network.adjacency.nonzero()
    edges = SignedEdges.of(source, target, random.choice([-1, 1], len(source)), n=_PROTEINS)
    edges.rewired(random)
    wiring = SignalNetwork(edges, edges, damping=0.5, steps=3)
    strongest_paths(wiring, np.arange(_SETS), np.arange(_SETS), most=3)


def _compare_patients(inside: "np.ndarray") -> None:
    import numpy as np
    from scipy import sparse

    from twinscreen.cohort.similarity.listed import compare_listed
    from twinscreen.cohort.similarity.profiles import Place

    values = sparse.csr_array(inside.astype(np.float32))
    patients = np.arange(_SETS)
    compare_listed(Place(patients, values, values), patients, patients[::-1])


def _describe_compile(add: Callable[..., argparse.Action]) -> None:
    """Add nothing: the verb takes no flag."""


def _compile(given: argparse.Namespace) -> None:
    for name, call in calls():
        print(f"{name} ...", flush=True)
        call()


VERBS = {
    "compile": (_describe_compile, _compile, "compile what is computed most, once for all runs"),
}
