"""Signed, directed edges: what many lines say of one edge."""

from collections.abc import Sequence

import pandas as pd

from twinscreen.knowledge.official.networks.references import join_references


def agreed(rows: pd.DataFrame, ends: Sequence[str]) -> pd.DataFrame:
    """Make one line of all lines of an edge.

    Parameters
    ----------
    rows
        Columns of the ends, `sign` (1, -1, or 0 where the line says none) and `references`.
    ends
        Names of both columns.

    Returns
    -------
    `sign` is "1" or "-1" where the lines that say one agree, "0" where they contradict each
    other, and "" where none says one; references are joined by ";".
    """
    groups = rows.assign(up=rows["sign"] > 0, down=rows["sign"] < 0).groupby([*ends], sort=True)
    told = groups.agg(
        up=("up", "any"), down=("down", "any"), references=("references", join_references)
    )
    sign = (told["up"].astype(int) - told["down"].astype(int)).astype(str)
    told["sign"] = sign.where(told["up"] | told["down"], "")
    table = told.reset_index()
    return table[table[ends[0]] != table[ends[1]]]
