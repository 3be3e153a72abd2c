"""Activity of transcription factors from the genes that they regulate, all factors at once.

Many factors share their genes. Looked at one by one, all of them look active when one is. Ridge
regression of the genes on all factors gives each what the others don't explain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

#: Ridge, in units of a factor's own squared norm.
RIDGE = 3.0

#: A factor with fewer measured genes says nothing: one or two genes have many other reasons.
FEWEST = 5


@dataclass(frozen=True)
class FactorModel:
    """Standardised ridge regression of gene values on f factors.

    `weights` (f, n) are the centred regulons' sparse parts, `mean` (f,) what is taken off each,
    `solve` (f, f) turns their products with gene values into activities of standard deviation 1
    under independent genes; rows of factors with too few measured genes are 0.
    """

    weights: sparse.csr_array
    mean: np.ndarray
    solve: np.ndarray

    def activity(self, values: np.ndarray) -> np.ndarray:
        """Activities for gene values, shape (n, k), 0 where not measured; shape (f, k)."""
        product = self.weights @ values - self.mean[:, None] * values.sum(axis=0)
        result: np.ndarray = self.solve @ product
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
    enough = np.diff(inside.indptr) >= fewest
    inside = sparse.csr_array(sparse.diags_array(enough.astype(float)) @ inside)
    total = inside.sum(axis=1)
    square = inside.multiply(inside).sum(axis=1)
    norm = np.sqrt(np.maximum(square - total**2 / number, 0))
    usable = norm > 1e-9 * np.sqrt(np.maximum(square, 1e-300))
    scale = np.divide(1, norm, out=np.zeros(len(norm)), where=usable & (norm > 0))
    inside = sparse.csr_array(sparse.diags_array(scale) @ inside)
    total = total * scale
    gram = (inside @ inside.T).toarray() - np.outer(total, total) / number
    solve = _inverse(gram + ridge * np.eye(len(gram)))
    # S K S' = S - ridge S S', since S (K + ridge I) = I and S is symmetric
    variance = solve.diagonal() - ridge * np.square(solve).sum(axis=1)
    sd = np.sqrt(np.maximum(variance, 0))
    solve = np.divide(solve, sd[:, None], out=np.zeros_like(solve), where=(sd > 1e-9)[:, None])
    solve[scale == 0] = 0
    return FactorModel(inside, total / number, solve)


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Inverse of a symmetric positive definite matrix, at a third of the cost of a general one."""
    factor, _ = lapack.dpotrf(matrix, lower=1)
    half, _ = lapack.dpotri(factor, lower=1)
    lower = np.tril(half)
    result: np.ndarray = lower + np.tril(half, -1).T
    return result
