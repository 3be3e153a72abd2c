"""Which proteins, were they over-active, would explain what is measured downstream of them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activity:
    """Over-activity of proteins in compartments.

    `z` has shape (p proteins, c compartments); NaN where a protein has no path to a measured
    gene. `mean` (c,), `centred` (c, r regulated genes) and `scale` (p, c) are what it was
    computed from: the compartments' mean deviations, what is left without them, the norms.
    """

    z: np.ndarray
    mean: np.ndarray
    centred: np.ndarray
    scale: np.ndarray


def activity(influence: np.ndarray, effect: np.ndarray, regulated: np.ndarray) -> Activity:
    """Correlate the influence of each protein with the deviation of each compartment.

    z_t = sum_g F_tg (x_g - mean x) / (||F_t - mean F_t|| sd x) over the genes measured in the
    compartment: the correlation of F_t and x times the square root of the number of genes. Both
    are centred, else a shift of all genes together would decide.

    Parameters
    ----------
    influence
        F over r regulated genes, shape (p, r).
    effect
        Deviation of each compartment over all g genes, shape (c, g); NaN where not measured.
    regulated
        Columns of `effect` that are the r regulated genes, shape (r,). Genes that nothing
        regulates have no influence; they count in the means and standard deviations.
    """
    effect = effect.astype(float)
    measured = np.isfinite(effect)
    number = measured.sum(axis=1)
    mean = np.where(measured, effect, 0).sum(axis=1) / number
    centred = np.where(measured, effect - mean[:, None], 0)
    sd = np.sqrt((centred**2).sum(axis=1) / number)
    centred, measured = centred[:, regulated], measured[:, regulated]
    mask = measured.T.astype(float)
    total = influence @ mask
    squares = (influence**2) @ mask
    reaches = (influence != 0).astype(np.float32) @ mask.astype(np.float32) > 0
    norm = np.sqrt(np.maximum(squares - total**2 / number, 0))
    usable = reaches & (norm > 1e-9 * np.sqrt(squares)) & (sd > 0)
    scale = np.where(usable, norm * sd, np.nan)
    return Activity((influence @ centred.T) / scale, mean, centred, scale)
