"""From scores to ranks, and the table that people read."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.screen.drugs import Targets

#: Scores are the same if they are to so many decimals.
SCORE_DIGITS = 5

_SIGN = {-1: "-", 0: "?", 1: "+"}


def rank_drugs(
    drugs: pd.DataFrame,
    targets: Targets,
    values: np.ndarray,
    score: np.ndarray,
    weight: np.ndarray,
) -> pd.DataFrame:
    """Rank drugs by score, best first; equal scores share the best of their ranks.

    Parameters
    ----------
    drugs
        d drugs.
    targets
        Their t targets.
    values
        Per target and compartment, shape (t, c).
    score
        Per drug, shape (d,); NaN where it can't be told.
    weight
        Weight of each compartment, shape (c,).

    Returns
    -------
    One row per drug: `drug_id, name, kind, approved, withdrawn, status, score, rank, n_targets,
    n_scored`; `status` is "ranked" or the reason why not.
    """
    row = targets.table["drug"].to_numpy(dtype=np.int64)
    directed = targets.table["sign"].to_numpy() != 0
    treated = np.isfinite(values[:, weight > 0]).any(axis=1)

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(row[which], minlength=len(drugs))

    n_targets, n_scored = count(directed), count(directed & treated)
    status = np.select(
        [n_scored > 0, n_targets == 0],
        ["ranked", "unknown action"],
        "no path to transcription",
    )
    obs = drugs[["drug_id", "name", "kind", "approved", "withdrawn"]].copy()
    obs["status"] = status.astype(str) if len(drugs) else pd.Series(dtype=str)
    # Equal scores must share a rank on every machine, whatever the last digits of a sum are.
    obs["score"] = np.round(score, SCORE_DIGITS)
    obs["rank"] = obs["score"].rank(ascending=False, method="min")
    obs["n_targets"], obs["n_scored"] = n_targets, n_scored
    return obs


def describe_targets(targets: Targets) -> list[str]:
    """Write the signed targets of each drug, for example `JAK1 -; IFNAR1|IFNAR2 +`."""
    words = targets.table["target"] + " " + targets.table["sign"].map(_SIGN)
    joined = words.groupby(targets.table["drug"]).agg("; ".join)
    return [joined.get(drug, "") for drug in range(targets.drugs)]


def ranking_table(screen: ad.AnnData) -> pd.DataFrame:
    """Lay out a screen for people: one row a drug, best first, those not ranked at the end."""
    obs = screen.obs
    ranked = obs["rank"].notna().sum()
    used = screen.var["weight"].to_numpy() > 0 if screen.n_vars else np.empty(0, dtype=bool)
    causal = np.where(used, np.nan_to_num(screen.layers["causal"], nan=-np.inf), -np.inf)
    strongest = (
        screen.var_names.to_numpy()[causal.argmax(axis=1)] if screen.n_vars else np.empty(0, str)
    )
    return pd.DataFrame(
        {
            "rank": obs["rank"],
            "drug": obs["name"],
            "score": obs["score"],
            "percentile": (obs["rank"] - 1) / max(ranked - 1, 1),
            "status": obs["status"],
            "targets": obs["targets"],
            "n_targets": obs["n_targets"],
            "n_scored": obs["n_scored"],
            "strongest_compartment": np.where(obs["rank"].notna(), strongest, ""),
            "approved": obs["approved"],
            "kind": obs["kind"],
            "drug_id": obs.index,
        }
    )
