"""Bins of proteins of similar degree, within which null models redraw."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome


class BackgroundError(ValueError):
    """A set can't be redrawn from the background: what was found, and the remedy."""

    def __init__(self, found: str, remedy: str) -> None:
        self.found, self.remedy = found, remedy
        super().__init__(f"{found}: {remedy}")


def degree_bins(degree: np.ndarray, *, size: int = 100) -> np.ndarray:
    """Assign each protein to a bin of proteins of similar degree.

    Bins are filled in ascending order of degree; all proteins of one degree stand in one bin; a
    bin closes as soon as it holds at least `size` proteins, and a short tail joins the last bin.

    Parameters
    ----------
    degree
        Number of neighbours, shape (n,).
    size
        Smallest number of proteins in a bin; fewer proteins in all make one bin.

    Returns
    -------
    Bin number of each protein from 0, ascending with degree, shape (n,), dtype int64.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    values, counts = np.unique(degree, return_counts=True)
    number = np.zeros(len(values), dtype=np.int64)
    current, filled = 0, 0
    for position, count in enumerate(counts.tolist()):
        number[position] = current
        filled += count
        if filled >= size:
            current, filled = current + 1, 0
    if filled and current:
        number[number == current] = current - 1
    return number[np.searchsorted(values, degree)]


def redrawing_bins(
    network: Interactome, degree: np.ndarray | None, background: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Give the bin of every protein, made from those that may be redrawn, and which these are.

    Parameters
    ----------
    network
        Interactome of n proteins.
    degree
        Degrees for binning, shape (n,); those of `network` if not given.
    background
        Proteins that may be redrawn, boolean, shape (n,); all if not given.

    Returns
    -------
    Bin of each protein, int64, and whether it may be redrawn, boolean; shape (n,) each.

    Raises
    ------
    BackgroundError
        The background is empty.
    """
    degree = network.degree if degree is None else np.asarray(degree)
    allowed = np.ones(len(degree), bool) if background is None else np.asarray(background, bool)
    if not allowed.any():
        raise BackgroundError(
            "the background has no protein of the network",
            "name its proteins as the network does",
        )
    inside = degree_bins(degree[allowed])
    tops = [degree[allowed][inside == b].max() for b in range(inside.max(initial=0))]
    return np.searchsorted(tops, degree).astype(np.int64), allowed


def count_by_class(sets: sparse.csr_array, label: np.ndarray, classes: int) -> sparse.csr_array:
    """Count the proteins of each class in each set, shape (sets, classes)."""
    one = sparse.csr_array(
        (np.ones(len(label), dtype=np.int64), (np.arange(len(label)), np.maximum(label, 0))),
        shape=(len(label), classes),
    )
    counts = sparse.csr_array(sets @ one)
    counts.sort_indices()
    return counts


def require_enough(counts: sparse.csr_array, size: np.ndarray, kind: str) -> None:
    """Check that no set has more proteins of a class than there are to draw.

    Raises
    ------
    BackgroundError
        One has; the message gives the first.
    """
    most = counts.max(axis=0).toarray().ravel() if counts.shape[0] else np.zeros(len(size))
    if (over := np.flatnonzero(most > size)).size:
        b = int(over[0])
        raise BackgroundError(
            f"a {kind} has {most[b]} proteins of degree bin {b}, of which only"
            f" {size[b]} may be redrawn",
            f"take the {kind}'s own proteins into the background",
        )
