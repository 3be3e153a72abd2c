"""How near the targets of drugs are to the modules of a patient, and which target is nearest.

Proximity has no direction: a drug that makes things worse is as near as one that mends them.
Every protein of a complex is a target of its own here, because distances are between proteins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.screen_tables import PROXIMITY_EVIDENCE
from twinscreen.network import Interactome, false_discovery_rate, proximity


@dataclass(frozen=True)
class Nearness:
    """Closest distance of d drugs to the modules of c compartments, against redrawn sets.

    `distance`, `z`, `pvalue` (lower tail) and `qvalue` have shape (d, c); NaN where the drug has
    no target on the interactome or the compartment no module there. `targets`, shape (d, g), says
    which of the g proteins named by `genes` each drug acts on; `target_distance`, `target_z` and
    `target_pvalue`, shape (g, c), are those of a drug with this target alone.
    """

    distance: np.ndarray
    z: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray
    targets: sparse.csr_array
    genes: pd.Index
    target_distance: np.ndarray
    target_z: np.ndarray
    target_pvalue: np.ndarray


def measure_nearness(
    network: Interactome,
    targets: sparse.csr_array,
    modules: sparse.csr_array,
    *,
    draws: int,
    random: np.random.Generator,
) -> Nearness:
    """Measure all drugs and their single targets against all modules, in one go.

    Both sets are redrawn within degree bins of the whole interactome, in every compartment alike,
    so that compartments and patients compare. q is by Benjamini-Hochberg within a compartment,
    over distinct sets of targets: drugs with the same targets are one hypothesis.

    Parameters
    ----------
    network
        Connected interactome of n proteins.
    targets, modules
        Membership, shapes (d, n) and (c, n).
    draws
        Random modules behind the spread and the tail; the mean needs none.
    random
        Source of randomness.

    References
    ----------
    Guney et al., Nature Communications 2016;7:10331.
    """
    first, of = distinct_rows(targets)
    used = np.unique(targets.indices)
    alone = sparse.csr_array(
        (np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), targets.shape[1])
    )
    found = proximity(
        network,
        sparse.csr_array(sparse.vstack([targets[first], alone])),
        modules,
        draws=draws,
        below=np.inf,
        random=random,
    )
    drugs, single = slice(0, len(first)), slice(len(first), None)
    z, pvalue = found.z, found.pvalue
    qvalue = false_discovery_rate(pvalue[drugs], axis=0)
    return Nearness(
        found.distance[drugs][of],
        z[drugs][of],
        pvalue[drugs][of],
        qvalue[of],
        sparse.csr_array(targets[:, used]),
        pd.Index(network.names[used]),
        found.distance[single],
        z[single],
        pvalue[single],
    )


def nearest_targets(
    found: Nearness,
    drugs: Sequence[int],
    *,
    drug_ids: pd.Index,
    compartments: pd.Index,
    weight: np.ndarray,
) -> pd.DataFrame:
    """Split the distance of some drugs into their targets, where the drug is nearest.

    Parameters
    ----------
    found
        Nearness of d drugs.
    drugs
        Row numbers of the drugs to explain, in the order wanted.
    drug_ids, compartments
        Names of the d drugs and c compartments.
    weight
        Weight of each compartment, shape (c,); those without are not looked at.

    Returns
    -------
    One row per drug and target on the interactome, nearest first, in the compartment where the
    drug's p is smallest: `distance`, `z` and `pvalue` of the target alone, and `change`, by how
    much the drug's mean distance grows when the target is left out (NaN for an only target).
    """
    rows = []
    pvalue = np.where(weight > 0, found.pvalue, np.nan)
    for drug in drugs:
        if not np.isfinite(pvalue[drug]).any():
            continue
        place = int(np.nanargmin(pvalue[drug]))
        own = found.targets[[drug]].indices
        distance, p = found.target_distance[own, place], found.target_pvalue[own, place]
        others = len(own) - 1
        change = (distance.mean() - distance) / others if others else np.full(1, np.nan)
        for i in np.lexsort([found.genes[own], p, distance]):
            z = found.target_z[own[i], place]
            name = (drug_ids[drug], compartments[place], found.genes[own[i]])
            rows.append((*name, distance[i], z, p[i], change[i]))
    return PROXIMITY_EVIDENCE.of(rows)


def distinct_rows(sets: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Find sets that are the same: rows of the distinct ones, and for every row which it is."""
    known: dict[bytes, int] = {}
    first: list[int] = []
    of: list[int] = []
    for row in range(sets.shape[0]):
        key = np.unique(sets.indices[sets.indptr[row] : sets.indptr[row + 1]]).tobytes()
        if key not in known:
            known[key] = len(first)
            first.append(row)
        of.append(known[key])
    return np.array(first, dtype=np.int64), np.array(of, dtype=np.int64)
