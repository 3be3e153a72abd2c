"""Mean and variance, in closed form, of sums over proteins that are redrawn within bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.network.degree_bins import count_by_class

#: Columns of a table of all proteins that are in work together.
TOGETHER = 256


@dataclass(frozen=True)
class Pools:
    """What is drawn from.

    Parameters
    ----------
    bins
        Bin of each protein, shape (n,).
    one
        Proteins of each bin that may be drawn, 0/1, shape (bins, n).
    """

    bins: np.ndarray
    one: sparse.csr_array

    @classmethod
    def of(cls, bins: np.ndarray, allowed: np.ndarray) -> Pools:
        """Take bins and background as `redrawing_bins` gives them."""
        inside = np.flatnonzero(allowed)
        shape = (int(bins[inside].max(initial=-1)) + 1, len(bins))
        return cls(bins, sparse.csr_array((np.ones(len(inside)), (bins[inside], inside)), shape))

    @property
    def size(self) -> np.ndarray:
        """Proteins that may be drawn in each bin."""
        return np.diff(self.one.indptr)

    def count(self, sets: sparse.csr_array) -> sparse.csr_array:
        """Count what each set draws from each bin, shape (sets, bins)."""
        return count_by_class(sets, self.bins, len(self.size))

    def moments(
        self, counts: sparse.csr_array, response: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the sum of responses over a redrawn set.

        Draws are without replacement and the bins independent: with s_b of N_b proteins drawn
        from bin b, whose responses have mean a_b and variance v_b (divisor N_b - 1), the mean is
        sum_b s_b a_b and the variance sum_b s_b (1 - s_b / N_b) v_b.

        Parameters
        ----------
        counts
            What each set draws, shape (sets, bins).
        response
            Shape (n, k).

        Returns
        -------
        Means and variances, shape (sets, k).
        """
        mean = (self.one @ response) / self.size[:, None]
        apart = (response - self.one.T @ mean) ** 2
        variance = (self.one @ apart) / np.maximum(self.size - 1, 1)[:, None]
        return counts @ mean, self.loose(counts) @ variance

    def loose(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Weigh what is drawn from a bin by how free the draw is: s_b (1 - s_b / N_b)."""
        free = counts.astype(float)
        free.data *= 1 - free.data / self.size[free.indices]
        return free


def sums_of_distances(
    hops: np.ndarray, pools: Pools, one: sparse.csr_array, two: sparse.csr_array, null: str
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the sum of distances of all pairs of two sets.

    With x and y the 0/1 vectors of both sets and D the distances, the sum is x'Dy. If both are
    redrawn, independently, its variance is that of x'D E[y], that of E[x]'D y, and of what is
    left when D is centred in rows and columns within each pair of bins:
    sum_ab t_a (1 - t_a / N_a) s_b (1 - s_b / N_b) |centred D_ab|^2 / ((N_a - 1) (N_b - 1)).

    Parameters
    ----------
    hops
        Distances of all proteins, shape (n, n), uint8.
    pools
        What is drawn from.
    one, two
        Membership, 0/1, shapes (drugs, n) and (modules, n).
    null
        As in `proximity`.

    Returns
    -------
    Means and variances, shape (drugs, modules). Memory beyond them: 8 n (bins + 256) bytes.
    """
    expected = np.zeros((one.shape[0], two.shape[0]))
    variance = np.zeros_like(expected)
    drawn, wanted = pools.count(one), pools.count(two)
    # expected sum of distances from a protein to one draw from each bin
    to_bins = _sums(hops, pools.one) / pools.size[:, None] if null == "both" else None
    if null != "disease":
        for block in _blocks(two):
            to = _sums(hops, two[block]) if to_bins is None else wanted[block] @ to_bins
            expected[:, block], variance[:, block] = pools.moments(drawn, to.T)
    if null != "drug":
        for block in _blocks(one):
            to = _sums(hops, one[block]) if to_bins is None else drawn[block] @ to_bins
            mean, more = pools.moments(wanted, to.T)
            expected[block] = mean.T
            variance[block] += more.T
    if to_bins is not None:
        between = _centred_squares(hops, pools, to_bins)
        variance += pools.loose(drawn) @ (pools.loose(wanted) @ between).T
    return expected, variance


def _blocks(sets: sparse.csr_array) -> list[slice]:
    return [slice(i, i + TOGETHER) for i in range(0, sets.shape[0], TOGETHER)]


def _sums(hops: np.ndarray, sets: sparse.csr_array) -> np.ndarray:
    """Sum of distances from the members of each set to every protein, shape (sets, n)."""
    sums = np.empty((sets.shape[0], len(hops)))
    for start in range(0, len(hops), TOGETHER):
        columns = slice(start, start + TOGETHER)
        sums[:, columns] = sets.astype(float) @ hops[:, columns].astype(float)
    return sums


def _centred_squares(hops: np.ndarray, pools: Pools, to_bins: np.ndarray) -> np.ndarray:
    """Mean square, divided by its degrees of freedom, of distances centred within pairs of bins.

    Shape (bins, bins), symmetric.
    """
    size = pools.size.astype(float)
    square = np.empty_like(to_bins)
    for start in range(0, len(hops), TOGETHER):
        columns = slice(start, start + TOGETHER)
        square[:, columns] = pools.one @ hops[:, columns].astype(float) ** 2
    whole = pools.one @ square.T
    mean = pools.one @ to_bins.T / size[:, None]
    rows = pools.one @ (to_bins**2).T * size  # |a| rows, of each the squared mean over bin b
    left = whole - rows - rows.T + mean**2 * np.outer(size, size)
    free = np.maximum(size - 1, 1)
    return np.maximum(left, 0) / np.outer(free, free)
