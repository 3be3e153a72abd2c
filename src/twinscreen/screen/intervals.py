"""How sure a drug's score and rank are: both again on resampled copies of the patient."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.screen.drugs import Targets, drug_scores, target_values
from twinscreen.screen.evidence import Scored
from twinscreen.screen.outcome import INTERVALS, SCORE_DIGITS

#: Intervals reach from this quantile over the copies to the opposite one.
LOWER, UPPER = 0.05, 0.95


def score_intervals(
    scored: Scored, copies: ad.AnnData | None, score: np.ndarray
) -> dict[str, np.ndarray]:
    """Score and rank the drugs on every copy of the compartments treated.

    Parameters
    ----------
    scored
        What the scores of d drugs were computed from.
    copies
        Effects of the copies, by compartment and copy, of which the resampled ones are used; none,
        or without such rows, if none were made.
    score
        The causal scores of the drugs over the compartments treated, shape (d,); NaN for those
        not ranked.

    Returns
    -------
    `score_low, score_high, rank_low, rank_high`, shape (d,) each: the 5 % and 95 % points over
    copies; NaN for drugs not ranked, and all if a compartment treated has no copies (its
    deviation was computed elsewhere): what is sure about the others isn't about the score.
    """
    nothing = np.empty((len(score), 0))
    if copies is None:
        return copy_intervals(score, nothing)
    treated = set(scored.compartments[scored.weight > 0])
    copies = copies[copies.obs["kind"] == "resampled"]
    if not treated.issubset(copies.obs["compartment"]):
        return copy_intervals(score, nothing)
    return copy_intervals(score, copied_scores(scored, copies))


def copy_intervals(score: np.ndarray, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Turn the scores of copies into intervals of score and rank.

    A copy has the noise of resampling on top of that of the data, which draws all its scores
    toward 0. So the copies of a drug's score are shifted until their median is the score itself,
    and ranked after that. They are also spread by the square root of 2: the interval is to hold
    what another sample of the patient would give, which has its own noise beside that of this one.

    Parameters
    ----------
    score
        Scores of d drugs, shape (d,); NaN for those not ranked.
    drawn
        The same in b copies, shape (d, b); b may be 0.

    Returns
    -------
    `score_low, score_high, rank_low, rank_high`, shape (d,) each: the 5 % and 95 % points over
    copies; NaN for drugs not ranked, and for all without copies.
    """
    found = {name: np.full(len(score), np.nan) for name in INTERVALS}
    ranked = np.isfinite(score)
    if drawn.shape[1] == 0 or not ranked.any():
        return found
    about = drawn[ranked] - np.median(drawn[ranked], axis=1, keepdims=True)
    repeated = score[ranked][:, None] + np.sqrt(2) * about
    falling = -np.round(repeated, SCORE_DIGITS)
    rank = np.column_stack([1 + np.searchsorted(np.sort(copy), copy) for copy in falling.T])
    for name, values in (("score", repeated), ("rank", rank)):
        for end, quantile in (("low", LOWER), ("high", UPPER)):
            found[f"{name}_{end}"][ranked] = np.quantile(values, quantile, axis=1)
    own = pd.Series(score).round(SCORE_DIGITS).rank(ascending=False, method="min").to_numpy()
    found["rank_low"] = np.fmin(found["rank_low"], own)  # chance favours the others of the first
    found["rank_high"] = np.fmax(found["rank_high"], own)
    return found


def copied_scores(scored: Scored, copies: ad.AnnData) -> np.ndarray:
    """Causal score of every drug in every copy, over the compartments treated.

    Parameters
    ----------
    scored
        What the scores of d drugs were computed from.
    copies
        Effects of b resampled copies of each compartment treated; other kinds are left aside.

    Returns
    -------
    Shape (d, b); NaN where no target has a path to a measured gene.
    """
    copies = copies[copies.obs["kind"] == "resampled"]
    used = np.unique(scored.targets.members.indices)
    members = scored.targets.members[:, used]
    targets = Targets(scored.targets.table, members, scored.targets.drugs)
    genes = scored.genes.intersection(copies.var_names, sort=False)
    influence = scored.influence[np.ix_(used, scored.genes.get_indexer(genes))].astype(np.float32)
    regulated = copies.var_names.get_indexer(genes)
    weight = pd.Series(scored.weight, index=scored.compartments)
    effect = np.asarray(copies.X)
    shape = (targets.drugs, int(copies.obs["copy"].max()) + 1)
    total, norm = np.zeros(shape), np.zeros(shape)
    for name, rows in copies.obs.groupby("compartment", observed=True, sort=False).indices.items():
        z = activity_of_copies(influence, effect[rows], regulated)
        scores = drug_scores(targets, target_values(targets, z))
        here = np.isfinite(scores)
        total += float(weight[name]) * np.where(here, scores, 0)
        norm += float(weight[name]) ** 2 * here
    norm = np.sqrt(norm)
    return np.divide(total, norm, out=np.full(norm.shape, np.nan), where=norm > 0)


def activity_of_copies(
    influence: np.ndarray, effect: np.ndarray, regulated: np.ndarray
) -> np.ndarray:
    """Over-activity of proteins, as `causal.activity` gives it, in copies of one compartment.

    Parameters
    ----------
    influence
        F over r regulated genes, shape (p, r).
    effect
        Deviation in each copy over g genes, shape (b, g), measured in all copies or in none.
    regulated
        Columns of `effect` that are the r regulated genes, shape (r,).

    Returns
    -------
    z, shape (p, b); NaN for proteins without a path to a measured gene.
    """
    measured = np.isfinite(effect[0])
    inside = measured[regulated]
    effect, influence = effect[:, measured], influence[:, inside]
    column = (np.cumsum(measured) - 1)[regulated[inside]]
    centred = effect - effect.mean(axis=1, keepdims=True)
    sd = np.sqrt((centred**2).mean(axis=1))
    total, squares = influence.sum(axis=1, dtype=float), (influence**2).sum(axis=1, dtype=float)
    norm = np.sqrt(np.maximum(squares - total**2 / effect.shape[1], 0))
    usable = (squares > 0) & (norm > 1e-6 * np.sqrt(squares))
    scale = np.where(usable, norm, np.nan)[:, None] * np.where(sd > 0, sd, np.nan)
    z: np.ndarray = (influence @ centred[:, column].T) / scale
    return z
