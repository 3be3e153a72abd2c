"""The type of each cell: from a column, from marker genes, or from a CellTypist model."""

import logging
import unicodedata
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import FilePath, GeneNames, InputError, generator, needs_extra
from twinscreen.files.gene_names import log_dates
from twinscreen.files.text_table import read_people_table
from twinscreen.files.words.counting import plural
from twinscreen.files.words.missing import is_missing
from twinscreen.files.words.unseen import bare

log = logging.getLogger(__name__)

#: Fewest markers of a type that a sample must have measured.
FEWEST_MARKERS = 2

#: Cells whose scores are averaged: single cells are too sparse to show every marker.
NEIGHBOURS = 15

#: A CellTypist model's probability from which a cell has the type (the model's own default).
FEWEST_PROBABILITY = 0.5


@dataclass(frozen=True)
class CellTypes:
    """Type of each of c cells, "" where none was assigned, and in words where it came from."""

    names: np.ndarray
    origin: str


def from_column(obs: pd.DataFrame, column: str) -> CellTypes:
    """Take a column as it stands; missing values and words for nothing are no type.

    Blanks inside a name count as one, and letters with accents are written in one way: what
    nobody sees makes no other type. Whole numbers, as of clusters, have no decimals, which they
    get where one is missing.
    """
    names = pd.Series([_name(value) for value in pd.unique(obs[column])], dtype=object)
    place = pd.factorize(obs[column], use_na_sentinel=False)[0]
    return CellTypes(names.to_numpy(dtype=str)[place], f"column {column}")


def _name(value: Any) -> str:
    """Write one value of a column of types as a name, "" where it is none."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    name = " ".join(unicodedata.normalize("NFC", bare(str(value))).split())
    return "" if is_missing(name) else name


def read_markers(
    path: FilePath, known: GeneNames, *, without: Collection[str] = ()
) -> pd.DataFrame:
    """Read a table of marker genes.

    Parameters
    ----------
    path
        Table with the columns `cell_type`, `gene` and perhaps `sign`.
    known
        Approved symbols.
    without
        Names that are no human genes in the sample, though they could be aliases.

    Returns
    -------
    One row per type and gene: `cell_type`, `gene` (approved symbol), `sign` (+1 or -1).

    Raises
    ------
    InputError
        The table can't be read, a sign is none, a gene stands twice, or a type has too few genes.
    """
    needed = ["cell_type", "gene"]
    table = read_people_table(
        path, columns=needed, optional=["sign"], genes=["gene"], content="marker genes"
    )
    table["sign"] = _signs(path, table["sign"])
    names = table["gene"]
    table["gene"] = ["" if name in without else known.resolve(name) or "" for name in table["gene"]]
    if unknown := int((table["gene"] == "").sum()):
        log.warning("%s: %d names mean no human gene", Path(path).name, unknown)
        log_dates(Path(path).name, names[(table["gene"] == "").to_numpy()])
    table = table[table["gene"] != ""].drop_duplicates()
    if (twice := table.duplicated(["cell_type", "gene"])).any():
        row = table[twice].iloc[0]
        raise InputError(
            file=path,
            place=f"cell type {row['cell_type']}",
            found=f"{row['gene']} with both signs",
            expected="each gene once per cell type",
            remedy="remove one of the two",
        )
    for name, rows in table.groupby("cell_type"):
        if (rows["sign"] > 0).sum() < FEWEST_MARKERS:
            raise InputError(
                file=path,
                place=f"cell type {name}",
                found=f"{(rows['sign'] > 0).sum()} known genes that mark it",
                expected=f"at least {FEWEST_MARKERS}",
                remedy="add markers, by HGNC symbol or Ensembl id",
            )
    return table


def _signs(path: FilePath, column: pd.Series) -> pd.Series:
    """Read the optional column `sign`: +, 1 or nothing for expressed, - or -1 for absent."""
    known = {"": 1, "+": 1, "1": 1, "+1": 1, "-": -1, "-1": -1}
    if odd := sorted(set(column) - set(known)):
        raise InputError(
            file=path,
            place="column sign",
            found=repr(odd[0]),
            expected="+ (the type expresses the gene) or - (it does not)",
            remedy="correct it, or leave the column out if all are +",
        )
    return column.map(known)


def from_markers(
    counts: sparse.csr_array,
    symbols: np.ndarray,
    markers: pd.DataFrame,
    *,
    file: FilePath,
    seed: int,
) -> CellTypes:
    """Assign types by marker genes.

    Of each type, scanpy's score of its markers (their mean less that of genes of like expression)
    less that of the genes it lacks, on log counts per 10,000, averaged over the cell and its 15
    nearest neighbours on 30 principal components. A cell has the type of the highest score; none
    if no score is above 0.

    Parameters
    ----------
    counts
        Raw counts, cells x genes, shape (c, g).
    symbols
        Approved symbols, shape (g,).
    markers
        As `read_markers` gives them.
    file
        The marker table, for messages.
    seed
        Seed of the choice of genes to compare with.

    Raises
    ------
    InputError
        Fewer than two types have markers enough among the genes measured.

    References
    ----------
    Satija et al., Nature Biotechnology 2015;33:495.
    """
    import scanpy as sc  # takes seconds to import, and only this needs it

    cells = _normalised(counts, symbols)
    measured = markers[markers["gene"].isin(symbols)]
    found = measured[measured["sign"] > 0].groupby("cell_type").size()
    types = sorted(found.index[found >= FEWEST_MARKERS])
    if len(types) < 2:
        raise InputError(
            file=file,
            found=f"{plural(len(types), 'cell type')} with at least {FEWEST_MARKERS} markers among"
            f" the {plural(len(symbols), 'gene')} measured",
            expected="at least 2",
            remedy="add markers that the sample's genes contain, or name a column with cell types",
        )
    random = int(generator(seed, "markers").integers(2**31))
    score = np.zeros((len(types), cells.n_obs))
    for row, name in enumerate(types):
        for sign in (1, -1):
            mine = (measured["cell_type"] == name) & (measured["sign"] == sign)
            if mine.any():
                genes = measured.loc[mine, "gene"].tolist()
                sc.tl.score_genes(cells, genes, ctrl_size=50, random_state=random)
                score[row] += sign * cells.obs["score"].to_numpy(dtype=float)
    smooth = score @ _neighbours(cells, random).T
    best = smooth.argmax(axis=0)
    names = np.where(smooth.max(axis=0) > 0, np.array(types)[best], "")
    return CellTypes(names, f"marker genes of {len(types)} types")


def _normalised(counts: sparse.csr_array, symbols: np.ndarray) -> ad.AnnData:
    """Log counts per 10,000."""
    total = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    scaled = sparse.csr_matrix(sparse.diags_array(1e4 / total) @ counts)
    return ad.AnnData(scaled.log1p(), var=pd.DataFrame(index=symbols.astype(str)))


def _neighbours(cells: ad.AnnData, random: int) -> sparse.csr_array:
    """Averaging over a cell and its nearest neighbours, shape (c, c); itself alone if few."""
    import scanpy as sc

    n = cells.n_obs
    if n <= 2 * NEIGHBOURS:
        return sparse.eye_array(n, format="csr")
    sc.pp.pca(cells, n_comps=min(30, n - 1, cells.n_vars - 1), random_state=random)
    sc.pp.neighbors(cells, n_neighbors=NEIGHBOURS + 1, method="gauss", random_state=random)
    member = sparse.csr_array(cells.obsp["distances"]).astype(bool).astype(float)
    member = sparse.csr_array(((member + sparse.eye_array(n)) > 0).astype(float))
    return sparse.csr_array(sparse.diags_array(1 / np.asarray(member.sum(axis=1)).ravel()) @ member)


def from_celltypist(
    counts: sparse.csr_array, symbols: np.ndarray, model: FilePath, known: GeneNames
) -> CellTypes:
    """Assign the most probable type of a CellTypist model; none below a probability of a half.

    The model is a pickle: reading one runs whatever its author put there.

    Parameters
    ----------
    counts
        Raw counts, cells x genes, shape (c, g).
    symbols
        Approved symbols, shape (g,).
    model
        File of the model (.pkl).
    known
        Approved symbols, to which the model's own are brought.

    Raises
    ------
    InputError
        The file is missing or no model, shares no genes with the sample, or CellTypist is not
        installed.

    References
    ----------
    Domínguez Conde et al., Science 2022;376:eabl5197.
    """
    if not Path(model).is_file():
        raise InputError(
            file=model,
            found="no such file",
            expected="a CellTypist model (.pkl)",
            remedy="correct observe.celltypist; models are not downloaded",
        )
    with needs_extra("celltypist", file=model, instead="use marker genes"):
        import celltypist
    celltypist.logger.set_level(logging.WARNING)
    try:
        # an absolute path: a bare name is looked up in a catalogue, which is downloaded
        loaded = celltypist.Model.load(str(Path(model).resolve()))
        loaded.classifier.features = _approved(loaded.classifier.features, known)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = celltypist.annotate(_normalised(counts, symbols), model=loaded)
    except Exception as error:
        raise InputError(
            file=model,
            found=f"CellTypist can't use it: {error}",
            expected="a CellTypist model (.pkl) of human genes that the sample has",
            remedy="name another model, or use marker genes",
        ) from error
    names = found.predicted_labels["predicted_labels"].astype(str).to_numpy()
    probable = found.probability_matrix.max(axis=1).to_numpy() >= FEWEST_PROBABILITY
    return CellTypes(np.where(probable, names, ""), f"CellTypist model {Path(model).name}")


def _approved(names: np.ndarray, known: GeneNames) -> np.ndarray:
    """Bring a model's genes to approved symbols, where that leaves them different."""
    symbols = pd.Series([known.resolve(str(name)) or str(name) for name in names])
    return np.where(symbols.duplicated(keep=False), names, symbols).astype(object)
