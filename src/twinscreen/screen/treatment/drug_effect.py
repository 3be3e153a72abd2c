"""How strongly a drug acts: one figure, fitted once on null replicates."""

from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.screen.evidence.contract import Scored

#: An effective drug moves its target's activity by so many times what healthy people differ.
TIMES_HEALTHY = 2.0

#: beta is rounded to so many decimals, so that the order of a sum changes no byte.
_DIGITS = 4

#: Proteins looked at together: what is computed on the way stays in the processor's cache.
_PROTEINS = 256


@dataclass(frozen=True)
class DrugEffect:
    """How strongly a drug acts, the same for all drugs of a screen.

    `beta`, in the unit of F and of the effect; `fitted` says on what, in words, and `n` on how
    many null replicates of compartments (0: none, beta is the analytic value).
    """

    beta: float
    fitted: str
    n: int

    def record(self) -> dict[str, object]:
        """Give what a screen keeps of it."""
        return {"beta": self.beta, "fitted": self.fitted, "n": self.n, "times": TIMES_HEALTHY}


def fit_drug_effect(influence: np.ndarray, effect: np.ndarray, regulated: np.ndarray) -> DrugEffect:
    """Fit beta, once for all drugs, on null replicates of compartments.

    In raw units the activity of a protein in one person is estimated by least squares as
    (F_t . x) / ||F_t||^2, in the unit of treatment.py as (F_t . x) / ||F_t||. Healthy people differ
    in it by its root mean square over null replicates and proteins, and beta is twice that. Where
    nothing is known of healthy people, their deviations are taken to be independent and standard
    normal: the root mean square is then exactly 1, whatever F is.

    Parameters
    ----------
    influence
        F over r regulated genes, shape (p, r).
    effect
        Deviations of b null replicates of compartments, shape (b, g); NaN where not measured. b = 0
        where there are no null replicates.
    regulated
        Columns of `effect` that are the r genes, shape (r,).

    Returns
    -------
    beta = 2 sqrt(mean of (F_t . x)^2 / ||F_t||^2), over the genes measured in each replicate and
    the proteins with a path to one of them.
    """
    found = effect[:, regulated].astype(float)
    measured = np.isfinite(found)
    values = np.where(measured, found, 0).T
    sets, of = np.unique(measured, axis=0, return_inverse=True)  # replicates share what is measured
    number, total, reached = 0, 0.0, np.zeros(len(effect), dtype=bool)
    for start in range(0, len(influence), _PROTEINS):
        block = influence[start : start + _PROTEINS].astype(float)
        squares = ((block**2) @ sets.T.astype(float))[:, of.ravel()]
        reaching = squares > 0
        along = (block @ values)[reaching] ** 2 / squares[reaching]
        number, total = number + along.size, total + float(along.sum())
        reached |= reaching.any(axis=0)
    if not number:
        return DrugEffect(
            TIMES_HEALTHY, "no null replicates: independent standard normal deviations", 0
        )
    beta = round(TIMES_HEALTHY * float(np.sqrt(total / number)), _DIGITS)
    return DrugEffect(beta, "null replicates of compartments", int(reached.sum()))


def drug_effect_of(scored: Scored, replicates: ad.AnnData | None) -> DrugEffect:
    """Fit beta on the null replicates of a patient, if there are any.

    Parameters
    ----------
    scored
        What the causal scores came from: proteins and their influence.
    replicates
        Replicates of the patient's compartments, obs `kind` "bootstrap" or "null".
    """
    if replicates is None:
        return fit_drug_effect(scored.influence, np.empty((0, len(scored.genes))), _all(scored))
    genes = scored.genes.intersection(replicates.var_names, sort=False)
    effect = np.asarray(replicates.X)[kind_of_replicates(replicates) == "null"]
    influence = scored.influence[:, scored.genes.get_indexer(genes)]
    return fit_drug_effect(influence, effect, replicates.var_names.get_indexer(genes))


def _all(scored: Scored) -> np.ndarray:
    return np.arange(len(scored.genes))


def kind_of_replicates(replicates: ad.AnnData) -> np.ndarray:
    """Return the kind of each replicate; all are bootstrap where there is no `kind`."""
    if "kind" not in replicates.obs:
        return np.full(replicates.n_obs, "bootstrap")
    return replicates.obs["kind"].to_numpy(dtype=str)
