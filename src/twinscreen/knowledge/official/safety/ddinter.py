"""DDInter: interactions of drugs with each other.

Source: Tian et al., Nucleic Acids Research 2025;53:D1356.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks
from twinscreen.knowledge.official.reading.tables import COLUMNS

_LEVELS = ("Major", "Moderate", "Minor", "Unknown")


def drug_interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield each pair once by its strongest level.

    There is a file per group of drugs (ATC), and a pair stands in those of both drugs, in either
    order; names hold commas, which are quoted.
    """
    columns = COLUMNS["drug_interactions"]
    parts = [
        part
        for path in files.values()
        for part in text_chunks(
            path, columns, content="DDInter's interactions", delimiter=",", quoted=True
        )
    ]
    rows = pd.concat(parts)
    swapped = rows["Drug_A"] > rows["Drug_B"]
    rows.loc[swapped, ["Drug_A", "Drug_B"]] = rows.loc[swapped, ["Drug_B", "Drug_A"]].to_numpy()
    order = rows["Level"].str.strip().str.capitalize().map(_LEVELS.index)
    rows = rows.assign(order=order).sort_values(["Drug_A", "Drug_B", "order"])
    yield rows.drop_duplicates(["Drug_A", "Drug_B"])
