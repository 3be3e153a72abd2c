"""From tables of interactions, targets and modules to a table of proximities."""

import sys
from dataclasses import dataclass

#: Rows that are laid out at a time.
_ROWS = 2**17


@dataclass(frozen=True)
class Request:
    """What `twinscreen proximity` was asked for; the names are those of its flags."""

    network: str
    targets: str
    modules: str
    measure: str
    null: str
    draws: int | None
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
    from twinscreen.files.tables import require_ending, write_people_table
    from twinscreen.network import BackgroundError, TooLongError

    require_ending(output)
    edges = _filled(asked.network, (), "interactions")
    targets = _filled(asked.targets, ("drug", "gene"), "targets")
    modules = _filled(asked.modules, ("module", "gene"), "modules")
    network, loops = _largest_component(asked.network, edges)
    drugs, target_sets = _membership(network, targets, "drug", asked.targets)
    names, module_sets = _membership(network, modules, "module", asked.modules)
    try:
        found = _against_null(asked, network, loops, target_sets, module_sets)
    except TooLongError as error:
        raise InputError(
            file=asked.network,
            place="largest connected component",
            found=str(error),
            expected="genes that are at most 254 interactions apart",
            remedy="leave out long chains; an interactome is at most some 20 interactions wide",
        ) from error
    except BackgroundError as error:
        raise InputError(
            file=str(asked.background),
            found=error.found,
            expected="a background from which every random set can be drawn",
            remedy=error.remedy,
        ) from error
    sizes = [
        np.asarray(sets.sum(axis=1)).ravel().astype(int) for sets in (target_sets, module_sets)
    ]
    write_people_table(_rows(drugs, names, sizes, found, asked), output)


def _filled(path, columns, content):  # type: ignore[no-untyped-def]
    """Read a table that has at least one row."""
    from twinscreen.files.errors import InputError
    from twinscreen.files.text_table import read_people_table

    table = read_people_table(path, columns=columns, content=content)
    if not len(table):
        raise InputError(
            file=path, found="no row", expected="a row below the header", remedy="fill it"
        )
    return table


def _largest_component(path, edges):  # type: ignore[no-untyped-def]
    """Make the network of the largest component; say also which genes interact with themselves."""
    import numpy as np

    from twinscreen.files.errors import InputError
    from twinscreen.files.words.counting import plural
    from twinscreen.network import Interactome, largest_component

    first, second = edges.iloc[:, 0], edges.iloc[:, 1]
    if edges.shape[1] > 2 and edges.iloc[:, 2].isin(first).any() and not second.isin(first).any():
        raise InputError(
            file=path,
            place="column 2",
            found=f"{second.iloc[0]} and no gene of the first column; the third column has some",
            expected="interactions: one gene in the first column, its partner in the second",
            remedy="leave out the column between the genes (a SIF file names the relation there),"
            " and give the columns a header",
        )
    whole = Interactome.from_edges(zip(first, second, strict=True))
    network = whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))
    if not network.adjacency.nnz:
        raise InputError(
            file=path,
            found="no interaction of two different genes",
            expected="interactions: one gene in the first column, its partner in the second",
            remedy="check that the first two columns are the genes",
        )
    _say(
        f"network: {plural(len(network.names), 'gene')} and"
        f" {plural(network.adjacency.nnz // 2, 'interaction')} in the largest component;"
        f" {plural(len(whole.names) - len(network.names), 'gene')} outside"
    )
    return network, np.isin(network.names, first[first == second])


def _against_null(asked, network, loops, targets, modules):  # type: ignore[no-untyped-def]
    """Compute distances, their null, and p."""
    import numpy as np

    from twinscreen.network import proximity, proximity_by_draws

    background = None
    if asked.background:
        listed = _filled(asked.background, ("gene",), "background")
        background = np.isin(network.names, listed["gene"])
    common = {
        "null": asked.null,
        "degree": network.degree + 2 * loops if asked.degree_with_self_loops else None,
        "background": background,
        "threads": asked.threads,
        "random": np.random.default_rng(asked.seed),
    }
    if asked.draws is not None:
        common["draws"] = asked.draws
    if asked.measure == "closest":
        return proximity(network, targets, modules, below=asked.pvalue_below, **common)
    return proximity_by_draws(network, targets, modules, measure=asked.measure, **common)


def _membership(network, table, column, path):  # type: ignore[no-untyped-def]
    """Make sets of the genes on the network, in order of appearance, and report the others."""
    from twinscreen.files.errors import InputError
    from twinscreen.files.words.counting import plural
    from twinscreen.network import membership

    names = list(dict.fromkeys(table[column]))
    sets, missing = membership(network, zip(table[column], table["gene"], strict=True))
    if not sets.nnz:
        raise InputError(
            file=path,
            place="column gene",
            found=f"no gene of the network's largest component, but {missing[0]} and the like",
            expected=f"genes named as in the network, such as {network.names[0]}",
            remedy="use the same kind of name or identifier in both tables",
        )
    empty = int((sets.sum(axis=1) == 0).sum())
    _say(
        f"{column}s: {len(names):,} with {plural(table['gene'].nunique(), 'gene')}, of which"
        f" {plural(len(missing), 'is', 'are')} off the network;"
        f" {plural(empty, f'{column} is', f'{column}s are')} left with none"
    )
    return names, sets


def _rows(drugs, modules, sizes, found, asked):  # type: ignore[no-untyped-def]
    """Lay out one row per drug and module, all modules of some drugs at a time."""
    import numpy as np
    import pandas as pd

    # for the closest distance, p was computed nowhere else
    everywhere = asked.measure == "closest" or asked.pvalue_below == float("inf")
    together = max(1, _ROWS // len(modules))
    for start in range(0, len(drugs), together):
        some = slice(start, start + together)
        figures = {name: getattr(found, name)[some] for name in ("distance", "expected", "sd")}
        part = type(found)(**figures, pvalue=found.pvalue[some])
        known = everywhere | (part.z < asked.pvalue_below)
        figures |= {"z": part.z, "pvalue": np.where(known, part.pvalue, np.nan)}
        number = len(part.z)
        yield pd.DataFrame(
            {
                "drug": np.repeat(drugs[some], len(modules)),
                "module": np.tile(modules, number),
                "n_targets": np.repeat(sizes[0][some], len(modules)),
                "n_module": np.tile(sizes[1], number),
                **{name: array.ravel() for name, array in figures.items()},
            }
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr)
