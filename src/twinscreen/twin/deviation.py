"""How far a compartment stands from healthy: the two designs for one patient."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from twinscreen.twin.moderation import moderate
from twinscreen.twin.pseudobulk import counting_variance, log_cpm

#: Of the variance between donors, the share that at least is taken for biology.
BIOLOGY_FLOOR = 0.05


@dataclass(frozen=True)
class Deviation:
    """Deviation of one compartment over g genes; NaN where a gene was not compared.

    `effect` is the standardised deviation (t), `logfc` the log2 fold change, `pvalue` two-sided,
    `qvalue` by Benjamini-Hochberg over the compared genes.
    """

    effect: np.ndarray
    logfc: np.ndarray
    pvalue: np.ndarray
    qvalue: np.ndarray


def against_reference(
    counts: np.ndarray, reference: np.ndarray, *, min_count: float = 10
) -> Deviation:
    """Ask whether one patient lies outside the prediction interval of healthy donors.

    t = (x - mu) / sqrt(s~^2 (1 + 1/n) + v) with x, mu and s^2 on log2 counts per million. From the
    variance between donors their own mean counting variance is taken off (a small share is kept
    at least), the rest is moderated toward its trend on the mean, s~^2, and the patient's
    counting variance v is put on, so that counting noise enters once.

    Parameters
    ----------
    counts
        Summed counts of the patient's compartment, shape (g,).
    reference
        Summed counts of n >= 3 reference donors, shape (n, g).
    min_count
        Genes with fewer counts in patient and donors together are not compared.

    Returns
    -------
    The deviation, with d0 + n - 1 degrees of freedom.

    References
    ----------
    Smyth, Stat Appl Genet Mol Biol 2004;3:3.
    """
    n = len(reference)
    tested = counts + reference.sum(axis=0) >= min_count
    x, donors = log_cpm(counts)[tested], log_cpm(reference)[:, tested]
    mean = donors.mean(axis=0)
    variance = donors.var(axis=0, ddof=1)
    noise = counting_variance(reference[:, tested]).mean(axis=0)
    biology, d0 = moderate(np.maximum(variance - noise, BIOLOGY_FLOOR * variance), n - 1, mean)
    effect = (x - mean) / np.sqrt(biology * (1 + 1 / n) + counting_variance(counts[tested]))
    pvalue = 2 * special.stdtr(d0 + n - 1, -np.abs(effect))
    return _spread(tested, effect, x - mean, pvalue)


def against_own_control(
    cells: sparse.csr_array,
    control: sparse.csr_array,
    *,
    random: np.random.Generator,
    draws: int = 200,
    min_count: float = 10,
) -> Deviation:
    """Compare a patient's cells with the same patient's control cells.

    The standard error of the difference of the two pseudobulks comes from a bootstrap of cells
    within each sample, as many of either as the smaller sample has.

    Parameters
    ----------
    cells, control
        Counts, cells x genes, shapes (c, g) and (k, g).
    random
        Source of randomness.
    draws
        Number of bootstrap samples.
    min_count
        Genes with fewer counts in both samples together are not compared.

    Returns
    -------
    The deviation; p from the normal distribution.
    """
    total = [np.asarray(side.sum(axis=0), dtype=float) for side in (cells, control)]
    tested = total[0] + total[1] >= min_count
    drawn = min(cells.shape[0], control.shape[0])
    resampled = [
        log_cpm(_resample(side, drawn, draws, random))[:, tested] for side in (cells, control)
    ]
    error = (resampled[0] - resampled[1]).std(axis=0, ddof=1)
    logfc = (log_cpm(total[0]) - log_cpm(total[1]))[tested]
    effect = np.divide(logfc, error, out=np.full_like(logfc, np.nan), where=error > 0)
    return _spread(tested, effect, logfc, 2 * special.ndtr(-np.abs(effect)))


def _resample(
    counts: sparse.csr_array, drawn: int, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Pseudobulks of bootstrap samples of `drawn` cells, shape (draws, g)."""
    n = counts.shape[0]
    times = random.multinomial(drawn, np.full(n, 1 / n), size=draws)
    return sparse.csr_array(times.astype(float)) @ counts.toarray().astype(float)


def false_discovery_rate(pvalue: np.ndarray) -> np.ndarray:
    """Adjust p-values, shape (m,), by the step-up procedure of Benjamini and Hochberg."""
    order = np.argsort(pvalue)[::-1]
    rank = np.arange(len(pvalue), 0, -1)
    adjusted = np.empty(len(pvalue))
    adjusted[order] = np.minimum.accumulate(pvalue[order] * len(pvalue) / rank)
    return adjusted


def _spread(
    tested: np.ndarray, effect: np.ndarray, logfc: np.ndarray, pvalue: np.ndarray
) -> Deviation:
    """Put values of the compared genes in their places, with q; NaN elsewhere."""
    known = np.isfinite(pvalue)
    qvalue = np.full(len(pvalue), np.nan)
    if known.any():
        qvalue[known] = false_discovery_rate(pvalue[known])

    def placed(values: np.ndarray) -> np.ndarray:
        out = np.full(len(tested), np.nan)
        out[tested] = values
        return out

    return Deviation(placed(effect), placed(logfc), placed(pvalue), placed(qvalue))
