"""Compartments whose deviations were computed elsewhere."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files import time_order
from twinscreen.files.contracts.twin import Flag
from twinscreen.files.contracts.twin_tables import NotUsed, Source, WhyNot
from twinscreen.files.words.counting import plural
from twinscreen.network import false_discovery_rate
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.statistics import Deviation

#: Name of the method, beside those of the designs.
METHOD = "given"

#: A smaller p says nothing more: its normal score would be infinite.
_SMALLEST = np.finfo(float).tiny


def given_deviation(logfc: np.ndarray, pvalue: np.ndarray) -> Deviation:
    """Make a deviation of fold changes and p-values.

    The effect is the normal score of the two-sided p with the sign of the fold change, finite
    even where p is 0; q by Benjamini-Hochberg over the genes given.

    Parameters
    ----------
    logfc, pvalue
        Of g genes, shape (g,); NaN where not tested.
    """
    score = -special.ndtri(np.maximum(pvalue, 2 * _SMALLEST) / 2)
    return Deviation(np.sign(logfc) * score, logfc, pvalue, false_discovery_rate(pvalue))


def with_given(
    table: ad.AnnData | None, measured: Sequence[Compartment], *, min_genes: int
) -> tuple[list[Compartment], list[NotUsed]]:
    """Put the compartments of a patient that were computed elsewhere beside the samples' own.

    Parameters
    ----------
    table
        Deviations (contract DEVIATIONS), if the patient has any.
    measured
        Compartments of the patient's samples.
    min_genes
        Fewest genes of a compartment.

    Returns
    -------
    All compartments, in the order of time within a tissue; and the table, with the reason, if it
    can't be used. Such a table leaves the samples' compartments; one that has a compartment of the
    samples leaves none, because it can't be told which is meant.
    """
    if table is None:
        return list(measured), []
    if reason := str(table.uns["unscorable"]):
        remedy = str(table.uns["remedy"])
        return list(measured), [NotUsed(Source.DEVIATIONS, "", WhyNot.UNUSABLE, reason, remedy)]
    if twice := sorted(set(table.obs_names) & {one.name for one in measured}):
        reason = f"{', '.join(twice)} stand there and come of samples too"
        return [], [NotUsed(Source.DEVIATIONS, "", WhyNot.TWICE, reason)]
    given = [_compartment(table, row, min_genes) for row in range(table.n_obs)]
    everything = [*measured, *given]
    return sorted(everything, key=lambda one: (one.tissue, time_order(one.time))), []


def _compartment(table: ad.AnnData, row: int, min_genes: int) -> Compartment:
    facts = table.obs.iloc[row]
    logfc, pvalue = (np.asarray(table.layers[name])[row] for name in ("logfc", "pvalue"))
    tested = np.isfinite(pvalue)
    found = Compartment(
        str(facts["cell_type"]),
        str(facts["tissue"]),
        str(facts["time"]),
        int(facts["n_cells"]),
        genes=pd.Index(table.var_names[tested]),
        method=METHOD,
    )
    if tested.sum() < min_genes:
        found.cannot(
            Flag.TOO_FEW_GENES, f"{plural(tested.sum(), 'gene')} given, fewer than {min_genes}"
        )
        return found
    found.deviation = given_deviation(logfc[tested], pvalue[tested])
    found.flags.append(Flag.COMPUTED_ELSEWHERE)
    if pvalue[tested].max() < 0.05:
        found.flags.append(Flag.SIGNIFICANT_GENES_ALONE)
    return found
