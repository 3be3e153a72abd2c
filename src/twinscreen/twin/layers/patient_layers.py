"""The findings of a patient besides cells, as layers of the twin."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.patient import FILE, FINDINGS_TABLE
from twinscreen.files.contracts.twin import LAYERS_OF_PATIENT
from twinscreen.files.contracts.twin_tables import NOT_USED, NotUsed, Source, WhyNot


def add_findings(
    twin: ad.AnnData, *, layers: pd.DataFrame | None, findings: pd.DataFrame | None
) -> None:
    """Add the weights of genes to `var`, the findings to `uns`, and files at fault to `not_used`.

    Parameters
    ----------
    twin
        With `uns["not_used"]`; changed in place. A gene that a layer doesn't have gets NaN, as do
        all genes where the layer is missing. `variant_expected` is the sign of the change of
        expression that variants let expect, where known; `function`, of the function of the gene's
        product, that variants and exposures let expect.
    layers, findings
        Tables of the patient, contracts PATIENT_LAYERS and FINDINGS, or None.
    """
    for name in LAYERS_OF_PATIENT:
        column = pd.Series(np.nan, index=twin.var_names, dtype=np.float64)
        if layers is not None:
            own = layers[layers["layer"] == name].set_index("gene")["weight"]
            own = own[own.index.isin(column.index)]
            column[own.index] = own
        twin.var[name] = column
    twin.var["variant_expected"] = np.nan
    if layers is not None:
        known = layers[(layers["layer"] == "variant") & layers["expected"].notna()]
        known = known[known["gene"].isin(twin.var_names)]
        twin.var.loc[known["gene"], "variant_expected"] = known["expected"].to_numpy(dtype=float)
    found = findings if findings is not None else FINDINGS_TABLE.empty()
    twin.var["function"] = _function(twin, layers)
    twin.uns["findings"] = found
    unread = found[found["id"] == FILE]
    lost = [
        NotUsed(Source.FINDINGS, kind, WhyNot.UNUSABLE, reason, remedy)
        for kind, reason, remedy in zip(
            unread["kind"], unread["detail"], unread["remedy"], strict=True
        )
    ]
    rows = [*twin.uns["not_used"].itertuples(index=False), *lost]
    twin.uns["not_used"] = NOT_USED.of(rows)


def _function(twin: ad.AnnData, layers: pd.DataFrame | None) -> pd.Series:
    """Give the sign of the change of function that the layers agree on, by gene; NaN elsewhere."""
    column = pd.Series(np.nan, index=twin.var_names, dtype=np.float64)
    if layers is not None:
        known = layers[layers["function"].notna() & layers["gene"].isin(column.index)]
        signs = known.astype({"function": float}).groupby("gene")["function"].agg(["min", "max"])
        agreed = signs.loc[signs["min"] == signs["max"], "min"]
        column[agreed.index] = agreed
    return column
