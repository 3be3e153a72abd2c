"""SIDER: adverse reactions that labels name.

Source: Kuhn et al., Nucleic Acids Research 2016;44:D1075.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks

_REACTIONS = ("flat", "stereo", "label_concept", "level", "concept", "reaction")


def adverse_reactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield preferred terms of MedDRA by the name of the drug; neither file has a header.

    A drug goes by STITCH's number of the flat compound, `CID1` and PubChem's number in eight
    digits. Lower terms repeat the preferred ones and are left out.
    """
    columns = {"flat": "flat", "drug": "drug"}
    names = {
        flat: drug
        for part in text_chunks(
            files["names"], columns, content="SIDER's names of drugs", header=[*columns]
        )
        for flat, drug in part.itertuples(index=False)
    }
    wanted = {name: name for name in ("flat", "level", "reaction")}
    for part in text_chunks(
        files["reactions"], wanted, content="SIDER's reactions", header=_REACTIONS
    ):
        rows = part[part["level"] == "PT"]
        rows = rows.assign(
            drug=rows["flat"].map(names),
            detail="PubChem " + rows["flat"].str.extract(r"^CID\d0*(\d+)$")[0],
            source="SIDER 4.1",
        )
        yield rows.dropna(subset=["drug", "detail"])
