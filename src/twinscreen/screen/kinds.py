"""What kinds of evidence add to a screen: columns, layers, and the table that says what they are.

The page of a patient and the evaluation know the kinds from this table alone.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files.contracts.screen import SUPPORTS
from twinscreen.files.contracts.screen_tables import KINDS
from twinscreen.screen.evidence.contract import SCORE_DIGITS, Calibrated, Evidence, Kind
from twinscreen.screen.evidence.registry import kinds, packages


def columns_of(found: Mapping[str, Calibrated]) -> dict[str, np.ndarray]:
    """Return the z of each kind over all screened compartments, as columns of obs, by name.

    Parameters
    ----------
    found
        Of all kinds, on d drugs.
    """
    return {kind.column: found[kind.name].weaker_z.round(SCORE_DIGITS) for kind in kinds()}


def layers_of(found: Mapping[str, Calibrated]) -> dict[str, np.ndarray]:
    """Return what kinds have within compartments, as layers by name, shape (d, c) each.

    Bare scores and z are rounded, so that the number of threads of a matrix product changes no
    byte.
    """
    return {name: _layer(found[kind.name], name) for kind in kinds() for name in kind.layers}


def in_words(found: Mapping[str, Calibrated]) -> np.ndarray:
    """Name the kinds that support each drug, in the score or not, strongest first: "causal 8.6"."""
    names = [kind.name for kind in kinds()]
    z = np.array([found[name].weaker_z for name in names])
    order = np.argsort(-np.nan_to_num(z), axis=0, kind="stable")
    return np.array(
        [
            "; ".join(
                f"{names[i]} {z[i, drug]:.1f}" for i in order[:, drug] if z[i, drug] >= SUPPORTS
            )
            for drug in range(z.shape[1])
        ],
        dtype=object,
    )


def kinds_table(evidence: Evidence, score_weights: Mapping[str, float]) -> pd.DataFrame:
    """Say of each kind of evidence what it is, what weight it has, and how much it says.

    Parameters
    ----------
    evidence
        On e mechanisms.
    score_weights
        Weights of kinds in the score that ranks, by name.

    Returns
    -------
    One row per kind, with the columns of KINDS. `n` counts the mechanisms that a kind says
    something of, `best` is the largest z of one after both nulls, and `supports` the share with at
    least 1.645 (1 in 20 by chance; of kinds that are ranks among the drugs, in any case).
    """
    of_others = packages()
    rows = []
    for kind in kinds():
        z = evidence.kinds[kind.name].weaker_z
        known = z[np.isfinite(z)]
        rows.append(
            {
                "weight": float(evidence.rules.weights.get(kind.name, 0)),
                "n": len(known),
                "best": float(known.max()) if len(known) else np.nan,
                "supports": float((known >= SUPPORTS).mean()) if len(known) else np.nan,
                "score_weight": float(score_weights.get(kind.name, 0)),
                "share": float(evidence.kinds[kind.name].share),
                "package": of_others.get(kind.name, ""),
                **about(kind),
            }
        )
    return KINDS.of(rows).round(SCORE_DIGITS)


def about(kind: Kind) -> dict[str, object]:
    """Say what a kind is, whatever the patient."""
    names = [null.name for null in kind.nulls]
    return {
        "kind": kind.name,
        "title": kind.title,
        "null": names[0],
        "second_null": "".join(names[1:]),
        "compared_with": " and ".join(null.words for null in kind.nulls),
        "relative": kind.relative,
        **{f"says_{name}": words for name, words in vars(kind.sentences).items()},
        "layers": "|".join(kind.layers),
    }


def _layer(found: Calibrated, name: str) -> np.ndarray:
    """Return a layer of a kind by its name: what the kind fills it with, or what stands there."""
    if name in found.shown:
        return found.shown[name]
    if name == found.name:
        return found.raw.round(SCORE_DIGITS)
    z = found.parts.round(SCORE_DIGITS)
    p: np.ndarray = special.ndtr(-z)
    return z if name == f"{found.name}_z" else p
