"""Get tables from twins and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from twinscreen.files import SCREEN, TWIN, InputError, check_kind
from twinscreen.screen.rank.ranking import ranking_table

if TYPE_CHECKING:
    import anndata as ad


def ranking(screen: ad.AnnData) -> pd.DataFrame:
    """Return the ranking of a screen, best drug first, as in ranking.tsv.

    Parameters
    ----------
    screen
        The screen.

    Returns
    -------
    One row per drug, with the columns of `ranking.tsv`.

    Examples
    --------
    >>> import twinscreen as ts
    >>> screen = ts.datasets.toy_screen()
    >>> ts.get.ranking(screen)["drug"].iloc[0]
    'drug 1'
    """
    check_kind(screen, SCREEN, file="get.ranking, screen")
    return ranking_table(screen)


def table(of: ad.AnnData, name: str) -> pd.DataFrame:
    """Return a table of a twin or a screen, by its name in uns.

    Parameters
    ----------
    of
        The twin or the screen.
    name
        As docs/contracts.md has it, such as `samples` or `paths`.

    Raises
    ------
    InputError
        There is no such table.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.get.table(ts.datasets.toy_twin(), "samples")["sample"].tolist()
    ['P1_ill']
    """
    tables = [key for key, value in of.uns.items() if isinstance(value, pd.DataFrame)]
    if name not in tables:
        raise InputError(
            file="uns",
            found=f"no table {name!r}",
            expected=f"one of {', '.join(tables)}",
            remedy="correct the name",
        )
    return of.uns[name].copy()


def replicates(twin: ad.AnnData) -> ad.AnnData | None:
    """Return the replicates of a twin made in memory; None if it has none.

    Examples
    --------
    >>> import twinscreen as ts
    >>> sorted(ts.get.replicates(ts.datasets.toy_twin()).obs["kind"].unique())
    ['bootstrap', 'null']
    """
    check_kind(twin, TWIN, file="get.replicates, twin")
    return twin.uns.get("replicates")
