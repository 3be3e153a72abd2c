"""DIAMOnD: growing a module by the proteins that are linked to it more than by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from twinscreen.network.interactome import Interactome


@dataclass(frozen=True)
class Growth:
    """Proteins in the order in which they joined, the links each had then, and log10 of its p."""

    proteins: np.ndarray
    links: np.ndarray
    log10_pvalue: np.ndarray


def diamond(
    network: Interactome,
    seeds: np.ndarray,
    *,
    size: int,
    max_pvalue: float = 1.0,
) -> Growth:
    """Add the protein whose links to the module are least likely by chance, again and again.

    A protein with k neighbours, k_s of them among the s members of a network of n, has
    p = P(X >= k_s), X hypergeometric with n, s and k. Ties go to more links, then to the first.
    Only proteins that a step has touched can change their k_s, so a step costs one pass over
    the module's neighbours; p is kept as a logarithm, because it goes far below 1e-308.

    Parameters
    ----------
    network
        Interactome of n proteins.
    seeds
        Membership, boolean, shape (n,).
    size
        Most proteins to add.
    max_pvalue
        Growth ends when the best p is above it.

    References
    ----------
    Ghiassian et al., PLoS Computational Biology 2015;11:e1004120.
    """
    inside = np.asarray(seeds, bool).copy()
    n, adjacency, degree = len(inside), network.adjacency, network.degree
    links = adjacency[inside].sum(axis=0) if inside.any() else np.zeros(n)
    links = np.asarray(links).ravel().astype(np.int64)
    proteins, numbers, logs = [], [], []
    for _ in range(size):
        candidates = np.flatnonzero(~inside & (links > 0))
        if not len(candidates):
            break
        log = _log_tail(links[candidates], degree[candidates], int(inside.sum()), n)
        best = np.lexsort((candidates, -links[candidates], np.round(log, 10)))[0]
        if log[best] > np.log(max_pvalue):
            break
        chosen = int(candidates[best])
        proteins.append(chosen)
        numbers.append(int(links[chosen]))
        logs.append(float(log[best] / np.log(10)))
        inside[chosen] = True
        links[adjacency.indices[adjacency.indptr[chosen] : adjacency.indptr[chosen + 1]]] += 1
    return Growth(np.array(proteins, dtype=np.int64), np.array(numbers), np.array(logs))


def _log_tail(links: np.ndarray, degree: np.ndarray, members: int, n: int) -> np.ndarray:
    """Natural logarithm of P(X >= links), summed as far as the terms matter."""
    distinct, of = np.unique(np.stack([links, degree]), axis=1, return_inverse=True)
    low, k = distinct
    most = int(np.maximum(np.minimum(k, members) - low, 0).max(initial=0)) + 1
    x = low[:, None] + np.arange(min(most, 200))
    log = (
        np.where(
            (x <= np.minimum(k, members)[:, None]),
            _log_choose(members, x) + _log_choose(n - members, k[:, None] - x),
            -np.inf,
        )
        - _log_choose(n, k)[:, None]
    )
    return np.asarray(np.minimum(special.logsumexp(log, axis=1), 0.0))[of.ravel()]


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    """Natural logarithm of the binomial coefficient, minus infinity where there is no way."""
    k = np.asarray(k, dtype=float)
    fits = (k >= 0) & (k <= n)
    inside = np.where(fits, k, 0)
    log = special.gammaln(n + 1) - special.gammaln(inside + 1) - special.gammaln(n - inside + 1)
    return np.where(fits, log, -np.inf)
