"""Evidence B, counteraction: whether a drug acts against the deviation of its targets themselves.

Per target the mean of its own deviation and that of its interactome neighbours, because what a
cell does with a protein shows in its surroundings too. A target that was not measured may deviate
in any way: its neighbours say no more than they would beside its own deviation, and the null knows
that it scatters as any gene does. The z is against genes permuted within strata of degree and of
how widely they are measured, whose mean and variance are known in closed form. The second null is
the rank among the drugs: a single gene that stands far out (an interferon in stimulated cells)
would outweigh everything else there is to know.
"""

import numpy as np
import pandas as pd
from scipy import sparse

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
from twinscreen.screen.evidence.screened_state import ScreenedState
from twinscreen.screen.evidence.targets import Targets, score_weights

#: Share of the neighbours in the deviation of a target.
NEIGHBOURS = 0.5

#: Strata of the permuted genes: so many of degree, and of the compartments that measure a gene.
DEGREES, MEASURED = 10, 3


def counteraction_evidence(
    state: ScreenedState, adjacency: sparse.csr_array, targets: Targets
) -> Calibrated:
    """Hold the opposition to the targets' own deviation against both nulls.

    Parameters
    ----------
    state
        Deviation over n proteins.
    adjacency
        Of the interactome, shape (n, n), without diagonal.
    targets
        Targets of e mechanisms over the n proteins.
    """
    whole = permutation_z(state.whole[:, None], state.seen, state, adjacency, targets)
    weaker_z = weaker(whole, rank_scores(whole))[:, 0]

    def of_replicates(values: np.ndarray) -> np.ndarray | None:
        if not len(values):
            return None
        z = permutation_z(values.T, state.seen, state, adjacency, targets)
        return weaker(z, rank_scores(z))

    raw, parts = (np.full((targets.drugs, len(state.parts)), np.nan) for _ in range(2))
    for column, (values, seen) in enumerate(zip(state.parts, state.measured, strict=True)):
        weigh, known = weights_of_genes(seen, adjacency, targets)
        raw[:, column] = np.where(known, weigh @ values, np.nan)
        parts[:, column] = _against_strata(
            weigh, known, values[:, None], _strata(seen, state, adjacency)
        )[:, 0]
    return Calibrated(
        "counteraction",
        whole[:, 0],
        weaker_z,
        raw,
        parts,
        of_replicates(state.resampled),
        of_replicates(state.null),
    )


def weights_of_genes(
    seen: np.ndarray, adjacency: sparse.csr_array, targets: Targets
) -> tuple[sparse.csr_array, np.ndarray]:
    """Weigh each gene in the counteraction of each mechanism, measured targets or not.

    Parameters
    ----------
    seen
        Genes measured, boolean, shape (n,).
    adjacency, targets
        As for `counteraction_evidence`.

    Returns
    -------
    C, shape (e, n), so that the score is C x, with x 0 where not measured; and the mechanisms with
    a value, boolean, (e,).
    """
    inside = seen.astype(float)
    neighbours = adjacency.astype(float) @ inside
    beside = neighbours > 0
    own = np.where(beside, 1 - NEIGHBOURS, 1.0)
    around = np.where(beside, NEIGHBOURS, 0.0) / np.maximum(neighbours, 1)
    valued = seen | beside
    signed = score_weights(targets, targets.members, valued)
    steps = sparse.csr_array(signed @ sparse.diags_array(around)) @ adjacency.astype(float)
    smooth = signed @ sparse.diags_array(own) + steps @ sparse.diags_array(inside)
    return sparse.csr_array(smooth), np.diff(signed.indptr) > 0


def permutation_z(
    values: np.ndarray,
    seen: np.ndarray,
    state: ScreenedState,
    adjacency: sparse.csr_array,
    targets: Targets,
) -> np.ndarray:
    """Hold the counteraction against genes permuted within strata, in closed form.

    Parameters
    ----------
    values
        Deviations of k states, shape (n, k).
    seen
        Genes measured, boolean, shape (n,).
    state, adjacency, targets
        As for `counteraction_evidence`.

    Returns
    -------
    Shape (e, k); NaN where no target and no neighbour is measured.
    """
    weigh, known = weights_of_genes(seen, adjacency, targets)
    return _against_strata(weigh, known, values, _strata(seen, state, adjacency))


def _strata(seen: np.ndarray, state: ScreenedState, adjacency: sparse.csr_array) -> np.ndarray:
    """Stratum of each measured gene, shape (n,); -1 of the others."""
    degree = np.diff(adjacency.indptr)
    used = state.measured[state.weight > 0].sum(axis=0)
    result = np.full(len(seen), -1)
    for number, (values, strata) in enumerate(((degree, DEGREES), (used, MEASURED))):
        share = (pd.Series(values[seen]).rank().to_numpy() - 0.5) / max(seen.sum(), 1)
        level = np.minimum((share * strata).astype(int), strata - 1)
        result[seen] = level if number == 0 else result[seen] * strata + level
    return result


def _against_strata(
    weigh: sparse.csr_array, known: np.ndarray, values: np.ndarray, stratum: np.ndarray
) -> np.ndarray:
    """(C x - mean) / standard deviation of C times x permuted within strata, shape (e, k).

    With N genes of mean m and variance v (divisor N - 1) in a stratum, whose weights add up to S
    and their squares to Q, the mean is S m and the variance v (Q - S^2 / N). Genes of no stratum
    were not measured, and add the variance of all that were.
    """
    inside = np.flatnonzero(stratum >= 0)
    if not len(inside):
        return np.full((weigh.shape[0], values.shape[1]), np.nan)
    names, of = np.unique(stratum[inside], return_inverse=True)
    group = sparse.csr_array((np.ones(len(inside)), (inside, of)), shape=(len(stratum), len(names)))
    size: np.ndarray = group.sum(axis=0)[:, None]
    mean = (group.T @ values) / size
    variance = (group.T @ values**2 - size * mean**2) / np.maximum(size - 1, 1)
    total = (weigh @ group).toarray()
    square = (weigh.multiply(weigh) @ group).toarray()
    expected = total @ mean
    unknown = (weigh.multiply(weigh) @ (stratum < 0).astype(float))[:, None]
    squares = (square - total**2 / size.T) @ np.maximum(variance, 0)
    squares += unknown * values[inside].var(axis=0)
    spread = np.sqrt(np.maximum(squares, 0))
    usable = known[:, None] & (spread > 1e-9)
    difference = weigh @ values - expected
    return np.divide(difference, spread, out=np.full(spread.shape, np.nan), where=usable)


def _measure(inputs: EvidenceInputs) -> Calibrated:
    return counteraction_evidence(inputs.state, inputs.interactome.adjacency, inputs.targets)


COUNTERACTION = Kind(
    name="counteraction",
    title="Counteraction",
    about="deviation of the targets themselves",
    sentences=Sentences(
        supports="It acts against the deviation of its targets themselves and of their neighbours.",
        undecided="Its targets and their neighbours do not clearly deviate in the direction it"
        " opposes.",
        opposes="Its targets and their neighbours already deviate in the direction in which it"
        " pushes.",
        silent="Neither its targets nor their neighbours were measured.",
    ),
    nulls=(
        Null("permuted genes of like degree", "deviations given to other genes of like degree"),
        OTHER_DRUGS,
    ),
    weight=1.0,
    replicated=True,
    layers=layers_by_compartment("counteraction"),
    measure=_measure,
)
