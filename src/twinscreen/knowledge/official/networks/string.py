"""STRING: functional links between proteins, with the channels that say so.

Source: Szklarczyk et al., Nucleic Acids Research 2023;51:D638; how channels are put together:
von Mering et al., Nucleic Acids Research 2005;33:D433.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from twinscreen.knowledge.official.networks.pairs import undirected
from twinscreen.knowledge.official.reading.chunks import number_batches, text_chunks

#: Links at least this sure are taken: what STRING calls high confidence.
SURE = 0.7
#: How sure a link of any two proteins is beforehand.
PRIOR = 0.041

#: All channels but text mining; the fifth goes by another name in the file of all channels.
_CHANNELS = ("neighborhood", "fusion", "cooccurence", "coexpression", "experimental", "database")


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield pairs whose score without text mining is at least `SURE`.

    Every pair stands twice in the file, whose 13.7 million lines are read in blocks.
    """
    names = _names(files["proteins"])
    ends = ("protein1", "protein2")
    for batch in number_batches(files["links"], ends, _CHANNELS, content="STRING's links"):
        scores = (batch[name].to_numpy(zero_copy_only=False) for name in _CHANNELS)
        once = pc.less(batch["protein1"], batch["protein2"]).to_numpy(zero_copy_only=False)
        sure = pa.array(once & (together(*scores) >= SURE))
        one, other = (batch[end].filter(sure).to_pylist() for end in ends)
        pairs = pd.DataFrame({"source": one, "target": other, "references": ""}, dtype=str)
        for end in ("source", "target"):
            pairs[end] = pairs[end].map(names).fillna("")
        yield undirected(pairs)


def together(*scores: np.ndarray) -> np.ndarray:
    """Put channels together: 1 - prod (1 - s), each s without the prior, which is added once.

    Parameters
    ----------
    scores
        Scores of each channel, in thousandths, shape (n,).

    Returns
    -------
    How sure each of n links is, between 0 and 1.
    """
    against = np.ones(len(scores[0]))
    for score in scores:
        against *= 1 - np.clip((score / 1000 - PRIOR) / (1 - PRIOR), 0, None)
    return (1 - against) * (1 - PRIOR) + PRIOR


def _names(path: Path) -> dict[str, str]:
    """Read the preferred name of each protein."""
    columns = {"string_protein_id": "id", "preferred_name": "name"}
    parts = text_chunks(path, columns, content="STRING's list of proteins")
    return {id_: name for part in parts for id_, name in part.itertuples(index=False)}
