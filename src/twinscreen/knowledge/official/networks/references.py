"""References of an edge that several lines name."""

import pandas as pd


def join_references(texts: pd.Series) -> str:
    """Join references, each text of some joined by ";": sorted, each once."""
    return ";".join(sorted({one for text in texts for one in text.split(";") if one}))
