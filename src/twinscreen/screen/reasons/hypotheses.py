"""Drugs that close a hypothesis: their action opposes the deviation at its end."""

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import SCREEN_HYPOTHESES

#: So many drugs are named for each chain.
NAMED = 3


def add_drugs(hypotheses: pd.DataFrame, drugs: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Name the best ranked drugs whose action opposes the deviation of each chain.

    A drug that inhibits the product of a gene opposes its rise, one that activates it its fall:
    sign x effect < 0. Drugs that are not ranked, or whose action is unknown, close no chain.

    Parameters
    ----------
    hypotheses
        Chains of the twin.
    drugs
        Drugs of the screen, index `drug_id`, with `name` and `rank` (NaN if not ranked).
    targets
        Target table: one row per drug, target and gene, with `sign`.

    Returns
    -------
    The chains, with `drug_id, drug, drug_rank, drug_target` of the best drug and the next ones'
    names in `further_drugs`, joined by "|". A chain that lacked nothing and has no drug lacks
    `drug`; one that lacks nothing says which drug to expose cells to.
    """
    ranked = drugs.loc[drugs["rank"].notna(), ["name", "rank"]]
    ends = hypotheses["expression_gene"].unique()
    table = targets[targets["gene"].isin(ends) & (targets["sign"] != 0)]
    table = table.merge(ranked, left_on="drug_id", right_index=True)
    table = table.sort_values(["rank", "name", "target"]).drop_duplicates(["drug_id", "gene"])
    found = [_opposing(table, chain) for chain in hypotheses.itertuples()]
    closing = SCREEN_HYPOTHESES.names[len(hypotheses.columns) :]
    result = hypotheses.join(pd.DataFrame(found, columns=closing, index=hypotheses.index))
    result = SCREEN_HYPOTHESES.typed(result)
    complete = result["missing"] == ""
    result.loc[complete & (result["drug"] == ""), "missing"] = "drug"
    for row in result.index[complete]:
        result.loc[row, "measure"] = _measure(result.loc[row])
    return result


def _opposing(table: pd.DataFrame, chain: tuple[object, ...]) -> tuple[object, ...]:
    """Give the best drug against the deviation a chain ends with, and the names of the next."""
    gene, effect = chain.expression_gene, chain.effect  # type: ignore[attr-defined]
    against = table[(table["gene"] == gene) & (table["sign"] * effect < 0)].head(NAMED)
    if against.empty:
        return "", "", np.nan, "", ""
    first = against.iloc[0]
    sign = "+" if first["sign"] > 0 else "-"
    names = [first["drug_id"], first["name"], first["rank"], f"{first['target']} {sign}"]
    return *names, "|".join(against["name"].iloc[1:])


def _measure(chain: pd.Series) -> str:
    """Say what to do with a chain that lacks no measurement."""
    cell_type, tissue, time = chain["compartment"].rsplit("|", 2)
    if chain["drug"] == "":
        return f"No ranked drug acts on {chain['expression_gene']} in the direction needed."
    way = "falls" if chain["effect"] > 0 else "rises"
    return (
        f"Expose {cell_type} ({tissue}, {time}) to {chain['drug']} and see whether"
        f" {chain['expression_gene']} {way}."
    )
