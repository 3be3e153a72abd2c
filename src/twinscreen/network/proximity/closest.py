"""How near the targets of drugs are to modules, against a null model: thousands by thousands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Literal, get_args

import numpy as np
from scipy import sparse

from twinscreen.network.degree_bins import count_by_class, redrawing_bins, require_enough
from twinscreen.network.interactome import Interactome
from twinscreen.network.membership import binary
from twinscreen.network.proximity.arrange import Arranged, arrange, require_connected
from twinscreen.network.proximity.engine import Scorer
from twinscreen.network.proximity.exact_null import Wanted, survival
from twinscreen.network.proximity.hops import blocks_of_hops
from twinscreen.network.proximity.result import Proximity
from twinscreen.network.proximity.sampling import stream

Null = Literal["both", "disease", "drug"]

#: Bytes for the table of exact probabilities of the nulls that are in work together.
BLOCK = 64 << 20


def proximity(
    network: Interactome,
    targets: sparse.csr_array,
    modules: sparse.csr_array,
    *,
    random: np.random.Generator,
    null: Null = "both",
    draws: int = 256,
    below: float = 0.0,
    degree: np.ndarray | None = None,
    background: np.ndarray | None = None,
    threads: int = 1,
) -> Proximity:
    """Compare the closest distance of every drug to every module with that of redrawn sets.

    The mean is exact; so is the standard deviation but for the share (about 2 %) that comes
    from what random modules do to all proteins of a bin together, which `draws` random modules
    estimate. p is the exact lower tail given each random module, averaged over them; for a
    single target it needs none. A result depends on the drug, the module, the network and
    `random` only: not on what else is computed with it, nor on the number of threads.

    Memory beyond the four results of 8 x drugs x modules bytes: at most 64 MiB for the null's
    table (more if one module alone needs more), and per thread 128 n bytes for the search and
    (2 KiB x depth x classes) for the counts, twice; depth is the largest distance, classes are
    the degree bins (about n / 200), for null="disease" the distinct targets.

    Parameters
    ----------
    network
        Connected, undirected interactome of n proteins.
    targets, modules
        Membership, shapes (drugs, n) and (modules, n). Empty rows give missing results.
    random
        Source of randomness; one number is taken from it.
    null
        What is redrawn among proteins of similar degree: "both" sets, the module only ("disease"),
        or the targets only ("drug", which is exact throughout).
    draws
        Random modules per null, rounded up to a multiple of 64; modules with the same number
        of proteins in each bin share them. 0 leaves their share of the variance out.
    below
        p is computed where z is below it; infinity for all pairs, minus infinity for none.
    degree
        Degrees for binning, shape (n,); those of `network` if not given.
    background
        Proteins that may be redrawn, boolean, shape (n,); all if not given.
    threads
        Threads to use.

    Raises
    ------
    DisconnectedError
        The interactome isn't connected.
    BackgroundError
        A set has more proteins of a bin than the background, or the background is empty.
    TooLongError
        A distance exceeds 254 hops.
    ValueError
        Sets and interactome differ in the number of proteins.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    if null not in get_args(Null):
        raise ValueError(f"null {null!r}: expected one of {', '.join(get_args(Null))}")
    require_connected(network)
    targets, modules = binary(network, targets), binary(network, modules)
    key = int(random.integers(2**63))
    bins, allowed = redrawing_bins(network, degree, background)
    drugs = np.flatnonzero(np.diff(targets.indptr))
    filled = np.flatnonzero(np.diff(modules.indptr))
    result = Proximity.missing(targets.shape[0], modules.shape[0])
    if len(drugs) and len(filled):
        with ThreadPoolExecutor(threads) as pool:
            engine = _Engine(network, targets[drugs], bins, allowed, null, draws, below, key, pool)
            engine.run(modules[filled], drugs, filled, result)
    return result


class _Engine:
    """The nulls of one set of drugs."""

    def __init__(
        self,
        network: Interactome,
        targets: sparse.csr_array,
        bins: np.ndarray,
        allowed: np.ndarray,
        null: Null,
        draws: int,
        below: float,
        key: int,
        pool: ThreadPoolExecutor,
    ) -> None:
        self.targets, self.bins, self.null, self.key, self.pool = targets, bins, null, key, pool
        self.redrawn = arrange(network, np.where(allowed, bins, -1))
        self.size = self.redrawn.size
        self.used = np.unique(targets.indices)
        if null == "disease":
            self.label = np.full(len(bins), -1)
            self.label[self.used] = np.arange(len(self.used))
            arranged = arrange(network, self.label)
        else:
            self.label = np.where(allowed, bins, -1)
            arranged = self.redrawn
        label = self.label if null == "disease" else bins
        counts = count_by_class(targets, label, len(arranged.size))
        require_enough(counts, arranged.size, "drug")
        self.depth = _depth(arranged)
        words = -(-draws // 64) if null != "drug" else 0
        self.scorer = Scorer(arranged, self.redrawn, counts, words, self.depth, below, null)

    def run(
        self,
        modules: sparse.csr_array,
        drugs: np.ndarray,
        columns: np.ndarray,
        result: Proximity,
    ) -> None:
        """Fill in the results of all modules, which stand in `columns` of the result."""
        self._observe(modules, drugs, columns, result)
        if self.null == "drug":
            self.scorer.observed(modules, drugs, columns, result, self.pool)
            return
        wanted = count_by_class(modules, self.bins, len(self.size))
        require_enough(wanted, self.size, "module")
        distinct, of = np.unique(wanted.toarray(), axis=0, return_inverse=True)
        bytes_of_one = 8 * self.depth * (int(self.label.max()) + 1)
        block = max(1, BLOCK // bytes_of_one)
        for start in range(0, len(distinct), block):
            some = distinct[start : start + block]
            nulls = Wanted.from_counts(some)
            table = survival(self.redrawn, nulls, self.label, depth=self.depth, pool=self.pool)
            names = np.array([stream(self.key, row) for row in some], dtype=np.uint64)
            share = [columns[np.flatnonzero(of == start + i)] for i in range(len(some))]
            self.scorer.redrawn_modules(nulls, names, table, share, drugs, result, self.pool)

    def _observe(
        self,
        modules: sparse.csr_array,
        drugs: np.ndarray,
        columns: np.ndarray,
        result: Proximity,
    ) -> None:
        """Fill in the observed distances."""
        mean = self.targets[:, self.used].astype(float)
        number = np.diff(self.targets.indptr)[:, None]
        for start, hops in blocks_of_hops(self.redrawn, modules, self.used):
            here = columns[start : start + hops.shape[1]]
            result.distance[np.ix_(drugs, here)] = (mean @ hops.astype(float)) / number


def _depth(arranged: Arranged) -> int:
    """Bound the largest distance by twice that from a hub, which is the first neighbour of all."""
    from twinscreen.network.proximity.hops import _hops

    n = len(arranged.order)
    hub = arranged.order[np.argmax(np.diff(arranged.indptr))]
    return 2 * int(_hops(arranged, np.array([hub]), np.array([0]), 1, np.arange(n)).max()) + 1
