"""Evidence D, precedent: what helped in diseases whose deviation is similar.

Reference states are diseases, or treated patients, whose deviation is known and of which it is
known what helped. The more the patient's deviation resembles a state, the more the drugs that
helped there are supported, and in part the drugs that share their signed targets. The z is against
the similarities permuted among the states, whose mean and variance are known in closed form: a
drug that is used for everything gains nothing from it. The second null is the rank among the drugs.
Both are blind to how much the patient resembles any state at all: that decides how much the kind
counts.
"""

import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.kb.precedents import Library
from twinscreen.network import average_ranks
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
from twinscreen.screen.evidence.targets import Targets

#: What a drug inherits of the precedents of another one with the same targets.
INHERITED = 0.5

#: A state is compared if so many genes are measured in both.
LEAST_GENES = 100

#: With fewer states there is nothing to deal out.
LEAST_STATES = 3

#: The kind has all of its weight where the greatest similarity to a state is so many standard
#: deviations above the greatest ones of null replicates; and at least this share of it.
FULL, LEAST = 3.0, 0.1

#: With fewer null replicates it has all of its weight.
LEAST_NULL = 3


def similarity(values: np.ndarray, seen: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Correlate the ranks of deviations with those of reference states.

    Parameters
    ----------
    values
        Deviations of k states, shape (k, n).
    seen
        Genes measured in them, boolean, shape (n,).
    scores
        Of R reference states, shape (R, n); NaN where not measured.

    Returns
    -------
    Spearman correlations over the genes measured in both, shape (k, R); NaN where these are fewer
    than `LEAST_GENES` or have no spread. Ranks of the k states are those among all genes seen.
    """
    theirs = average_ranks(scores[:, seen])
    both = np.isfinite(theirs)
    number = both.sum(axis=1)
    mean = np.nansum(theirs, axis=1) / np.maximum(number, 1)
    theirs = np.where(both, theirs - mean[:, None], 0.0)
    mine = average_ranks(values[:, seen]) - (seen.sum() + 1) / 2
    share = both.astype(float).T
    count = np.maximum(number, 1)
    total = mine @ share
    spread = np.sqrt(np.maximum((mine**2) @ share - total**2 / count, 0))
    theirs_spread = np.sqrt((theirs**2).sum(axis=1))
    usable = (number >= LEAST_GENES) & (theirs_spread > 0) & (spread > 1e-9)
    scale = np.where(usable, spread * theirs_spread, 1.0)
    return np.where(usable, (mine @ theirs.T) / scale, np.nan)


def precedents_of(helped: np.ndarray, targets: Targets) -> np.ndarray:
    """Weigh the states for each mechanism: what helped there, or shares targets with what did.

    Several drugs of a mechanism that helped are so many precedents: one may have been an accident.

    Parameters
    ----------
    helped
        As in `Library`, shape (e, R).
    targets
        Signed targets of the e mechanisms.

    Returns
    -------
    Y + 1/2 (J - I) Y, shape (e, R): Y is `helped` with each column over the root of its sum of
    sizes, J the Jaccard index of signed targets.
    """
    own = helped / np.sqrt(np.maximum(np.abs(helped).sum(axis=0), 1))
    known = np.flatnonzero(np.abs(helped).any(axis=1))
    return own + INHERITED * (shared_targets(targets, known) @ own[known])


def popularity(library: Library | None, targets: Targets) -> np.ndarray:
    """Say what each mechanism is known to help with, whoever the patient is.

    It is prior knowledge, and the strongest baseline that a ranking of drugs has to beat.

    Parameters
    ----------
    library
        The reference states, those that are left out for the patient not among them, if any.
    targets
        Signed targets of the e mechanisms.

    Returns
    -------
    Sum of `precedents_of` over the states as a share of the greatest, at least 0, shape (e,); NaN
    without reference states.
    """
    if library is None:
        return np.full(targets.drugs, np.nan)
    total = np.maximum(precedents_of(library.helped, targets).sum(axis=1), 0)
    share: np.ndarray = total / max(float(total.max(initial=0)), 1e-12)
    return share


def shared_targets(targets: Targets, others: np.ndarray) -> np.ndarray:
    """Return the Jaccard index of the signed targets of e mechanisms and some others of them.

    Parameters
    ----------
    targets
        Signed targets of the e mechanisms.
    others
        Numbers of k mechanisms.

    Returns
    -------
    Shape (e, k), 0 of a mechanism and itself.
    """
    signed = targets.table["target"] + " " + targets.table["sign"].astype(str)
    column, names = pd.factorize(signed)
    row = targets.table["drug"].to_numpy(dtype=np.int64)
    member = sparse.csr_array(
        (np.ones(len(row)), (row, column)), shape=(targets.drugs, max(len(names), 1))
    )
    both = (member @ member[others].T).toarray()
    size: np.ndarray = np.asarray(member.sum(axis=1))
    union = size[:, None] + size[others][None, :] - both
    alike: np.ndarray = np.divide(both, union, out=np.zeros(both.shape), where=union > 0)
    alike[others, np.arange(len(others))] = 0
    return alike


def dealt_out(
    alike: np.ndarray, weights: np.ndarray, apart: np.ndarray | None = None
) -> np.ndarray:
    """Compare weighted similarities with the same similarities permuted among the states.

    Patients of one cohort look alike by what they all have, their disease, laboratory and healthy
    reference: similarities to states of the cohort are dealt out among these alone, so that a drug
    gains if the patient looks like those whom it helped, not for having been given there.

    Parameters
    ----------
    alike
        Similarity of k states to R reference states, shape (k, R); NaN where not known.
    weights
        Of each state for e mechanisms, shape (e, R).
    apart
        States that are dealt out among themselves, boolean, shape (R,); None: none.

    Returns
    -------
    z, shape (e, k): sum_d r_d y_d less its mean over all ways to deal out r, over its standard
    deviation; 0 where no state has a weight, for then it is 0 however they are dealt out; NaN with
    fewer than `LEAST_STATES` states. Of states that are dealt out apart likewise: fewer are left
    out.
    """
    result = np.full((len(weights), len(alike)), np.nan)
    known = np.isfinite(alike)
    groups = _groups(apart, alike.shape[1])
    for pattern in np.unique(known, axis=0):
        rows = np.flatnonzero((known == pattern).all(axis=1))
        above, variance = np.zeros((2, len(weights), len(rows)))
        compared = [pattern & group for group in groups if (pattern & group).sum() >= LEAST_STATES]
        for group in compared:
            r, y = alike[np.ix_(rows, group)], weights[:, group]
            total, n = y.sum(axis=1), int(group.sum())
            spread = np.maximum((y**2).sum(axis=1) - total**2 / n, 0)
            above += y @ r.T - total[:, None] * r.mean(axis=1)[None, :]
            variance += spread[:, None] * r.var(axis=1, ddof=1)[None, :]
        if compared:
            sd = np.sqrt(variance)
            result[:, rows] = np.divide(above, sd, out=np.zeros(above.shape), where=sd > 1e-12)
    return result


def beyond_others(alike: np.ndarray, apart: np.ndarray | None) -> np.ndarray:
    """Subtract how similar a patient is to the states on average, for each group of states.

    Parameters
    ----------
    alike
        Similarity to R reference states, shape (R,); NaN where not known.
    apart
        As in `dealt_out`.

    Returns
    -------
    Shape (R,), 0 where not known, and where the states are fewer than `LEAST_STATES`.
    """
    result = np.zeros(len(alike))
    for group in _groups(apart, len(alike)):
        known = group & np.isfinite(alike)
        if known.sum() >= LEAST_STATES:
            result[known] = alike[known] - alike[known].mean()
    return result


def resembling(alike: np.ndarray, apart: np.ndarray | None) -> np.ndarray:
    """Say how much precedent counts, by how much the patient resembles the most similar state.

    Similarities that are dealt out are the same ones, however small. A patient who looks like no
    known state more than healthy people do has no precedent.

    Parameters
    ----------
    alike
        Similarity to R reference states of the patient, and of m null replicates, shape (1 + m, R).
    apart
        As in `dealt_out`.

    Returns
    -------
    Share of the weight, shape (1 + m,); of a null replicate as if it were the patient.
    """
    m = len(alike) - 1
    most = np.array([beyond_others(one, apart).max(initial=0) for one in alike])
    share = np.ones(1 + m)
    for row in range(1 + m):
        others = np.delete(most[1:], row - 1) if row else most[1:]
        if len(others) >= LEAST_NULL:
            scale = max(float(others.std(ddof=1)) * np.sqrt(1 + 1 / len(others)), 1e-12)
            share[row] = np.clip((most[row] - others.mean()) / scale / FULL, LEAST, 1)
    return share


def _groups(apart: np.ndarray | None, number: int) -> list[np.ndarray]:
    """Mark the states that are permuted among each other, boolean, shape (R,) each."""
    if apart is None or not apart.any():
        return [np.ones(number, dtype=bool)]
    return [~apart, apart]


def after_both(z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Take the weaker of both nulls; that a drug helped elsewhere speaks against no drug.

    Parameters
    ----------
    z
        Against the first null, shape (e, k).
    weights
        Of each state for the mechanisms, shape (e, R): below 0 where a drug is known not to help.

    Returns
    -------
    Shape (e, k); at least 0 where no weight is below 0.
    """
    found = weaker(z, rank_scores(z))
    against = (weights < 0).any(axis=1)[:, None]  # type: ignore[index]
    return np.where(against, found, np.maximum(found, 0))


def precedent_evidence(state: ScreenedState, library: Library, targets: Targets) -> Calibrated:
    """Hold what helped in similar states against both nulls.

    Parameters
    ----------
    state
        Deviation over n proteins.
    library
        The reference states on them.
    targets
        Signed targets of the e mechanisms.
    """
    weights = precedents_of(library.helped, targets)

    def of(values: np.ndarray) -> np.ndarray:
        return similarity(values, state.seen, library.scores)

    def held(alike: np.ndarray) -> np.ndarray:
        return dealt_out(alike, weights, library.apart)

    alike = of(np.vstack([state.whole[None, :], state.null]))
    share, z = resembling(alike, library.apart), held(alike)
    # rank scores are of one state at a time: replicates may stand beside it
    both = after_both(z, weights)
    shape = (len(weights), len(state.parts))
    raw, parts = np.full(shape, np.nan), np.full(shape, np.nan)
    for column, (values, seen) in enumerate(zip(state.parts, state.measured, strict=True)):
        within = similarity(values[None, :], seen, library.scores)
        parts[:, column] = held(within)[:, 0]
        raw[:, column] = np.where(
            np.isfinite(parts[:, column]), weights @ np.nan_to_num(within[0]), np.nan
        )
    return Calibrated(
        "precedent",
        z[:, 0],
        both[:, 0],
        raw,
        parts,
        after_both(held(of(state.resampled)), weights) if len(state.resampled) else None,
        both[:, 1:] if len(state.null) else None,
        share=float(share[0]),
        null_share=share[1:] if len(state.null) else None,
    )


def _measure(inputs: EvidenceInputs) -> Calibrated:
    if inputs.library is not None:
        return precedent_evidence(inputs.state, inputs.library, inputs.targets)
    e, state = inputs.targets.drugs, inputs.state
    silent, within = np.full(e, np.nan), np.full((e, inputs.twin.n_obs), np.nan)
    resampled, null = (
        np.full((e, len(some)), np.nan) if len(some) else None
        for some in (state.resampled, state.null)
    )
    return Calibrated("precedent", silent, silent, within, within, resampled, null)


PRECEDENT = Kind(
    name="precedent",
    title="Precedent",
    about="what helped in known states that look alike",
    sentences=Sentences(
        supports="It, or a drug with some of its targets, is known to help in diseases that look"
        " like this patient.",
        undecided="No disease in which it, or a drug that shares a target, is known to help looks"
        " clearly more like this patient than others.",
        opposes="It, or a drug with some of its targets, is known not to help in states that look"
        " like this patient, or to help in those that don't.",
        silent="There were too few known states to compare the patient with.",
    ),
    nulls=(
        Null("similarities dealt out", "similarities dealt out among the known states"),
        OTHER_DRUGS,
    ),
    weight=1.73,
    replicated=True,
    layers=layers_by_compartment("precedent"),
    measure=_measure,
)
