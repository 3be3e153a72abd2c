"""BioGRID: physical interactions that several experiments or publications have seen.

Source: Oughtred et al., Protein Science 2021;30:187.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.networks.pairs import undirected, united
from twinscreen.knowledge.official.reading.chunks import text_chunks

_HUMAN = "9606"
_COLUMNS = {
    "BioGRID Interaction ID": "id",
    "Entrez Gene Interactor A": "source",
    "Entrez Gene Interactor B": "target",
    "Experimental System Type": "kind",
    "Organism ID Interactor A": "species",
    "Organism ID Interactor B": "other_species",
    "Publication Source": "references",
}


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield physical pairs of human genes (Entrez) of the file of several lines of evidence."""
    return united(_pairs(files["interactions"]))


def _pairs(path: Path) -> Iterator[pd.DataFrame]:
    content = "BioGRID's interactions (tab3)"
    for part in text_chunks(path, _COLUMNS, content=content, member="*.tab3.txt"):
        human = (part["species"] == _HUMAN) & (part["other_species"] == _HUMAN)
        known = (part["source"] != "-") & (part["target"] != "-")
        rows = part[human & known & (part["kind"] == "physical")]
        references = rows["references"].str.replace("PUBMED:", "PubMed:", regex=False)
        yield undirected(rows.assign(references=references.replace("-", "")))
