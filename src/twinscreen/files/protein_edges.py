"""The edges between proteins that twin and screen build the same interactome from."""

import numpy as np

from twinscreen.files.contracts import GENES, INTERACTOME
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
    table = read_table(genes, GENES)
    coding = set(table.loc[table["protein_coding"], "symbol"])
    edges = read_table(interactome, INTERACTOME)
    edges = edges[edges["source"].isin(coding) & edges["target"].isin(coding)]
    names = np.array(sorted(set(edges["source"]) | set(edges["target"])))
    physical = edges[edges["layer"] == "PT"]
    source = np.searchsorted(names, physical["source"].to_numpy(dtype=str))
    target = np.searchsorted(names, physical["target"].to_numpy(dtype=str))
    return names, source, target
