"""How much each compartment counts in a ranking."""

import anndata as ad
import numpy as np


def compartment_weights(twin: ad.AnnData, how: str) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the scorable compartments; those that are not of the latest time point count nothing.

    `equal`: all the same. `communication`: centrality in the meta-network of cell types, times the
    share of the cells, times the significance of the module (1 - p of its component); where one of
    these is unknown for a compartment it counts with the mean of the others.

    Parameters
    ----------
    twin
        c scorable compartments.
    how
        `equal` or `communication`.

    Returns
    -------
    The weights asked for and those of the other way, shape (c,), with mean 1 over those treated.
    """
    latest = twin.obs["latest"].to_numpy(dtype=bool)
    share = twin.obs["n_cells"].to_numpy(dtype=float)
    factors = [
        twin.obs["communication_centrality"].to_numpy(dtype=float),
        share / max(share[latest].sum(), 1),
        1 - twin.obs["lcc_p"].to_numpy(dtype=float),
    ]
    product = np.ones(twin.n_obs)
    for factor in factors:
        known = np.isfinite(factor) & latest
        filled = np.where(known, factor, factor[known].mean() if known.any() else 1.0)
        product *= filled
    ways = {"equal": latest.astype(float), "communication": product * latest}
    if ways["communication"].sum() <= 0:
        ways["communication"] = ways["equal"]
    ways = {name: _scaled(weight, latest) for name, weight in ways.items()}
    other = "communication" if how == "equal" else "equal"
    return ways[how], ways[other]


def _scaled(weight: np.ndarray, treated: np.ndarray) -> np.ndarray:
    mean = weight[treated].mean() if treated.any() else 1.0
    return weight / mean if mean > 0 else weight
