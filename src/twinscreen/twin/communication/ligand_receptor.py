"""Links between compartments: ligands expressed by one, and receptors by the other.

All of it is arrays: compartments by number, genes of ligands and receptors by column, and
ligands and receptors themselves, which may be complexes, by the columns of their members.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.twin.deviation.elsewhere import Elsewhere, merged
from twinscreen.twin.deviation.pseudobulk import counting_variance, level, log_cpm

#: Permutations are worked on in chunks of about so many numbers.
CHUNK = 4_000_000


@dataclass(frozen=True)
class Pairs:
    """Ligand-receptor pairs over k measured genes.

    `parties` names the m ligands and receptors, `members` (m, w) holds the columns of their
    genes, the first one repeated where a party has fewer than w; `ligand` and `receptor` (q,) are
    the parties of each pair, `secreted` (q,) whether its ligand is known to be released.
    """

    genes: pd.Index
    parties: np.ndarray
    members: np.ndarray
    ligand: np.ndarray
    receptor: np.ndarray
    secreted: np.ndarray

    @classmethod
    def measured(cls, table: pd.DataFrame, genes: pd.Index, also: Collection[str] = ()) -> "Pairs":
        """Take the pairs all members of which are among `genes`.

        Parameters
        ----------
        table
            Columns ligand, receptor, secreted; members of a complex joined by "_".
        genes
            The genes measured; a name among them is one gene, even if it has a "_".
        also
            Parties to know of besides, if they are measured, without a pair.
        """
        known = frozenset(genes)
        parts = {
            name: [name] if name in known else name.split("_")
            for name in dict.fromkeys([*table["ligand"], *table["receptor"], *also])
        }
        parts = {name: members for name, members in parts.items() if known.issuperset(members)}
        table = table[table["ligand"].isin(parts) & table["receptor"].isin(parts)]
        named = {*table["ligand"], *table["receptor"], *(one for one in also if one in parts)}
        parties = np.array(sorted(named), dtype=str)
        used = pd.Index(sorted({gene for name in parties for gene in parts[name]}), dtype=str)
        column = {gene: number for number, gene in enumerate(used)}
        return cls(
            genes=used,
            parties=parties,
            members=_padded([[column[gene] for gene in parts[name]] for name in parties]),
            ligand=np.searchsorted(parties, table["ligand"].to_numpy(dtype=str)),
            receptor=np.searchsorted(parties, table["receptor"].to_numpy(dtype=str)),
            secreted=table["secreted"].eq(True).to_numpy(dtype=bool),
        )

    def limiting(self, level: np.ndarray) -> np.ndarray:
        """Column of the member that holds each party back, the least expressed one: (n, m)."""
        least = level[:, self.members].argmin(axis=-1)
        return self.members[np.arange(len(self.members)), least]


def _padded(rows: Sequence[list[int]]) -> np.ndarray:
    """Stack lists of columns, each filled up with its first."""
    width = max(map(len, rows), default=1)
    out = np.zeros((len(rows), width), dtype=np.intp)
    for row, columns in zip(out, rows, strict=True):
        row[:] = columns[0]
        row[: len(columns)] = columns
    return out


@dataclass(frozen=True)
class Place:
    """The c cells of one tissue at one time point: counts (c, k) of the genes of all pairs.

    `library` (c,) is the number of counts of all genes in each cell, `group` (c,) the number of
    the cell's compartment.
    """

    counts: sparse.csr_array
    library: np.ndarray
    group: np.ndarray


@dataclass(frozen=True)
class Profile:
    """What n compartments express of k genes, each (n, k).

    `count` of molecules, `level` as `level` gives it, `share` of cells that express the gene;
    `log_cpm` log2 counts per million and `variance` the square of its standard error, NaN where
    the compartment is not there.
    """

    count: np.ndarray
    level: np.ndarray
    share: np.ndarray
    log_cpm: np.ndarray
    variance: np.ndarray

    @classmethod
    def empty(cls, n: int, k: int) -> "Profile":
        """Nothing expressed anywhere."""
        return cls(
            *(np.zeros((n, k)) for _ in range(3)), *(np.full((n, k), np.nan) for _ in range(2))
        )

    def fill(self, place: Place) -> None:
        """Write the compartments of one place into their rows; the error is that of counting."""
        rows, group = np.unique(place.group, return_inverse=True)
        member = _membership(group[None], len(rows))
        sums, library = (member @ place.counts).toarray(), member @ place.library
        self.count[rows], self.level[rows] = sums, level(sums, library)
        self.share[rows] = (member @ (place.counts > 0)).toarray() / np.bincount(group)[:, None]
        self.log_cpm[rows] = log_cpm(sums, library)
        # None seen does not mean none expected: half a molecule more, as in `log_cpm`.
        self.variance[rows] = counting_variance(sums + 0.5)

    def fill_donors(
        self, row: int, counts: np.ndarray, library: np.ndarray, share: np.ndarray
    ) -> None:
        """Write n donors, counts (n, k), into one row; the error is that of another donor."""
        donors = log_cpm(counts, library)
        self.count[row] = counts.sum(axis=0)
        self.level[row] = level(counts, library).mean(axis=0)
        self.share[row] = share.mean(axis=0)
        self.log_cpm[row] = donors.mean(axis=0)
        if len(donors) > 1:
            self.variance[row] = donors.var(axis=0, ddof=1) * (1 + 1 / len(donors))

    def add_elsewhere(
        self, row: int, own: int, others: Sequence[Elsewhere], choose: sparse.csr_array
    ) -> None:
        """Add donors of other sites to the own ones of a row.

        Parameters
        ----------
        row
            The row, filled with own donors if there are any.
        own
            Their number.
        others
            Those of other sites, over g genes.
        choose
            Matrix that takes the genes of all pairs, shape (g, k).
        """
        n = [own, *(one.n for one in others)]
        spread = self.variance[row] * (own - 1) * own / (own + 1) if own > 1 else 0
        nothing = np.zeros(choose.shape[1])
        squares = [nothing + spread, *(one.squares @ choose for one in others)]
        self.count[row] += sum(one.counts @ choose for one in others)
        for name in ("level", "share"):
            known = [getattr(self, name)[row], *(getattr(one, name) @ choose for one in others)]
            getattr(self, name)[row] = np.average(known, axis=0, weights=n)
        known = [self.log_cpm[row], *(one.centre @ choose for one in others)]
        total, self.log_cpm[row], about = merged(n, known, squares)
        self.variance[row] = about / (total - 1) * (1 + 1 / total)

    def of_parties(self, pairs: Pairs, min_share: float) -> np.ndarray:
        """Level of each party, the least of its members; 0 if too few cells express one: (n, m)."""
        expressed = (self.share >= min_share)[:, pairs.members].all(axis=-1)
        return np.where(expressed, self.level[:, pairs.members].min(axis=-1), 0)


def _membership(group: np.ndarray, groups: int) -> sparse.csr_array:
    """Matrix that sums cells by group, once per row of `group` (b, c): (b x groups, c)."""
    draws, cells = group.shape
    rows = (group + groups * np.arange(draws)[:, None]).ravel()
    columns = np.tile(np.arange(cells), draws)
    shape = (draws * groups, cells)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


@dataclass(frozen=True)
class Candidates:
    """Links that may be: numbers of sender, receiver and pair, each of shape (l,)."""

    sender: np.ndarray
    receiver: np.ndarray
    pair: np.ndarray


def candidates(
    levels: Sequence[np.ndarray], pairs: Pairs, time: np.ndarray, tissue: np.ndarray
) -> Candidates:
    """List the links between compartments that express ligand and receptor.

    Compartments of the same time point are linked; those of different tissues by secreted
    ligands alone.

    Parameters
    ----------
    levels
        Levels of the parties in the patient, and in the control, each of shape (n, m); 0 where
        not expressed. A link that either has is listed.
    pairs
        The ligand-receptor pairs.
    time, tissue
        Those of each compartment, shape (n,).
    """
    nothing = np.empty(0, dtype=np.intp)
    found = [(nothing, nothing, nothing)]
    for when in dict.fromkeys(time.tolist()):
        rows = np.flatnonzero(time == when)
        near = tissue[rows][:, None] == tissue[rows]
        links = np.zeros((len(rows), len(rows), len(pairs.ligand)), dtype=bool)
        for parties in levels:
            sends = parties[rows][:, pairs.ligand] > 0
            receives = parties[rows][:, pairs.receptor] > 0
            links |= sends[:, None] & receives[None]
        links &= near[:, :, None] | pairs.secreted
        sender, receiver, pair = np.nonzero(links)
        found.append((rows[sender], rows[receiver], pair))
    return Candidates(*map(np.concatenate, zip(*found, strict=True)))


def strength(parties: np.ndarray, scale: np.ndarray, links: Candidates, pairs: Pairs) -> np.ndarray:
    """Geometric mean of the scaled levels of ligand and receptor, in [0, 1], shape (l,).

    Parameters
    ----------
    parties
        Levels of the parties, shape (n, m).
    scale
        The level of each party that counts as 1, shape (m,).
    """
    scaled = parties / np.where(scale > 0, scale, 1)
    sent = scaled[links.sender, pairs.ligand[links.pair]]
    return np.sqrt(sent * scaled[links.receiver, pairs.receptor[links.pair]])


def permutation_pvalue(
    places: Sequence[Place],
    pairs: Pairs,
    links: Candidates,
    *,
    permutations: int,
    random: Sequence[np.random.Generator],
) -> np.ndarray:
    """Ask whether two cell types are special: permute the cell types of the cells of each place.

    The measure is the product of the levels of ligand and receptor in the permuted groups, which
    keep their sizes. p = (1 + permutations that reach the observed product) / (1 + permutations).

    Parameters
    ----------
    places
        Tissues of one time point.
    pairs
        The ligand-receptor pairs.
    links
        Links between compartments of these places.
    permutations
        How many; all links share them.
    random
        Source of randomness of each place.

    Returns
    -------
    p, shape (l,).
    """
    if not len(links.pair):
        return np.empty(0)
    ligand, receptor = pairs.ligand[links.pair], pairs.receptor[links.pair]
    used, column = np.unique(np.concatenate([ligand, receptor]), return_inverse=True)
    members = pairs.members[used]
    rows = np.concatenate([np.unique(place.group) for place in places])
    order = np.argsort(rows)
    first, second = column[: len(ligand)], column[len(ligand) :]
    first = order[np.searchsorted(rows, links.sender, sorter=order)] * len(used) + first
    second = order[np.searchsorted(rows, links.receiver, sorter=order)] * len(used) + second

    def product(draws: Sequence[np.ndarray]) -> np.ndarray:
        levels = [_drawn(p, group, members) for p, group in zip(places, draws, strict=True)]
        flat = np.concatenate(levels, axis=1).reshape(len(levels[0]), -1)
        return flat[:, first] * flat[:, second]

    # An equal product counts as reached, whatever the order in which its cells were added up.
    observed = product([place.group[None] for place in places])[0] * (1 - 1e-9)
    width = max(len(links.pair), len(rows) * pairs.members.size, sum(len(p.group) for p in places))
    reached = np.zeros(len(links.pair))
    for size in _chunks(permutations, max(1, CHUNK // width)):
        draws = [
            random[number].permuted(np.tile(place.group, (size, 1)), axis=1)
            for number, place in enumerate(places)
        ]
        reached += (product(draws) >= observed).sum(axis=0)
    return (1 + reached) / (1 + permutations)


def _drawn(place: Place, group: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Levels of parties in drawn groups of cells: group (b, c) to (b, groups, parties)."""
    groups = np.unique(place.group)
    member = _membership(np.searchsorted(groups, group), len(groups))
    sums = (member @ place.counts).toarray()[:, members].min(axis=-1)
    return level(sums, member @ place.library).reshape(len(group), len(groups), -1)


def _chunks(total: int, size: int) -> Iterator[int]:
    """Cut a number into parts of at most `size`."""
    for start in range(0, total, size):
        yield min(size, total - start)
