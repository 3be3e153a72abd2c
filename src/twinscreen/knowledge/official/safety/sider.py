"""SIDER: adverse reactions that labels name.

Source: Kuhn et al., Nucleic Acids Research 2016;44:D1075.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks
from twinscreen.knowledge.official.reading.tables import REACTION

#: Columns of its files.
_NAMES = ("flat", "drug")
_REACTIONS = ("flat", "stereo", "label_concept", "level", "concept", "reaction")


def adverse_reactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield preferred terms of MedDRA by the name of the drug; neither file has a header.

    A drug goes by STITCH's number of the flat compound, `CID1` and PubChem's number in eight
    digits. Lower terms repeat the preferred ones and are left out.
    """
    content = "SIDER's names of drugs"
    names = {
        flat: drug
        for part in text_chunks(files["names"], _NAMES, content=content, header=_NAMES)
        for flat, drug in part.itertuples(index=False)
    }
    wanted = ("flat", "level", "reaction")
    content = "SIDER's reactions"
    for part in text_chunks(files["reactions"], wanted, content=content, header=_REACTIONS):
        rows = part[part["level"] == "PT"]
        rows = rows.assign(
            drug=rows["flat"].map(names),
            kind=REACTION,
            subject=rows["reaction"],
            detail="PubChem " + rows["flat"].str.extract(r"^CID\d0*(\d+)$")[0],
            source="SIDER 4.1",
        )
        yield rows.dropna(subset=["drug", "detail"])
