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
    read_anndata,
    read_table,
    write_anndata,
)
from twinscreen.network import influence, signed_transition

log = logging.getLogger(__name__)

#: Rows read at once: some megabytes of a matrix of which a patient needs the measured genes alone.
_ROWS = 256


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
    edges = read_table(interactome, INTERACTOME).dropna(subset="sign")
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
    table = ad.AnnData(
        X=values[reaching],
        obs=pd.DataFrame(index=pd.Index(proteins[reaching], name="protein")),
        var=pd.DataFrame(index=pd.Index(genes, name="gene")),
    )
    table.uns["provenance"] = provenance(
        parameters={"damping": damping, "steps": steps}, inputs=[interactome]
    )
    write_anndata(table, output, INFLUENCE, compress=False)
    log.info("%d proteins reach the transcription of %d genes", *table.shape)


def read_influence(path: FilePath, genes: pd.Index) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Read the influence on some genes, of the proteins that reach one of them.

    Parameters
    ----------
    path
        h5ad that `build_influence` wrote.
    genes
        Genes asked for; those that nothing regulates are left out.

    Returns
    -------
    F, shape (p, r), float32, and the names of its p proteins and r genes, in the file's order and
    in that of `genes`.
    """
    known = read_anndata(path, INFLUENCE, backed=True)
    try:
        genes = genes.intersection(known.var_names, sort=False)
        column = known.var_names.get_indexer(genes)
        result = np.empty((known.n_obs, len(genes)), dtype=np.float32)
        rows = np.empty((_ROWS, known.n_vars), dtype=np.float32)
        kept, reaching = 0, np.zeros(known.n_obs, dtype=bool)
        for start in range(0, known.n_obs, _ROWS):
            stop = min(start + _ROWS, known.n_obs)
            known.X.read_direct(rows, np.s_[start:stop], np.s_[: stop - start])
            block = rows[: stop - start, column]
            here = block.any(axis=1)
            reaching[start:stop] = here
            result[kept : kept + here.sum()] = block[here]
            kept += int(here.sum())
        return result[:kept], known.obs_names[reaching], genes
    finally:
        known.file.close()
