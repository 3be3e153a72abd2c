"""Which target brings a drug near a module."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.network.interactome import Interactome
from twinscreen.network.membership import binary
from twinscreen.network.proximity.closest import proximity


@dataclass(frozen=True)
class Attribution:
    """One row per target of each pair of drug and module, each array of shape (rows,).

    `pair` is the pair's place in the list asked for, `target` the protein; `distance`, `z` and
    `pvalue` are those of a drug with this target alone (exact, in closed form); `change` is how
    much the drug's mean distance grows when the target is left out (missing for a drug with no
    other target): positive for targets that bring the drug near.
    """

    pair: np.ndarray
    target: np.ndarray
    distance: np.ndarray
    z: np.ndarray
    pvalue: np.ndarray
    change: np.ndarray


def attribute(
    network: Interactome,
    targets: sparse.csr_array,
    modules: sparse.csr_array,
    pairs: np.ndarray,
    *,
    degree: np.ndarray | None = None,
    background: np.ndarray | None = None,
    threads: int = 1,
) -> Attribution:
    """Split the closest distance of some drugs to some modules into their targets.

    Parameters
    ----------
    network
        Connected, undirected interactome of n proteins.
    targets, modules
        Membership, shapes (drugs, n) and (modules, n).
    pairs
        Row of the drug and row of the module, shape (q, 2). Memory: 32 bytes times distinct
        targets times distinct modules among them.
    degree, background, threads
        As in `proximity`; both sets are redrawn.

    Raises
    ------
    DisconnectedError
        The interactome isn't connected.
    """
    members = binary(network, targets)
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    drugs = members[pairs[:, 0]]
    pair = np.repeat(np.arange(len(pairs)), np.diff(drugs.indptr))
    target = drugs.indices.astype(np.int64)
    single, row = np.unique(target, return_inverse=True)
    module, column = np.unique(pairs[:, 1], return_inverse=True)
    alone = sparse.csr_array(
        (np.ones(len(single)), (np.arange(len(single)), single)),
        shape=(len(single), len(network.names)),
    )
    found = proximity(
        network,
        alone,
        sparse.csr_array(modules)[module],
        draws=0,
        below=np.inf,
        degree=degree,
        background=background,
        threads=threads,
        random=np.random.default_rng(0),
    )
    place = (row, column[pair])
    distance = found.distance[place]
    number = np.bincount(pair, minlength=len(pairs))[pair]
    mean = (np.bincount(pair, weights=distance, minlength=len(pairs)))[pair] / number
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(number > 1, (mean - distance) / (number - 1), np.nan)
    return Attribution(pair, target, distance, found.z[place], found.pvalue[place], change)
