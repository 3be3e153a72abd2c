"""Evidence C, origin: whether a drug's targets are near what the patient's illness comes from.

A random walk with restart from the patient's variant, phenotype, exposure and disease layers says
how relevant a protein is to them; a drug has the mean log relevance of its targets, whatever it
does to them, but where the function of the target itself is known to be lost or gained: an action
that adds to that counts against the drug as much as the opposite one counts for it. The z is
against the same weights and signs given to other proteins of similar degree, layer by layer. The
second null is the rank among the drugs.
"""

from collections.abc import Iterator

import anndata as ad
import numpy as np
from scipy import sparse

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
from twinscreen.screen.evidence.targets import Targets, mean_of_targets, members_of

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
    """Compare the targets' relevance to the patient-level layers with both nulls.

    Parameters
    ----------
    twin
        Twin over the n proteins of the network, with its layers and the signs of `function` in var
        and the parameters of the walk in its settings.
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
    together = np.sum(seeds, axis=0)
    function = _function(twin, together > 0)
    drawn = [(together, function), *_redrawn(seeds, function, network, draws, random)]
    home, signs = (np.column_stack(columns) for columns in zip(*drawn, strict=True))
    block = np.column_stack([home, np.ones(len(network.names))])
    walk = random_walk(network, block, restart=restart, tolerance=1e-6)
    relevance = np.log(np.maximum(walk[:, :-1] / walk[:, -1:], _LEAST))
    linked = network.degree > 0
    score = mean_of_targets(targets, relevance, linked)
    if function.any():
        beyond = relevance - relevance[:, 1:].mean(axis=1, keepdims=True)
        score -= 2 * adding_to_the_change(targets, beyond, signs, linked)
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


def _redrawn(
    seeds: list[np.ndarray],
    function: np.ndarray,
    network: Interactome,
    draws: int,
    random: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the weights of each layer to other proteins of similar degree, the signs with them."""
    bins = degree_bins(network.degree)
    places = [np.flatnonzero(bins == number) for number in range(bins.max() + 1)]
    for _ in range(draws):
        home, signs = np.zeros_like(function), np.zeros_like(function)
        for weight in seeds:
            for place in places:
                if weight[place].any():
                    given = random.permutation(place)
                    home[place] += weight[given]
                    signs[place] += function[given] * (weight[given] > 0)
        yield home, np.sign(signs)


def adding_to_the_change(
    targets: Targets, beyond: np.ndarray, function: np.ndarray, usable: np.ndarray
) -> np.ndarray:
    """Give the part of the mean relevance that is of targets whose change the action adds to.

    Taken off twice, it turns the relevance of such a target round about what chance gives it.

    Parameters
    ----------
    targets
        Targets of e mechanisms over n proteins.
    beyond
        Log relevance less what chance gives, shape (n, k); what is below 0 counts 0.
    function
        Sign of the change of function of each protein, 0 where it is not known, shape (n, k).
    usable
        Proteins that have a value, boolean, shape (n,).

    Returns
    -------
    Shape (e, k): the sum over the targets whose action has the sign of their change, over the
    number of usable targets; 0 where there is none.
    """
    members = members_of(targets, usable)
    sign = targets.table["sign"].to_numpy(dtype=float)
    drug = targets.table["drug"].to_numpy(dtype=np.int64)
    rows = sparse.csr_array((sign, (drug, np.arange(len(sign)))), shape=(targets.drugs, len(sign)))
    action = sparse.csr_array(sparse.csr_array(rows @ targets.members) * members)
    adding = np.zeros((targets.drugs, beyond.shape[1]))
    for way in (-1, 1):
        same = sparse.csr_array(action * way > 0).astype(float)
        adding += same @ np.where(function == way, np.maximum(beyond, 0), 0)
    return adding / np.maximum(members.sum(axis=1), 1)[:, None]


def _function(twin: ad.AnnData, seed: np.ndarray) -> np.ndarray:
    """Give the sign of the change of function of each seed, 0 elsewhere or if not known."""
    if "function" not in twin.var:
        return np.zeros(twin.n_vars)
    return np.where(seed, np.nan_to_num(twin.var["function"].to_numpy(dtype=float)), 0)


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
        opposes="Its targets lie farther from what the illness comes from than others, or its"
        " action adds to what a variant or an exposure does to them.",
        silent="Its targets have no place on the network, or nothing is known of what the illness"
        " comes from.",
    ),
    nulls=(Null("seeds of like degree", "walks from other genes of like degree"), OTHER_DRUGS),
    weight=1.0,
    layers=layers_by_compartment("origin"),
    measure=_measure,
)
