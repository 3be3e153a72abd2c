"""SIGNOR: causal relations between proteins, curated by hand.

Source: Lo Surdo et al., Nucleic Acids Research 2023;51:D631.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.networks.signs import agreed
from twinscreen.knowledge.official.reading.chunks import opened, text_chunks

#: The file has them in this order, and often no header.
HEADER = (
    *("ENTITYA", "TYPEA", "IDA", "DATABASEA", "ENTITYB", "TYPEB", "IDB", "DATABASEB"),
    *("EFFECT", "MECHANISM", "RESIDUE", "SEQUENCE", "TAX_ID", "CELL_DATA", "TISSUE_DATA"),
    *("MODULATOR_COMPLEX", "TARGET_COMPLEX", "MODIFICATIONA", "MODASEQ", "MODIFICATIONB"),
    *("MODBSEQ", "PMID", "DIRECT", "NOTES", "ANNOTATOR", "SENTENCE", "SIGNOR_ID", "SCORE"),
)
_USED = ("IDA", "DATABASEA", "IDB", "DATABASEB", "EFFECT", "MECHANISM", "TAX_ID", "PMID")
_REGULATION = "transcriptional regulation"


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield relations of two human proteins (UniProt) but those of transcription."""
    rows = _relations(files["relations"])
    yield agreed(rows[rows["MECHANISM"] != _REGULATION], ("source", "target"))


def regulons(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield factors and the genes whose transcription they regulate."""
    rows = _relations(files["relations"]).rename(columns={"source": "tf", "target": "gene"})
    yield agreed(rows[rows["MECHANISM"] == _REGULATION], ("tf", "gene"))


def _relations(path: Path) -> pd.DataFrame:
    """Read relations of proteins; complexes, families and small molecules are left out.

    Effects that begin with up-regulates or down-regulates have a sign.
    """
    with opened(path) as file:
        header = None if file.readline().startswith(b"ENTITYA") else HEADER
    parts = []
    for part in text_chunks(path, _USED, content="SIGNOR's relations", header=header):
        proteins = (part["DATABASEA"] == "UNIPROT") & (part["DATABASEB"] == "UNIPROT")
        parts.append(part[proteins & part["TAX_ID"].isin(["9606", "-1"])])
    rows = pd.concat(parts).rename(columns={"IDA": "source", "IDB": "target"})
    effect = rows["EFFECT"].str.strip('"').str.lower()
    up, down = effect.str.startswith("up-regulates"), effect.str.startswith("down-regulates")
    number = rows["PMID"].where(rows["PMID"].str.fullmatch(r"\d+"), "")
    references = ("PubMed:" + number).where(number != "", "")
    return rows.assign(sign=up.astype(int) - down.astype(int), references=references)
