"""How a change of one protein's activity reaches the expression of genes, with its sign."""

import numpy as np
from scipy import sparse


def signed_transition(
    source: np.ndarray, target: np.ndarray, sign: np.ndarray, *, shape: tuple[int, int]
) -> sparse.csr_array:
    """Build W, W_ij = sign_ij / outdegree_i, from signed edges without repeats.

    Parameters
    ----------
    source, target
        Row and column number of each edge, shape (m,).
    sign
        +1 or -1 of each edge, shape (m,).
    shape
        Number of sources and of targets.

    Returns
    -------
    The matrix, float64; the absolute values of a row sum to 1, or to 0 without edges.
    """
    outdegree = np.bincount(source, minlength=shape[0])
    weight = sign / outdegree[source]
    return sparse.csr_array((weight, (source, target)), shape=shape)


def influence(
    signalling: sparse.csr_array,
    regulation: sparse.csr_array,
    *,
    damping: float = 0.5,
    steps: int = 3,
) -> np.ndarray:
    """Compute the expected change of each gene when the activity of a protein rises.

    F = [ sum over k = 0..steps of (damping W_PT)^k ] W_TR: the protein acts as a transcription
    factor itself, or on one through up to `steps` signalling steps, each of which passes on
    `damping` of the signal, shared out among the targets.

    Parameters
    ----------
    signalling
        W_PT, protein on protein, shape (n, n).
    regulation
        W_TR, protein on gene, shape (n, g).

    Returns
    -------
    F, shape (n, g), float64.
    """
    term = regulation.toarray()
    total = term.copy()
    step = damping * signalling
    for _ in range(steps):
        term = step @ term
        total += term
    return total
