"""How sure it is that a gene is a cause, from the words of curators."""

from collections.abc import Iterable

import pandas as pd

#: What the classes of ClinGen's scheme count for; weaker ones are left out. That definitive is a
#: cause is its definition, a moderate one is as sure as a just significant association.
SURE = {"definitive": 1.0, "strong": 0.8, "moderate": 0.5}


def surest(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Make one line per disease and gene of what several curators say: the surest counts.

    Parameters
    ----------
    parts
        Columns `gene`, `disease_id`, `disease`, `class` and `references`.

    Returns
    -------
    The table `disease_genes`.
    """
    rows = pd.concat(parts)
    rows["score"] = rows["class"].str.casefold().map(SURE)
    rows = rows[rows["score"].notna() & (rows["gene"] != "") & rows["disease_id"].str.contains(":")]
    rows = rows.sort_values(["disease_id", "gene", "score"], ascending=[True, True, False])
    rows = rows.drop_duplicates(["disease_id", "gene"])
    return rows.assign(score=rows["score"].map("{:g}".format))
