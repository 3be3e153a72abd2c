"""Tables of twins and screens made by hand, brought to what their contracts declare."""

from typing import Any

import anndata as ad
import pandas as pd

from twinscreen.files import AnnDataContract

NOTHING: dict[type, Any] = {str: "", int: 0, float: float("nan"), bool: False}


def complete(stage: ad.AnnData, contract: AnnDataContract) -> ad.AnnData:
    """Fill the columns of its tables that a test says nothing of; what is no table has no rows."""
    for spec in contract.uns_tables:
        if spec.name in stage.uns:
            given = stage.uns[spec.name]
            table = pd.DataFrame(given).reset_index(drop=True) if len(given) else spec.empty()
            lacking = {name: NOTHING[one] for name, one in spec.types.items() if name not in table}
            stage.uns[spec.name] = spec.typed(table.assign(**lacking))
    return stage
