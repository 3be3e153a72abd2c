"""IntAct: molecular interactions with a score of how sure they are (MI score).

Source: Del Toro et al., Nucleic Acids Research 2022;50:D648.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.networks.pairs import undirected, united
from twinscreen.knowledge.official.reading.chunks import text_chunks

#: Interactions at least this sure are taken: what IntAct calls medium confidence.
SURE = 0.45

_HUMAN = r"taxid:9606(?:\(|$)"
_COLUMNS = {
    "ID(s) interactor A": "source",
    "ID(s) interactor B": "target",
    "Taxid interactor A": "species",
    "Taxid interactor B": "other_species",
    "Publication Identifier(s)": "references",
    "Confidence value(s)": "score",
}


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield pairs of human proteins by UniProt accession, isoforms as their protein.

    The file is MITAB 2.7: `-` for nothing, `database:id(text)`, several joined by "|". Complexes
    and what is no protein of UniProt are left out. The archive's file of negative results is not
    read.
    """
    return united(_pairs(files["interactions"]))


def _pairs(path: Path) -> Iterator[pd.DataFrame]:
    content = "IntAct's interactions (MITAB 2.7)"
    for part in text_chunks(path, _COLUMNS, content=content, member="*intact.txt"):
        human = part["species"].str.match(_HUMAN) & part["other_species"].str.match(_HUMAN)
        score = part["score"].str.extract(r"intact-miscore:([\d.]+)")[0].astype(float)
        rows = part[human & (score >= SURE)].copy()
        for end in ("source", "target"):
            rows[end] = rows[end].str.extract(r"^uniprotkb:(\w+)")[0].fillna("")
        number = rows["references"].str.extract(r"pubmed:(\d+)")[0]
        yield undirected(rows.assign(references=("PubMed:" + number).fillna("")))
