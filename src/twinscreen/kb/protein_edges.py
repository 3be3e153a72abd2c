"""The edges between proteins that twin and screen build the same interactome from."""

import numpy as np
import pandas as pd

from twinscreen.files.contracts.knowledge import GENES, INTERACTOME
from twinscreen.files.paths import FilePath
from twinscreen.files.tables import read_table


def read_protein_edges(
    genes: FilePath, interactome: FilePath
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the interactome of protein-coding genes from the tables of the knowledge stage.

    Post-translational interactions, direction aside, are its edges; genes known to be regulated
    only are there without neighbours.

    Returns
    -------
    Names of the proteins, sorted, shape (n,), and the row numbers of both ends of each edge,
    shape (m,) each.

    Raises
    ------
    InputError
        A table is missing or has another shape.
    """
    table = read_table(genes, GENES, columns=["symbol", "protein_coding"])
    coding = pd.Index(np.unique(table.loc[table["protein_coding"], "symbol"].to_numpy(dtype=str)))
    edges = read_table(interactome, INTERACTOME, columns=["layer", "source", "target"])
    ends = np.array([coding.get_indexer(pd.Index(edges[end])) for end in ("source", "target")])
    inside = (ends >= 0).all(axis=0)
    used = np.unique(ends[:, inside])
    physical = inside & (edges["layer"] == "PT").to_numpy()
    source, target = np.searchsorted(used, ends[:, physical])
    return coding[used].to_numpy(dtype=str), source, target
