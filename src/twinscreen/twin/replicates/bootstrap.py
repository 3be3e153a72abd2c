"""Bootstrap replicates of each compartment, from resampled cells and resampled donors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse, special

from twinscreen.files import generator
from twinscreen.files.contracts.twin import LOWER, UPPER
from twinscreen.network import Interactome, components_of_replicates
from twinscreen.twin.deviation.compartment import BootstrapReplicates
from twinscreen.twin.deviation.elsewhere import Elsewhere
from twinscreen.twin.deviation.modules import SeedRule
from twinscreen.twin.deviation.statistics import (
    Deviation,
    HealthyDonors,
    Roles,
    cell_dispersion,
    signed_deviance,
)
from twinscreen.twin.replicates.null import in_place

if TYPE_CHECKING:
    pass


def resampled_cells(
    counts: sparse.csr_array, replicates: int, random: np.random.Generator
) -> np.ndarray:
    """Sum the counts of as many cells as there are, drawn with replacement.

    Parameters
    ----------
    counts
        Cells x genes, shape (c, g).
    replicates
        Number of draws, b.
    random
        Source of randomness.

    Returns
    -------
    Summed counts, shape (b, g), float64.
    """
    cells = counts.shape[0]
    times = random.multinomial(cells, np.full(cells, 1 / cells), size=replicates)
    return np.asarray((sparse.csr_array(counts.T) @ times.T.astype(float)).T)


def donor_weights(donors: Sequence[str], replicates: int, seed: int) -> np.ndarray:
    """Weigh donors at random: the Bayesian bootstrap.

    A donor has the same weight in a replicate wherever it stands, so that replicates of the same
    number belong together over compartments. Unlike drawing donors with replacement, it never
    leaves a replicate with a single donor and no variance.

    Parameters
    ----------
    donors
        Ids of n donors.
    replicates
        Number of replicates, b.
    seed
        Configured seed.

    Returns
    -------
    Weights, shape (b, n); each row sums to 1.

    References
    ----------
    Rubin, Ann Stat 1981;9:130.
    """
    drawn = np.column_stack(
        [generator(seed, "donor", name).standard_exponential(replicates) for name in donors]
    )
    weights: np.ndarray = drawn / drawn.sum(axis=1, keepdims=True)
    return weights


def weighted_moments(donors: HealthyDonors, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of n donors in b replicates, which scatter as new donors would.

    Weighted means of n values scatter by s^2 df / (n (n + 1)), less than the s^2 / k of means of k
    new donors, and weighted variances are too small on average by df / (n + 1); df is n - 1 where
    all are of one study, and k is n where all give the mean.

    Parameters
    ----------
    donors
        n donors over t genes.
    weights
        Shape (b, n); rows sum to 1.

    Returns
    -------
    Means and variances, shape (b, t) each.
    """
    n, about = len(donors.about), donors.about
    shift = weights @ about
    variance = (weights @ about**2 - shift**2) * (n + 1) / donors.df
    scale = np.sqrt((n + 1) / donors.df * n / donors.n_base)
    return donors.centre + shift * scale, np.maximum(variance, 0)


def replicate_against_reference(
    counts: np.ndarray,
    reference: np.ndarray,
    weights: np.ndarray,
    deviation: Deviation,
    rule: SeedRule,
    roles: Roles | None = None,
    others: Sequence[Elsewhere] = (),
) -> BootstrapReplicates:
    """Compare replicates of a compartment with replicates of the healthy reference.

    What is shared by all genes (trend and weight of the moderation, counting noise of the donors)
    is taken as it is.

    Parameters
    ----------
    counts
        Summed counts of resampled cells, shape (b, g).
    reference
        Summed counts of n donors, shape (n, g).
    weights
        Weights of the donors in each replicate, shape (b, n).
    deviation
        The compartment's own.
    rule
        Which genes are seeds.
    roles
        What the donors are used for, as in the compartment's own comparison.
    others
        Donors of other sites, for whom stand-ins are weighed; `weights` has them after the n.
    """
    tested = np.isfinite(deviation.effect)
    donors = HealthyDonors.fit(reference, tested, roles, others)
    effect, logfc = donors.standardise(counts, tested, *weighted_moments(donors, weights))
    return place_replicates(effect, logfc, deviation, rule)


def replicate_against_own_control(
    cells: sparse.csr_array,
    control: sparse.csr_array,
    sums: tuple[np.ndarray, np.ndarray],
    deviation: Deviation,
    rule: SeedRule,
    *,
    min_count: float = 0,
) -> BootstrapReplicates:
    """Compare replicates of a compartment with replicates of the patient's own control.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g): the dispersion is theirs in all replicates.
    sums
        Summed counts of resampled cells of the two, shape (b, g) each.
    deviation
        The compartment's own.
    rule
        Which genes are seeds.
    min_count
        Genes with fewer counts on both sides together have no fold change in a replicate.
    """
    tested = np.isfinite(deviation.effect)
    dispersion, _ = cell_dispersion(cells, control, tested)
    replicates = place_replicates(*signed_deviance(*sums, tested, dispersion), deviation, rule)
    replicates.logfc[sums[0] + sums[1] < min_count] = np.nan
    return replicates


def place_replicates(
    effect: np.ndarray, logfc: np.ndarray, deviation: Deviation, rule: SeedRule
) -> BootstrapReplicates:
    """Choose the seeds of b replicates from values of the t genes compared, shape (b, t)."""
    tested = np.isfinite(deviation.effect)
    seeds = np.zeros((len(effect), len(tested)), dtype=bool)
    limit = discovery_limit(deviation, rule.max_qvalue)
    seeds[:, tested] = seeds_of_replicates(effect, logfc, limit, rule)
    return BootstrapReplicates(in_place(effect, tested), in_place(logfc, tested), seeds)


def seeds_of_replicates(
    effect: np.ndarray, logfc: np.ndarray, limit: float, rule: SeedRule
) -> np.ndarray:
    """Choose the seeds of b replicates at once: |t| at the limit that the compartment itself had.

    A replicate has the noise of resampling on top of that of the data. The procedure of Benjamini
    and Hochberg, repeated in each replicate, takes the more extreme values for discoveries and
    lowers its limit, so that modules of replicates would be larger than the module they are
    replicates of.

    Parameters
    ----------
    effect, logfc
        t and log2 fold changes of the t genes compared, shape (b, t); finite.
    limit
        Smallest |t| of a seed.
    rule
        Which genes are seeds.

    Returns
    -------
    Boolean, shape (b, t).
    """
    size = np.abs(effect)
    chosen = (size >= limit) & (np.abs(logfc) >= np.log2(rule.min_fold_change))
    for replicate in np.flatnonzero(chosen.sum(axis=1) > rule.most):
        strength = np.where(chosen[replicate], size[replicate], -1)
        chosen[replicate, np.argsort(-strength, kind="stable")[rule.most :]] = False
    return chosen


def discovery_limit(deviation: Deviation, max_qvalue: float) -> float:
    """Smallest |t| with q below a limit; without any, the |t| that a single gene would need."""
    found = deviation.qvalue < max_qvalue
    if found.any():
        return float(np.abs(deviation.effect[found]).min())
    tail = max_qvalue / np.isfinite(deviation.effect).sum() / 2
    normal = np.isinf(deviation.df)
    return float(-(special.ndtri(tail) if normal else special.stdtrit(deviation.df, tail)))


@dataclass(frozen=True)
class Intervals:
    """What replicates of one compartment say over the n proteins of the interactome.

    `effect` and `centrality` have shape (2, n), lower and upper ends; `support` (n,) is the share
    of replicates in which a gene is in the module; `lcc_size` the two ends of its component's size.
    NaN where not compared, and for centrality also where no replicate has the gene in the
    component, or where replicates have no such centrality.
    """

    effect: np.ndarray
    support: np.ndarray
    centrality: np.ndarray
    lcc_size: np.ndarray

    def fill(self, layers: Mapping[str, np.ndarray], row: int) -> list[float]:
        """Write them into a row of the twin's layers; give the two sizes."""
        layers["effect_low"][row], layers["effect_high"][row] = self.effect
        layers["centrality_low"][row], layers["centrality_high"][row] = self.centrality
        layers["module_support"][row] = self.support
        return [float(size) for size in self.lcc_size]


def intervals(
    replicates: BootstrapReplicates,
    place: np.ndarray,
    network: Interactome,
    allowed: np.ndarray,
    *,
    central: bool = True,
) -> Intervals:
    """Take the module of each replicate to the interactome, and the quantiles over replicates.

    Parameters
    ----------
    replicates
        b replicates of a compartment over g genes.
    place
        Protein of each gene, shape (g,); -1 where the interactome has none.
    network
        Interactome of n proteins.
    allowed
        Proteins that may take part, boolean, shape (n,), as for `find_module`.
    central
        Whether the compartment's centrality is the eigenvector centrality of its seeds, which is
        what replicates have; without it that interval is NaN, because it would be another
        quantity's.
    """
    known = place >= 0
    compared = known & np.isfinite(replicates.effect[0])
    n = len(allowed)
    effect, support = np.full((2, n), np.nan), np.full(n, np.nan)
    effect[:, place[compared]] = np.quantile(replicates.effect[:, compared], [LOWER, UPPER], axis=0)
    members = np.zeros((len(replicates.seeds), n), dtype=bool)
    members[:, place[known]] = replicates.seeds[:, known]
    members &= allowed
    support[place[compared]] = members.mean(axis=0)[place[compared]]
    ever = np.asarray(members.any(axis=0))
    sizes, values = components_of_replicates(network.restrict(ever), members[:, ever])
    inside = values.any(axis=0)
    centrality = np.full((2, n), np.nan)
    if central:
        centrality[:, np.flatnonzero(ever)[inside]] = np.quantile(
            values[:, inside], [LOWER, UPPER], axis=0
        )
    return Intervals(effect, support, centrality, np.quantile(sizes, [LOWER, UPPER]))
