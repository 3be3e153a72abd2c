"""Cell types that controls lack, in words: what sets them apart from the patient's other cells."""

import anndata as ad
import pandas as pd

from twinscreen.files.contracts.twin import Flag
from twinscreen.report import words
from twinscreen.report.compartments import Naming
from twinscreen.report.known_genes import marked
from twinscreen.report.standard import Standard
from twinscreen.report.tables import table

#: So many genes are named in a sentence.
NAMED = 4


def lacking(twin: ad.AnnData, names: Naming, standard: Standard) -> list[str]:
    """Describe each cell type of the latest state that too few controls have, in a sentence."""
    columns = ("compartment", "n_cells", "share", "gene", "detected", "elsewhere")
    rows = table(twin, "lacking", *columns)
    latest = twin.obs_names[twin.obs["latest"].astype(bool)]
    rows = rows[rows["compartment"].isin(latest)]
    flags = twin.obs["flags"].astype(str)
    return [
        _sentence(
            of,
            f"{names.of(str(key))} is a {names.noun} of which {standard.own} has too few cells"
            if Flag.TOO_FEW_CONTROL_CELLS in flags[key].split("|")
            else f"{names.of(str(key))} is a {names.noun} that too few {standard.donors} have",
        )
        for key, of in rows.groupby("compartment", sort=False, observed=True)
    ]


def _sentence(rows: pd.DataFrame, lacks: str) -> str:
    first = rows.iloc[0]
    said = (
        f"{lacks} to compare it with"
        f" ({words.plural(int(first['n_cells']), 'cell')}, {words.percent(first['share'])} % of the"
        " patient's)"
    )
    genes = [
        f"{marked(row['gene'])} (in {words.percent(row['detected'])} % of them, and"
        f" {words.percent(row['elsewhere'])} % of the others)"
        for row in rows.to_dict("records")
        if not words.is_missing(row["gene"])
    ]
    if not genes:
        return f"{said}: no drug is scored on it."
    return (
        f"{said}: no drug is scored on it. What sets it apart from the patient's other cells:"
        f" {words.listed(genes[:NAMED])}."
    )
