"""Cells in a sparse table: one line per gene and cell with counts."""

import csv
import logging
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import CellFile, Counts, Features, reading
from twinscreen.observe.formats.delimited import (
    REMEDY,
    WHOLE,
    Beginning,
    IsGene,
    beginning,
    is_number,
    odd_field,
    share_of_genes,
)
from twinscreen.observe.formats.unpacked import open_bytes

log = logging.getLogger(__name__)


def is_triplets(begun: Beginning) -> bool:
    """Tell a table of three columns: two of names, one of numbers."""
    if len(begun.header) != 3 or any(len(line) != 3 for line in begun.lines):
        return False
    numbers = [all(is_number(line[c]) for line in begun.lines) for c in range(3)]
    return numbers == [False, False, True]


class Triplets(CellFile):
    """Cells of a table with the columns gene, cell and count, in the order they first stand there.

    Which of the first two columns is that of the genes is told by the share of its names that
    mean one. Lines of the same gene and cell are added up.
    """

    def __init__(self, path: Path, is_gene: IsGene) -> None:
        self.path = path
        begun = beginning(path)
        if is_number(begun.header[2]):
            raise InputError(
                file=path,
                place="line 1",
                found="\t".join(begun.header),
                expected="a header, as gene, cell, count",
                remedy="add a first line that names the three columns",
            )
        try:
            with reading(path, WHOLE, REMEDY), open_bytes(path) as file:
                table = pd.read_csv(
                    file,
                    sep=begun.separator,
                    header=None,
                    skiprows=1,
                    dtype={0: str, 1: str, 2: float},
                    keep_default_na=False,
                    quoting=csv.QUOTE_MINIMAL,
                )
        except InputError:
            raise odd_field(path, begun, [2]) from None
        shares = [share_of_genes(table[c].unique().tolist(), is_gene) for c in (0, 1)]
        gene = int(np.argmax(shares))
        if shares[gene] < 0.2:
            raise InputError(
                file=path,
                found=f"names as {table[0][0]!r} and {table[1][0]!r}, few of which mean a human"
                " gene",
                expected="the columns gene (HGNC symbol or Ensembl id), cell and count",
                remedy="name the genes so",
            )
        log.info("%s: genes in column %d, cells in column %d", path.name, gene + 1, 2 - gene)
        cells, barcodes = pd.factorize(table[1 - gene].str.strip())
        features, names = pd.factorize(table[gene].str.strip())
        self._features = Features.of(np.asarray(names, dtype=str))
        self._values = sparse.csr_array(
            (table[2].to_numpy(), (cells, features)), shape=(len(barcodes), len(names))
        )
        self.obs = pd.DataFrame(index=pd.Index(barcodes))

    def read(self, rows: np.ndarray) -> Counts:
        """Keep the cells asked for."""
        return Counts(sparse.csr_array(self._values[rows]), self._features, "table")
