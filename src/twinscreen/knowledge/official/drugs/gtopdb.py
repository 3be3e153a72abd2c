"""Guide to PHARMACOLOGY: ligands and their targets, in its current release.

Source: Harding et al., Nucleic Acids Research 2024;52:D1438.
"""

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.drugs.lines import one_line_each
from twinscreen.knowledge.official.reading.chunks import text_chunks

_TAG = re.compile(r"<[^>]+>")
_COLUMNS = {
    "Target Gene Symbol": "symbol",
    "Target UniProt ID": "target",
    "Target Species": "species",
    "Ligand": "drug",
    "Approved": "approved",
    "Type": "type",
    "Action": "action",
}

#: Actions that say nothing of a direction: then the type decides.
_SILENT = ("", "none", "unknown", "mixed", "binding", "competitive", "non-competitive", "neutral")


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield ligands with a human target: its accessions, a complex as one target.

    Names hold HTML, which is taken off. An action without a direction gives way to the type: an
    antibody's is `Binding`.
    """
    yield one_line_each(_parts(files["interactions"]))


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    content = "the Guide's interactions"
    for part in text_chunks(path, _COLUMNS, content=content, delimiter=",", quoted=True):
        target = part["target"].where(part["target"] != "", part["symbol"])
        rows = part.assign(target=target)[(part["species"] == "Human") & (target != "")]
        silent = rows["action"].str.casefold().isin(_SILENT)
        yield rows.assign(
            drug=[html.unescape(_TAG.sub("", name)) for name in rows["drug"]],
            action=rows["action"].mask(silent, rows["type"]),
            approved=rows["approved"].str.casefold().isin(["true", "yes", "1"]),
        )
