"""Tested combinations of drugs against random pairs, by how far apart their targets are."""

from collections.abc import Iterator

import combinations

from .common import Figure, Places, at_least, reported

#: The separation of two drugs' targets in one direction and in the other.
DIRECTIONS = (combinations.APART, combinations.OVERLAP)

#: What would fool us: targets in common, and how many and how well connected targets are.
BASELINES = (
    combinations.SHARED,
    combinations.COMMON,
    "number of targets",
    "mean log degree of targets",
)

NEEDED = 0.60


def figures(places: Places) -> Iterator[Figure]:
    """Give the AUC of tested pairs in both directions, each with the baselines beside.

    What one would expect is that targets of a combination lie apart. They do not: it is overlap
    that tells tested pairs from random ones, and the needed figure is asked of the direction found.
    """
    places.kang()
    read = {
        "project": lambda: combinations.project_network(places.output),
        "literature": lambda: combinations.literature_network(places.output, places.data),
    }
    for title, network in read.items():
        found = combinations.figures(network(), data=places.data, kinds=["tested"])["tested"]
        yield reported("combi", f"{title} interactome, tested pairs", found["pairs"])
        for against, words in (
            ("uniform", "random pairs"),
            ("same drugs", "pairs of the same drugs"),
            ("no shared target", "the latter, no shared target"),
        ):
            values = found[against]
            for name in (*DIRECTIONS, *BASELINES):
                middle, low, high = values[name]
                yield reported(
                    "combi",
                    f"{title}, {words}: {name}",
                    f"{middle:.3f} ({low:.2f}-{high:.2f})",
                )
            if against == "no shared target":
                continue
            direction = max(DIRECTIONS, key=lambda name: values[name][0])
            value = values[direction][0]
            what = f"AUC against {words}, in the direction found: {direction}"
            if title == "project":
                yield at_least("combi", what, value, NEEDED)
            else:
                yield reported("combi", f"{title}, {what}", value)
