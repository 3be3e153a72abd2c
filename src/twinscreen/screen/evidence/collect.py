"""Collect all that can be said for the drugs on one patient, whatever ranks them in the end."""

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import FilePath, InputError, generator
from twinscreen.kb import Knowledge
from twinscreen.kb.influence import Influence
from twinscreen.kb.wiring import Wiring
from twinscreen.network import Interactome, activity, largest_component
from twinscreen.screen.evidence import proximity as nearness
from twinscreen.screen.evidence.causal import causal_evidence
from twinscreen.screen.evidence.contract import (
    Calibrated,
    Evidence,
    Rules,
    Scored,
    mechanisms,
    of_drugs,
)
from twinscreen.screen.evidence.counteraction import counteraction_evidence
from twinscreen.screen.evidence.origin import origin_evidence
from twinscreen.screen.evidence.ranked import (
    centrality_evidence,
    communication_evidence,
    proximity_evidence,
)
from twinscreen.screen.evidence.screened_state import ScreenedState, screened_state
from twinscreen.screen.evidence.targets import drug_scores, target_genes, target_sets, target_values


def gather(
    twin: ad.AnnData,
    replicates: ad.AnnData | None,
    drugs: pd.DataFrame,
    kb: Knowledge,
    *,
    weight: np.ndarray,
    random_modules: int,
    random_seeds: int,
    rules: Rules,
) -> Evidence:
    """Collect the evidence on d drugs from the c scorable compartments of a twin.

    Parameters
    ----------
    twin
        The scorable compartments.
    replicates
        Their replicates, if any were made.
    drugs
        The d drugs to try.
    kb
        Knowledge.
    weight
        Weight of each compartment, shape (c,); 0 for those that are not treated.
    random_modules, random_seeds
        Random modules behind proximity, and redrawn seeds behind origin.
    rules
        How evidence is combined, with the seed of all randomness.

    Raises
    ------
    InputError
        Twin and interactome are of two releases, or a file has another shape.
    """
    patient = str(twin.uns["patient"]["patient"])
    targets, whole = kb.targets, kb.interactome
    scored = score_targets(twin, drugs, targets, kb.influence, weight)
    first, mechanism = mechanisms(scored.targets)
    state = screened_state(twin, replicates, weight)
    everything = _kinds(
        twin,
        _aligned(whole, twin, kb.file("interactome")),
        drugs.iloc[first],
        targets,
        state,
        kb.wiring,
        scored,
        first,
        draws=random_seeds,
        random=generator(rules.seed, "evidence", patient),
    )
    network = whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))
    genes = target_genes(drugs, targets, pd.Index(network.names))
    column = twin.var_names.get_indexer(pd.Index(network.names))
    module = (np.asarray(twin.layers["module"])[:, column] == 1) & (column >= 0)
    near = nearness.measure_nearness(
        network,
        genes.members,
        sparse.csr_array(module.astype(float)),
        draws=random_modules,
        random=generator(rules.seed, "proximity", patient),
    )
    everything["proximity"] = proximity_evidence(near, first, weight)
    return Evidence(
        twin=twin,
        replicates=replicates,
        weight=weight,
        network=network,
        targets=genes.members,
        actions=genes.actions,
        n_genes=genes.number,
        causal=scored,
        nearness=near,
        kinds=everything,
        mechanism=mechanism,
        first=first,
        state=state,
        wiring=kb.wiring,
        ligand_receptor=kb.ligand_receptor,
        rules=rules,
    )


def _kinds(
    twin: ad.AnnData,
    network: Interactome,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    state: ScreenedState,
    wiring: Wiring,
    scored: Scored,
    first: np.ndarray,
    *,
    draws: int,
    random: np.random.Generator,
) -> dict[str, Calibrated]:
    """Calibrate each kind of evidence on the first drug of every entry.

    The proteins of the network are those of the twin, in its order.
    """
    sets = target_sets(drugs.reset_index(drop=True), targets, twin.var_names)
    bare = drug_scores(of_drugs(scored.targets, first), scored.over[_rows_of(scored, first)])
    found = [
        causal_evidence(
            state,
            wiring,
            twin.var_names.get_indexer(wiring.proteins),
            sets,
            bare,
        ),
        counteraction_evidence(state, network.adjacency, sets),
        origin_evidence(twin, network, sets, draws=draws, random=random),
        centrality_evidence(twin, sets, state.weight),
        communication_evidence(twin, sets, state.weight),
    ]
    return {kind.name: kind for kind in found}


def _rows_of(scored: Scored, drugs: np.ndarray) -> np.ndarray:
    """Rows of the target table that are of some drugs, in its order."""
    return np.flatnonzero(np.isin(scored.targets.table["drug"].to_numpy(), drugs))


def _aligned(network: Interactome, twin: ad.AnnData, file: FilePath) -> Interactome:
    """Give the interactome with its proteins in the order of the twin, which has the same ones.

    Raises
    ------
    InputError
        The twin has proteins that the interactome, read from the file, lacks.
    """
    order = pd.Index(network.names.astype(str)).get_indexer(twin.var_names)
    if (order < 0).any():
        lacking = twin.var_names[order < 0]
        raise InputError(
            file=file,
            found=f"{len(lacking)} of the twin's {twin.n_vars} proteins missing, the first"
            f" {lacking[0]}",
            expected="the interactome that the twin was built on: they are of two releases",
            remedy="give genes and interactome of the twin's release, or build the twin again",
        )
    if len(order) == len(network.names) and (order == np.arange(len(order))).all():
        return network
    adjacency = sparse.csr_array(network.adjacency[order][:, order])
    adjacency.sort_indices()
    return Interactome(network.names[order], adjacency)


def score_targets(
    twin: ad.AnnData,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    influence: Influence,
    weight: np.ndarray,
) -> Scored:
    """Over-activity of every protein that reaches a measured gene, and so of every target."""
    effect = np.asarray(twin.X)
    measured = np.isfinite(effect).any(axis=0)
    matrix, proteins, genes = influence.on(twin.var_names[measured])
    found = activity(matrix, effect, twin.var_names.get_indexer(genes))
    sets = target_sets(drugs, targets, proteins)
    values = target_values(sets, found.z)
    return Scored(sets, values, found, matrix, proteins, genes, twin.obs_names, weight)
