"""Gene2Phenotype: genes of developmental and other monogenic diseases, by panels of clinicians.

Source: Thormann et al., Nature Communications 2019;10:2373.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.diseases.sure import surest
from twinscreen.knowledge.official.reading.chunks import text_chunks

_COLUMNS = {
    "gene symbol": "gene",
    "disease name": "disease",
    "disease mim": "mim",
    "disease MONDO": "disease_id",
    "confidence": "class",
}


def disease_genes(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield genes of at least moderate confidence; a disease by Mondo, else by OMIM's number."""
    yield surest(_parts(files["panels"]))


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    content = "panels of Gene2Phenotype"
    for part in text_chunks(path, _COLUMNS, content=content, delimiter=",", quoted=True):
        numbered = part["mim"].str.fullmatch(r"\d+")
        omim = ("OMIM:" + part["mim"]).where(numbered, "")
        named = part["disease_id"].where(part["disease_id"] != "", omim)
        yield part.assign(disease_id=named, references="Gene2Phenotype")
