"""Bins of proteins of like degree, within which null models redraw."""

import numpy as np


def degree_bins(degree: np.ndarray, *, size: int = 100) -> np.ndarray:
    """Assign each protein to a bin of proteins of like degree.

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
