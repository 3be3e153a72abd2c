"""Collect all evidence on the drugs for one patient, whatever the preset."""

from collections.abc import Mapping

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import FilePath, InputError, generator
from twinscreen.kb import Knowledge
from twinscreen.kb.influence import Influence
from twinscreen.network import Interactome, activity, largest_component
from twinscreen.screen.evidence.contract import (
    Calibrated,
    Evidence,
    EvidenceInputs,
    Kind,
    Rules,
    Scored,
    layers_by_compartment,
    mechanisms,
)
from twinscreen.screen.evidence.nearness import Nearness, measure_nearness
from twinscreen.screen.evidence.registry import kinds
from twinscreen.screen.evidence.screened_state import screened_state
from twinscreen.screen.evidence.targets import TargetGenes, target_genes, target_sets, target_values


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
    left_out: Mapping[str, str] | None = None,
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
    left_out
        Reference states that take no part, and why, by their identifiers.

    Raises
    ------
    InputError
        Twin and interactome are of two releases, or a file has another shape.
    """
    targets, whole = kb.targets, kb.interactome
    scored = score_targets(twin, drugs, targets, kb.influence, weight)
    first, mechanism = mechanisms(scored.targets)
    state = screened_state(twin, replicates, weight)
    network = whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))
    genes = target_genes(drugs, targets, pd.Index(network.names))
    inputs = EvidenceInputs(
        twin=twin,
        state=state,
        weight=weight,
        interactome=_aligned(whole, twin, kb.file("interactome")),
        targets=target_sets(drugs.iloc[first].reset_index(drop=True), targets, twin.var_names),
        first=first,
        scored=scored,
        nearness=_nearness(twin, network, genes, draws=random_modules, seed=rules.seed),
        wiring=kb.wiring,
        ligand_receptor=kb.ligand_receptor,
        library=None
        if kb.precedents is None
        else kb.precedents.on(
            twin.var_names, pd.Index(drugs["drug_id"]), mechanism, left_out=left_out or {}
        ),
        random_seeds=random_seeds,
        seed=rules.seed,
    )
    return Evidence(
        inputs=inputs,
        kinds={kind.name: measured(kind, inputs) for kind in kinds()},
        mechanism=mechanism,
        replicates=replicates,
        network=network,
        genes=genes,
        rules=rules,
    )


def measured(kind: Kind, inputs: EvidenceInputs) -> Calibrated:
    """Measure a kind of evidence, and check that it says what the contract asks for.

    Raises
    ------
    InputError
        What it says is of another kind or shape.
    """
    found = kind.measure(inputs)
    state, e = inputs.state, len(inputs.first)
    whole, within = (e,), (e, inputs.twin.n_obs)
    asked: dict[str, tuple[int, ...] | None] = {
        "z": whole,
        "weaker_z": whole,
        "raw": within,
        "parts": within,
        "resampled": (e, len(state.resampled))
        if kind.replicated and len(state.resampled)
        else None,
        "null": (e, len(state.null)) if kind.replicated and len(state.null) else None,
    }
    has = {name: None if (v := getattr(found, name)) is None else v.shape for name in asked}
    standard = {kind.name, *layers_by_compartment(kind.name)}
    further = {name: within for name in kind.layers if name not in standard}
    has |= {name: found.shown[name].shape if name in found.shown else None for name in further}
    for name, shape in (asked | further).items():
        if has[name] != shape:
            raise InputError(
                file=f"kind of evidence {kind.name}",
                place=name,
                found="nothing" if has[name] is None else f"shape {has[name]}",
                expected="nothing, as no cell touches it" if shape is None else f"shape {shape}",
                remedy="mend the function that measures it, or uninstall its package",
            )
    return found


def _nearness(
    twin: ad.AnnData, network: Interactome, genes: TargetGenes, *, draws: int, seed: int
) -> Nearness:
    """Measure how near the targets of drugs are to the modules, on the connected network."""
    column = twin.var_names.get_indexer(pd.Index(network.names))
    module = (np.asarray(twin.layers["module"])[:, column] == 1) & (column >= 0)
    return measure_nearness(
        network,
        genes.members,
        sparse.csr_array(module.astype(float)),
        draws=draws,
        random=generator(seed, "proximity"),
    )


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
