"""The state that is treated: how far each gene deviates, over all compartments together.

A gene's deviation is the mean of two normal scores within the compartment, of its effect (how sure)
and of its log fold change (how much), so that no gene counts for being an outlier or well measured,
and no compartment for its scale.

Compartments are put together before anything is compared with a null model, because the same
response runs through many cell types: as if they were independent, it would be counted many times.
"""

from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

#: Standard errors beyond which an effect adds no more to the spread.
LIMIT = 10.0


#: Excess of the mean square effect of a compartment in which nothing happens.
SILENT = 0.1

#: Copies stand for the patient only if so much of the weight is in compartments that have some:
#: where deviations computed elsewhere stand beside samples, these have none. Intervals need all;
#: healthy donors may lack a rare cell type.
COVERED = {"bootstrap": 0.999, "null": 0.5}


@dataclass(frozen=True)
class ScreenedState:
    """Deviation of n proteins in c compartments, in all that are screened, and in replicates.

    `parts` (c, n) in each compartment and `whole` (n,) over those that are treated are standard
    scores, 0 where not measured; `resampled` (b, n) and `null` (m, n) are `whole` in replicates: of
    resampled cells and donors, and where nothing is wrong. `measured` (c, n) says where there is a
    value, `weight` (c,) how much a compartment counts. `spread` is the root mean square of the
    effects: about 1 where nothing is wrong; `null_spread` (m,) that of the null replicates.
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
        """Proteins measured in a compartment that is treated, boolean, shape (n,)."""
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
    rank = pd.DataFrame(values.T).rank().to_numpy().T
    scores: np.ndarray = special.ndtri((rank - 0.5) / values.shape[1])
    return scores


def deviation_scores(effect: np.ndarray, logfc: np.ndarray) -> np.ndarray:
    """Give the mean normal score of effect and log fold change, scaled to standard deviation 1.

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
        values = (normal_scores(effect[place]) + normal_scores(logfc[place])) / 2
        values -= values.mean(axis=1, keepdims=True)
        sd = values.std(axis=1, keepdims=True)
        result[place] = np.divide(values, sd, out=np.zeros_like(values), where=sd > 0)
    return result


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

    parts = deviation_scores(effect, logfc)
    return ScreenedState(
        parts,
        _together(parts[used], weight[used] * excess(effect[used])),
        drawn["bootstrap"].whole(),
        drawn["null"].whole(),
        np.isfinite(effect),
        _spread(effect[used], weight[used]),
        drawn["null"].spread(),
        weight,
    )


def excess(effect: np.ndarray) -> np.ndarray:
    """Say how far each compartment deviates beyond noise, in standard errors.

    Scores are alike in all compartments, of those in which nothing happens too, and would drown a
    response that one cell type alone has. So a compartment counts by the spread of its effects
    beyond that of noise, which is 1, and a silent one by the square root of `SILENT`.

    Parameters
    ----------
    effect
        Shape (c, n); NaN where not measured.

    Returns
    -------
    sqrt(max(mean square of limited effects - 1, SILENT)), shape (c,).
    """
    with np.errstate(invalid="ignore"):
        squares = np.square(np.clip(effect, -LIMIT, LIMIT))
    known = np.isfinite(squares)
    mean = np.where(known, squares, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.sqrt(np.maximum(mean - 1, SILENT))


def _together(parts: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted Stouffer sum over compartments, shape (n,)."""
    total: np.ndarray = (weight @ parts) / np.sqrt((weight**2).sum())
    return total


def _spread(effect: np.ndarray, weight: np.ndarray) -> float:
    """Root mean square of limited effects, averaged over compartments by weight."""
    with np.errstate(invalid="ignore"):
        squares = np.square(np.clip(effect, -LIMIT, LIMIT))
    known = np.isfinite(squares)
    number = known.sum(axis=1)
    mean = np.where(known, squares, 0).sum(axis=1) / np.maximum(number, 1)
    use = (number > 0) & (weight > 0)
    return float(np.sqrt(np.average(mean[use], weights=weight[use]))) if use.any() else 1.0


@dataclass(frozen=True)
class _Replicates:
    """Rows of one kind of replicates: values over n proteins, weight, and number of the replicate.

    A replicate may lack a compartment (a healthy donor without cells of a type): the others stand
    for it.
    """

    effect: np.ndarray
    logfc: np.ndarray
    weight: np.ndarray
    number: np.ndarray
    column: np.ndarray

    @classmethod
    def of(
        cls, replicates: ad.AnnData | None, kind: str, twin: ad.AnnData, weight: np.ndarray
    ) -> "_Replicates":
        """Take the rows of a kind, without those of compartments that don't count."""
        if replicates is None:
            nothing, no = np.empty((0, 0)), np.empty(0, dtype=int)
            return cls(nothing, nothing, np.empty(0), no, np.full(twin.n_vars, -1))
        place = twin.obs_names.get_indexer(replicates.obs["compartment"].astype(str))
        counts = np.where(place >= 0, weight[place], 0)
        rows = (replicates.obs["kind"].to_numpy(dtype=str) == kind) & (counts > 0)
        covered = weight[np.unique(place[rows])].sum() / max(weight.sum(), 1e-12)
        rows &= covered >= COVERED[kind]
        return cls(
            np.asarray(replicates.X)[rows],
            np.asarray(replicates.layers["logfc"])[rows],
            counts[rows],
            replicates.obs["replicate"].to_numpy(dtype=int)[rows],
            replicates.var_names.get_indexer(twin.var_names),
        )

    def whole(self) -> np.ndarray:
        """Deviation over all compartments in each replicate, shape (replicates, n)."""
        names, of = np.unique(self.number, return_inverse=True)
        result = np.zeros((len(names), len(self.column)), dtype=np.float32)
        if not len(names):
            return result
        parts = deviation_scores(self.effect, self.logfc)
        share = self.weight * excess(self.effect)
        known = self.column >= 0
        for replicate in range(len(names)):
            mine = of == replicate
            whole = _together(parts[mine], share[mine])
            result[replicate, known] = whole[self.column[known]]
        return result

    def spread(self) -> np.ndarray:
        """Spread of each replicate, shape (replicates,)."""
        replicates = [self.number == replicate for replicate in np.unique(self.number)]
        return np.array([_spread(self.effect[one], self.weight[one]) for one in replicates])
