"""OmniPath: directed interactions between proteins and regulons, as its web service gives them.

Source: Türei et al., Molecular Systems Biology 2021;17:e9923.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.networks.signs import agreed
from twinscreen.knowledge.official.reading.chunks import text_chunks

_TRUE = {"True", "true", "TRUE", "1"}
_COMPLEX = "COMPLEX:"
_COLUMNS = {
    "source": "source",
    "target": "target",
    "is_directed": "directed",
    "consensus_stimulation": "up",
    "consensus_inhibition": "down",
}


def interactions(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield directed interactions, a complex as each of its members (UniProt accessions)."""
    yield _edges(files["interactions"], ("source", "target"))


def regulons(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield transcription factors and their genes, likewise."""
    yield _edges(files["regulons"], ("tf", "gene"))


def _edges(path: Path, ends: tuple[str, str]) -> pd.DataFrame:
    """Read directed rows; a sign counts where the consensus is exactly one."""
    parts = []
    for part in text_chunks(path, _COLUMNS, content="OmniPath's interactions"):
        rows = part[part["directed"].isin(_TRUE)]
        sign = rows["up"].isin(_TRUE).astype(int) - rows["down"].isin(_TRUE).astype(int)
        edges = [
            (one, other, way)
            for source, target, way in zip(rows["source"], rows["target"], sign, strict=True)
            for one, other in product(_members(source), _members(target))
        ]
        parts.append(pd.DataFrame(edges, columns=[*ends, "sign"]))
    return agreed(pd.concat(parts).assign(references=""), ends)


def _members(identifier: str) -> list[str]:
    if identifier.startswith(_COMPLEX):
        return identifier.removeprefix(_COMPLEX).split("_")
    return [identifier]
