"""The benchmark of diseases on other rewired networks: none of its figures may hang on a seed."""

from collections.abc import Iterator

from twinscreen.knowledge.signalling.wiring import build_wiring
from twinscreen.settings.knowledge import KnowledgeSettings
from validation.common import SEED, Figure, Places
from validation.diseases import collect, needed, table_of

PART = "4"

#: Seeds of the rewiring.
SEEDS = range(SEED, SEED + 6)


def figures(places: Places) -> Iterator[Figure]:
    """Measure the default on the rewired networks of each seed."""
    places.kang()
    settings = KnowledgeSettings()
    for seed in SEEDS:
        wiring = places.scratch / f"wiring_{seed}.npz"
        if not wiring.is_file():
            build_wiring(
                interactome=places.knowledge.interactome,
                damping=settings.damping,
                steps=settings.steps,
                rewirings=settings.rewirings,
                seed=seed,
                output=wiring,
            )
        cases = collect(places, wiring)
        tables = {name: table_of(cases, scores) for name, scores in cases.scores.items()}
        for figure in needed(tables):
            yield Figure(
                figure.part,
                f"seed {seed}: {figure.what}",
                figure.found,
                figure.needed,
                figure.holds,
            )
