"""Kinds of evidence without a null of their own here: shown, and there for weighted presets.

Proximity has its null in `nearness`. Centrality in modules and communication are ranked among the
drugs: their z says how a drug stands among others and nothing about chance.
"""

import anndata as ad
import numpy as np
from scipy import sparse

from twinscreen.screen.evidence.contract import Calibrated, rank_scores
from twinscreen.screen.evidence.origin import mean_of_targets
from twinscreen.screen.evidence.proximity import Nearness
from twinscreen.screen.evidence.targets import Targets, combine, score_weights


def proximity_evidence(near: Nearness, first: np.ndarray, weight: np.ndarray) -> Calibrated:
    """Turn proximity of d drugs to c modules into evidence on e entries: near is positive."""
    parts = -near.z[first]
    whole = combine(parts, weight)
    nulls = ("redrawn targets and modules", "")
    return Calibrated("proximity", nulls, whole, whole, near.distance[first], parts)


def centrality_evidence(twin: ad.AnnData, targets: Targets, weight: np.ndarray) -> Calibrated:
    """Take the mean centrality of the targets in the modules; 0 for targets outside."""
    values = np.nan_to_num(np.asarray(twin.layers["centrality"], dtype=float))
    raw = mean_of_targets(targets, values.T, np.ones(twin.n_vars, dtype=bool))
    return _ranked("centrality", raw, weight)


def communication_evidence(twin: ad.AnnData, targets: Targets, weight: np.ndarray) -> Calibrated:
    """Take how much a drug works against links between cell types that have gained or lost.

    A link that gained is opposed by lowering its ligand or its receptor: per gene, the gains of the
    significant links it is part of, by compartment of the receiver.
    """
    links = twin.uns["communication"]
    gained = np.zeros((twin.n_obs, twin.n_vars))
    use = links["gain_qvalue"].to_numpy(dtype=float) < 0.05
    for end in ("ligand", "receptor"):
        for receiver, names, gain in zip(
            links.loc[use, "receiver"], links.loc[use, end], links.loc[use, "gain"], strict=True
        ):
            row = twin.obs_names.get_indexer([receiver])[0]
            columns = twin.var_names.get_indexer(str(names).split("_"))
            if row >= 0:
                gained[row, columns[columns >= 0]] += gain
    weigh = score_weights(targets, targets.members, np.ones(twin.n_vars, dtype=bool))
    known = np.diff(weigh.indptr) > 0
    raw = np.where(known[:, None], weigh @ sparse.csr_array(gained.T).toarray(), np.nan)
    return _ranked("communication", raw, weight)


def _ranked(name: str, raw: np.ndarray, weight: np.ndarray) -> Calibrated:
    """Rank entries by the weighted mean of raw values over the compartments treated."""
    used = weight > 0
    whole = (raw[:, used] @ weight[used]) / max(weight.sum(), 1e-12)
    z = rank_scores(whole) if np.nanmax(np.abs(whole), initial=0) > 0 else np.full(len(raw), np.nan)
    return Calibrated(name, ("rank among the drugs", ""), z, z, raw, rank_scores(raw))
