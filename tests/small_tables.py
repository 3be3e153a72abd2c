"""Tables of knowledge and of findings, as small as a test needs them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.files import FINDINGS, GENE_NAMES, write_table

#: Contract PHENOTYPE_TERMS: a seizure, what is above it and what is below.
SEIZURES = pd.DataFrame(
    {
        "id": ["HP:1", "HP:2", "HP:3"],
        "name": ["Abnormality", "Seizure", "Focal seizure"],
        "parents": [None, "HP:1", "HP:2"],
        "ancestors": ["HP:1", "HP:1|HP:2", "HP:1|HP:2|HP:3"],
        "alternatives": [None, "HP:22", None],
        "synonyms": None,
        "information_content": 1.0,
    }
)


def write_gene_names(path: Path, symbols: Mapping[str, str] | Iterable[str]) -> Path:
    """Write the symbols of names, or symbols that are their own names; give the path."""
    known = symbols if isinstance(symbols, Mapping) else {name: name for name in symbols}
    table = pd.DataFrame(known.items(), columns=["name", "symbol"]).assign(kind="symbol")
    write_table(table, path, GENE_NAMES)
    return path


def write_lines(path: Path, *lines: str) -> Path:
    """Write a table, whose fields are parted by blanks here and by tabs in the file."""
    path.write_text("".join("\t".join(line.split()) + "\n" for line in lines))
    return path


def drug_table(*names: str, **columns: object) -> pd.DataFrame:
    """Make approved drugs `d:1`, `d:2` and so on; of columns, what is not as usual."""
    usual = {"kind": "small", "approved": True, "withdrawn": False, "labelled": False}
    ids = [f"d:{number}" for number in range(1, len(names) + 1)]
    return pd.DataFrame({"drug_id": ids, "name": names, **usual, "synonyms": None, **columns})


def findings(*rows: tuple[str, ...], simulated: bool = False) -> pd.DataFrame:
    """Make findings: kind, id, label, and perhaps status (present), genotype and reference."""
    columns = ["kind", "id", "label", "status", "genotype", "reference"]
    filled = [(*row, *("present", "", "")[len(row) - 3 :]) for row in rows]
    table = pd.DataFrame(filled, columns=columns)
    return table.assign(used=False, detail="", simulated=simulated, remedy="")[
        FINDINGS.schema.names
    ]
