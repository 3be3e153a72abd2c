"""Activity of transcription factors from the genes that they regulate, all factors at once.

Many factors share their genes. Looked at one by one, all of them look active when one is. Ridge
regression of the genes on all factors gives each what the others don't explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

#: Ridge, in units of a factor's own squared norm.
RIDGE = 3.0

#: A factor with fewer measured genes says nothing: one or two genes have many other reasons.
FEWEST = 5


@dataclass(frozen=True)
class FactorModel:
    """Standardised ridge regression of gene values on those of f factors that can be told.

    `rows` (u,) are these factors; `weights` (u, n) their centred regulons' sparse parts, `mean`
    (u,) what is taken off each, `gram` (u, u) their products, `solve` (u, u) what turns products
    with gene values into activities of standard deviation 1 under independent genes.
    """

    factors: int
    rows: np.ndarray
    weights: sparse.csr_array
    mean: np.ndarray
    gram: np.ndarray
    solve: np.ndarray

    def activity(self, values: np.ndarray) -> np.ndarray:
        """Activities for gene values, shape (n, k), 0 where not measured; shape (f, k).

        Those of factors that can't be told are 0.
        """
        product = self.weights @ values - self.mean[:, None] * values.sum(axis=0)
        result = np.zeros((self.factors, values.shape[1]))
        result[self.rows] = self.solve @ product
        return result

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the activities of `rows` where genes are independent, shape (u, u)."""
        result: np.ndarray = self.solve @ self.gram @ self.solve.T
        return result


def factor_model(
    regulons: sparse.csr_array,
    measured: np.ndarray,
    *,
    ridge: float = RIDGE,
    fewest: int = FEWEST,
) -> FactorModel:
    """Prepare the regression for a set of measured genes.

    With regulons of norm 1 over the measured genes, centred, W (f x n) and K = W W', the activities
    are (K + ridge I)^-1 W x, each over its standard deviation when x is white.

    Parameters
    ----------
    regulons
        Signed weights of genes for each factor, shape (f, n).
    measured
        Genes with a value, boolean, shape (n,).
    ridge
        Above 0. Large values look at factors one by one; small ones tell apart what the noise of
        shared genes does not bear.
    fewest
        Measured genes that a factor needs; with fewer its activity is 0.

    Returns
    -------
    The model.

    References
    ----------
    Hoerl and Kennard, Technometrics 1970;12:55. Five genes at least: Badia-i-Mompel et al.,
    Bioinformatics Advances 2022;2:vbac016.
    """
    number = max(int(measured.sum()), 1)
    inside = sparse.csr_array(regulons @ sparse.diags_array(measured.astype(float)))
    inside.eliminate_zeros()
    total: np.ndarray = inside.sum(axis=1)
    square: np.ndarray = inside.multiply(inside).sum(axis=1)
    norm = np.sqrt(np.maximum(square - total**2 / number, 0))
    told = (np.diff(inside.indptr) >= fewest) & (norm > 1e-9 * np.sqrt(square))
    rows = np.flatnonzero(told)
    inside = sparse.csr_array(sparse.diags_array(1 / norm[told]) @ inside[told])
    total = total[told] / norm[told]
    gram = (inside @ inside.T).toarray() - np.outer(total, total) / number
    solve = _inverse(gram + ridge * np.eye(len(rows)))
    sd = np.sqrt(((solve @ gram) * solve).sum(axis=1))
    solve /= sd[:, None]
    return FactorModel(regulons.shape[0], rows, inside, total / number, gram, solve)


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Inverse of a symmetric positive definite matrix, at a third of the cost of a general one."""
    if not len(matrix):
        return matrix
    factor, _ = lapack.dpotrf(matrix, lower=1)
    half, _ = lapack.dpotri(factor, lower=1)
    lower = np.tril(half)
    result: np.ndarray = lower + np.tril(half, -1).T
    return result
