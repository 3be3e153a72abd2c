"""Sets of proteins as rows of a matrix."""

from collections.abc import Hashable, Iterable

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome


def membership(
    network: Interactome, pairs: Iterable[tuple[Hashable, Hashable]]
) -> tuple[sparse.csr_array, list[Hashable]]:
    """Make a set of each name that stands first in a pair, of the proteins that stand second.

    Parameters
    ----------
    network
        Interactome of n proteins.
    pairs
        Name of a set and name of a protein; repeats count once.

    Returns
    -------
    Membership, shape (sets, n), float64, one row for each set in order of appearance, also if
    all its proteins are off the network; and the proteins off the network, in order.
    """
    row_of = {name: row for row, name in enumerate(network.names.tolist())}
    set_of: dict[Hashable, int] = {}
    inside: set[tuple[int, int]] = set()
    missing: dict[Hashable, None] = {}
    for name, protein in pairs:
        number = set_of.setdefault(name, len(set_of))
        if protein in row_of:
            inside.add((number, row_of[protein]))
        else:
            missing[protein] = None
    rows, columns = np.array(sorted(inside), dtype=np.int64).reshape(-1, 2).T
    shape = (len(set_of), len(network.names))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape), list(missing)


def binary(network: Interactome, sets: sparse.csr_array) -> sparse.csr_array:
    """Give membership as ones, without explicit zeros or repeats.

    Raises
    ------
    ValueError
        The sets have another number of columns than the network has proteins.
    """
    if sets.shape[1] != len(network.names):
        raise ValueError(
            f"sets over {sets.shape[1]} proteins, on an interactome of {len(network.names)}:"
            " make them with `membership`"
        )
    matrix = sparse.csr_array(sets, copy=True)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.data = np.ones(len(matrix.data), dtype=np.int64)
    return matrix
