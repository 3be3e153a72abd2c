"""The course of a patient over time: since when a gene deviates, what persists, what resolved."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin_tables import COURSE, COURSE_SUMMARY, STATUSES
from twinscreen.twin.time.early_regulators import early_regulators
from twinscreen.twin.time.module_overlap import links, module_overlap
from twinscreen.twin.time.series import Series, time_series


def gene_course(series: list[Series], genes: pd.Index) -> pd.DataFrame:
    """Say of each gene that is in a module at some time what it did since.

    Parameters
    ----------
    series
        Cell types over time.
    genes
        Names of the genes.

    Returns
    -------
    One row per gene, cell type and tissue. `status`, as seen from the latest time point:
    `persisting` (significant then and when it was compared before, with the same sign),
    `reversed` (with the other sign), `returned` (not at the comparison before, but earlier),
    `new` (at no earlier one), `resolved` (earlier, no longer), `unknown` (not compared at the
    latest time point, or only there). `onset` is the first time point at which it is
    significant, and `onset_known` whether it was compared before that and was not; `last` the
    last one, and `sign` its sign then; `run` counts the comparisons of that sign in a row, all
    significant, that end there. `times` and `effects` are joined by "|", an effect not known is
    empty.
    """
    tables = [_course_of(one, genes) for one in series]
    tables = [table for table in tables if len(table)]
    if not tables:
        return COURSE.empty()
    return COURSE.typed(pd.concat(tables, ignore_index=True))


def _course_of(series: Series, genes: pd.Index) -> pd.DataFrame:
    chosen = np.flatnonzero(series.module.any(axis=0))
    effect = series.effect[:, chosen]
    measured, significant = series.measured[:, chosen], series.significant[:, chosen]
    sign = np.where(significant, np.sign(effect), 0)
    rows = [
        _one_gene(effect[:, i], measured[:, i], sign[:, i], series.times)
        for i in range(len(chosen))
    ]
    table = pd.DataFrame(rows, columns=[name for name in COURSE.names if name not in _WHERE])
    return table.assign(gene=genes[chosen], cell_type=series.cell_type, tissue=series.tissue)


_WHERE = ("gene", "cell_type", "tissue")


def _one_gene(
    effect: np.ndarray, measured: np.ndarray, sign: np.ndarray, times: list[str]
) -> tuple[object, ...]:
    """Follow one gene: `sign` is 0 where it was not significant or not compared."""
    known = np.flatnonzero(measured)
    seen = sign[known]  # the comparisons alone, one after the other
    first, last = np.flatnonzero(seen)[[0, -1]]
    run = 1
    while run <= last and seen[last - run] == seen[last]:
        run += 1
    return (
        _status(seen, compared_last=bool(measured[-1])),
        seen[last],
        times[known[first]],
        first > 0,
        times[known[last]],
        len(known),
        np.count_nonzero(seen),
        run,
        "|".join(times),
        "|".join("" if np.isnan(x) else f"{x:.2f}" for x in effect),
    )


def _status(seen: np.ndarray, *, compared_last: bool) -> str:
    """Name what a gene did by the signs of its comparisons in the order of time."""
    if not compared_last or len(seen) < 2:
        return "unknown"
    now, before, earlier = seen[-1], seen[-2], seen[:-1]
    if now == 0:
        return "resolved"
    if before == now:
        return "persisting"
    if before == -now:
        return "reversed"
    return "returned" if earlier.any() else "new"


def course_summary(course: pd.DataFrame, series: list[Series]) -> pd.DataFrame:
    """Count what became of the genes of each cell type and tissue.

    Returns
    -------
    One row per series: `cell_type, tissue, latest, n_times` (time points at which it could be
    scored), `n_genes`, and the number of genes of each status.
    """
    key = ["cell_type", "tissue"]
    counts = course.groupby([*key, "status"]).size()
    rows = []
    for one in series:
        number = {name: counts.get((one.cell_type, one.tissue, name), 0) for name in STATUSES}
        scored = int((one.rows >= 0).sum())
        about = [one.cell_type, one.tissue, one.times[-1], scored, sum(number.values())]
        rows.append([*about, *number.values()])
    return COURSE_SUMMARY.of(rows)


def add_course(twin: ad.AnnData, *, edges: pd.DataFrame, max_qvalue: float) -> None:
    """Lay the course over time into a twin: obsp `time` and tables in uns.

    Tables: `course`, `course_summary`, `module_overlap`, `early_regulators`; empty where no
    tissue has two time points.

    Parameters
    ----------
    twin
        The twin, with its modules.
    edges
        Interactions between genes, contract INTERACTOME.
    max_qvalue
        Genes of smaller q are significant.
    """
    series = time_series(twin, max_qvalue=max_qvalue)
    course = gene_course(series, twin.var_names)
    overlap = module_overlap(series, twin.var["degree"].to_numpy())
    twin.obsp["time"] = links(overlap, twin.obs)
    twin.uns["course"] = course
    twin.uns["course_summary"] = course_summary(course, series)
    twin.uns["module_overlap"] = overlap
    twin.uns["early_regulators"] = early_regulators(
        series, twin.var_names, twin.var["degree"].to_numpy(), edges[edges["layer"] == "TR"]
    )
