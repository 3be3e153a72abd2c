"""Adverse reactions that tables list for the first drugs: shown, and never counted."""

from collections.abc import Iterable

import pandas as pd

from twinscreen.files.contracts.screen_tables import REACTIONS


def reactions_table(warnings: pd.DataFrame | None, drug_ids: Iterable[str]) -> pd.DataFrame:
    """List the adverse reactions of some drugs, a table REACTIONS.

    Parameters
    ----------
    warnings
        Contract DRUG_WARNINGS; None: nothing is known.
    drug_ids
        The drugs, which keep their order; of each the reactions are sorted by name.
    """
    if warnings is None:
        return REACTIONS.empty()
    order = {id_: place for place, id_ in enumerate(drug_ids)}
    rows = warnings[warnings["kind"] == "adverse_reaction"]
    rows = rows.assign(order=rows["drug_id"].map(order)).dropna(subset="order")
    rows = rows.sort_values(["order", "subject", "source", "detail"])
    return REACTIONS.typed(rows.rename(columns={"subject": "reaction"}).reset_index(drop=True))
