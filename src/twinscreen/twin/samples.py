"""What a twin says of the samples it was built from: a table, and sentences."""

from collections.abc import Mapping, Sequence

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin_tables import SAMPLES
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.compartment import Compartment


def samples_table(read: Sequence[ad.AnnData], treatments: Mapping[str, str]) -> pd.DataFrame:
    """One row per sample: what it was and what it holds."""
    rows = [
        {
            **{key: one.uns["sample"][key] for key in _SAMPLE_COLUMNS},
            **{key: one.uns["quality"].get(key, np.nan) for key in _QUALITY_COLUMNS},
            **{key: str(one.uns["quality"].get(key, "")) for key in _QUALITY_TEXTS},
            "treatment": treatments.get(one.uns["sample"]["sample"], ""),
            "unscorable": str(one.uns["unscorable"]),
        }
        for one in read
    ]
    return pd.DataFrame(rows, columns=SAMPLES.names)


_SAMPLE_COLUMNS = ["sample", "condition", "tissue", "time", "batch"]
_QUALITY_COLUMNS = ["n_cells", "n_genes", "median_counts"]
_QUALITY_TEXTS = ["cell_types_by", "doublets"]


def conditions(read: Sequence[ad.AnnData], control: str) -> str:
    """Name the conditions of a patient's samples that are no control."""
    conditions = dict.fromkeys(one.uns["sample"]["condition"] for one in read)
    return ", ".join(name for name in conditions if name != control)


def why_unscorable(
    read: Sequence[ad.AnnData],
    compartments: Sequence[Compartment],
    settings: ComparisonSettings,
    fault: str,
) -> str:
    """Say in a sentence why a patient has nothing to score."""
    reasons = [
        f"sample {one.uns['sample']['sample']}: {one.uns['unscorable']}"
        for one in read
        if one.uns["unscorable"]
    ]
    reasons += _without_control(read, settings)
    reasons += [f"{c.cell_type} ({c.tissue}, {c.time}): {c.unscorable}" for c in compartments]
    return "; ".join(["no usable compartment", *reasons, *filter(None, [fault])])


def patient_flags(
    read: Sequence[ad.AnnData], settings: ComparisonSettings, fault: str
) -> list[str]:
    """Sentences that a reader should know of the patient as a whole."""
    flags = [
        f"Sample {one.uns['sample']['sample']} could not be used: {one.uns['unscorable']}."
        for one in read
        if one.uns["unscorable"]
    ]
    flags += [f"Not compared: {reason}." for reason in _without_control(read, settings)]
    return flags + ([f"Not used: {fault}."] if fault else [])


def _without_control(read: Sequence[ad.AnnData], settings: ComparisonSettings) -> list[str]:
    """Name the usable samples that can be compared with no control sample of their own tissue."""
    if settings.design == "reference":
        return []
    rows = [one.uns["sample"] for one in read if not one.uns["unscorable"]]
    tissues = {row["tissue"] for row in rows if row["condition"] == settings.control}
    return [
        f"sample {row['sample']}: no usable control sample ({settings.control}) of the same tissue"
        for row in rows
        if row["condition"] != settings.control and row["tissue"] not in tissues
    ]
