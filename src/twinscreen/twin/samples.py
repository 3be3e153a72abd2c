"""What a twin says about its samples, and about input that could not be used."""

from collections.abc import Mapping, Sequence

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.twin_tables import SAMPLES, NotUsed, Source, WhyNot
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
            "remedy": str(one.uns["remedy"]),
        }
        for one in read
    ]
    return pd.DataFrame(rows, columns=SAMPLES.names) if rows else SAMPLES.empty()


_SAMPLE_COLUMNS = ["sample", "condition", "tissue", "time", "batch"]
_QUALITY_COLUMNS = ["n_cells", "n_genes", "median_counts"]
_QUALITY_TEXTS = ["cell_types_by", "doublets", "lost"]


def conditions(read: Sequence[ad.AnnData], control: str) -> str:
    """Name the conditions of a patient's samples that are no control."""
    conditions = dict.fromkeys(one.uns["sample"]["condition"] for one in read)
    return ", ".join(name for name in conditions if name != control)


def not_used(read: Sequence[ad.AnnData], settings: ComparisonSettings) -> list[NotUsed]:
    """List the samples that are at fault, then those that have no control sample."""
    faulty = [
        NotUsed(
            Source.SAMPLE,
            one.uns["sample"]["sample"],
            WhyNot.UNUSABLE,
            str(one.uns["unscorable"]),
            str(one.uns["remedy"]),
        )
        for one in read
        if one.uns["unscorable"]
    ]
    return faulty + _without_control(read, settings)


def why_unscorable(lost: Sequence[NotUsed], compartments: Sequence[Compartment]) -> str:
    """Say in a sentence why a patient has nothing to score.

    Parameters
    ----------
    lost
        Samples and the table of deviations that could not be used.
    compartments
        What was compared, in vain.
    """
    samples = [f"sample {one.name}: {one.reason}" for one in lost if one.what is Source.SAMPLE]
    vain = [f"{c.cell_type} ({c.tissue}, {c.time}): {c.unscorable}" for c in compartments]
    tables = [f"table of deviations: {one.reason}" for one in lost if one.what is Source.DEVIATIONS]
    return "; ".join(["no usable compartment", *samples, *vain, *tables])


def remedies(lost: Sequence[NotUsed]) -> list[str]:
    """Say what can be done about what could not be used, each thing once."""
    return list(dict.fromkeys(one.remedy for one in lost if one.remedy))


def _without_control(read: Sequence[ad.AnnData], settings: ComparisonSettings) -> list[NotUsed]:
    """List the usable samples that can be compared with no control sample of their own tissue."""
    if settings.design == "reference":
        return []
    rows = [one.uns["sample"] for one in read if not one.uns["unscorable"]]
    tissues = {row["tissue"] for row in rows if row["condition"] == settings.control}
    reason = f"no usable control sample ({settings.control}) of the same tissue"
    return [
        NotUsed(Source.SAMPLE, row["sample"], WhyNot.NO_CONTROL, reason)
        for row in rows
        if row["condition"] != settings.control and row["tissue"] not in tissues
    ]
