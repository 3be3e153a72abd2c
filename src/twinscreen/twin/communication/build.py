"""The network of a patient's compartments: who sends most to whom, and which of them drive it."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import time_order
from twinscreen.files.contracts.twin_tables import COMMUNICATION
from twinscreen.kb.influence import Influence
from twinscreen.network import driver_centrality, mutual_eigenvector
from twinscreen.settings.twin import CommunicationSettings, ComparisonSettings
from twinscreen.twin.communication.cell_links import (
    Communication,
    find_links,
)
from twinscreen.twin.communication.outside import OutsideLigands
from twinscreen.twin.communication.upstream import upstream_regulators
from twinscreen.twin.deviation.compartment import Compartment


def add_communication(
    twin: ad.AnnData,
    compartments: Sequence[Compartment],
    read: Sequence[ad.AnnData],
    healthy: ad.AnnData | None,
    *,
    ligand_receptor: pd.DataFrame,
    influence: Influence,
    settings: ComparisonSettings,
    rules: CommunicationSettings,
    outside: pd.DataFrame | None = None,
) -> None:
    """Write links, meta-network, centralities and upstream regulators into a twin.

    Parameters
    ----------
    twin
        The twin of these compartments; obsp `time`, where there is one, holds the overlap of the
        modules of adjacent time points.
    compartments
        One for each row of the twin.
    read
        All observations of the patient.
    healthy
        The healthy reference, in the reference design.
    ligand_receptor
        Contract LIGAND_RECEPTOR.
    influence
        How proteins influence genes.
    settings, rules
        How to compare, and what makes a link.
    outside
        Ligands measured outside of the cells: see `OutsideLigands.of`.
    """
    ligands = None if outside is None else OutsideLigands.of(outside, ligand_receptor)
    found = find_links(
        compartments,
        read,
        healthy,
        ligand_receptor,
        settings,
        rules,
        ligands.parties if ligands else (),
    )
    weight = found.links.weight(found.deviation.effect, found.pairs)
    special = found.links.significant(rules.max_qvalue)
    twin.uns["communication"] = link_table(found, weight, twin.obs_names, rules)
    weights, counts = matrices(found, np.where(special, weight, 0), special, twin.n_obs)
    twin.obsp["communication"] = weights
    twin.obs["communication_centrality"], twin.obs["communication_eigenvector"] = centralities(
        weights,
        counts,
        overlap=sparse.csr_array(twin.obsp["time"]).toarray() if "time" in twin.obsp else None,
        time=twin.obs["time"].to_numpy(dtype=str),
        present=np.asarray(found.expressed.any(axis=1)),
    )
    twin.uns["upstream"] = upstream_regulators(
        twin, found, influence, settings, rules, outside=ligands
    )


def link_table(
    found: Communication, weight: np.ndarray, names: pd.Index, rules: CommunicationSettings
) -> pd.DataFrame:
    """List the links that are special to their cell types, or changed against the control.

    Parameters
    ----------
    found
        The links.
    weight
        Weight of each, shape (l,).
    names
        The compartments.
    rules
        Which q-values count.

    Returns
    -------
    One row per link, the greatest weight first.
    """
    links = found.links
    with np.errstate(invalid="ignore"):
        changed = links.gain_qvalue < rules.max_qvalue
    keep = np.flatnonzero(links.significant(rules.max_qvalue) | changed)
    sender, receiver, pair = (
        values[keep] for values in (links.place.sender, links.place.receiver, links.place.pair)
    )
    columns = {
        "sender": names.to_numpy(dtype=str)[sender],
        "receiver": names.to_numpy(dtype=str)[receiver],
        "ligand": found.pairs.parties[found.pairs.ligand[pair]],
        "receptor": found.pairs.parties[found.pairs.receptor[pair]],
        "secreted": found.pairs.secreted[pair],
        "weight": weight[keep],
        "strength": links.strength[keep],
        "control_strength": links.control_strength[keep],
        "ligand_effect": found.deviation.effect[sender, found.pairs.ligand[pair]],
        "receptor_effect": found.deviation.effect[receiver, found.pairs.receptor[pair]],
        "pvalue": links.pvalue[keep],
        "qvalue": links.qvalue[keep],
        "gain": (links.strength - links.control_strength)[keep],
        "gain_logfc": links.gain_logfc[keep],
        "gain_pvalue": links.gain_pvalue[keep],
        "gain_qvalue": links.gain_qvalue[keep],
    }
    order = ["weight", "sender", "receiver", "ligand", "receptor"]
    return COMMUNICATION.typed(pd.DataFrame(columns)).sort_values(
        order, ascending=[False, *[True] * 4], ignore_index=True
    )


def matrices(
    found: Communication, weight: np.ndarray, counted: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sum the weights, and count the links, from compartment (row) to compartment (column).

    Parameters
    ----------
    found
        The links.
    weight, counted
        Weight of each link, and whether it counts, shape (l,).
    n
        Number of compartments.

    Returns
    -------
    Weights and numbers of links, each of shape (n, n).
    """
    edge = found.links.place.sender * n + found.links.place.receiver
    summed = (np.bincount(edge, values, minlength=n * n) for values in (weight, counted))
    weights, counts = (values.astype(float).reshape(n, n) for values in summed)
    return weights, counts


def centralities(
    weights: np.ndarray,
    counts: np.ndarray,
    *,
    time: np.ndarray,
    present: np.ndarray,
    overlap: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Rank compartments by what they drive.

    A compartment is driven by those that send to it, in proportion to the weights (1 in all),
    and by its own state at the time point before, as far as their modules overlap (0 to 1).

    Parameters
    ----------
    weights, counts
        Sums of weights, and numbers of links, from row to column, shape (n, n).
    time
        Time point of each compartment, shape (n,).
    present
        Whether a compartment takes part, shape (n,).
    overlap
        Overlap of the modules of adjacent time points, shape (n, n).

    Returns
    -------
    PageRank on the reversed network, the largest 1; and the reference method's undirected
    eigenvector centrality of the numbers of links, within each time point (it has one network per
    time point), the largest 1. Each has shape (n,), NaN where a compartment takes no part.
    """
    received = weights.sum(axis=0)
    drives = weights / np.where(received > 0, received, 1)
    if overlap is not None:
        from_earlier = np.array([[time_order(a) < time_order(b) for b in time] for a in time])
        drives = drives + np.where(from_earlier, np.nan_to_num(overlap), 0)
    rows = np.flatnonzero(present)
    driver, mutual = np.full(len(time), np.nan), np.full(len(time), np.nan)
    driver[rows] = driver_centrality(drives[np.ix_(rows, rows)])
    for when in np.unique(time[rows]):
        here = rows[time[rows] == when]
        mutual[here] = mutual_eigenvector(counts[np.ix_(here, here)])
    return driver, mutual
