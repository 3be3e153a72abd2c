"""An order of cells that their counts alone decide, so that no file's order moves a draw."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from scipy import sparse


def order_of_cells(counts: sparse.csr_array, genes: Iterable[str]) -> np.ndarray:
    """Put cells in an order that neither a file's order nor its barcodes decide.

    What is drawn at random goes by the place of a cell: cells resampled, labels permuted,
    doublets simulated.

    Parameters
    ----------
    counts
        Raw counts, cells x genes, shape (c, g), without stored zeros.
    genes
        Approved symbols of the columns, in any order.

    Returns
    -------
    Rows of `counts` in their order, shape (c,); cells with the same counts stay as they stood.
    """
    return np.argsort(marks_of_cells(counts, genes), kind="stable")


def marks_of_cells(counts: sparse.csr_array, genes: Iterable[str]) -> np.ndarray:
    """Mark each cell by its counts, shape (c,), uint64: cells that differ have other marks.

    A mark is the sum over genes of a hash of the symbol with the count, so that the order of genes
    does not matter. Sums of 64 bits wrap around: two of a million cells that differ share a mark
    with a probability below 1e-7.
    """
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in genes)
    keys = np.frombuffer(digests, dtype="<u8") | np.uint64(1)
    bits = counts.data.astype("<f8").view("<u8")
    mixed = (bits ^ (bits >> np.uint64(29))) * keys[counts.indices]
    sums = np.concatenate([[np.uint64(0)], np.cumsum(mixed ^ (mixed >> np.uint64(31)))])
    return sums[counts.indptr[1:]] - sums[counts.indptr[:-1]]
