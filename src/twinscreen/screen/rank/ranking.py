"""From scores to ranks, and the table that people read."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen import CHECKS, may_be_called
from twinscreen.files.drug_names import IDENTIFIERS
from twinscreen.screen.evidence.contract import RANKED, SCORE_DIGITS
from twinscreen.screen.evidence.targets import Targets, combine
from twinscreen.screen.rank.contract import INTERVALS, Outcome

#: What drugs are called elsewhere, and who approved them: columns of the drug table, texts.
CALLED = ("synonyms", *IDENTIFIERS, "atc", "approval")

_SIGN = {-1: "-", 0: "?", 1: "+"}


def rank_drugs(
    drugs: pd.DataFrame, outcome: Outcome, *, digits: int = SCORE_DIGITS
) -> pd.DataFrame:
    """Rank drugs by score, best first.

    Parameters
    ----------
    drugs
        d drugs.
    outcome
        What a preset says of them.
    digits
        Scores are the same if they are to so many decimals: equal scores must share a rank on
        every machine, whatever the last digits of a sum are.

    Returns
    -------
    One row per drug: `drug_id, name, kind, approved, withdrawn`, those of `CALLED`, `status, score,
    rank, n_targets, n_scored, score_low, score_high, rank_low, rank_high`.
    """
    obs = drugs[["drug_id", "name", "kind", "approved", "withdrawn"]].copy()
    for name in CALLED:
        obs[name] = drugs[name].fillna("") if name in drugs else ""
    obs["status"] = outcome.status.astype(str) if len(drugs) else pd.Series(dtype=str)
    obs["score"] = np.where(outcome.status == RANKED, np.round(outcome.score, digits), np.nan)
    obs["rank"] = obs["score"].rank(ascending=False, method=outcome.ties)
    obs["n_targets"], obs["n_scored"] = outcome.n_targets, outcome.n_scored
    for name in INTERVALS:
        obs[name] = np.round(outcome.intervals.get(name, np.nan), digits)
    return obs


def adjusted_ranks(
    score: np.ndarray, harm: np.ndarray, *, prior: np.ndarray | float = 0.0
) -> np.ndarray:
    """Rank drugs once more, each moved by a share of the best drug's score.

    Parameters
    ----------
    score
        Scores of d drugs, shape (d,); NaN for those not ranked.
    harm
        Share of the best score that a drug loses, shape (d,).
    prior
        Share that a drug gains by what is known beforehand, shape (d,).

    Returns
    -------
    Ranks, 1 = first, equal ones the best of theirs, shape (d,); NaN for drugs not ranked.
    """
    best = max(float(np.nanmax(score)), 0.0) if np.isfinite(score).any() else 0.0
    moved = pd.Series(score - harm * best + prior * best).round(SCORE_DIGITS)
    return moved.rank(ascending=False, method="min").to_numpy()


def ranks_by_compartments(parts: np.ndarray, weight: np.ndarray, ranked: np.ndarray) -> np.ndarray:
    """Rank drugs by what the scores of single compartments add up to.

    Parameters
    ----------
    parts
        Scores of d drugs within c compartments, shape (d, c).
    weight
        How much each compartment counts, shape (c,).
    ranked
        Which drugs have a rank, shape (d,).

    Returns
    -------
    Ranks, 1 = first, equal ones the best of theirs, shape (d,); NaN for drugs without a rank or a
    score. Of two such rankings the weights alone are different, unlike of one of them and the
    ranking itself: over all compartments together kinds are compared with second null models too.
    """
    score = pd.Series(np.where(ranked, combine(parts, weight), np.nan)).round(SCORE_DIGITS)
    ranks: np.ndarray = score.rank(ascending=False, method="min").to_numpy()
    return ranks


def describe_targets(targets: Targets) -> list[str]:
    """Write the signed targets of each drug, for example `JAK1 -; IFNAR1|IFNAR2 +`.

    `?` stands for an unknown sign, `+/-` for one on which sources contradict each other.
    """
    sign = targets.table["sign"].map(_SIGN).mask(targets.table["conflict"].astype(bool), "+/-")
    words = targets.table["target"] + " " + sign
    joined = words.groupby(targets.table["drug"]).agg("; ".join)
    return [joined.get(drug, "") for drug in range(targets.drugs)]


def ranking_table(screen: ad.AnnData) -> pd.DataFrame:
    """Lay out a screen for people: one row a drug, best first, those not ranked at the end."""
    obs = screen.obs
    ranked = obs["rank"].notna().sum()
    used = screen.var["weight"].to_numpy() > 0 if screen.n_vars else np.empty(0, dtype=bool)
    parts = np.where(used, np.nan_to_num(screen.layers["score"], nan=-np.inf), -np.inf)
    strongest = (
        screen.var_names.to_numpy()[parts.argmax(axis=1)] if screen.n_vars else np.empty(0, str)
    )
    call = screen.uns["call"]
    # of those that may be called; 1.5 where two share the mean of their ranks
    first = may_be_called(obs) & (obs["rank"] == obs.loc[may_be_called(obs), "rank"].min())
    return pd.DataFrame(
        {
            "rank": obs["rank"],
            "rank_low": obs["rank_low"],
            "rank_high": obs["rank_high"],
            "adjusted_rank": obs["adjusted_rank"],
            "drug": obs["name"],
            "same_targets": obs["same"],
            "call": np.where(first, "yes" if call["called"] else "no call", ""),
            "score": obs["score"],
            "pvalue": obs["pvalue"],
            "qvalue": obs["qvalue"],
            "percentile": (obs["rank"] - 1) / max(ranked - 1, 1),
            "evidence": obs["evidence"],
            "benefit": obs["benefit"],
            "benefit_low": obs["benefit_low"],
            "benefit_high": obs["benefit_high"],
            "harm": obs["harm"],
            "reward": obs["reward"],
            "concerns": obs["concerns"],
            **{name: obs[name] for name in CHECKS},
            "indicated": obs["indicated"],
            "indications": obs["indications"],
            "n_indications": obs["n_indications"],
            "popularity": obs["popularity"],
            "status": obs["status"],
            "targets": obs["targets"],
            "presence": obs["presence"],
            "found_in": obs["found_in"],
            "n_targets": obs["n_targets"],
            "n_scored": obs["n_scored"],
            "strongest_compartment": np.where(obs["rank"].notna(), strongest, ""),
            "rank_by_compartments": obs["rank_by_compartments"],
            "rank_other_weights": obs["rank_other_weights"],
            "approved": obs["approved"],
            "approval": obs["approval"],
            "kind": obs["kind"],
            "drug_id": obs.index,
            "preset": str(screen.uns["preset"]),
            "synonyms": obs["synonyms"],
            **{name: obs[name] for name in (*IDENTIFIERS, "atc")},
        }
    )
