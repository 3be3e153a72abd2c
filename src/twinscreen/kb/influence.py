"""The influence of proteins on genes."""

from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import INFLUENCE, FilePath, read_anndata

#: Rows read at once: some megabytes of a matrix of which a patient needs the measured genes alone.
_ROWS = 256


@dataclass(frozen=True)
class Influence:
    """Expected change of r genes when the activity of one of p proteins rises: F, shape (p, r).

    F stays in its file, where it is of one, and is read in the parts that are asked for.
    """

    proteins: pd.Index
    genes: pd.Index
    _whole: np.ndarray | None = field(default=None, repr=False)
    _path: FilePath = ""

    @classmethod
    def read(cls, path: FilePath) -> "Influence":
        """Open the influence of a file, and leave F in the file.

        Raises
        ------
        InputError
            The file is missing or has another shape.
        """
        known = read_anndata(path, INFLUENCE, backed=True)
        known.file.close()
        return cls(known.obs_names, known.var_names, None, path)

    @classmethod
    def of(cls, known: ad.AnnData) -> "Influence":
        """Take F of an AnnData in memory, proteins x genes."""
        return cls(known.obs_names, known.var_names, np.asarray(known.X, dtype=np.float32))

    def rows(self, proteins: np.ndarray) -> np.ndarray:
        """Return the rows of F with these numbers, ascending."""
        if self._whole is not None:
            return self._whole[proteins]
        known = read_anndata(self._path, INFLUENCE, backed=True)
        try:
            return np.asarray(known.X[proteins])
        finally:
            known.file.close()

    def frame(self) -> pd.DataFrame:
        """Return all of F, proteins x genes."""
        whole = self.rows(np.arange(len(self.proteins)))
        return pd.DataFrame(whole, index=self.proteins, columns=self.genes)

    def on(self, genes: pd.Index) -> tuple[np.ndarray, pd.Index, pd.Index]:
        """Return the influence on these genes, for the proteins that reach one of them.

        Parameters
        ----------
        genes
            Genes asked for; those that nothing regulates are left out.

        Returns
        -------
        F, shape (p, r), float32, and the names of its p proteins and r genes, in the order of
        this F and in that of `genes`.
        """
        genes = genes.intersection(self.genes, sort=False)
        column = self.genes.get_indexer(genes)
        if self._whole is not None:
            part = self._whole[:, column]
            reaching = np.any(part, axis=1)
            return part[reaching], self.proteins[reaching], genes
        known = read_anndata(self._path, INFLUENCE, backed=True)
        try:
            return (*_reaching(known, column), genes)
        finally:
            known.file.close()


def _reaching(known: ad.AnnData, column: np.ndarray) -> tuple[np.ndarray, pd.Index]:
    """Read some columns of the rows that have anything there, block by block."""
    result = np.empty((known.n_obs, len(column)), dtype=np.float32)
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
    return result[:kept], known.obs_names[reaching]
