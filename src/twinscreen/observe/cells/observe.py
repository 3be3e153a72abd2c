"""One sample in, one observation out."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    OBSERVATION,
    FilePath,
    GeneNames,
    InputError,
    keeping_going,
    provenance,
    write_anndata,
)
from twinscreen.observe.cells.antibodies import gene_of_antibody
from twinscreen.observe.cells.cell_table import SampleCells, read_sample, sample_of
from twinscreen.observe.cells.cell_types import (
    CellTypes,
    from_celltypist,
    from_column,
    from_markers,
    read_markers,
)
from twinscreen.observe.cells.expressed_sex import expressed_sex
from twinscreen.observe.cells.harmonise import (
    KINDS,
    Harmonised,
    check_genes,
    harmonise,
    log_lost,
    log_not_taken,
    lost_in_words,
    means_gene,
)
from twinscreen.observe.cells.order import order_of_cells
from twinscreen.observe.cells.quality import (
    Kept,
    Measures,
    leave_out_doublets,
    leave_out_outliers,
    measure,
    within_limits,
)
from twinscreen.observe.formats import CellFile
from twinscreen.settings.observe import ObserveSettings

log = logging.getLogger(__name__)


def observe(
    *,
    sample: Mapping[str, str],
    cells: FilePath,
    select: Mapping[str, str],
    annotation: FilePath | None,
    settings: ObserveSettings,
    names: FilePath,
    seed: int,
    output: FilePath,
    keep_going: bool,
) -> None:
    """Read, check and harmonise one sample, and write it as an observation.

    Parameters
    ----------
    sample
        `sample, patient, condition, tissue, time, batch`, as texts.
    cells
        File or folder with raw counts of the sample, alone or among others.
    select
        Columns of obs or of the annotation, and the value each has in this sample.
    annotation
        Table of cells that is joined to them by barcode.
    settings
        Where cell types come from (exactly one of the three ways is not empty), and which cells
        to keep.
    names
        Table of gene names of the knowledge stage.
    seed
        Seed of all randomness.
    output
        The observation (h5ad) to write.
    keep_going
        Whatever goes wrong with the sample, write an observation marked unscorable, with the
        reason, instead of raising: one bad sample never stops a cohort.

    Raises
    ------
    InputError
        The input is at fault.
    """
    known = GeneNames(names, kinds=KINDS)
    digest = ""
    files = [Path(path).name for path in (cells, annotation) if path]
    private = [*files, *select.values()]
    with keeping_going(keep_going, of=sample["sample"], private=private) as loss:
        found = read_sample(
            cells,
            select=select,
            cell_type=settings.cell_type,
            annotation=annotation,
            is_gene=lambda name: means_gene(name, known),
        )
        digest = found.digest()
        observation = _observe(
            found, known, settings, file=cells, seed=seed, sample=sample["sample"]
        )
    if loss.reason:
        nobody = pd.DataFrame({"cell_type": pd.Series(dtype=str)}, index=pd.Index([], dtype=str))
        observation = ad.AnnData(obs=nobody, uns={"quality": {}})
    observation.uns["unscorable"], observation.uns["remedy"] = loss.reason, loss.remedy
    observation.uns["sample"] = dict(sample)
    observation.uns["provenance"] = provenance(
        parameters=_parameters(digest, select, settings, seed),
        inputs=[names, *filter(None, (settings.markers, settings.celltypist))],
    )
    write_anndata(observation, output, OBSERVATION)


def observe_cells(
    cells: CellFile,
    *,
    sample: Mapping[str, str],
    settings: ObserveSettings,
    known: GeneNames,
    seed: int,
) -> ad.AnnData:
    """Check and harmonise the cells of one sample, which are open or in memory.

    Parameters
    ----------
    cells
        All of them are of the sample.
    sample, settings, seed
        As for `observe`.
    known
        Gene names of KINDS.

    Returns
    -------
    The observation, contract OBSERVATION.

    Raises
    ------
    InputError
        The sample can't be used.
    """
    found = sample_of(cells, select={}, cell_type=settings.cell_type)
    name = sample["sample"]
    observation = _observe(found, known, settings, file=cells.path, seed=seed, sample=name)
    observation.uns["unscorable"] = observation.uns["remedy"] = ""
    observation.uns["sample"] = dict(sample)
    observation.uns["provenance"] = provenance(
        parameters=_parameters(found.digest(), {}, settings, seed)
    )
    return observation


def _parameters(
    digest: str, select: Mapping[str, str], settings: ObserveSettings, seed: int
) -> dict[str, object]:
    """Name everything that decides what an observation holds."""
    return {
        # The file's name and the values selected may name a person: their content stands in.
        "cells_sha256": digest,
        "select": ", ".join(select) or None,
        "cell_type": settings.cell_type or None,
        **settings.model_dump(exclude={"cell_type", "markers", "celltypist"}),
        "seed": seed,
    }


def _observe(
    found: SampleCells,
    known: GeneNames,
    settings: ObserveSettings,
    *,
    file: FilePath,
    seed: int,
    sample: str,
) -> ad.AnnData:
    """Harmonise genes, leave out poor cells, keep surface proteins as a layer of their own."""
    genes, lost = _genes(found, known, file=file, sample=sample)
    order = order_of_cells(genes.counts, genes.symbols)
    found, genes = found.take(order), replace(genes, counts=genes.counts[order])
    log_not_taken(sample, genes.not_taken)
    measures = measure(genes.counts, genes.symbols)
    kept = within_limits(measures, settings)
    doublets = leave_out_doublets(kept, genes.counts, settings, seed=seed)
    types = _types(found, genes, kept, known, settings, seed=seed)
    outliers = leave_out_outliers(
        kept, measures, types.names, n_genes=len(genes.symbols), mad=settings.mad
    )
    n_unassigned = int((kept.cells & (types.names == "")).sum())
    kept.leave_out("no cell type", types.names == "")
    if not kept.cells.any():
        raise _no_usable_cell(file, measures, kept, settings)
    rows = kept.cells
    observation = ad.AnnData(
        X=genes.counts[rows].astype(np.float32),
        obs=pd.DataFrame({"cell_type": types.names[rows].astype(object)}, index=_barcodes(rows)),
        var=pd.DataFrame(index=genes.symbols),
    )
    nameless: list[str] = []
    if found.is_protein.any():
        antibodies = found.names[found.is_protein]
        targets = [gene_of_antibody(name, known) or "" for name in antibodies]
        nameless = [name for name, gene in zip(antibodies, targets, strict=True) if not gene]
        observation.obsm["protein"] = (
            found.counts[:, found.is_protein][rows].astype(np.float32).toarray()
        )
        observation.uns["protein"] = {
            "antibody": antibodies.astype(str),
            "gene": np.array(targets, dtype=str),
        }
        if nameless:
            log.warning(
                "%s: %d of %d antibodies mean no gene, so their proteins are not compared: %s",
                sample,
                len(nameless),
                len(targets),
                ", ".join(nameless),
            )
    expressed = expressed_sex(observation.X, genes.symbols)
    observation.uns["quality"] = {
        "n_cells_found": len(rows),
        "n_cells": int(rows.sum()),
        "removed": kept.removed,
        "cell_types_by": types.origin,
        "share_unassigned": n_unassigned / (n_unassigned + int(rows.sum())),
        "doublets": doublets,
        "outliers": outliers,
        "counts_from": found.source,
        "n_genes_found": int((~found.is_protein).sum()),
        "n_genes": len(genes.symbols),
        "n_genes_merged": genes.merged,
        "median_counts": float(np.median(measures.counts[rows])),
        "median_genes": float(np.median(measures.genes[rows])),
        "median_mitochondrial": float(np.median(measures.mitochondrial[rows])),
        "expressed_sex": expressed.sex,
        "xist": expressed.xist,
        "y_genes": expressed.y_genes,
        "lost": lost,
        "genes_lost": np.array(genes.lost, dtype=str),
        "genes_not_taken": np.array(genes.not_taken, dtype=str),
        "features_left_out": found.left_out,
        "n_antibodies_without_gene": len(nameless),
    }
    return observation


def _genes(
    found: SampleCells, known: GeneNames, *, file: FilePath, sample: str
) -> tuple[Harmonised, str]:
    """Bring the genes to approved symbols; refuse a file where most have none.

    Returns
    -------
    The genes, and what of the features or counts is lost, in words; empty where it is little.
    """
    is_gene = ~found.is_protein
    symbols = check_genes(file, found.names[is_gene], known, ids=found.ids[is_gene])
    counts = found.counts[:, is_gene]
    genes = harmonise(counts, symbols)
    share = 1 - float(genes.counts.sum()) / max(float(counts.sum()), 1)
    log_lost(sample, symbols, share=share)
    return genes, "; ".join(lost_in_words(symbols, share=share))


def _types(
    found: SampleCells,
    genes: Harmonised,
    kept: Kept,
    known: GeneNames,
    settings: ObserveSettings,
    *,
    seed: int,
) -> CellTypes:
    """Give every cell that is still kept its type, in the one way that is configured."""
    if settings.cell_type:
        return from_column(found.obs, settings.cell_type)
    names = np.full(len(kept.cells), "", dtype=object)
    rows = np.flatnonzero(kept.cells)
    origin = ""
    if len(rows):
        counts = genes.counts[rows]
        if settings.markers:
            markers = read_markers(settings.markers, known, without=genes.not_taken)
            assigned = from_markers(
                counts, genes.symbols, markers, file=settings.markers, seed=seed
            )
        else:
            assigned = from_celltypist(counts, genes.symbols, settings.celltypist, known)
        names[rows] = assigned.names
        origin = assigned.origin
    return CellTypes(names.astype(str), origin)


def _no_usable_cell(
    file: FilePath, measures: Measures, kept: Kept, limits: ObserveSettings
) -> InputError:
    removed = ", ".join(f"{number} by {rule}" for rule, number in kept.removed.items() if number)
    return InputError(
        file=file,
        place="X",
        found=f"no usable cell among {len(kept.cells)} (median counts"
        f" {np.median(measures.counts):.0f}, median genes {np.median(measures.genes):.0f};"
        f" left out: {removed})",
        expected=f"cells with a cell type, at least {limits.min_counts} counts and"
        f" {limits.min_genes} genes, and at most {limits.max_mitochondrial:.0%} mitochondrial",
        remedy="look at the sample; correct observe.cell_type or widen the limits in observe"
        " of the configuration",
    )


def _barcodes(kept: np.ndarray) -> pd.Index:
    """Names for the cells kept: their row in the sample (barcodes may identify a person's run)."""
    return pd.Index(np.flatnonzero(kept).astype(str))
