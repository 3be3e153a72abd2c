"""The Human Reference Interactome: pairs of proteins that bind in yeast, tested systematically.

Source: Luck et al., Nature 2020;580:402.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.networks.pairs import undirected
from twinscreen.knowledge.official.reading.chunks import text_chunks


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield pairs of Ensembl genes; the file has no header, and some proteins bind themselves."""
    ends = ("source", "target")
    for part in text_chunks(files["pairs"], ends, content="HuRI's pairs", header=ends):
        yield undirected(part.assign(references="PubMed:32296183"))
