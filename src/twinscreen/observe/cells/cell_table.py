"""Read the cells of one sample, whatever their format, and check what they are."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import FilePath, InputError
from twinscreen.files.text_table import require_seen
from twinscreen.files.words.look_alike import as_seen, by_letter
from twinscreen.observe.cells.annotation import annotate
from twinscreen.observe.cells.cell_types import from_column
from twinscreen.observe.cells.raw_counts import check_raw
from twinscreen.observe.formats import (
    NEITHER,
    PROTEIN,
    CellFile,
    kinds_of,
    open_cells,
)
from twinscreen.settings.spelling import plain

log = logging.getLogger(__name__)

#: What CELLxGENE writes for a donor where there is none, or many.
NO_DONOR = ("pooled", "unknown", "na", "nan")


@dataclass(frozen=True)
class SampleCells:
    """Raw counts of one sample: c cells x f features, with the annotation of both.

    `names` are symbols or what the file has instead, `ids` Ensembl ids or ""; `source` is the
    part of the file that the counts stood in; `left_out` the number of features of each kind
    that is neither a gene nor a surface protein.
    """

    counts: sparse.csr_array
    obs: pd.DataFrame
    names: np.ndarray
    ids: np.ndarray
    is_protein: np.ndarray
    source: str
    left_out: dict[str, int]

    def take(self, rows: np.ndarray) -> "SampleCells":
        """Take some of the cells, or put them in another order."""
        return replace(self, counts=self.counts[rows], obs=self.obs.iloc[rows])

    def digest(self) -> str:
        """SHA-256 of the counts and the features they belong to."""
        content = hashlib.sha256("\0".join([*self.names, *self.ids]).encode())
        for part in (self.counts.indptr, self.counts.indices, self.counts.data):
            content.update(np.ascontiguousarray(part).tobytes())
        return content.hexdigest()


def read_sample(
    path: FilePath,
    *,
    select: Mapping[str, str],
    cell_type: str = "",
    annotation: FilePath | None = None,
    is_gene: Callable[[str], bool],
) -> SampleCells:
    """Read the cells of one sample.

    Parameters
    ----------
    path
        A file or folder of one of `formats.FORMATS`, with raw counts.
    select
        Columns of obs or of the annotation, and the value each must have; empty takes all cells.
    cell_type
        Column that holds the cell types and must be there; "" if there need be none.
    annotation
        Table of cells, joined by barcode; only cells that it lists are taken.
    is_gene
        Tells whether a name means a gene.

    Raises
    ------
    InputError
        The file is missing, broken, or of no known format; a column is missing; no cell fits;
        the counts are not raw; what a feature counts is not known.
    """
    return sample_of(
        open_cells(path, is_gene), select=select, cell_type=cell_type, annotation=annotation
    )


def sample_of(
    file: CellFile,
    *,
    select: Mapping[str, str],
    cell_type: str = "",
    annotation: FilePath | None = None,
) -> SampleCells:
    """Take the cells of one sample out of cells that are open; see `read_sample`."""
    path = file.path
    obs, rows = choose(file, select=select, cell_type=cell_type, annotation=annotation)
    found = file.read(rows)
    check_raw(path, found, select)
    kinds = kinds_of(path, found.features)
    kept = ~np.isin(kinds, NEITHER)
    # A narrow type of the file would overflow where columns of one gene are summed.
    counts = sparse.csr_array(found.matrix[:, np.flatnonzero(kept)]).astype(np.float64)
    counts.data = np.rint(counts.data)  # what computers round is no part of a count
    counts.sum_duplicates()
    counts.eliminate_zeros()
    return SampleCells(
        counts=counts,
        obs=obs.iloc[rows],
        names=found.features.names[kept],
        ids=found.features.ids[kept],
        is_protein=kinds[kept] == PROTEIN,
        source=found.place,
        left_out=dict(Counter(kinds[~kept].tolist())),
    )


def choose(
    file: CellFile,
    *,
    select: Mapping[str, str],
    cell_type: str,
    annotation: FilePath | None,
    table: pd.DataFrame | None = None,
    called: str = "the sample",
) -> tuple[pd.DataFrame, np.ndarray]:
    """Join the annotation to an open file's cells, and choose the sample's.

    With `table` the annotation was read before: it is what stands in it. `called` is what the log
    calls the sample.

    Returns
    -------
    Annotation of all cells, and the rows of those chosen, ascending.

    Raises
    ------
    InputError
        A column is missing, no cell fits, or the cells chosen are of no single donor.
    """
    obs, listed = file.obs, None
    if annotation:
        obs, listed = annotate(
            obs, annotation, cells=file.path, select=select, table=table, called=called
        )
    for column in [*select, *([cell_type] if cell_type else [])]:
        if column not in obs:
            raise _no_column(file, obs, column, is_type=column == cell_type, annotation=annotation)
    if select.get("donor_id", "x").lower() in NO_DONOR:
        raise InputError(
            file=file.path,
            place="obs, column donor_id",
            found=f"cells of donor {select['donor_id']!r} selected",
            expected="cells of one donor: this name stands for none, or for several",
            remedy="leave the sample out, or name a donor",
        )
    fits = np.ones(len(obs), dtype=bool) if listed is None else listed.to_numpy()
    for column, value in select.items():
        fits = fits & (obs[column].astype(str) == value).to_numpy()
    if not fits.any():
        raise _no_cell(file, obs, select)
    rows = np.flatnonzero(fits)
    if cell_type:
        types = set(from_column(obs.iloc[rows], cell_type).names.tolist()) - {""}
        if not types:
            raise _no_type(file, obs, rows, cell_type)
        require_seen(file.path, cell_type, sorted(types))
        _tell_spellings(called, types)
    return obs, rows


def _tell_spellings(called: str, types: Collection[str]) -> None:
    """Say which cell types are one in several spellings: each is compared by itself."""
    spelt: dict[str, list[str]] = {}
    for name in sorted(types):
        spelt.setdefault(plain(name), []).append(name)
    if several := [names for names in spelt.values() if len(names) > 1]:
        log.warning(
            "%s: cell types that differ in spelling alone are taken for several: %s",
            called,
            "; ".join(" and ".join(map(repr, names)) for names in several[:3]),
        )


def _no_column(
    file: CellFile, obs: pd.DataFrame, column: str, *, is_type: bool, annotation: FilePath | None
) -> InputError:
    columns = ", ".join(map(str, obs.columns))
    remedy = "correct the column `select` of the sample sheet"
    if is_type:
        remedy = "correct observe.cell_type in the configuration"
    if not columns and not annotation:
        remedy += ", or name in the column `annotation` of the sample sheet a table of the cells"
    return InputError(
        file=file.path,
        place="obs",
        found=f"no column {column!r}; there are {columns}" if columns else f"no column {column!r}",
        expected=f"a column {column!r}",
        remedy=remedy,
    )


def _no_type(file: CellFile, obs: pd.DataFrame, rows: np.ndarray, column: str) -> InputError:
    return InputError(
        file=file.path,
        place=f"obs, column {column}",
        found=f"no type of any of {len(rows)} cells",
        expected="the type of each cell, where it is known",
        remedy="correct observe.cell_type in the configuration, or the annotation of the cells",
        detail=f"such as {obs[column].iloc[rows[0]]}",
    )


def _no_cell(file: CellFile, obs: pd.DataFrame, select: Mapping[str, str]) -> InputError:
    wanted = " and ".join(f"{column} = {value}" for column, value in select.items())
    values = (f"{c}: {', '.join(map(str, obs[c].unique()[:5]))}, ..." for c in select)
    alike = [
        f"{by_letter(str(there))} looks like {by_letter(value)}"
        for column, value in select.items()
        for there in obs[column].unique()
        if str(there) != value and as_seen(str(there)) == as_seen(value)
    ]
    return InputError(
        file=file.path,
        place="obs",
        found=f"no cell with {wanted}" if select else "no cells",
        expected="at least one cell",
        remedy="correct the column `select` of the sample sheet"
        if select
        else "write the cells of the sample to the file, or leave the sample out",
        detail="; ".join(alike[:3] or ["values there: " + "; ".join(values)] if select else []),
    )
