"""Evidence C, origin: whether a drug's targets are near what the patient's illness comes from.

A random walk with restart from the patient's variant, phenotype, exposure and disease layers says
how relevant a protein is to them; a drug has the mean log relevance of its targets, whatever it
does to them. The z is against the same weights given to other proteins of like degree, layer by
layer. The second null is the rank among the drugs.
"""

import anndata as ad
import numpy as np

from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.network import Interactome, degree_bins, random_walk
from twinscreen.screen.evidence.contract import (
    OTHER_DRUGS,
    Calibrated,
    EvidenceInputs,
    Kind,
    Null,
    Sentences,
    layers_by_compartment,
    rank_scores,
    weaker,
)
from twinscreen.screen.evidence.targets import Targets, mean_of_targets

#: Layers that hold for all compartments of a patient, as var of a twin names them.

#: What a walk never reaches has this relevance at least, so that its logarithm is finite.
_LEAST = 1e-9


def origin_evidence(
    twin: ad.AnnData,
    network: Interactome,
    targets: Targets,
    *,
    draws: int,
    random: np.random.Generator,
) -> Calibrated:
    """Hold the targets' relevance to the patient-level layers against both nulls.

    Parameters
    ----------
    twin
        Twin over the n proteins of the network, with its layers in var and the parameters of the
        walk in its provenance.
    network
        Interactome of n proteins.
    targets
        Targets of e mechanisms over the n proteins.
    draws
        Redrawn sets of seeds.
    random
        Source of randomness.

    Returns
    -------
    The evidence; NaN throughout where no layer has a weight.
    """
    nothing = np.full(targets.drugs, np.nan)
    everywhere = np.full((targets.drugs, twin.n_obs), np.nan)
    seeds, restart = joint_seeds(twin)
    if seeds is None:
        return Calibrated("origin", nothing, nothing, everywhere, everywhere)
    bins = degree_bins(network.degree)
    places = [np.flatnonzero(bins == number) for number in range(bins.max() + 1)]
    redrawn = np.column_stack(
        [sum(_permuted(layer, places, random) for layer in seeds) for _ in range(draws)]
    )
    block = np.column_stack([sum(seeds), redrawn, np.ones(len(network.names))])
    walk = random_walk(network, block, restart=restart, tolerance=1e-6)
    relevance = np.log(np.maximum(walk[:, :-1] / walk[:, -1:], _LEAST))
    score = mean_of_targets(targets, relevance, network.degree > 0)
    mean, sd = score[:, 1:].mean(axis=1), score[:, 1:].std(axis=1, ddof=1)
    z = np.divide(score[:, 0] - mean, sd, out=nothing.copy(), where=sd > 1e-9)
    weaker_z = weaker(z, rank_scores(score[:, 0]))
    raw, parts = (np.repeat(v[:, None], twin.n_obs, axis=1) for v in (score[:, 0], z))
    return Calibrated("origin", z, weaker_z, raw, parts)


def joint_seeds(twin: ad.AnnData) -> tuple[list[np.ndarray] | None, float]:
    """Restart weights of each patient-level layer, and the restart of the walk over all of them.

    Because layers are copies of one interactome, the sum over L of them is a walk on a single one
    with restart r / (1 - (1 - r) d): see `twinscreen.network.walks.multiplex`.

    Returns
    -------
    Shape (n,) each, which together sum to 1, or None where no layer has a weight; the restart.
    """
    settings = twin.uns["settings"]
    found = []
    for name in LAYERS_OF_PATIENT:
        share = float(settings["layer_weights"][name])
        weight = np.nan_to_num(twin.var[name].to_numpy(dtype=float)) * (share > 0)
        if weight.sum() > 0:
            found.append(weight / weight.sum() * share)
    restart, jump = float(settings["restart"]), float(settings["jump"])
    if not found:
        return None, restart
    total = sum(layer.sum() for layer in found)
    if len(found) > 1:
        restart = restart / (1 - (1 - restart) * jump)
    return [layer / total for layer in found], restart


def _permuted(
    weight: np.ndarray, places: list[np.ndarray], random: np.random.Generator
) -> np.ndarray:
    """Give the weights of a layer to other proteins of the same place: those of like degree."""
    result = np.zeros_like(weight)
    for place in places:
        if weight[place].any():
            result[place] = weight[random.permutation(place)]
    return result


def _measure(inputs: EvidenceInputs) -> Calibrated:
    return origin_evidence(
        inputs.twin,
        inputs.interactome,
        inputs.targets,
        draws=inputs.random_seeds,
        random=inputs.random("evidence"),
    )


ORIGIN = Kind(
    name="origin",
    title="Origin",
    about="nearness to what the illness comes from",
    sentences=Sentences(
        supports="Its targets lie near what the illness comes from: variants, symptoms, exposures"
        " and genes known for the disease.",
        undecided="Its targets lie no nearer to what the illness comes from than others.",
        opposes="Its targets lie farther from what the illness comes from than others.",
        silent="Its targets have no place on the network, or nothing is known of what the illness"
        " comes from.",
    ),
    nulls=(Null("seeds of like degree", "walks from other genes of like degree"), OTHER_DRUGS),
    weight=1.0,
    layers=layers_by_compartment("origin"),
    measure=_measure,
)
