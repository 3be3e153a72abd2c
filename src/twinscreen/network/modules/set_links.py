"""How closely sets of proteins are linked: what they share, and how near they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from twinscreen.network.degree_bins import degree_bins
from twinscreen.network.interactome import Interactome
from twinscreen.network.membership import binary
from twinscreen.network.modules.components import largest_component
from twinscreen.network.proximity.closest import proximity


@dataclass(frozen=True)
class Links:
    """Links of a redrawn sets with f fixed ones; arrays have shape (a, f).

    `overlap` counts shared proteins, `distance` is the mean number of hops from a protein of the
    fixed set to the nearest of the redrawn one. z is (observed - expected) / sd, so linked sets
    have a large `overlap_z` and a small `distance_z`; p is one-sided accordingly. NaN where the
    null doesn't vary or a set is empty (for distances: on the largest connected component).
    """

    overlap: np.ndarray
    overlap_z: np.ndarray
    overlap_p: np.ndarray
    distance: np.ndarray
    distance_z: np.ndarray
    distance_p: np.ndarray


def link_sets(
    network: Interactome,
    redrawn: sparse.csr_array,
    fixed: sparse.csr_array,
    *,
    background: np.ndarray,
    random: np.random.Generator,
    pairs: np.ndarray | None = None,
    draws: int = 256,
) -> Links:
    """Compare overlap and closest distance with those of redrawn sets of similar degree.

    The null redraws one of both sets among the proteins that could have been in it, as many of
    each degree bin, and leaves the other as it is: a set that is central, or well studied, is
    near to everything, and must not make a link by that alone.

    Parameters
    ----------
    network
        Undirected interactome of n proteins.
    redrawn, fixed
        Membership, shapes (a, n) and (f, n).
    background
        Proteins that could have been in each redrawn set, boolean, shape (a, n); members of the
        set outside it are left out.
    random
        Source of randomness; one number is taken from it.
    pairs
        Which pairs are asked for, boolean, shape (a, f); all if not given. Others are NaN.
    draws
        Random sets behind the small share of the standard deviation of distances that has no
        closed form, and behind their p (see `proximity`). The null of overlaps is exact.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331 (distance and its null).
    """
    redrawn = binary(network, redrawn.multiply(background).tocsr())
    fixed = binary(network, fixed)
    asked = np.ones((redrawn.shape[0], fixed.shape[0]), bool) if pairs is None else pairs
    inside = largest_component(network, network.degree > 0)
    linked = network.restrict(inside)
    key = int(random.integers(2**63))
    found = np.full((6, *asked.shape), np.nan)
    alike: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(asked.any(axis=1)).tolist():
        alike.setdefault(background[i].tobytes(), []).append(i)
    for rows in alike.values():
        columns = np.flatnonzero(asked[rows].any(axis=0))
        block, allowed = np.ix_(np.arange(3), np.array(rows), columns), background[rows[0]]
        found[block] = overlap_significance(
            network.degree, redrawn[rows], fixed[columns], background=allowed
        )
        if (allowed & inside).any():
            near = proximity(
                linked,
                fixed[columns][:, inside],
                redrawn[rows][:, inside],
                null="disease",
                background=allowed[inside],
                random=np.random.default_rng(key),
                draws=draws,
                below=np.inf,
            )
            found[3:][block] = near.distance.T, near.z.T, near.pvalue.T
    found[:, ~asked] = np.nan
    return Links(*found)


def overlap_significance(
    degree: np.ndarray,
    redrawn: sparse.csr_array,
    fixed: sparse.csr_array,
    *,
    background: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count shared proteins against sets redrawn within bins of similar degree.

    The null is exact: see `overlap_null`.

    Parameters
    ----------
    degree
        Number of neighbours, shape (n,).
    redrawn, fixed
        Membership, shapes (a, n) and (f, n); the redrawn sets lie within the background.
    background
        Proteins that may be drawn, boolean, shape (n,).

    Returns
    -------
    Overlap, its z, and the probability of an overlap at least as large, shape (a, f) each; NaN,
    NaN and 1 where no overlap can vary.
    """
    overlap = (redrawn @ fixed.T).toarray().astype(float)
    z, pvalue = np.full(overlap.shape, np.nan), np.ones(overlap.shape)
    rows = np.flatnonzero(background)
    if len(rows):
        bins = degree_bins(degree[rows])
        one = sparse.csr_array((np.ones(len(rows), dtype=np.int64), (np.arange(len(rows)), bins)))
        size = np.bincount(bins)
        drawn, marked = ((sets[:, rows] @ one).toarray() for sets in (redrawn, fixed))
        for i, j in np.ndindex(*overlap.shape):
            observed = int(overlap[i, j])
            mean, sd, pvalue[i, j] = overlap_null(observed, size, marked[j], drawn[i])
            z[i, j] = (observed - mean) / sd if sd > 0 else np.nan
    return overlap, z, pvalue


def overlap_null(
    observed: int, size: np.ndarray, marked: np.ndarray, drawn: np.ndarray
) -> tuple[float, float, float]:
    """Compute the exact null of what a fixed set shares with one that is redrawn within bins.

    Within a bin the number shared is hypergeometric; bins are independent, so the distribution of
    the sum is the convolution of theirs. Which of the two sets is redrawn makes no difference.

    Parameters
    ----------
    observed
        Number shared.
    size, marked, drawn
        Of each bin: all its proteins, those in the fixed set, those in the other; integers, shape
        (b,), no empty bin.

    Returns
    -------
    Mean, standard deviation, and the probability of at least so many.
    """
    law = np.ones(1)
    for total, good, number in zip(size, marked, drawn, strict=True):
        if good and number:
            most = min(good, number)
            law = np.convolve(law, _hypergeometric(np.arange(most + 1), total, good, number))
    mean = float((drawn * marked / size).sum())
    left = np.maximum(size - 1, 1)
    varying = drawn * marked / size * (1 - marked / size) * (size - drawn) / left
    sd = float(np.sqrt(varying.sum()))
    return mean, sd, min(1.0, float(law[observed:].sum()))


def _hypergeometric(shared: np.ndarray, total: int, good: int, number: int) -> np.ndarray:
    """Probability that `number` of `total` proteins, drawn, hold so many of the `good` ones."""

    def ways(n: int, k: np.ndarray) -> np.ndarray:
        result: np.ndarray = (
            special.gammaln(n + 1)
            - special.gammaln(k + 1)
            - special.gammaln(np.maximum(n - k, 0) + 1)
        )
        return np.where((k >= 0) & (k <= n), result, -np.inf)

    log = ways(good, shared) + ways(total - good, number - shared)
    return np.exp(log - ways(total, np.asarray(number)))
