"""From random modules to expected distance, standard deviation and p of every drug."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from twinscreen.network.kernels.bit_vectors import LANES, WORDS, rows_of_lanes
from twinscreen.network.kernels.breadth_first import spread
from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.kernels.float_vectors import SIDE, rows_of_doubles
from twinscreen.network.proximity.arrange import Arranged
from twinscreen.network.proximity.exact_null import Wanted
from twinscreen.network.proximity.hops import set_lanes
from twinscreen.network.proximity.sampling import draw
from twinscreen.network.proximity.tails import lower_tail

if TYPE_CHECKING:
    from twinscreen.network.proximity.result import Proximity


class Scorer:
    """Scores drugs against one null after another.

    Parameters
    ----------
    arranged
        Interactome with the rows of each class together; targets are redrawn within classes.
    redrawn
        Interactome with the rows of each degree bin together; modules are redrawn within bins.
    counts
        Targets of each drug in each class, shape (drugs, classes).
    words
        Random modules of a null, in words of 64.
    depth
        No two proteins are further apart than this.
    below
        p is computed where z is below it.
    null
        Name of the null.
    """

    def __init__(
        self,
        arranged: Arranged,
        redrawn: Arranged,
        counts: sparse.csr_array,
        words: int,
        depth: int,
        below: float,
        null: str,
    ) -> None:
        self.arranged, self.words, self.depth, self.below = arranged, words, depth, below
        self.size = arranged.size.astype(np.int64)
        self.drug = counts.indptr.astype(np.int64)
        self.classes, self.draws = counts.indices.astype(np.int64), counts.data.astype(np.int64)
        #: p of several fixed targets is a share of random modules: the observed one counts too.
        self.share = null == "disease"
        self.pool = arranged.row[redrawn.order[: redrawn.edges[-1]]].astype(np.int32)
        self.start = redrawn.edges

    def redrawn_modules(
        self,
        nulls: Wanted,
        names: np.ndarray,
        table: np.ndarray,
        columns: list[np.ndarray],
        drugs: np.ndarray,
        result: Proximity,
        pool: Executor,
    ) -> None:
        """Score all drugs against random modules; null i is that of the modules columns[i]."""
        together = max(1, WORDS // max(self.words, 1))

        def some(first: int) -> None:
            group = range(first, min(first + together, len(columns)))
            for null, share in zip(group, self._draw(nulls, names, group), strict=True):
                self._score(share, 64 * self.words, table[null], columns[null], drugs, result)

        for _ in pool.map(some, range(0, len(columns), together)):
            pass

    def observed(
        self,
        modules: sparse.csr_array,
        drugs: np.ndarray,
        columns: np.ndarray,
        result: Proximity,
        pool: Executor,
    ) -> None:
        """Score all drugs against the modules themselves: only targets are redrawn."""

        def some(first: int) -> None:
            lanes = range(first, min(first + LANES, modules.shape[0]))
            part = sparse.coo_array(modules[lanes.start : lanes.stop])
            row, member = part.coords
            seen = rows_of_lanes(len(self.arranged.order))
            set_lanes(seen, self.arranged.row[member], row)
            counts, reached = self._search(seen, len(lanes))
            within = counts[:reached] / self.size[:, None]
            for lane in range(len(lanes)):
                table = np.ones((len(self.size), self.depth))
                table[:, :reached] -= within[:, :, lane].T
                table[:, reached:] = 0
                share = rows_of_doubles(1, len(self.size), reached + 1)
                share[0, :, :, 0] = _shares(within[:, :, lane]).T
                self._score(share, 1, table, columns[[first + lane]], drugs, result)

        for _ in pool.map(some, range(0, modules.shape[0], LANES)):
            pass

    def _draw(self, nulls: Wanted, names: np.ndarray, group: range) -> list[np.ndarray]:
        """Give the share of each class at each distance from the random modules of some nulls.

        Each has shape (tiles, classes, distances, 8).
        """
        parts: list[list[np.ndarray]] = [[] for _ in group]
        units = [(i, word) for i in range(len(group)) for word in range(self.words)]
        for first in range(0, len(units), WORDS):
            seen = rows_of_lanes(len(self.arranged.order))
            batch = units[first : first + WORDS]
            for place, (i, word) in enumerate(batch):
                null = group[i]
                part = slice(nulls.indptr[null], nulls.indptr[null + 1])
                bins, sizes = nulls.bins[part], nulls.sizes[part]
                draw(seen, place, names[null], 64 * word, self.pool, self.start, bins, sizes)
            counts, reached = self._search(seen, 64 * len(batch))
            for place, (i, _) in enumerate(batch):
                share = rows_of_doubles(64 // SIDE, len(self.size), reached + 1)
                _take(counts, self.size, place * 64, share)
                parts[i].append(share)
        return [self._join(part) for part in parts]

    def _join(self, parts: list[np.ndarray]) -> np.ndarray:
        """Put the tiles of one null together; some may know longer distances than others."""
        depth = max((part.shape[2] for part in parts), default=1)
        joined = rows_of_doubles(sum(map(len, parts)), len(self.size), depth)
        first = 0
        for part in parts:
            joined[first : first + len(part), :, : part.shape[2]] = part
            first += len(part)
        return joined

    def _search(self, seen: np.ndarray, lanes: int) -> tuple[np.ndarray, int]:
        """Count the proteins of each class within k hops of each lane."""
        spare, everywhere, planes = rows_of_lanes(len(seen)), rows_of_lanes(1), rows_of_lanes(32)
        set_lanes(everywhere, np.zeros(lanes, dtype=np.int64), np.arange(lanes))
        a = self.arranged
        counts = np.empty((self.depth, len(self.size), LANES), dtype=np.int32)
        reached = spread(a.indptr, a.indices, a.edges, seen, spare, everywhere, planes, counts)
        return counts, reached

    def _score(
        self,
        share: np.ndarray,
        random_modules: int,
        table: np.ndarray,
        columns: np.ndarray,
        drugs: np.ndarray,
        result: Proximity,
    ) -> None:
        """Fill in the columns of all modules that have this null."""
        k = np.arange(self.depth)
        mean = table.sum(axis=1)
        square = (table * (2 * k + 1)).sum(axis=1)
        expected, sd = np.empty(len(drugs)), np.empty(len(drugs))
        centred = _distances(share)[:, :random_modules] - mean[:, None]
        if not random_modules:
            centred = np.zeros((len(mean), 1))
        common = np.mean(centred**2, axis=1)
        within = square - mean**2 - common
        _spread_of_drugs(
            self.drug, self.classes, self.draws, self.size, mean, within, centred, expected, sd
        )
        if random_modules > 1 and not self.share and self.below > -np.inf:
            _agree(share, table)
        number = np.add.reduceat(self.draws, self.drug[:-1])
        for column in columns:
            result.expected[drugs, column] = expected
            result.sd[drugs, column] = sd
            total = np.rint(result.distance[drugs, column] * number).astype(np.int64)
            with np.errstate(divide="ignore", invalid="ignore"):
                z = (total / number - expected) / sd
            wanted = np.flatnonzero((z < self.below) & (sd > 0) | np.isposinf(self.below))
            p = np.full(len(drugs), np.nan)
            self._tails(share, random_modules, table, total, wanted, p)
            result.pvalue[drugs, column] = p

    def _tails(
        self,
        share: np.ndarray,
        random_modules: int,
        table: np.ndarray,
        total: np.ndarray,
        wanted: np.ndarray,
        p: np.ndarray,
    ) -> None:
        """Compute the lower tail of some drugs."""
        if not len(wanted):
            return
        longest, most = int(total[wanted].max()) + 1, int(self.draws.max()) + 1
        work, ways, weight = map(rows_of_doubles, (2 * longest + 6, most * longest, most))
        _tails_of_drugs(
            self.drug, self.classes, self.draws, self.size, table, share, random_modules,
            total, wanted, self.share, work, ways, weight, p,
        )  # fmt: skip


def _shares(within: np.ndarray) -> np.ndarray:
    """Turn shares within k hops, shape (k, classes), into shares at k hops."""
    whole = np.concatenate([within, np.ones((1, within.shape[1]))])
    return np.diff(whole, axis=0, prepend=0)


@compiled()
def _take(counts, size, first, share):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Turn counts within k hops into shares at k hops, for 64 lanes from `first`."""
    tiles, classes, depth, side = share.shape
    for tile in range(tiles):
        start = first + tile * side
        for c in range(classes):
            one = 1.0 / size[c]
            for k in range(depth):
                for i in range(side):
                    upper = counts[k, c, start + i] if k < depth - 1 else size[c]
                    lower = counts[k - 1, c, start + i] if k else 0
                    share[tile, c, k, i] = (upper - lower) * one


@compiled()
def _agree(share, table):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Scale the shares so that their mean over the random modules is the exact one.

    The tail of a sum then carries no sampling error of the single terms, only that of how they
    vary together, which is far smaller.
    """
    tiles, classes, depth, side = share.shape
    for c in range(classes):
        before = 1.0
        for k in range(depth):
            exact = before - table[c, k]
            before = table[c, k]
            total = 0.0
            for tile in range(tiles):
                for i in range(side):
                    total += share[tile, c, k, i]
            for tile in range(tiles):
                for i in range(side):
                    if total > 0.0:
                        share[tile, c, k, i] *= exact * tiles * side / total
                    else:
                        share[tile, c, k, i] = exact


def _distances(share: np.ndarray) -> np.ndarray:
    """Mean distance of each class from each random module, shape (classes, random modules)."""
    mean = np.einsum("tckl,k->ctl", share, np.arange(share.shape[2], dtype=float))
    return np.ascontiguousarray(mean.reshape(share.shape[1], -1))


@compiled(fastmath={"reassoc", "contract", "nsz"})
def _spread_of_drugs(drug, classes, draws, size, mean, within, centred, expected, sd):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Compute mean and standard deviation of the distance of each drug's redrawn targets."""
    modules = centred.shape[1]
    common = np.empty(modules)
    for d in range(len(drug) - 1):
        number, total, variance = 0, 0.0, 0.0
        common[:] = 0.0
        for i in range(drug[d], drug[d + 1]):
            c, t = classes[i], draws[i]
            number += t
            total += t * mean[c]
            variance += t * (1.0 - (t - 1) / max(size[c] - 1, 1)) * within[c]
            for r in range(modules):
                common[r] += t * centred[c, r]
        square = 0.0
        for r in range(modules):
            square += common[r] * common[r]
        expected[d] = total / number
        sd[d] = np.sqrt(max(variance + square / modules, 0.0)) / number


@compiled()
def _tails_of_drugs(  # type: ignore[no-untyped-def]  # pragma: no cover
    drug, classes, draws, size, table, share, random_modules,
    total, wanted, add_one, work, ways, weight, p,
):  # fmt: skip
    """Compute the lower tail of each wanted drug, in closed form for a single target."""
    for d in wanted:
        first, last = drug[d], drug[d + 1]
        if last - first == 1 and draws[first] == 1:
            k = total[d]
            p[d] = 1.0 - table[classes[first], k] if k < table.shape[1] else 1.0
        elif random_modules:
            tail = lower_tail(
                share, size, classes[first:last], draws[first:last], total[d], random_modules,
                work, ways, weight,
            )  # fmt: skip
            if add_one:
                tail = (1.0 + tail * random_modules) / (1.0 + random_modules)
            p[d] = tail
