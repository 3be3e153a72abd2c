"""How far a compartment deviates from healthy: the two designs for one patient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from twinscreen.network import false_discovery_rate
from twinscreen.twin.deviation.elsewhere import Elsewhere
from twinscreen.twin.deviation.moderation import Moderation, fit_moderation
from twinscreen.twin.deviation.pseudobulk import counting_variance, log_cpm

#: Of the variance between donors, the share that at least is taken for biology. What is left after
#: counting noise is taken off is itself uncertain with few donors; see docs/methods/deviation.md.
BIOLOGY_FLOOR = 0.5


@dataclass(frozen=True)
class Deviation:
    """Deviation of one compartment over g genes; NaN where a gene was not compared.

    `effect` is the standardised deviation (t), `logfc` the log2 fold change, `pvalue` two-sided,
    `qvalue` by Benjamini-Hochberg over the compared genes, `df` the degrees of freedom of t.
    """

    effect: np.ndarray
    logfc: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray
    df: float = np.inf


@dataclass(frozen=True)
class Roles:
    """What n donors are used for.

    `base` (n,) are those whose mean is compared with; `study` (n,) tells apart those who may differ
    for another reason than that people do: the variance between donors is that within studies.
    """

    base: np.ndarray
    study: np.ndarray

    @classmethod
    def alike(cls, n: int) -> "Roles":
        """All n donors of one study, all for the mean."""
        return cls(np.ones(n, dtype=bool), np.zeros(n, dtype=int))

    @property
    def df(self) -> int:
        """Degrees of freedom of a variance within studies."""
        return len(self.study) - len(np.unique(self.study))


@dataclass(frozen=True)
class HealthyDonors:
    """What n donors are like over the t genes that are compared.

    `centre` (t,) is the mean log2 counts per million of the `n_base` that are compared with, and
    `about` (n, t) how far each donor is from the mean of the donor's study; `df` the degrees of
    freedom of the variance between donors; `rate` (t,) the share of a gene among all molecules of
    those compared with; `noise` (t,) the donors' mean counting variance, and `noise_of_mean` (t,)
    that of the centre where only some of the donors give it; `moderation` that of the variance
    between donors net of noise.
    """

    centre: np.ndarray
    about: np.ndarray
    n_base: int
    df: int
    rate: np.ndarray
    noise: np.ndarray
    noise_of_mean: np.ndarray
    moderation: Moderation

    @classmethod
    def fit(
        cls,
        reference: np.ndarray,
        tested: np.ndarray,
        roles: Roles | None = None,
        others: Sequence[Elsewhere] = (),
    ) -> "HealthyDonors":
        """Take them from summed counts, shape (n, g), of which `tested` (g,) are compared.

        Without `roles` all donors are of one study and give the mean. Stand-ins for donors of
        `others` come after the n donors, in the study of those who give the mean.
        """
        own = len(reference)
        roles = roles or Roles.alike(own + sum(one.n for one in others))
        level = log_cpm(reference)[:, tested]
        if others:
            level = np.vstack([level, *(one.stand_ins(level, tested) for one in others)])
        about, noise = np.empty_like(level), np.empty_like(level)
        for study in np.unique(roles.study):
            mine = roles.study == study
            about[mine] = level[mine] - level[mine].mean(axis=0)
            beside = others if mine[own:].any() else ()
            noise[mine] = _counting_noise(reference[mine[:own]], tested, beside)
        base = roles.base
        rate = _rate(reference[base[:own]], tested, others)
        biology = _net((about**2).sum(axis=0) / roles.df, noise.mean(axis=0))
        centre = level[base].mean(axis=0)
        n_base = int(base.sum())
        few = noise[base].mean(axis=0) / n_base if n_base < len(base) else np.zeros(len(centre))
        moderation = fit_moderation(biology, roles.df, centre)
        return cls(centre, about, n_base, roles.df, rate, noise.mean(axis=0), few, moderation)

    @property
    def variance(self) -> np.ndarray:
        """Variance between donors within studies, shape (t,)."""
        between: np.ndarray = (self.about**2).sum(axis=0) / self.df
        return between

    def standardise(
        self, counts: np.ndarray, tested: np.ndarray, mean: np.ndarray, variance: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give t and log2 fold change of counts, shape (..., g), from `mean` and `variance`.

        Both have shape (..., t), as have the results.
        """
        logfc = log_cpm(counts)[..., tested] - mean
        expected = self.rate * counts.sum(axis=-1, keepdims=True)
        noise = counting_variance(np.maximum(counts[..., tested], expected)) + self.noise_of_mean
        biology = self.moderation.apply(_net(variance, self.noise))
        return logfc / np.sqrt(biology * (1 + 1 / self.n_base) + noise), logfc


def _rate(counts: np.ndarray, tested: np.ndarray, others: Sequence[Elsewhere]) -> np.ndarray:
    """Give the share of each gene among all molecules of donors, and of others, shape (t,)."""
    molecules = counts[:, tested].sum(axis=0) + sum(one.counts[tested] for one in others)
    every = counts.sum(axis=1).sum() + sum(one.counts.sum() for one in others)
    rate: np.ndarray = molecules / max(every, 1)
    return rate


def _counting_noise(
    counts: np.ndarray, tested: np.ndarray, others: Sequence[Elsewhere]
) -> np.ndarray:
    """Give the counting variance of each donor at the common rate, then of others, shape (n, t)."""
    rate = _rate(counts, tested, others)
    noise = counting_variance(np.outer(counts.sum(axis=1), rate))
    if not others:
        return noise
    return np.vstack([noise, *(np.tile(one.noise(rate), (one.n, 1)) for one in others)])


def _net(variance: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Take counting noise off the variance between donors."""
    left: np.ndarray = np.maximum(variance - noise, BIOLOGY_FLOOR * variance)
    return left


def against_reference(
    counts: np.ndarray,
    reference: np.ndarray,
    *,
    min_count: float,
    roles: Roles | None = None,
    others: Sequence[Elsewhere] = (),
) -> Deviation:
    """Ask whether one patient lies outside the prediction interval of healthy donors.

    t = (x - mu) / sqrt(s~^2 (1 + 1/n) + v) with x, mu and s^2 on log2 counts per million. From the
    variance between donors their own mean counting variance is taken off (half of it is kept at
    least), the rest is moderated toward its trend on the mean, s~^2, and the patient's counting
    variance v is put on, so that counting noise enters once. Counting variances are those of
    Poisson counts at the donors' common rate; for v, at the patient's own count where greater.

    Where only some of the donors are of the patient's study, mu and n are theirs, and s^2 is that
    within studies: what differs between studies is not taken for a deviation. The counting variance
    of so few donors' mean is put on, too.

    Parameters
    ----------
    counts
        Summed counts of the patient's compartment, shape (g,).
    reference
        Summed counts of n >= 3 reference donors, shape (n, g).
    min_count
        Genes with fewer counts in patient and donors together are not compared.
    roles
        What the donors are used for; without it all are of one study, and all give the mean.
    others
        Donors of other sites, of whom sums alone are known; `roles` has them after the n.

    Returns
    -------
    The deviation, with d0 + n - 1 degrees of freedom, 1 less for each further study.

    References
    ----------
    Smyth, Stat Appl Genet Mol Biol 2004;3:3.
    """
    own = reference if roles is None else reference[roles.base[: len(reference)]]
    molecules = own.sum(axis=0) + sum(one.counts for one in others)
    tested = counts + molecules >= min_count
    donors = HealthyDonors.fit(reference, tested, roles, others)
    effect, logfc = donors.standardise(counts, tested, donors.centre, donors.variance)
    return spread(tested, effect, logfc, donors.moderation.total_df)


def against_own_control(
    cells: sparse.csr_array, control: sparse.csr_array, *, min_count: float
) -> Deviation:
    """Compare a patient's cells with the same patient's control cells.

    The quasi-likelihood test of two sums of counts: given the Y molecules of a gene on both sides,
    y of them are expected in proportion to the sides' libraries; the deviance from that over the
    dispersion phi of the cells, moderated over genes, is t^2. phi is the variance between cells
    within the two samples relative to that of Poisson counts, at least 1.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g), c + k > 2.
    min_count
        Genes with fewer counts in both samples together are not compared.

    Returns
    -------
    The deviation, with d0 + c + k - 2 degrees of freedom.

    References
    ----------
    Lund et al., Stat Appl Genet Mol Biol 2012;11:8.
    """
    sums = [np.asarray(side.sum(axis=0), dtype=float) for side in (cells, control)]
    tested = sums[0] + sums[1] >= min_count
    dispersion, df = cell_dispersion(cells, control, tested)
    effect, logfc = signed_deviance(sums[0], sums[1], tested, dispersion)
    return spread(tested, effect, logfc, df)


def cell_dispersion(
    cells: sparse.csr_array, control: sparse.csr_array, tested: np.ndarray
) -> tuple[np.ndarray, float]:
    """Variance between the cells of a sample relative to Poisson counts, moderated over genes.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g).
    tested
        Genes to look at, boolean, shape (g,); t of them.

    Returns
    -------
    phi, shape (t,), and its degrees of freedom.
    """
    squares, total = np.zeros(len(tested)), np.zeros(len(tested))
    df = cells.shape[0] + control.shape[0] - 2
    for side in (cells, control):
        library = np.asarray(side.sum(axis=1), dtype=float)
        count = np.asarray(side.sum(axis=0), dtype=float)
        squares += sum_of_squares(side)
        squares -= explained_squares(count, side.T @ library, library.sum(), library @ library)
        total += count
    phi = poisson_ratio(squares[tested], total[tested], df)
    moderation = fit_moderation(phi, df, np.log2(total[tested]))
    return moderation.apply(phi), moderation.total_df


def sum_of_squares(counts: sparse.csr_array) -> np.ndarray:
    """Sum the squares of the counts of cells x genes, shape (c, g), by gene: shape (g,)."""
    # Counts are stored in single precision, in which squares of thousands are not exact.
    squares = np.square(counts.data, dtype=float)
    return np.bincount(counts.indices, squares, minlength=counts.shape[1])


def explained_squares(
    count: np.ndarray,
    by_library: np.ndarray,
    library: np.ndarray | float,
    library_squares: np.ndarray | float,
) -> np.ndarray:
    """How much less the squares of cells' counts are about a common rate than about 0.

    Parameters
    ----------
    count, by_library
        Sums over the cells of a sample of counts, and of counts times the cell's library.
    library, library_squares
        Sums of libraries and of their squares. All shapes broadcast.
    """
    rate = count / np.maximum(library, 1)
    less: np.ndarray = 2 * rate * by_library - rate**2 * library_squares
    return less


def poisson_ratio(squares: np.ndarray, total: np.ndarray, df: int) -> np.ndarray:
    """Give phi, >= 1: squares about the rates of two samples, relative to Poisson counts."""
    # The two rates are fitted: of df + 2 squares only df are free.
    phi: np.ndarray = np.maximum(squares / total * (df + 2) / df, 1)
    return phi


def signed_deviance(
    count: np.ndarray, control: np.ndarray, tested: np.ndarray, dispersion: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Signed root of the scaled deviance of two sums of counts from equal rates.

    Parameters
    ----------
    count, control
        Summed counts of the two sides, shape (..., g).
    tested
        Genes to compare, boolean, shape (g,); t of them.
    dispersion
        phi, shape (t,).

    Returns
    -------
    t and log2 fold change, shape (..., t).
    """
    library = count.sum(axis=-1, keepdims=True), control.sum(axis=-1, keepdims=True)
    share = library[0] / np.maximum(library[0] + library[1], 1)
    effect = signed_root(count[..., tested], control[..., tested], share) / np.sqrt(dispersion)
    return effect, (log_cpm(count) - log_cpm(control))[..., tested]


def signed_root(y: np.ndarray, base: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Signed root of the deviance of Poisson counts `y` and `base` from a rate that both share.

    `share` is that of y in the molecules of all genes; shapes broadcast.
    """
    expected = (y + base) * share
    deviance = special.xlogy(y, y / np.where(y > 0, expected, 1))
    deviance += special.xlogy(base, base / np.where(base > 0, y + base - expected, 1))
    root: np.ndarray = np.sign(y - expected) * np.sqrt(np.maximum(2 * deviance, 0))
    return root


def spread(
    tested: np.ndarray, effect: np.ndarray, logfc: np.ndarray, df: float = np.inf
) -> Deviation:
    """Put values of the compared genes in their places, with p and q; NaN elsewhere.

    Parameters
    ----------
    tested
        Genes compared, boolean, shape (g,); t of them.
    effect, logfc
        Their standardised deviations and log2 fold changes, shape (t,); NaN where there is none
        after all.
    df
        Degrees of freedom of the deviations; infinite for the normal distribution.
    """
    pvalue = two_sided(effect, df)
    qvalue = false_discovery_rate(pvalue)

    def placed(values: np.ndarray) -> np.ndarray:
        out = np.full(len(tested), np.nan)
        out[tested] = values
        return out

    return Deviation(placed(effect), placed(logfc), placed(pvalue), placed(qvalue), df)


def two_sided(effect: np.ndarray, df: float) -> np.ndarray:
    """Two-sided p of t with `df` degrees of freedom, same shape."""
    tail = special.ndtr if np.isinf(df) else lambda t: special.stdtr(df, t)
    pvalue: np.ndarray = 2 * tail(-np.abs(effect))
    return pvalue
