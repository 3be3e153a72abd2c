"""From tables of interactions, targets and modules to a table of proximities."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What `twinscreen proximity` was asked for; the names are those of its flags."""

    network: str
    targets: str
    modules: str
    measure: str
    null: str
    draws: int
    seed: int
    threads: int
    pvalue_below: float
    background: str | None
    degree_with_self_loops: bool


def write_proximity(asked: Request, *, output: str) -> None:
    """Measure every drug against every module and write one row for each pair.

    Genes off the largest connected component of the network are left out and counted. A drug or
    module that loses all its genes keeps its rows, with missing values.

    Raises
    ------
    InputError
        A file can't be used; the message says why.
    """
    import numpy as np

    from twinscreen.files.errors import InputError
    from twinscreen.files.people import read_people_table, require_ending, write_people_table
    from twinscreen.network import Interactome, distances, largest_component, proximity

    require_ending(output)
    edges = read_people_table(asked.network, columns=(), content="interactions")
    targets = read_people_table(asked.targets, columns=("drug", "gene"), content="targets")
    modules = read_people_table(asked.modules, columns=("module", "gene"), content="modules")
    for path, table in ((asked.network, edges), (asked.targets, targets), (asked.modules, modules)):
        if not len(table):
            raise InputError(
                file=path, found="no row", expected="a row below the header", remedy="fill it"
            )
    first, second = edges.iloc[:, 0], edges.iloc[:, 1]
    whole = Interactome.from_edges(zip(first, second, strict=True))
    kept = largest_component(whole, np.ones(len(whole.names), dtype=bool))
    network = whole.restrict(kept)
    _say(
        f"network: {len(network.names)} genes and {network.adjacency.nnz // 2} interactions in the"
        f" largest component; {len(whole.names) - len(network.names)} genes outside"
    )
    drugs, target_sets = _membership(network, targets, "drug")
    names, module_sets = _membership(network, modules, "module")
    if asked.measure == "closest":
        background = None
        if asked.background:
            listed = read_people_table(asked.background, columns=("gene",), content="background")
            background = np.isin(network.names, listed["gene"])
        loops = np.isin(network.names, first[first == second])
        found = proximity(
            network,
            target_sets,
            module_sets,
            null=asked.null,  # type: ignore[arg-type]
            draws=asked.draws,
            below=asked.pvalue_below,
            degree=network.degree + 2 * loops if asked.degree_with_self_loops else None,
            background=background,
            threads=asked.threads,
            random=np.random.default_rng(asked.seed),
        )
        values = (found.distance, found.expected, found.sd, found.z, found.pvalue)
    else:
        distance = getattr(distances(network, target_sets, module_sets), asked.measure)
        values = (distance, *[np.full_like(distance, np.nan)] * 4)
    write_people_table(_rows(drugs, names, target_sets, module_sets, values), output)


def _membership(network, table, column):  # type: ignore[no-untyped-def]
    """Make sets of the genes on the network, in order of appearance, and report the others."""
    from twinscreen.network import membership

    names = list(dict.fromkeys(table[column]))
    sets, missing = membership(network, zip(table[column], table["gene"], strict=True))
    empty = int((sets.sum(axis=1) == 0).sum())
    _say(
        f"{column}s: {len(names)} with {table['gene'].nunique()} genes,"
        f" of which {len(missing)} are off the network; {empty} {column}s are left with none"
    )
    return names, sets


def _rows(drugs, modules, targets, members, values):  # type: ignore[no-untyped-def]
    """Lay out one row per drug and module."""
    import numpy as np
    import pandas as pd

    size = [np.asarray(sets.sum(axis=1)).ravel().astype(int) for sets in (targets, members)]
    columns = dict(zip(("distance", "expected", "sd", "z", "pvalue"), values, strict=True))
    return pd.DataFrame(
        {
            "drug": np.repeat(drugs, len(modules)),
            "module": np.tile(modules, len(drugs)),
            "n_targets": np.repeat(size[0], len(modules)),
            "n_module": np.tile(size[1], len(drugs)),
            **{name: array.ravel() for name, array in columns.items()},
        }
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr)
