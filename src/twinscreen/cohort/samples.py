"""The quality of a cohort's samples, side by side."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import anndata as ad
import pandas as pd

from twinscreen.files import Parts
from twinscreen.files.contracts.cohort import COHORT_SAMPLES
from twinscreen.files.words.missing import is_missing

#: What the table takes of an observation.
OF_OBSERVATION = Parts(uns=("sample", "quality", "unscorable"))

_OF_SHEET = ("sample", "patient", "condition", "tissue", "time", "batch")


def take(observation: ad.AnnData) -> dict[str, Any]:
    """Take of an observation the row of its sample."""
    sheet, quality = observation.uns["sample"], observation.uns["quality"]
    return {
        **{name: str(sheet[name]) for name in _OF_SHEET},
        "unusable": str(observation.uns["unscorable"]),
        "n_cells_found": quality.get("n_cells_found"),
        "n_cells": quality.get("n_cells"),
        "left_out": _left_out(quality.get("removed", {})),
        "median_counts": quality.get("median_counts"),
        "median_genes": quality.get("median_genes"),
        "median_mitochondrial": quality.get("median_mitochondrial"),
        "xist": quality.get("xist"),
        "y_genes": quality.get("y_genes"),
        "expressed_sex": str(quality.get("expressed_sex", "")),
        "doublets": str(quality.get("doublets", "")),
        "cell_types_by": str(quality.get("cell_types_by", "")),
    }


def _left_out(removed: Mapping[str, Any]) -> str:
    """Say how many cells were left out, by reason: "counts 12, mitochondrial 3"."""
    return ", ".join(f"{reason} {int(number)}" for reason, number in removed.items() if number)


def sample_table(
    rows: list[dict[str, Any]], stated_sex: Mapping[str, str] = MappingProxyType({})
) -> pd.DataFrame:
    """Lay samples side by side.

    Parameters
    ----------
    rows
        Of each sample what `take` gave.
    stated_sex
        What the patient sheet says of patients, by their ids.

    Returns
    -------
    Contract COHORT_SAMPLES.
    """
    table = pd.DataFrame(rows, columns=COHORT_SAMPLES.schema.names)
    stated = {who: "" if is_missing(told) else told for who, told in stated_sex.items()}
    table["stated_sex"] = table["patient"].map(stated).fillna("").astype(object)
    counts = ["n_cells_found", "n_cells"]
    medians = ["median_counts", "median_genes", "median_mitochondrial"]
    shares = ["xist", "y_genes"]
    return table.astype(dict.fromkeys(counts, "Int64") | dict.fromkeys(medians + shares, float))
