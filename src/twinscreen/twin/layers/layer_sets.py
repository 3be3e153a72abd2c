"""Which genes make up each layer of a twin, and with what weight.

Transcript and protein are layers of a compartment; variant, phenotype, exposure and disease of
the patient, the same in all compartments.
"""

import anndata as ad
import numpy as np
from scipy import special

from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.network import false_discovery_rate

OWN = ("transcript", "protein")
LAYERS = (*OWN, *LAYERS_OF_PATIENT)

#: The set of a patient-level layer holds this share of its weight, if few genes can.
HELD = 0.9


def seed_weights(twin: ad.AnnData, *, max_qvalue: float) -> np.ndarray:
    """Weights of every layer's genes in every compartment, and in the patient without one.

    Transcript: |effect| of the genes of the module. Protein: |deviation| of surface proteins with
    q below `max_qvalue`. Patient-level layers: their columns of var, the same everywhere.

    Returns
    -------
    Weights, shape (layers, n genes, compartments + 1), in the order of `LAYERS`; 0 where a layer
    has nothing. The last column is the patient alone: its first two layers are empty.
    """
    n, c = twin.n_vars, twin.n_obs
    weights = np.zeros((len(LAYERS), n, c + 1))
    module = np.nan_to_num(np.asarray(twin.layers["module"], dtype=float)) > 0
    effect = np.abs(np.nan_to_num(np.asarray(twin.X, dtype=float)))
    protein = np.abs(np.nan_to_num(np.asarray(twin.layers["protein"], dtype=float)))
    weights[0, :, :c] = np.where(module, effect, 0).T
    weights[1, :, :c] = np.where(protein_qvalue(twin) < max_qvalue, protein, 0).T
    for place, name in enumerate(LAYERS_OF_PATIENT, start=len(OWN)):
        if name in twin.var:
            weights[place] = np.nan_to_num(twin.var[name].to_numpy(dtype=float))[:, None]
    return weights


def layer_members(weights: np.ndarray, *, most: int) -> np.ndarray:
    """Say which genes are in the set of each layer, shape of `weights`: see `heaviest`."""
    members = weights > 0
    for place in range(len(OWN), len(LAYERS)):
        members[place] = heaviest(weights[place, :, -1], most=most)[:, None]
    return members


def heaviest(weight: np.ndarray, *, most: int) -> np.ndarray:
    """Choose the genes that make up the set of a patient-level layer.

    Phenotype scores are dense: nearly every annotated gene resembles the patient a little. The
    set are the fewest genes, in order of weight, that hold nine tenths of the layer's weight, but
    at most `most`; genes that tie with the last one are in it too.

    Parameters
    ----------
    weight
        Weights of the layer, shape (n,); NaN or 0 where it has nothing for a gene.
    most
        Most genes, ties aside.

    Returns
    -------
    Boolean, shape (n,).
    """
    known = np.nan_to_num(weight)
    ranked = np.sort(known)[::-1]
    held = np.cumsum(ranked)
    # rounding of the sum must not decide whether one gene more is needed
    last = int(np.searchsorted(held, HELD * held[-1] * (1 - 1e-12))) if len(held) else 0
    limit = ranked[min(last, most - 1, len(ranked) - 1)] if len(ranked) else np.inf
    chosen: np.ndarray = (known > 0) & (known >= limit)
    return chosen


def protein_qvalue(twin: ad.AnnData) -> np.ndarray:
    """Benjamini-Hochberg q of the surface proteins within each compartment, shape (c, n)."""
    deviation = np.asarray(twin.layers["protein"], dtype=float)
    pvalue = 2 * special.ndtr(-np.abs(deviation))
    return false_discovery_rate(np.where(np.isfinite(deviation), pvalue, np.nan))


def measured(twin: ad.AnnData) -> np.ndarray:
    """Genes that could be in each layer of each compartment, shape (layers, n, compartments + 1).

    Anything can be in a patient-level layer.
    """
    could = np.ones((len(LAYERS), twin.n_vars, twin.n_obs + 1), dtype=bool)
    could[0, :, :-1] = np.isfinite(np.asarray(twin.X, dtype=float)).T
    could[1, :, :-1] = np.isfinite(np.asarray(twin.layers["protein"], dtype=float)).T
    return could
