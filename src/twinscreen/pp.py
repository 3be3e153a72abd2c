"""From raw cells to observations, with approved gene symbols and without poor cells."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import InputError
from twinscreen.kb import Knowledge
from twinscreen.keywords import check_knowledge, section
from twinscreen.observe.cells.cell_table import NO_DONOR
from twinscreen.observe.cells.harmonise import KINDS
from twinscreen.observe.cells.observe import observe_cells
from twinscreen.observe.formats import InMemory
from twinscreen.settings.observe import ObserveSettings
from twinscreen.settings.section import Seeded

log = logging.getLogger(__name__)

#: Where no column tells a tissue and a time point, they are those of an empty sample sheet.
TISSUE, TIME = "blood", "T0"

#: Seed of all randomness where none is given.
SEED = Seeded().seed


def observe(
    adata: ad.AnnData,
    kb: Knowledge,
    *,
    cell_type: str = "cell_type",
    donor: str = "donor",
    condition: str = "condition",
    sample: str | None = None,
    tissue: str | None = None,
    time: str | None = None,
    batch: str | None = None,
    seed: int = SEED,
    **options: Any,
) -> list[ad.AnnData]:
    """Make an observation of each sample in an AnnData, as the workflow does.

    Parameters
    ----------
    adata
        Raw counts in X, raw.X or the layer `counts`; cells of several samples.
    kb
        Knowledge, for the names of genes.
    cell_type
        Column of obs with the types of the cells.
    donor, condition
        Columns of obs with the person and the condition of each cell.
    sample
        Column with the sample; without it each donor has one per condition, tissue and time.
    tissue, time, batch
        Columns of obs, if there are several tissues, time points or batches.
    seed
        Seed of all randomness.
    **options
        Other options of the section `observe` of the configuration, such as `min_genes=200`.

    Returns
    -------
    One observation per sample, in the order in which the samples appear.

    Raises
    ------
    InputError
        A column is missing, or a sample can't be used.

    Examples
    --------
    >>> import twinscreen as ts
    >>> cells, kb = ts.datasets.toy(), ts.datasets.toy_knowledge()
    >>> observations = ts.pp.observe(cells, kb)
    >>> len(observations), observations[0].uns["sample"]["patient"]
    (8, 'D1')
    """
    check_knowledge(kb, of="pp.observe")
    if not isinstance(adata, ad.AnnData):
        raise InputError(
            file="pp.observe, adata",
            found=f"an object of the kind {type(adata).__name__}",
            expected="an AnnData with raw counts",
            remedy="read the file first: anndata.read_h5ad(...)",
        )
    adata = _with_owner(adata, donor, [donor, condition, *filter(None, [sample])])
    settings = section(ObserveSettings, {"cell_type": cell_type, **options}, of="pp.observe")
    sheet = _sheet(adata, donor, condition, tissue, time, batch)
    columns = [donor, condition, *filter(None, [tissue, time])]
    names = _column(adata, sample) if sample else _joined(adata, columns)
    known = kb.gene_names(KINDS)
    found = []
    for name in dict.fromkeys(names):
        rows = (names == name).to_numpy()
        found.append(
            observe_cells(
                InMemory(adata[rows], str(name)),
                sample={"sample": str(name), **_of_one(sheet[rows], str(name))},
                settings=settings,
                known=known,
                seed=seed,
            )
        )
    return found


def _with_owner(adata: ad.AnnData, donor: str, columns: Sequence[str]) -> ad.AnnData:
    """Keep the cells of which donor, condition and sample are known, as a drafted sheet does."""
    known = np.ones(adata.n_obs, dtype=bool)
    for name in columns:
        texts = _column(adata, name)
        known &= (adata.obs[name].notna() & (texts.str.strip() != "")).to_numpy()
        if name == donor == "donor_id":
            known &= ~texts.str.lower().isin(NO_DONOR).to_numpy()
    if not known.any():
        raise InputError(
            file="pp.observe, adata",
            place=f"obs, columns {', '.join(columns)}",
            found="no cell with all of them",
            expected="a donor and a condition for each cell",
            remedy="name other columns by donor=, condition=, sample=",
        )
    if lost := int((~known).sum()):
        log.warning("%d cells without %s are left out", lost, " or ".join(columns))
    return adata if known.all() else adata[known]


def _sheet(
    adata: ad.AnnData,
    donor: str,
    condition: str,
    tissue: str | None,
    time: str | None,
    batch: str | None,
) -> pd.DataFrame:
    """Say of each cell what the sample sheet would."""
    sheet = pd.DataFrame({"patient": _column(adata, donor), "condition": _column(adata, condition)})
    for name, column, otherwise in (
        ("tissue", tissue, TISSUE),
        ("time", time, TIME),
        ("batch", batch, ""),
    ):
        sheet[name] = otherwise
        if column:
            sheet[name] = _column(adata, column).where(adata.obs[column].notna(), otherwise)
    return sheet


def _column(adata: ad.AnnData, name: str) -> pd.Series:
    """Return a column of obs as texts."""
    if name not in adata.obs:
        raise InputError(
            file="adata",
            place="obs",
            found=f"no column {name!r}; there are {', '.join(map(str, adata.obs.columns))}",
            expected=f"a column {name!r}",
            remedy="name the column by the keyword: donor=, condition=, cell_type=, ...",
        )
    return adata.obs[name].astype(str)


def _joined(adata: ad.AnnData, columns: Sequence[str]) -> pd.Series:
    """Name samples by all that tells them apart."""
    first, *others = (_column(adata, name) for name in columns)
    for other in others:
        first = first + "_" + other
    return first


def _of_one(sheet: pd.DataFrame, sample: str) -> Mapping[str, str]:
    """Return what is said of one sample, which must be one thing."""
    for name in sheet:
        if (sheet[name] != sheet[name].iloc[0]).any():
            raise InputError(
                file="adata",
                place=f"obs, sample {sample}",
                found=f"cells of more than one {name}: {', '.join(sheet[name].unique()[:3])}",
                expected=f"one {name} for each sample",
                remedy="name the samples apart by sample=",
            )
    return {str(name): str(value) for name, value in sheet.iloc[0].items()}
