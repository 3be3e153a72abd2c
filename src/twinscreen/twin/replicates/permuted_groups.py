"""Null replicates of a comparison of groups: the labels of the donors permuted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import comb, prod

import numpy as np
from scipy import special

from twinscreen.twin.deviation.compartment import NullReplicates
from twinscreen.twin.deviation.moderation import fit_moderations
from twinscreen.twin.deviation.pseudobulk import log_cpm
from twinscreen.twin.replicates.null import in_place

#: All labellings are listed where there are at most so many for each one asked for.
_LISTED = 20


def labellings(
    donor: Sequence[str],
    case: np.ndarray,
    batch: Sequence[str],
    *,
    replicates: int,
    random: np.random.Generator,
) -> np.ndarray:
    """Label samples anew, as they might have been labelled if the groups did not differ.

    The two sides of a donor who stands on both are swapped or not; the labels of the other donors
    are permuted within batches.

    Parameters
    ----------
    donor, batch
        Of n samples, one per donor and side; one batch for all if batches do not matter.
    case
        True in the group, False in the controls, shape (n,).
    replicates
        Most labellings.
    random
        Source of randomness.

    Returns
    -------
    Distinct labellings, boolean, shape (b, n): as many as there are, up to `replicates`, without
    the true one and its opposite.
    """
    sides: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(donor):
        sides[name].append(row)
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, rows in sides.items():
        # Swapping the sides of a donor is permuting the labels of a block of two.
        blocks[("donor", name) if len(rows) == 2 else ("batch", batch[rows[0]])] += rows
    places = [np.array(rows) for rows in blocks.values()]
    known = {case.tobytes(), (~case).tobytes()}
    n_labellings = prod(comb(len(rows), int(case[rows].sum())) for rows in places)
    if n_labellings <= _LISTED * replicates:
        every = [one for one in _all_labellings(case, places) if one.tobytes() not in known]
        kept = np.sort(random.permutation(len(every))[:replicates])
        return np.array([every[chosen] for chosen in kept], dtype=bool).reshape(-1, len(case))
    found: list[np.ndarray] = []
    while len(found) < replicates:
        one = case.copy()
        for place in places:
            one[place] = random.permutation(case[place])
        if one.tobytes() not in known:
            known.add(one.tobytes())
            found.append(one)
    return np.array(found, dtype=bool).reshape(-1, len(case))


def _all_labellings(case: np.ndarray, places: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Go through all labellings that keep the number of cases in each block."""
    for chosen in product(*(combinations(rows, int(case[rows].sum())) for rows in places)):
        one = np.zeros(len(case), dtype=bool)
        one[[row for rows in chosen for row in rows]] = True
        yield one


def permuted_groups(
    counts: np.ndarray,
    covariates: np.ndarray,
    case: np.ndarray,
    labels: np.ndarray,
    tested: np.ndarray,
) -> NullReplicates:
    """Compare the donors of one compartment under each labelling.

    A linear model on log2 counts per million with moderated variances stands for DESeq2, which
    would take minutes for each labelling. Its t becomes the normal score of the same tail, as
    Wald's statistic is one. The log2 fold change is the model's coefficient of the label.

    Parameters
    ----------
    counts
        Pseudobulks, shape (n, g).
    covariates
        Columns of the design other than the group, among them the intercept, shape (n, q).
    case
        The true labels, boolean, shape (n,).
    labels
        Other labels of the same rows, boolean, shape (b, n).
    tested
        Genes that were compared, boolean, shape (g,).

    Returns
    -------
    A replicate for each labelling that leaves two donors on either side, can be told from the
    covariates, and is neither the true one nor its opposite among the donors of this compartment;
    its number is that of the labelling.

    References
    ----------
    Smyth, Stat Appl Genet Mol Biol 2004;3:3 (limma-trend: Law et al., Genome Biol 2014;15:R29).
    """
    level = log_cpm(counts)[:, tested]
    rest = np.eye(len(covariates)) - covariates @ np.linalg.pinv(covariates)
    contrast = labels @ rest
    size = np.sum(contrast**2, axis=1)
    others = np.minimum(labels.sum(axis=1), (~labels).sum(axis=1)) >= 2
    others &= (labels != case).any(axis=1) & (labels == case).any(axis=1)
    number = np.flatnonzero(others & (size > 1e-9))
    if not len(number):
        none = in_place(np.empty((0, level.shape[1])), tested)
        return NullReplicates(none, none, number)
    norm = np.sqrt(size[number])[:, None]
    contrast = contrast[number] / norm
    df = len(covariates) - np.linalg.matrix_rank(covariates) - 1
    shift = contrast @ level
    squares = np.sum((rest @ level) ** 2, axis=0) - shift**2
    variance = np.maximum(squares, 0) / df
    score = np.empty(shift.shape)
    for replicate, moderation in enumerate(fit_moderations(variance, df, level.mean(axis=0))):
        t = shift[replicate] / np.sqrt(moderation.apply(variance[replicate]))
        score[replicate] = normal_score(t, moderation.total_df)
    return NullReplicates(in_place(score, tested), in_place(shift / norm, tested), number)


def normal_score(t: np.ndarray, df: float) -> np.ndarray:
    """Give the standard normal value of the same tail as t with `df` degrees of freedom."""
    if np.isinf(df):
        return t
    tail = np.maximum(special.stdtr(df, -np.abs(t)), 1e-300)
    score: np.ndarray = -np.sign(t) * special.ndtri(tail)
    return score
