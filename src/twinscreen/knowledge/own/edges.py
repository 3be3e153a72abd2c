"""Interactions and regulons of one's own, beside those of OmniPath or in their place."""

import logging
from collections.abc import Mapping, Sequence

import pandas as pd

from twinscreen.files import INTERACTOME, FilePath, GeneNames
from twinscreen.files.own_tables import INTERACTIONS, REGULONS, OwnTable, read_own_tables

logger = logging.getLogger(__name__)

#: The table that brings edges of a layer of the interactome, and the columns of their ends.
_LAYERS = {"PT": (INTERACTIONS, "source", "target"), "TR": (REGULONS, "tf", "gene")}

#: What stands in the column `sources` of an edge of one's own.
SOURCE = "own table"

_ENDS = ["source", "target"]
_COLUMNS = list(INTERACTOME.schema.names)


def with_own_edges(
    edges: pd.DataFrame,
    names: GeneNames,
    *,
    added: Mapping[str, Sequence[FilePath]],
    instead: Mapping[str, Sequence[FilePath]],
) -> pd.DataFrame:
    """Add edges of one's own to those of the package.

    Parameters
    ----------
    edges
        Contract INTERACTOME.
    names
        Of genes.
    added
        Files by the name of their table, `interactions` and `regulons`.
    instead
        Likewise; the package's edges of a layer that has such files are left out, but pairs that
        these list without a sign keep the package's direction and sign.

    Returns
    -------
    Contract INTERACTOME, sorted by its key; the edges as they were where nothing is given. An
    edge that both have takes one's own sign, if there is one.

    Raises
    ------
    InputError
        A file is missing or at fault.
    """
    if not any([*added.values(), *instead.values()]):
        return edges
    parts = []
    for layer, (table, source, target) in _LAYERS.items():
        listed = edges[edges["layer"] == layer]
        taking_over = instead.get(table.name, ())
        if files := [*added.get(table.name, ()), *taking_over]:
            own = _read(table, files, names, source, target, layer)
            listed = _joined(listed, own, both_ways=layer == "PT", alone=bool(taking_over))
        parts.append(listed)
    return pd.concat(parts)[_COLUMNS].sort_values(list(INTERACTOME.key), ignore_index=True)


def _read(
    table: OwnTable,
    files: Sequence[FilePath],
    names: GeneNames,
    source: str,
    target: str,
    layer: str,
) -> pd.DataFrame:
    """Read edges as the interactome has them, and `given`, whether something is said of the sign.

    No gene interacts with itself.
    """
    rows = read_own_tables(table, files, names)
    sign = rows["sign"].astype("Int8")
    own = pd.DataFrame(
        {
            "layer": layer,
            "source": rows[source],
            "target": rows[target],
            "sign": sign.mask(sign == 0),
            "sources": SOURCE,
            "references": rows["references"].fillna(""),
            "given": sign.notna(),
        }
    )
    own = own[own["source"] != own["target"]]
    logger.info(
        "%s: %d edges of your own, %d of them signed", table.name, len(own), own["sign"].count()
    )
    return own


def _joined(
    listed: pd.DataFrame, own: pd.DataFrame, *, both_ways: bool, alone: bool
) -> pd.DataFrame:
    """Put edges of one's own and of the package together.

    Parameters
    ----------
    listed
        The package's, of one layer.
    own
        One's own, as `_read` gives them.
    both_ways
        Whether a pair without a sign takes the package's edges of either direction.
    alone
        Whether of the package's edges only those of such pairs stay.
    """
    open_ = _keys(own[~own["given"]])
    pairs = open_.union(open_.swaplevel().set_names(_ENDS)) if both_ways else open_
    keys = _keys(listed)
    named = keys.isin(pairs)
    kept = (named if alone else True) & ~keys.isin(_keys(own[own["given"]]))
    found = keys[named]
    known = found.union(found.swaplevel().set_names(_ENDS)) if both_ways else found
    new = own[own["given"] | ~_keys(own).isin(known)]
    both = listed[kept].copy()
    mark = named[kept]
    both.loc[mark, "sources"] = both.loc[mark, "sources"] + f";{SOURCE}"
    return pd.concat([both, new])


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[_ENDS])
