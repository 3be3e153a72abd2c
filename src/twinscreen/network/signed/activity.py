"""Which proteins, were they over-active, would explain what is measured downstream of them."""

from dataclasses import dataclass

import numpy as np

#: Proteins looked at together: what is computed on the way stays in the processor's cache.
_PROTEINS = 256


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
    z, scale = (np.empty((len(influence), len(effect))) for _ in range(2))
    for start in range(0, len(influence), _PROTEINS):
        rows = slice(start, start + _PROTEINS)
        block = influence[rows].astype(float)
        scale[rows] = _norms(block, measured, number) * np.where(sd > 0, sd, np.nan)
        z[rows] = (block @ centred.T) / scale[rows]
    return Activity(z, mean, centred, scale)


def _norms(influence: np.ndarray, measured: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Norm of the centred influence over the genes measured, (p, c); NaN if it reaches none."""
    mask = measured.T.astype(float)
    squares = (influence**2) @ mask
    square = squares - (influence @ mask) ** 2 / number
    reaches = (influence != 0).astype(float) @ mask > 0
    norm = np.sqrt(np.maximum(square, 0))
    return np.where(reaches & (norm > 1e-9 * np.sqrt(squares)), norm, np.nan)
