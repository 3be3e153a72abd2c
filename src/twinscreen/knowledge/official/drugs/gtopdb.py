"""Guide to PHARMACOLOGY: ligands and their targets, in its current release.

Source: Harding et al., Nucleic Acids Research 2024;52:D1438.
"""

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

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


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield ligands with a human target: its accessions, a complex as one target.

    Names hold HTML, which is taken off. The action is said as `Type (Action)`; an antibody's
    action is `Binding`, and its type decides.
    """
    content = "the Guide's interactions"
    for part in text_chunks(
        files["interactions"], _COLUMNS, content=content, delimiter=",", quoted=True
    ):
        target = part["target"].where(part["target"] != "", part["symbol"])
        rows = part.assign(target=target)[(part["species"] == "Human") & (target != "")]
        plain = rows["action"].isin(["", "None", "Unknown"]) | (rows["action"] == rows["type"])
        yield rows.assign(
            drug=[html.unescape(_TAG.sub("", name)) for name in rows["drug"]],
            action=rows["type"].where(plain, rows["type"] + " (" + rows["action"] + ")"),
            approved=rows["approved"]
            .str.casefold()
            .isin(["true", "yes", "1"])
            .map({True: "yes", False: "no"}),
            synonyms="",
            source="Guide to PHARMACOLOGY",
        )
