"""Drugs as signed sets of targets, and their scores from what is known of each target."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse, special

#: z beyond which the tail of a normal distribution is 0 to the computer.
MOST = 35.0


@dataclass(frozen=True)
class Targets:
    """Signed targets of d drugs over p proteins.

    One row of `table` per drug and target: `drug` (row number), `target`, `sign` (+1, -1, 0 if
    the action is not known), and what is told of it, `conflict` and `sources`. `members` is the
    mean over the members of each target that are among the proteins, shape (rows, p) before the
    members that say nothing are left out.
    """

    table: pd.DataFrame
    members: sparse.csr_array
    drugs: int

    def listed(self) -> pd.DataFrame:
        """List the target and its sign, a row each, by the identifier of the drug."""
        rows = self.table[["drug_id", "target", "sign", "conflict", "sources"]]
        texts = dict.fromkeys(("drug_id", "target", "sources"), "category")
        return rows.astype({**texts, "sign": "int8", "conflict": bool})


def target_sets(drugs: pd.DataFrame, targets: pd.DataFrame, proteins: pd.Index) -> Targets:
    """Collect the targets of drugs; a complex is one target with several members.

    Parameters
    ----------
    drugs
        Drug table, one row per drug.
    targets
        Target table, one row per drug, target and gene.
    proteins
        Proteins of which something is known.
    """
    rows = targets[targets["drug_id"].isin(drugs["drug_id"])]
    table = rows.sort_values(["drug_id", "target"]).drop_duplicates(["drug_id", "target"])
    told = {"conflict": table.get("conflict", False), "sources": table.get("sources", "")}
    table = table[["drug_id", "target", "sign"]].assign(**told).reset_index(drop=True)
    key = pd.MultiIndex.from_frame(table[["drug_id", "target"]])
    row = key.get_indexer(pd.MultiIndex.from_frame(rows[["drug_id", "target"]]))
    column = proteins.get_indexer(pd.Index(rows["gene"]))
    known = column >= 0
    members = sparse.csr_array(
        (np.ones(known.sum()), (row[known], column[known])), shape=(len(table), len(proteins))
    )
    table.insert(0, "drug", pd.Index(drugs["drug_id"]).get_indexer(pd.Index(table["drug_id"])))
    return Targets(table, members, len(drugs))


@dataclass(frozen=True)
class TargetGenes:
    """Genes of the targets of d drugs on a network of n proteins; complexes are taken apart.

    `members`, shape (d, n), has 1 for every target gene; `actions`, shape (d, n), +1 where the
    drug activates and -1 where it inhibits, 0 where that is not known or both are. `number`,
    shape (d,), counts the genes, on the network or not.
    """

    members: sparse.csr_array
    actions: sparse.csr_array
    number: np.ndarray


def target_genes(drugs: pd.DataFrame, targets: pd.DataFrame, proteins: pd.Index) -> TargetGenes:
    """Collect the genes that drugs act on, alone or in complexes.

    Parameters
    ----------
    drugs
        Drug table, one row per drug.
    targets
        Target table, one row per drug, target and gene.
    proteins
        The n proteins of the network.
    """
    rows = targets[targets["drug_id"].isin(drugs["drug_id"])]
    signs = rows.groupby(["drug_id", "gene"])["sign"].agg(["min", "max"]).reset_index()
    row = pd.Index(drugs["drug_id"]).get_indexer(pd.Index(signs["drug_id"]))
    column = proteins.get_indexer(pd.Index(signs["gene"]))
    known = column >= 0
    place, shape = (row[known], column[known]), (len(drugs), len(proteins))
    sign = (signs["min"] + signs["max"]).to_numpy(dtype=float)[known]
    actions = sparse.csr_array((sign, place), shape=shape)
    actions.eliminate_zeros()
    members = sparse.csr_array((np.ones(known.sum()), place), shape=shape)
    return TargetGenes(members, actions, np.bincount(row, minlength=len(drugs)))


def target_values(targets: Targets, values: np.ndarray) -> np.ndarray:
    """Mean over the members of each target that have a value.

    Parameters
    ----------
    targets
        t targets over p proteins.
    values
        Per protein and compartment, shape (p, c); NaN where nothing is known.

    Returns
    -------
    Per target and compartment, shape (t, c); NaN where no member has a value.
    """
    known = np.isfinite(values)
    number = targets.members @ known.astype(float)
    total = targets.members @ np.where(known, values, 0)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def drug_scores(targets: Targets, values: np.ndarray) -> np.ndarray:
    """Score drugs: - sum_t sign_t value_t / sqrt(number of targets with a value).

    Parameters
    ----------
    targets
        t targets of d drugs.
    values
        Per target and compartment, shape (t, c), as `target_values` gives them.

    Returns
    -------
    Per drug and compartment, shape (d, c); NaN where no target with a known action has a value.
    """
    sign = targets.table["sign"].to_numpy(dtype=float)
    use = np.isfinite(values) & (sign != 0)[:, None]
    member = sparse.csr_array(
        (np.ones(len(sign)), (targets.table["drug"], np.arange(len(sign)))),
        shape=(targets.drugs, len(sign)),
    )
    number = member @ use.astype(float)
    total = member @ np.where(use, -sign[:, None] * np.nan_to_num(values), 0)
    return np.divide(total, np.sqrt(number), out=np.full(total.shape, np.nan), where=number > 0)


@dataclass(frozen=True)
class Families:
    """Targets with a known action that have a value, f in all, of e mechanisms over p proteins.

    `weigh` (f, p) gives the support of each: - sign times the mean over its usable members.
    `mechanism` (f,) ascends; `number` is e.
    """

    weigh: sparse.csr_array
    mechanism: np.ndarray
    number: int

    @classmethod
    def of(cls, targets: Targets, members: sparse.csr_array, usable: np.ndarray) -> "Families":
        """Lay out the targets; arguments as for `score_weights`."""
        kept = sparse.csr_array(members @ sparse.diags_array(usable.astype(float)))
        kept.eliminate_zeros()
        size = kept.sum(axis=1)
        sign = targets.table["sign"].to_numpy(dtype=float)
        drug = targets.table["drug"].to_numpy(dtype=np.int64)
        rows = np.flatnonzero((size > 0) & (sign != 0))
        rows = rows[np.argsort(drug[rows], kind="stable")]
        weigh = sparse.diags_array(-sign[rows] / size[rows]) @ kept[rows]
        return cls(sparse.csr_array(weigh), drug[rows], targets.drugs)

    def scaled(self, scale: np.ndarray) -> "Families":
        """Multiply what the proteins say by a scale, shape (p,)."""
        return replace(self, weigh=sparse.csr_array(self.weigh @ sparse.diags_array(scale)))

    @property
    def size(self) -> np.ndarray:
        """Number of targets of each mechanism, shape (e,)."""
        return np.bincount(self.mechanism, minlength=self.number)

    def best(self, z: np.ndarray, worth: np.ndarray) -> np.ndarray:
        """Give the z of the best of each mechanism's targets, as the best of as many.

        The best of many is high by chance: z is what has the tail that the best of `worth`
        independent normal values has there, and that of the target where it is the only one.

        Parameters
        ----------
        z
            Of the f targets in k states, shape (f, k); NaN where one says nothing.
        worth
            Independent targets that those of each mechanism are worth, shape (e,).

        Returns
        -------
        Shape (e, k); NaN where no target says anything.
        """
        best = np.full((self.number, z.shape[1]), -np.inf)
        if len(self.mechanism):
            first = np.flatnonzero(np.diff(self.mechanism, prepend=-1))
            known = np.where(np.isnan(z), -np.inf, z)
            best[self.mechanism[first]] = np.maximum.reduceat(known, first, axis=0)
        tail = np.maximum(worth, 1)[:, None] * special.log_ndtr(np.minimum(best, MOST))
        return np.where(np.isfinite(best), special.ndtri_exp(tail), np.nan)


def score_weights(
    targets: Targets, members: sparse.csr_array, usable: np.ndarray
) -> sparse.csr_array:
    """Weigh each protein in the score of a drug: - sign / (usable members) / sqrt(targets).

    Multiplied with one value per protein it gives what `drug_scores` makes of `target_values`.

    Parameters
    ----------
    targets
        t targets of d drugs.
    members
        Members of the targets among p proteins, shape (t, p).
    usable
        Proteins that have a value, boolean, shape (p,). A complex is the mean of its usable
        members; a target without any, or without a known action, does not count.

    Returns
    -------
    Shape (d, p), without stored zeros; a row is empty where a drug has no such target.
    """
    every = Families.of(targets, members, usable)
    share = 1 / np.sqrt(every.size[every.mechanism])
    add_up = sparse.csr_array(
        (share, (every.mechanism, np.arange(len(share)))), shape=(targets.drugs, len(share))
    )
    return sparse.csr_array(add_up @ every.weigh)


def members_of(targets: Targets, usable: np.ndarray) -> sparse.csr_array:
    """Mark the usable proteins that each mechanism acts on in any way, 0/1, shape (e, n).

    Parameters
    ----------
    targets
        Targets of e mechanisms over n proteins.
    usable
        Proteins that have a value, boolean, shape (n,).
    """
    drug = targets.table["drug"].to_numpy(dtype=np.int64)
    rows = sparse.csr_array(
        (np.ones(len(drug)), (drug, np.arange(len(drug)))), shape=(targets.drugs, len(drug))
    )
    members = sparse.csr_array(rows @ targets.members)
    members.eliminate_zeros()
    members.data[:] = 1
    members = sparse.csr_array(members @ sparse.diags_array(usable.astype(float)))
    members.eliminate_zeros()
    return members


def mean_of_targets(targets: Targets, values: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Mean over the usable proteins that each mechanism acts on in any way, shape (e, k).

    Parameters
    ----------
    targets
        Targets of e mechanisms over n proteins.
    values
        Shape (n, k).
    usable
        Proteins that have a value, boolean, shape (n,).
    """
    members = members_of(targets, usable)
    number = members.sum(axis=1)[:, None]
    total = members @ values
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def combine(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Combine compartments by Stouffer's weighted sum, over those with a score.

    Parameters
    ----------
    scores
        Per row and compartment, shape (d, c); NaN where there is none.
    weight
        Weight of each compartment, shape (c,); 0 leaves a compartment out.

    Returns
    -------
    sum w s / sqrt(sum w^2), shape (d,); NaN where no compartment has a score.
    """
    use = np.isfinite(scores) & (weight > 0)
    total = np.where(use, weight * np.nan_to_num(scores), 0).sum(axis=1)
    norm = np.sqrt(np.where(use, weight**2, 0).sum(axis=1))
    return np.divide(total, norm, out=np.full(len(scores), np.nan), where=norm > 0)
