"""Random walk with restart, and its values for seeds of similar degree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.network.degree_bins import redrawing_bins
from twinscreen.network.interactome import Interactome
from twinscreen.network.membership import binary
from twinscreen.network.proximity.linear import Pools


@dataclass(frozen=True)
class LinearNull:
    """Observed linear scores of seed sets against seeds redrawn within bins.

    Arrays have shape (sets, proteins); `z` is missing where the null doesn't vary.
    """

    score: np.ndarray
    expected: np.ndarray
    sd: np.ndarray

    @property
    def z(self) -> np.ndarray:
        """(score - expected) / sd."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.sd > 0, (self.score - self.expected) / self.sd, np.nan)


def random_walk(
    network: Interactome,
    seeds: np.ndarray,
    *,
    restart: float = 0.7,
    tolerance: float = 1e-10,
) -> np.ndarray:
    """Stationary probability of a walk that goes to a random neighbour or back to a seed.

    p = restart x seeds + (1 - restart) x W p, where W shares a protein's probability equally
    among its neighbours. Solved for all columns together, by iteration from the seeds: after k
    products with the adjacency the absolute errors of a column add up to less than
    2 (1 - restart)^k, so log(tolerance / 2) / log(1 - restart) products bring them below
    `tolerance`. A protein without neighbours keeps what it has.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    seeds
        Restart weights, shape (n,) or (n, k), non-negative; each column is scaled to sum 1.
    restart
        Probability of going back, above 0 and at most 1.

    Returns
    -------
    Probability, shape of `seeds`; each column sums to 1.

    Raises
    ------
    ValueError
        A column has no weight, or `restart` is out of range.

    References
    ----------
    Koehler et al., American Journal of Human Genetics 2008;82:949.
    """
    if not 0 < restart <= 1:
        raise ValueError(f"restart {restart}: expected above 0 and at most 1")
    weight = np.asarray(seeds, dtype=float)
    total = weight.sum(axis=0)
    if (total <= 0).any():
        raise ValueError("seeds: a column has no weight")
    home = weight / total
    if restart == 1:
        return home
    linked = network.degree > 0
    step = (1 - restart) * _steps(network.restrict(linked))
    back = restart * home[linked]
    walk = home[linked]
    for _ in range(math.ceil(math.log(tolerance / 2) / math.log(1 - restart))):
        walk = step @ walk
        walk += back
    home[linked] = walk
    return home


def walk_against_null(
    network: Interactome,
    modules: sparse.csr_array,
    proteins: np.ndarray,
    *,
    restart: float = 0.7,
    degree: np.ndarray | None = None,
) -> LinearNull:
    """Compare walks from modules with walks from modules redrawn within degree bins.

    The score of a protein is the mean over seeds of a fixed response, so mean and variance over
    draws without replacement are known in closed form: with s_b of N_b proteins drawn from bin
    b, whose responses have mean a_b and variance v_b (divisor N_b - 1),
    E = sum_b s_b a_b / s and Var = sum_b s_b (1 - s_b / N_b) v_b / s^2.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    modules
        Membership, shape (m, n); no empty row.
    proteins
        Proteins whose score is asked for, shape (k,).
    restart, degree
        As in `random_walk` and `proximity`.

    Returns
    -------
    Scores, expected scores and standard deviations, shape (m, k).
    """
    members = binary(network, modules).astype(float)
    n = len(network.names)
    asked = np.zeros((n, len(proteins)))
    asked[proteins, np.arange(len(proteins))] = 1
    # detailed balance turns the walk from every seed to one protein into one walk from it
    share = np.maximum(network.degree, 1)
    response = random_walk(network, asked, restart=restart) * share[proteins] / share[:, None]
    size = np.diff(members.indptr)[:, None]
    pools = Pools.of(*redrawing_bins(network, degree, None))
    mean, variance = pools.moments(pools.count(members), response)
    return LinearNull((members @ response) / size, mean / size, np.sqrt(variance) / size)


def _steps(network: Interactome) -> sparse.csr_array:
    """Probability of going from the column to the row."""
    alone = network.degree == 0
    out = sparse.diags_array(1 / np.where(alone, 1, network.degree))
    return sparse.csr_array(network.adjacency.astype(float) @ out + sparse.diags_array(alone * 1.0))
