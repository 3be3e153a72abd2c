"""The influence of proteins on genes, computed once per knowledge release."""

import logging

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import (
    INFLUENCE,
    INTERACTOME,
    FilePath,
    provenance,
    read_table,
    write_anndata,
)
from twinscreen.network import influence, signed_transition

log = logging.getLogger(__name__)


def build_influence(
    *,
    interactome: FilePath,
    damping: float,
    steps: int,
    output: FilePath,
) -> None:
    """Compute F = [ sum over k of (damping W_PT)^k ] W_TR from the signed edges, and write it.

    Parameters
    ----------
    interactome
        Table of the knowledge stage.
    damping
        Share of the signal that one post-translational step passes on.
    steps
        Most post-translational steps from a protein to a transcription factor.
    output
        h5ad to write: obs the proteins with a path to transcription, var the regulated genes, X
        the influence (float32).
    """
    table = influence_of(read_table(interactome, INTERACTOME), damping=damping, steps=steps)
    table.uns["provenance"] = provenance(
        parameters={"damping": damping, "steps": steps}, inputs=[interactome]
    )
    write_anndata(table, output, INFLUENCE, compress=False)
    log.info("%d proteins reach the transcription of %d genes", *table.shape)


def influence_of(edges: pd.DataFrame, *, damping: float, steps: int) -> ad.AnnData:
    """Compute F from interactions, contract INTERACTOME; see `build_influence`."""
    edges = edges.dropna(subset="sign")
    proteins = np.array(sorted(set(edges["source"]) | set(edges["target"])))
    signalling = edges[edges["layer"] == "PT"]
    regulation = edges[edges["layer"] == "TR"]
    genes = np.array(sorted(set(regulation["target"])))

    def transition(layer: pd.DataFrame, targets: np.ndarray) -> sparse.csr_array:
        return signed_transition(
            np.searchsorted(proteins, layer["source"].to_numpy(dtype=str)),
            np.searchsorted(targets, layer["target"].to_numpy(dtype=str)),
            layer["sign"].to_numpy(dtype=float),
            shape=(len(proteins), len(targets)),
        )

    values = influence(
        transition(signalling, proteins),
        transition(regulation, genes),
        damping=damping,
        steps=steps,
    ).astype(np.float32)
    reaching = np.any(values != 0, axis=1)
    return ad.AnnData(
        X=values[reaching],
        obs=pd.DataFrame(index=pd.Index(proteins[reaching], name="protein")),
        var=pd.DataFrame(index=pd.Index(genes, name="gene")),
    )
