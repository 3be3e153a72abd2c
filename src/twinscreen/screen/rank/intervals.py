"""Intervals of a drug's score and rank, from bootstrap replicates of the patient."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin import LOWER, UPPER
from twinscreen.screen.evidence.contract import SCORE_DIGITS, Scored
from twinscreen.screen.evidence.targets import Targets, drug_scores, target_values
from twinscreen.screen.rank.contract import INTERVALS

#: A drug has intervals if at least this share of the replicates gives it a score.
LEAST_SCORED = 0.5


def score_intervals(
    scored: Scored, replicates: ad.AnnData | None, score: np.ndarray
) -> dict[str, np.ndarray]:
    """Score and rank the drugs on every replicate of the screened compartments.

    Parameters
    ----------
    scored
        What the scores of d drugs were computed from.
    replicates
        Effects of replicates, by compartment, of which those of kind `bootstrap` are used; none,
        or without such rows, if none were made.
    score
        The causal scores of the drugs over the compartments treated, shape (d,); NaN for those
        not ranked.

    Returns
    -------
    `score_low, score_high, rank_low, rank_high`, shape (d,) each, as `replicate_intervals` makes
    them of the scores of replicates; NaN for drugs not ranked, and all if a screened compartment
    has none (its deviation was computed elsewhere): what is sure about the others isn't about the
    score.
    """
    nothing = np.empty((len(score), 0))
    if replicates is None:
        return replicate_intervals(score, nothing)
    treated = set(scored.compartments[scored.weight > 0])
    replicates = replicates[replicates.obs["kind"] == "bootstrap"]
    if not treated.issubset(replicates.obs["compartment"]):
        return replicate_intervals(score, nothing)
    return replicate_intervals(score, copied_scores(scored, replicates))


def replicate_intervals(score: np.ndarray, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Turn the scores of replicates into intervals of score and rank.

    The intervals are to hold what another sample of the patient would give. Where that of this one
    is signal and noise, a replicate is the same signal, the same noise and a second noise like it,
    and all three are scaled so that they scatter as the first two. So of the replicates of a drug's
    score

    - the median is drawn toward 0, and they are shifted until it is the score;
    - what they differ by is too small by the same factor, which is that of the medians to the
      scores over all drugs (1 without noise, the square root of 1/2 without signal), and is
      divided by it;
    - it is spread by the square root of 2: another sample has its own noise instead of this one's.

    Scores of another sample scatter as these do, but those of replicates spread like this scatter
    more, with which ranks within replicates would crowd where the scores do. So the interval of the
    rank is that of the places that the score's interval covers among the scores of the others.

    Parameters
    ----------
    score
        Scores of d drugs, shape (d,); NaN for those not ranked.
    drawn
        The same in b replicates, shape (d, b), NaN where a replicate says nothing of a drug; b may
        be 0.

    Returns
    -------
    `score_low, score_high, rank_low, rank_high`, shape (d,) each: from the 5 % to the 95 % point of
    the replicates that score the drug; NaN for drugs not ranked, for those that less than half of
    the replicates score, and for all without replicates.
    """
    found = {name: np.full(len(score), np.nan) for name in INTERVALS}
    ranked = np.isfinite(score)
    told = ranked & (np.isfinite(drawn).sum(axis=1) >= max(LEAST_SCORED * drawn.shape[1], 1))
    if not told.any():
        return found
    own, replicates = score[told], drawn[told]
    whole = np.isfinite(replicates).all()
    quantile = np.quantile if whole else np.nanquantile  # the latter is many times slower
    middle = quantile(replicates, 0.5, axis=1)
    about = (replicates - middle[:, None]) * np.sqrt(2) / _drawn_to_zero(own, middle)
    # Weibull's quantiles: with few replicates, too, a further one is between them as often as said.
    ends = quantile(about, [LOWER, UPPER], axis=1, method="weibull")
    low, high = own + ends[0], own + ends[1]
    falling = np.sort(-score[ranked].round(SCORE_DIGITS))
    found["score_low"][told], found["score_high"][told] = low, high
    # Itself is above its own lower end, too; those ahead of it take the places before.
    above = np.searchsorted(falling, -high.round(SCORE_DIGITS)) + 1
    below = np.searchsorted(falling, -low.round(SCORE_DIGITS))
    rank = np.searchsorted(falling, -own.round(SCORE_DIGITS)) + 1
    found["rank_low"][told] = np.minimum(above, rank)
    found["rank_high"][told] = np.maximum(below, rank)
    return found


def _drawn_to_zero(score: np.ndarray, median: np.ndarray) -> float:
    """Factor from scores to the medians of their replicates, by least squares; shape (d,) each."""
    square = float(score @ score)
    return float(np.clip(score @ median / square, np.sqrt(0.5), 1)) if square > 0 else 1.0


def copied_scores(scored: Scored, replicates: ad.AnnData) -> np.ndarray:
    """Causal score of every drug in every replicate, over the screened compartments.

    Parameters
    ----------
    scored
        What the scores of d drugs were computed from.
    replicates
        Effects of b bootstrap replicates of each compartment treated; other kinds are left aside.

    Returns
    -------
    Shape (d, b); NaN where no target has a path to a measured gene.
    """
    replicates = replicates[replicates.obs["kind"] == "bootstrap"]
    used = np.unique(scored.targets.members.indices)
    members = scored.targets.members[:, used]
    targets = Targets(scored.targets.table, members, scored.targets.drugs)
    genes = scored.genes.intersection(replicates.var_names, sort=False)
    influence = scored.influence[np.ix_(used, scored.genes.get_indexer(genes))].astype(np.float32)
    regulated = replicates.var_names.get_indexer(genes)
    weight = pd.Series(scored.weight, index=scored.compartments)
    effect = np.asarray(replicates.X)
    shape = (targets.drugs, int(replicates.obs["replicate"].max()) + 1)
    total, norm = np.zeros(shape), np.zeros(shape)
    for name, rows in replicates.obs.groupby(
        "compartment", observed=True, sort=False
    ).indices.items():
        z = activity_of_replicates(influence, effect[rows], regulated)
        scores = drug_scores(targets, target_values(targets, z))
        here = np.isfinite(scores)
        total += float(weight[name]) * np.where(here, scores, 0)
        norm += float(weight[name]) ** 2 * here
    norm = np.sqrt(norm)
    return np.divide(total, norm, out=np.full(norm.shape, np.nan), where=norm > 0)


def activity_of_replicates(
    influence: np.ndarray, effect: np.ndarray, regulated: np.ndarray
) -> np.ndarray:
    """Over-activity of proteins, as `causal.activity` gives it, in replicates of one compartment.

    Parameters
    ----------
    influence
        F over r regulated genes, shape (p, r).
    effect
        Deviation in each replicate over g genes, shape (b, g), measured in all replicates or in
        none.
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
