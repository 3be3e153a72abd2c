"""Cells in a dense table: genes x cells or cells x genes."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import InputError
from twinscreen.observe.formats.cell_file import CellFile, Counts, Features, reading
from twinscreen.observe.formats.delimited import (
    REMEDY,
    WHOLE,
    IsGene,
    beginning,
    odd_field,
    share_of_genes,
)
from twinscreen.observe.formats.unpacked import open_bytes

log = logging.getLogger(__name__)

#: Lines that are read at once.
_BLOCK = 1000

#: An axis with a smaller share of names that mean a gene is not that of the genes.
_FEWEST_GENES = 0.2


class DenseTable(CellFile):
    """Cells of a dense table with a header and names in its first column.

    Which axis is that of the genes is told by the share of its names that mean one.
    """

    def __init__(self, path: Path, is_gene: IsGene) -> None:
        self.path = path
        self._begun = beginning(path)
        across = self._begun.header[1:]
        down = [line[0].strip() for line in self._begun.lines]
        self._genes_down = _genes_down(path, down, across, is_gene)
        names = self._names_down() if not self._genes_down else np.array(across, dtype=str)
        self.obs = pd.DataFrame(index=pd.Index(names))
        log.info(
            "%s: a table of %s", path.name, "genes x cells" if self._genes_down else "cells x genes"
        )

    def read(self, rows: np.ndarray) -> Counts:
        """Read the table block by block, and keep the cells asked for."""
        names, values = [], []
        fields = range(1, len(self._begun.header))
        try:
            with reading(self.path, WHOLE, REMEDY):
                for block in self._blocks():
                    names.append(block[0].astype(str).str.strip().to_numpy())
                    values.append(sparse.csr_array(block[list(fields)].to_numpy(dtype=float)))
        except InputError:
            raise odd_field(self.path, self._begun, fields) from None
        return self._of(np.concatenate(names), sparse.vstack(values, format="csr"), rows)

    def look(self, rows: np.ndarray) -> Counts:
        """Read the first lines, whatever cells they are of."""
        lines = self._begun.lines
        try:
            values = np.array([line[1:] for line in lines], dtype=float)
        except ValueError:
            raise odd_field(self.path, self._begun, range(1, len(self._begun.header))) from None
        names = np.array([line[0].strip() for line in lines])
        if self._genes_down:
            return self._of(names, sparse.csr_array(values), rows)
        return self._of(names, sparse.csr_array(values), np.arange(len(lines)))

    def _of(self, down: np.ndarray, values: sparse.csr_array, rows: np.ndarray) -> Counts:
        if self._genes_down:
            return Counts(sparse.csr_array(values.T)[rows], Features.of(down), "table")
        names = np.array(self._begun.header[1:], dtype=str)
        return Counts(sparse.csr_array(values)[rows], Features.of(names), "table")

    def _blocks(self, columns: list[int] | None = None) -> Iterator[pd.DataFrame]:
        kinds: dict[int, type[str | float]] = {0: str}
        kinds |= dict.fromkeys(range(1, len(self._begun.header)), float)
        with open_bytes(self.path) as file:
            yield from pd.read_csv(
                file,
                sep=self._begun.separator,
                header=None,
                skiprows=1,
                dtype=kinds,
                na_values=[],
                keep_default_na=False,
                chunksize=_BLOCK,
                usecols=columns,
            )

    def _names_down(self) -> np.ndarray:
        with reading(self.path, WHOLE, REMEDY):
            column = pd.concat(self._blocks([0]))
        return column[0].str.strip().to_numpy(dtype=str)


def _genes_down(path: Path, down: list[str], across: list[str], is_gene: IsGene) -> bool:
    """Tell whether the genes stand one below the other, rather than side by side."""
    below, beside = share_of_genes(down, is_gene), share_of_genes(across, is_gene)
    if max(below, beside) < _FEWEST_GENES or min(below, beside) > 0.5:
        raise InputError(
            file=path,
            found=f"{below:.0%} of the first names of the lines ({', '.join(down[:3])}) and"
            f" {beside:.0%} of those of the columns ({', '.join(across[:3])}) mean a human gene",
            expected="genes by HGNC symbol or Ensembl id on one axis, cells on the other",
            remedy="name the genes so, in the first column or in the header",
        )
    return below > beside
