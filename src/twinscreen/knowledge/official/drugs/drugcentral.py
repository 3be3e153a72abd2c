"""DrugCentral: drugs and their targets, those of the mechanism of action.

Source: Avram et al., Nucleic Acids Research 2023;51:D1276.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.drugs.lines import one_line_each
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
    yield one_line_each(_parts(files["targets"]))


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    content = "DrugCentral's targets of drugs"
    for part in text_chunks(path, _COLUMNS, content=content, quoted=True):
        rows = part[(part["mechanism"] == "1") & (part["species"] == "Homo sapiens")]
        yield rows[rows["target"] != ""].assign(approved=True)
