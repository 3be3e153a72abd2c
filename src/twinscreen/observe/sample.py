"""One sample in, one observation out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import (
    OBSERVATION,
    FilePath,
    GeneNames,
    InputError,
    provenance,
    write_anndata,
)
from twinscreen.observe.cells import SampleCells, read_sample
from twinscreen.observe.harmonise import harmonise

log = logging.getLogger(__name__)

#: Names that the features of a file go by. Entrez ids are not among them: plain numbers are row
#: numbers as often.
KINDS = ("symbol", "ensembl", "previous", "alias")


@dataclass(frozen=True)
class Limits:
    """Cells outside these limits are left out."""

    min_counts: int
    min_genes: int
    max_mitochondrial: float


def observe(
    *,
    sample: Mapping[str, str],
    cells: FilePath,
    select: Mapping[str, str],
    cell_type: str,
    names: FilePath,
    limits: Limits,
    output: FilePath,
    keep_going: bool,
) -> None:
    """Read, check and harmonise one sample, and write it as an observation.

    Parameters
    ----------
    sample
        `sample, patient, condition, tissue, time, batch`, as texts.
    cells
        h5ad file with raw counts of the sample, alone or among others.
    select
        Columns of obs, and the value each has in this sample.
    cell_type
        Column of obs with the cell types.
    names
        Table of gene names of the knowledge stage.
    limits
        Which cells to keep.
    output
        The observation (h5ad) to write.
    keep_going
        Where the input is at fault, write an observation marked unscorable, with the reason,
        instead of raising: one bad sample never stops a cohort.

    Raises
    ------
    InputError
        The input is at fault.
    """
    known = GeneNames(names, kinds=KINDS)
    digest = ""
    try:
        found = read_sample(cells, select=select, cell_type=cell_type)
        digest = found.digest()
        observation = _observe(found, cell_type, known, limits, file=cells)
        observation.uns["unscorable"] = ""
    except InputError as error:
        if not keep_going:
            raise
        log.error("%s", error)
        nobody = pd.DataFrame({"cell_type": pd.Series(dtype=str)}, index=pd.Index([], dtype=str))
        observation = ad.AnnData(obs=nobody)
        observation.uns = {"quality": {}, "unscorable": error.reason}
    observation.uns["sample"] = dict(sample)
    observation.uns["provenance"] = provenance(
        parameters={
            # The file's name and the values selected may name a person: their content stands in.
            "cells_sha256": digest,
            "select": ", ".join(select) or None,
            "cell_type": cell_type,
            "min_counts": limits.min_counts,
            "min_genes": limits.min_genes,
            "max_mitochondrial": limits.max_mitochondrial,
        },
        inputs=[names],
    )
    write_anndata(observation, output, OBSERVATION)


def _observe(
    found: SampleCells,
    cell_type: str,
    known: GeneNames,
    limits: Limits,
    *,
    file: FilePath,
) -> ad.AnnData:
    """Harmonise genes, leave out poor cells, keep surface proteins as a layer of their own."""
    is_gene = ~found.is_protein
    genes = harmonise(found.counts[:, is_gene], found.names[is_gene], known)
    if 2 * len(genes.lost) > is_gene.sum():
        raise InputError(
            file=file,
            place="var",
            found=f"{len(genes.lost)} of {is_gene.sum()} features are no human gene, for example "
            + ", ".join(genes.lost[:5]),
            expected="HGNC symbols or Ensembl gene ids as the index of var",
            remedy="set the index of var to gene symbols or Ensembl ids and write the file again",
        )
    total = np.asarray(genes.counts.sum(axis=1)).ravel()
    number = np.diff(genes.counts.indptr)
    mitochondrial = _share(genes.counts, np.char.startswith(genes.symbols, "MT-"), total)
    label = found.obs[cell_type]
    kept = (
        (total >= limits.min_counts)
        & (number >= limits.min_genes)
        & ~(mitochondrial > limits.max_mitochondrial)
        & (label.notna() & (label.astype(str).str.strip() != "")).to_numpy()
    )
    if not kept.any():
        raise InputError(
            file=file,
            place="X",
            found=f"no usable cell among {len(kept)} (median counts {np.median(total):.0f}, median"
            f" genes {np.median(number):.0f}, {label.notna().sum()} with a cell type)",
            expected=f"cells with a cell type, at least {limits.min_counts} counts and"
            f" {limits.min_genes} genes, and at most {limits.max_mitochondrial:.0%} mitochondrial",
            remedy="look at the sample; correct observe.cell_type or widen the limits in observe"
            " of the configuration",
        )
    observation = ad.AnnData(
        X=genes.counts[kept].astype(np.float32),
        obs=pd.DataFrame({"cell_type": label.astype(str).to_numpy()[kept]}, index=_barcodes(kept)),
        var=pd.DataFrame(index=genes.symbols),
    )
    if found.is_protein.any():
        antibodies = found.names[found.is_protein]
        observation.obsm["protein"] = (
            found.counts[:, found.is_protein][kept].astype(np.float32).toarray()
        )
        observation.uns["protein"] = {
            "antibody": antibodies.astype(str),
            "gene": np.array([known.resolve(name) or "" for name in antibodies], dtype=str),
        }
    observation.uns["quality"] = {
        "n_cells_found": len(kept),
        "n_cells": int(kept.sum()),
        "n_genes_found": int(is_gene.sum()),
        "n_genes": len(genes.symbols),
        "n_genes_merged": genes.merged,
        "median_counts": float(np.median(total[kept])),
        "median_genes": float(np.median(number[kept])),
        "median_mitochondrial": float(np.median(mitochondrial[kept])),
        "genes_lost": np.array(genes.lost, dtype=str),
    }
    return observation


def _share(counts: sparse.csr_array, chosen: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Share of each cell's counts in the chosen genes; NaN if there are none such."""
    if not chosen.any():
        return np.full(len(total), np.nan)
    part = np.asarray(counts[:, chosen].sum(axis=1)).ravel()
    return np.divide(part, total, out=np.zeros(len(total)), where=total > 0)


def _barcodes(kept: np.ndarray) -> pd.Index:
    """Names for the cells kept: their row in the sample (barcodes may identify a person's run)."""
    return pd.Index(np.flatnonzero(kept).astype(str))
