"""Evidence A, causal: which proteins, were they over-active, would explain the deviation.

The influence of a protein is the signed change of every gene that its activity brings about
through signalling and transcription. Where the measured deviation looks like it, the protein
looks over-active; a drug that inhibits it, or activates what looks under-active, scores high.
"""

import numpy as np

from twinscreen.network import Activity, activity

__all__ = ["Activity", "activity", "gene_parts"]


def gene_parts(
    found: Activity, influence: np.ndarray, proteins: np.ndarray, compartment: int
) -> np.ndarray:
    """Split the mean z of some proteins in one compartment over the regulated genes.

    Parameters
    ----------
    found
        Over-activity of p proteins.
    influence
        F it was computed from, shape (p, r).
    proteins
        Rows of the proteins, each with a z in the compartment.
    compartment
        Column of the compartment.

    Returns
    -------
    Parts, shape (r,); they add up to the mean of z over the proteins.
    """
    parts = influence[proteins] * found.centred[compartment]
    return (parts / found.scale[proteins, compartment][:, None]).mean(axis=0)
