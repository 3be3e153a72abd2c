"""Pairs of proteins of which no direction is known: each once, in the order of the names."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from twinscreen.knowledge.official.networks.references import join_references


def undirected(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the ends of each pair in the order of their names; leave out pairs of one with itself.

    Parameters
    ----------
    rows
        Columns `source`, `target` and `references`, as texts; empty ends are no protein.

    Returns
    -------
    The table `interactions`, without signs.
    """
    ends = np.sort(rows[["source", "target"]].to_numpy(dtype=str), axis=1)
    pairs = rows.assign(source=ends[:, 0], target=ends[:, 1], sign="")
    return pairs[(ends[:, 0] != ends[:, 1]) & (ends[:, 0] != "")]


def united(parts: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Make one line of all lines of a pair: references are joined by ";"."""
    every = pd.concat(parts)
    references = every.groupby(["source", "target"], sort=False)["references"]
    yield references.agg(join_references).reset_index().assign(sign="")
