"""Tables of a cohort as MultiQC shows them: custom content, found by the end of its name.

References
----------
Ewels et al., Bioinformatics 2016;32:3047; https://docs.seqera.io/multiqc/custom_content
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

_ABOUT = "TwinScreen: research use only, not a prescription."


class _Column(NamedTuple):
    """A column: its title, what it means, how numbers are written, and what they are times."""

    title: str
    description: str
    written: str = ""
    times: float = 1


_SAMPLES = {
    "patient": _Column("Patient", "whose sample it is"),
    "n_cells_found": _Column("Cells found", "barcodes of the sample in the file", "{:,.0f}"),
    "n_cells": _Column("Cells used", "barcodes with a cell type and within all limits", "{:,.0f}"),
    "left_out": _Column("Left out", "barcodes that were left out, by reason"),
    "median_counts": _Column("Counts", "median counts of a cell", "{:,.0f}"),
    "median_genes": _Column("Genes", "median genes of a cell", "{:,.0f}"),
    "median_mitochondrial": _Column(
        "Mitochondrial, %", "median share of mitochondrial counts", "{:,.1f}", 100
    ),
    "expressed_sex": _Column("Sex", "that the cells express, by XIST and chromosome Y"),
    "doublets": _Column("Doublets", "what became of doublets"),
    "unusable": _Column("Not used", "why the sample could not be used"),
}
_PATIENTS = {
    "called": _Column("Call", "whether a drug is called"),
    "tier": _Column("Evidence", "tier of evidence for the first drug; none without a call"),
    "first_drug": _Column("First drug", "the first drug that may be called"),
    "call_pvalue": _Column("p", "of the best drug against null replicates", "{:.2g}"),
    "fit_pvalue": _Column("p, fit", "of its fit", "{:.2g}"),
    "deviation": _Column(
        "Deviation", "of the most deviating genes, in multiples of noise", "{:.2f}"
    ),
    "n_donors": _Column("Donors", "the fewest that a cell type is compared with", "{:,.0f}"),
    "n_cells": _Column("Cells", "cells of all samples", "{:,.0f}"),
    "similar_state": _Column("Most similar state", "of the known states compared with"),
    "not_used": _Column("Not used", "what was given and could not be used"),
}


def samples_for_multiqc(samples: pd.DataFrame) -> str:
    """Write the samples (contract COHORT_SAMPLES) as custom content."""
    return _content("samples", samples.set_index("sample"), _SAMPLES)


def patients_for_multiqc(patients: pd.DataFrame) -> str:
    """Write the patients (contract COHORT_PATIENTS) as custom content."""
    called = patients["called"].map({True: "yes", False: "no"})
    return _content("patients", patients.assign(called=called).set_index("patient"), _PATIENTS)


def _content(name: str, table: pd.DataFrame, columns: dict[str, _Column]) -> str:
    """Write a table; a value that is missing is left out."""
    key = f"twinscreen_{name}"
    content = {
        "id": key,
        "section_name": f"TwinScreen: {name}",
        "description": _ABOUT,
        "plot_type": "table",
        "pconfig": {"id": f"{key}_table", "title": f"TwinScreen: {name}"},
        "headers": {
            column: {
                "title": told.title,
                "description": told.description,
                **({"format": told.written} if told.written else {}),
            }
            for column, told in columns.items()
        },
        "data": {
            str(row): _values(values, columns)
            for row, values in zip(table.index, table[[*columns]].to_dict("records"), strict=True)
        },
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _values(values: Any, columns: dict[str, _Column]) -> dict[str, Any]:
    """Keep the known values of a row, in the unit of their column."""
    known: Iterable[tuple[str, Any]] = (
        (column, value) for column, value in values.items() if not pd.isna(value) and value != ""
    )
    return {
        column: float(value) * columns[column].times if columns[column].written else str(value)
        for column, value in known
    }
