"""The screened state: how far each gene deviates, over all compartments together.

Genes of a compartment are put in order by the mean of two normal scores, of their effects (how
sure) and of their log fold changes (how much), so that no gene counts for being an outlier or well
measured. In that order they get the values of the compartment's effects: a response of a hundred
genes stands out of nine thousand as far as it does, where normal scores would be the same in noise.

Compartments are put together before anything is compared with a null model, because the same
response runs through many cell types: as if they were independent, it would be counted many times.
How much one counts, and how far the patient deviates at all, is judged by the genes that deviate
most, which a response of few genes raises as one of many does.
"""

from dataclasses import dataclass

import anndata as ad
import numpy as np
from scipy import special

from twinscreen.files.contracts.screen import LEAST_REPLICATES
from twinscreen.network import average_ranks

#: Standard errors beyond which an effect counts as this.
LIMIT = 10.0

#: Share of the genes, the most deviating, that tell how far a compartment deviates; and their
#: number at least.
TAIL, FEWEST = 0.01, 5

#: Excess of the tail of a compartment in which nothing happens.
SILENT = 0.1

#: Replicates stand for the patient only if so much of the weight is in compartments that have some:
#: where deviations computed elsewhere stand beside samples, these have none. Intervals need all;
#: healthy donors may lack a rare cell type.
COVERED = {"bootstrap": 0.999, "null": 0.5}


@dataclass(frozen=True)
class ScreenedState:
    """Deviation of n proteins in c compartments, in all that are screened, and in replicates.

    `parts` (c, n) in each compartment and `whole` (n,) over those that are treated are standard
    scores, 0 where not measured; `resampled` (b, n) and `null` (m, n) are `whole` in replicates: of
    resampled cells and donors, and where nothing is wrong. `measured` (c, n) says where there is a
    value, `weight` (c,) how much a compartment counts. `spread` is how far the most deviating genes
    do so, beside as many of normal noise; `null_spread` (m,) the same in the null replicates.
    """

    parts: np.ndarray
    whole: np.ndarray
    resampled: np.ndarray
    null: np.ndarray
    measured: np.ndarray
    spread: float
    null_spread: np.ndarray
    weight: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Proteins measured in a screened compartment, boolean, shape (n,)."""
        return np.asarray(self.measured[self.weight > 0].any(axis=0))


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Give the normal scores of each row, ties averaged.

    Parameters
    ----------
    values
        Shape (k, n); no NaN.

    Returns
    -------
    Phi^-1((rank - 1/2) / n), shape (k, n).
    """
    scores: np.ndarray = special.ndtri((average_ranks(values) - 0.5) / values.shape[1])
    return scores


def deviation_scores(effect: np.ndarray, logfc: np.ndarray) -> np.ndarray:
    """Give genes the effects of their row in the order of their mean normal scores.

    Parameters
    ----------
    effect, logfc
        Rows of compartments or replicates, shape (k, n); NaN where not measured.

    Returns
    -------
    Shape (k, n), float32, mean 0 and standard deviation 1 in each row; 0 where not measured.
    """
    result = np.zeros(effect.shape, dtype=np.float32)
    known = np.isfinite(effect) & np.isfinite(logfc)
    packed, of = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    for number in range(len(packed)):
        rows = np.flatnonzero(of.ravel() == number)
        columns = np.flatnonzero(known[rows[0]])
        if len(columns) < 2:
            continue
        place = np.ix_(rows, columns)
        order = normal_scores(effect[place]) + normal_scores(logfc[place])
        values = _in_order(np.clip(effect[place], -LIMIT, LIMIT), order)
        values -= values.mean(axis=1, keepdims=True)
        sd = values.std(axis=1, keepdims=True)
        result[place] = np.divide(values, sd, out=np.zeros_like(values), where=sd > 0)
    return result


def _in_order(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Deal the values of each row out by the ranks of another's; ties get the mean of two."""
    rank = average_ranks(order) - 1
    ordered = np.sort(values, axis=1)
    below, above = np.floor(rank).astype(int), np.ceil(rank).astype(int)
    taken: np.ndarray = np.take_along_axis(ordered, below, 1) + np.take_along_axis(
        ordered, above, 1
    )
    return taken / 2


def screened_state(
    twin: ad.AnnData, replicates: ad.AnnData | None, weight: np.ndarray
) -> ScreenedState:
    """Put the deviation of the compartments that are treated together.

    Parameters
    ----------
    twin
        c scorable compartments x n proteins, with the layer `logfc`.
    replicates
        Replicates of the compartments that are screened (contract REPLICATES), if there are any.
    weight
        Weight of each compartment, shape (c,); 0 for those that are not treated.
    """
    effect = np.asarray(twin.X, dtype=float)
    logfc = np.asarray(twin.layers["logfc"], dtype=float)
    used = weight > 0
    drawn = {kind: _Replicates.of(replicates, kind, twin, weight) for kind in ("bootstrap", "null")}
    usual = drawn["null"].usual(len(weight))
    tail = tails(effect[used])
    loud = weight[used] * loudness(tail, usual[used])
    parts = deviation_scores(effect, logfc)
    return ScreenedState(
        parts,
        _together(parts[used], loud),
        drawn["bootstrap"].whole(usual),
        drawn["null"].whole(usual),
        np.isfinite(effect),
        _spread(tail, loud),
        drawn["null"].spread(usual),
        weight,
    )


def tails(effect: np.ndarray) -> np.ndarray:
    """Say how far the most deviating genes of each row do so, beside as many of normal noise.

    Parameters
    ----------
    effect
        Shape (k, n); NaN where not measured.

    Returns
    -------
    Mean square of the greatest limited effects, `TAIL` of all, over that of normal values of the
    same number, shape (k,); 1 in normal noise, and where fewer than two genes are measured.
    """
    result = np.ones(len(effect))
    for row, values in enumerate(effect):
        square = np.square(np.clip(values[np.isfinite(values)], -LIMIT, LIMIT))
        n = len(square)
        if n < 2:
            continue
        most = min(max(round(TAIL * n), FEWEST), n)
        noise = special.ndtri((np.arange(most) + 0.5) / (2 * n)) ** 2
        result[row] = np.partition(square, n - most)[n - most :].mean() / noise.mean()
    return result


def loudness(tail: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Say how far compartments deviate beyond what is usual, in standard errors.

    Scores are alike in all compartments, of those in which nothing happens too, and would drown a
    response that one cell type alone has. So a compartment counts by how far its tail goes beyond
    the usual one, and a silent one by the square root of `SILENT`.

    Parameters
    ----------
    tail, usual
        As `tails` gives them, shape (k,); and of the same compartment in null replicates.
    """
    return np.sqrt(np.maximum(tail / usual - 1, SILENT))


def _together(parts: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted Stouffer sum over compartments, shape (n,)."""
    total: np.ndarray = (weight @ parts) / np.sqrt((weight**2).sum())
    return total


def _spread(tail: np.ndarray, loud: np.ndarray) -> float:
    """Root of the mean tail over compartments, each by its share in the state."""
    return float(np.sqrt(np.average(tail, weights=loud**2))) if len(tail) else 1.0


@dataclass(frozen=True)
class _Replicates:
    """Rows of one kind of replicates: values over n proteins, compartment, weight, and number.

    `tail` is what `tails` gives. A replicate may lack a compartment (a healthy donor without cells
    of a type): the others stand for it.
    """

    effect: np.ndarray
    logfc: np.ndarray
    compartment: np.ndarray
    weight: np.ndarray
    number: np.ndarray
    column: np.ndarray
    tail: np.ndarray

    @classmethod
    def of(
        cls, replicates: ad.AnnData | None, kind: str, twin: ad.AnnData, weight: np.ndarray
    ) -> "_Replicates":
        """Take the rows of a kind, without those of compartments that don't count."""
        if replicates is None:
            nothing, no = np.empty((0, 0)), np.empty(0, dtype=int)
            here = np.full(twin.n_vars, -1)
            return cls(nothing, nothing, no, np.empty(0), no, here, np.empty(0))
        place = twin.obs_names.get_indexer(replicates.obs["compartment"].astype(str))
        counts = np.where(place >= 0, weight[place], 0)
        rows = (replicates.obs["kind"].to_numpy(dtype=str) == kind) & (counts > 0)
        covered = weight[np.unique(place[rows])].sum() / max(weight.sum(), 1e-12)
        rows &= covered >= COVERED[kind]
        effect = np.asarray(replicates.X)[rows]
        return cls(
            effect,
            np.asarray(replicates.layers["logfc"])[rows],
            place[rows],
            counts[rows],
            replicates.obs["replicate"].to_numpy(dtype=int)[rows],
            replicates.var_names.get_indexer(twin.var_names),
            tails(effect),
        )

    def usual(self, compartments: int) -> np.ndarray:
        """Median tail of each compartment, or of all where it has few replicates; at least 1."""
        result = np.full(compartments, np.median(self.tail) if len(self.tail) else 1.0)
        for one in np.unique(self.compartment):
            tail = self.tail[self.compartment == one]
            if len(tail) >= LEAST_REPLICATES:
                result[one] = np.median(tail)
        return np.maximum(result, 1)

    def _loud(self, usual: np.ndarray) -> np.ndarray:
        """How much each row counts, beside the usual tails of the twin's compartments."""
        return self.weight * loudness(self.tail, usual[self.compartment])

    def whole(self, usual: np.ndarray) -> np.ndarray:
        """Deviation over all compartments in each replicate, shape (replicates, n)."""
        names, of = np.unique(self.number, return_inverse=True)
        result = np.zeros((len(names), len(self.column)), dtype=np.float32)
        if not len(names):
            return result
        parts = deviation_scores(self.effect, self.logfc)
        share = self._loud(usual)
        known = self.column >= 0
        for replicate in range(len(names)):
            mine = of == replicate
            whole = _together(parts[mine], share[mine])
            result[replicate, known] = whole[self.column[known]]
        return result

    def spread(self, usual: np.ndarray) -> np.ndarray:
        """Spread of each replicate, shape (replicates,)."""
        loud = self._loud(usual)
        replicates = [self.number == replicate for replicate in np.unique(self.number)]
        return np.array([_spread(self.tail[one], loud[one]) for one in replicates])
