"""What tables say of drugs that the drug table lacks."""

import logging
from collections.abc import Iterable

import pandas as pd

logger = logging.getLogger(__name__)


def log_lost(content: str, names: pd.Series, ids: Iterable[list[str]]) -> None:
    """Log how many of the drugs of a table mean no drug."""
    lost = {name for name, found in zip(names, ids, strict=True) if not found}
    logger.info("%s: %d of %d drugs are none of the table", content, len(lost), names.nunique())
