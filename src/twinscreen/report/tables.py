"""Tables that a twin or a screen may hold."""

import anndata as ad
import pandas as pd

from twinscreen.report import words


def table(stage: ad.AnnData, name: str, *needed: str) -> pd.DataFrame:
    """Give a table of `uns`, or one without rows where it is missing.

    Parameters
    ----------
    stage
        A twin or a screen.
    name
        The table.
    needed
        Columns that the caller reads; a table without rows may lack them in the file.
    """
    found = pd.DataFrame(stage.uns.get(name, {})).reset_index(drop=True)
    return found if len(found) else pd.DataFrame(columns=list(needed))


def parts(joined: object, mark: str = "|") -> list[str]:
    """Split texts that a table holds joined; nothing gives an empty list."""
    if words.is_missing(joined):
        return []
    return [part.strip() for part in str(joined).split(mark) if part.strip()]
