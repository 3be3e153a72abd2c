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

    Returns
    -------
    As `protein_edges`.

    Raises
    ------
    InputError
        A table is missing or has another shape.
    """
    return protein_edges(
        read_table(genes, GENES, columns=["symbol", "protein_coding"]),
        read_table(interactome, INTERACTOME, columns=["layer", "source", "target"]),
    )


def protein_edges(
    genes: pd.DataFrame, edges: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose the interactome of protein-coding genes.

    Post-translational interactions, direction aside, are its edges; genes known to be regulated
    only are there without neighbours.

    Parameters
    ----------
    genes, edges
        Contracts GENES and INTERACTOME.

    Returns
    -------
    Names of the proteins, sorted, shape (n,), and the row numbers of both ends of each edge,
    shape (m,) each.
    """
    coding = pd.Index(np.unique(genes.loc[genes["protein_coding"], "symbol"].to_numpy(dtype=str)))
    ends = np.array([coding.get_indexer(pd.Index(edges[end])) for end in ("source", "target")])
    inside = (ends >= 0).all(axis=0)
    used = np.unique(ends[:, inside])
    physical = inside & (edges["layer"] == "PT").to_numpy()
    source, target = np.searchsorted(used, ends[:, physical])
    return coding[used].to_numpy(dtype=str), source, target
