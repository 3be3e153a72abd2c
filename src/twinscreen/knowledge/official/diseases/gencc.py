"""GenCC: how sure curators are that a gene causes a disease.

Source: DiStefano et al., Genetics in Medicine 2022;24:1732.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.diseases.sure import surest
from twinscreen.knowledge.official.reading.chunks import text_chunks

_COLUMNS = {
    "gene_symbol": "gene",
    "disease_curie": "disease_id",
    "disease_title": "disease",
    "classification_title": "class",
    "submitter_title": "references",
}


def disease_genes(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield genes whose classification is at least moderate, by the surest of several curators."""
    content = "submissions of GenCC"
    yield surest(text_chunks(files["submissions"], _COLUMNS, content=content, quoted=True))
