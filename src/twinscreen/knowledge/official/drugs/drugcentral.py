"""DrugCentral: drugs and their targets, those of the mechanism of action.

Source: Avram et al., Nucleic Acids Research 2023;51:D1276.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks

_COLUMNS = {
    "DRUG_NAME": "drug",
    "ACCESSION": "target",
    "MOA": "mechanism",
    "ACTION_TYPE": "action",
    "ORGANISM": "species",
}


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield the human targets of the mechanism of action; the file lists approved drugs alone.

    Targets of the file that were merely measured, or that are of rats, bacteria and viruses, are
    left out. UniProt accessions are named, since the symbols are old.
    """
    content = "DrugCentral's targets of drugs"
    for part in text_chunks(files["targets"], _COLUMNS, content=content, quoted=True):
        rows = part[(part["mechanism"] == "1") & (part["species"] == "Homo sapiens")]
        rows = rows[rows["target"] != ""]
        yield rows.assign(approved="yes", synonyms="", source="DrugCentral")
