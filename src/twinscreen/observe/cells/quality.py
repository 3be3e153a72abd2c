"""Which cells of a sample are kept, and what each of the others was left out for."""

from dataclasses import dataclass, field

import anndata as ad
import numpy as np
from scipy import sparse

from twinscreen.files import generator
from twinscreen.files.words.counting import plural
from twinscreen.settings.observe import ObserveSettings

#: Fewest cells whose median absolute deviation says what is usual.
FEWEST_FOR_MAD = 30

#: Fewest genes in the file for it: counts of a panel, or of the most variable genes alone, tell
#: what a cell does, not how well it was measured.
FEWEST_GENES_FOR_MAD = 5000

#: No mitochondrial share below this counts against a cell, however little its neighbours have.
USUAL_MITOCHONDRIAL = 0.05

#: Fewest cells, and genes, from which doublets can be simulated.
FEWEST_FOR_DOUBLETS = 100


@dataclass
class Kept:
    """Which of the c cells are still kept, and how many each rule took, in the order applied."""

    cells: np.ndarray
    removed: dict[str, int] = field(default_factory=dict)

    def leave_out(self, rule: str, cells: np.ndarray) -> None:
        """Leave out cells, boolean, shape (c,); those that an earlier rule took count there."""
        self.removed[rule] = int((self.cells & cells).sum())
        self.cells = self.cells & ~cells


@dataclass(frozen=True)
class Measures:
    """Of each of c cells: its counts, its genes and the share of mitochondrial counts."""

    counts: np.ndarray
    genes: np.ndarray
    mitochondrial: np.ndarray


def measure(counts: sparse.csr_array, symbols: np.ndarray) -> Measures:
    """Measure cells, shape (c, g); the mitochondrial share is NaN if no such gene was measured."""
    total = np.asarray(counts.sum(axis=1)).ravel()
    chosen = np.char.startswith(symbols.astype(str), "MT-")
    share = np.full(len(total), np.nan)
    if chosen.any():
        part = np.asarray(counts[:, np.flatnonzero(chosen)].sum(axis=1)).ravel()
        share = np.divide(part, total, out=np.zeros(len(total)), where=total > 0)
    return Measures(total, np.diff(counts.indptr), share)


def within_limits(measures: Measures, limits: ObserveSettings) -> Kept:
    """Keep the cells within the limits that are the same for every sample."""
    kept = Kept(np.ones(len(measures.counts), dtype=bool))
    kept.leave_out("counts", measures.counts < limits.min_counts)
    kept.leave_out("genes", measures.genes < limits.min_genes)
    kept.leave_out("mitochondrial", measures.mitochondrial > limits.max_mitochondrial)
    return kept


def leave_out_outliers(
    kept: Kept, measures: Measures, cell_type: np.ndarray, *, n_genes: int, mad: float
) -> str:
    """Leave out cells far from the median of their own type.

    On either side in log counts and log genes, above it in mitochondrial share. Within types,
    because types differ in size: a plasma cell among lymphocytes is no fault. Types with too few
    cells to say what is usual are left as they are.

    Parameters
    ----------
    kept
        What is kept so far; changed.
    measures, cell_type
        Of each cell, shape (c,).
    n_genes
        Genes that the file measured.
    mad
        Number of median absolute deviations; 0 for no such limit.

    Returns
    -------
    What was done, in words.
    """
    if mad == 0:
        return "not looked for"
    if n_genes < FEWEST_GENES_FOR_MAD:
        measured = plural(n_genes, "gene")
        return f"not looked for: {measured} measured, at least {FEWEST_GENES_FOR_MAD} are needed"
    rules = {
        "outlying counts": (np.log1p(measures.counts), True),
        "outlying genes": (np.log1p(measures.genes), True),
        "outlying mitochondrial": (measures.mitochondrial, False),
    }
    inside = kept.cells.copy()
    for rule, (values, both) in rules.items():
        far = np.zeros(len(values), dtype=bool)
        for name in np.unique(cell_type[inside]):
            rows = np.flatnonzero(inside & (cell_type == name))
            if len(rows) >= FEWEST_FOR_MAD:
                far[rows] = _far(values[rows], mad, both=both)
        if not both:
            far &= values > USUAL_MITOCHONDRIAL
        kept.leave_out(rule, far)
    return f"more than {mad:g} median absolute deviations from the median of the cell type"


def _far(values: np.ndarray, mad: float, *, both: bool) -> np.ndarray:
    """Tell the values more than so many median absolute deviations off; none if there is none."""
    off = values - np.median(values)
    spread = np.median(np.abs(off))
    if not spread > 0:
        return np.zeros(len(values), dtype=bool)
    found: np.ndarray = (np.abs(off) if both else off) > mad * spread
    return found


def leave_out_doublets(
    kept: Kept, counts: sparse.csr_array, limits: ObserveSettings, *, seed: int
) -> str:
    """Leave out cells that look like two, by Scrublet, among those kept so far.

    Parameters
    ----------
    kept
        What is kept so far; changed.
    counts
        Raw counts, cells x genes, shape (c, g).
    limits
        Whether to look, and the share expected.
    seed
        Seed of the simulated doublets.

    Returns
    -------
    What was done, in words.

    References
    ----------
    Wolock et al., Cell Systems 2019;8:281.
    """
    if limits.doublets == "none":
        return "not looked for"
    rows = np.flatnonzero(kept.cells)
    measured = np.flatnonzero(np.diff(counts[rows].tocsc().indptr) >= 3)
    if min(len(rows), len(measured)) < FEWEST_FOR_DOUBLETS:
        there = f"{plural(len(rows), 'cell')} and {plural(len(measured), 'gene')}"
        return f"not looked for: {there}, at least {FEWEST_FOR_DOUBLETS} of either are needed"
    import scanpy as sc  # takes seconds to import, and only this needs it

    cells = ad.AnnData(sparse.csr_matrix(counts[rows][:, measured]))
    random = int(generator(seed, "doublets").integers(2**31))
    sc.pp.scrublet(
        cells, expected_doublet_rate=limits.doublet_rate, random_state=random, verbose=False
    )
    if "predicted_doublet" not in cells.obs or "threshold" not in cells.uns["scrublet"]:
        return "none left out: the scores of simulated doublets have no minimum to cut at"
    double = np.zeros(len(kept.cells), dtype=bool)
    double[rows] = cells.obs["predicted_doublet"].to_numpy(dtype=bool)
    kept.leave_out("doublet", double)
    return f"Scrublet, score above {cells.uns['scrublet']['threshold']:.3g}"
