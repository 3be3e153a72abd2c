"""The sex that cells express: XIST beside genes of chromosome Y, which shows samples mixed up."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

#: Genes of chromosome Y that most tissues express; the first is found in most cells of men.
_Y_GENES = ("RPS4Y1", "DDX3Y", "EIF1AY", "KDM5D", "USP9Y", "UTY", "ZFY")

#: In so many of the cells, and so many times as often as the other, one is found in its own sex;
#: ambient RNA of others brings it to fewer.
_FOUND, _TIMES = 0.1, 3.0

#: Where XIST was not measured, Y genes are in more of a man's cells, and in less of a woman's.
_OF_MEN, _OF_WOMEN = 0.2, 0.15


class ExpressedSex(NamedTuple):
    """The shares of cells with XIST and with any gene of chromosome Y (NaN where not measured).

    `sex` is female, male, unclear (both are found, or neither), or "" where nothing tells it.
    """

    sex: str
    xist: float
    y_genes: float


def expressed_sex(counts: sparse.csr_matrix, symbols: np.ndarray) -> ExpressedSex:
    """Tell which sex cells express.

    Parameters
    ----------
    counts
        Cells x genes, of the cells that are used.
    symbols
        Of the genes.
    """
    xist = _share(counts, np.isin(symbols, ["XIST"]))
    y_genes = _share(counts, np.isin(symbols, _Y_GENES))
    return ExpressedSex(_sex(xist, y_genes, surely=_Y_GENES[0] in symbols), xist, y_genes)


def _share(counts: sparse.csr_matrix, genes: np.ndarray) -> float:
    """Return the share of cells with a count of any of the genes."""
    if not genes.any():
        return float("nan")
    return float(np.mean(np.asarray(counts[:, np.flatnonzero(genes)].sum(axis=1)) > 0))


def _sex(xist: float, y_genes: float, *, surely: bool) -> str:
    """Name the sex; `surely`: the Y gene that a man's cells can hardly lack was measured."""
    if np.isnan(xist) and np.isnan(y_genes):
        return ""
    if np.isnan(xist):
        if y_genes >= _OF_MEN:
            return "male"
        return "female" if surely and y_genes < _OF_WOMEN else "unclear"
    if y_genes >= max(_FOUND, _TIMES * xist):
        return "male"
    return "female" if xist >= max(_FOUND, _TIMES * np.nan_to_num(y_genes)) else "unclear"
