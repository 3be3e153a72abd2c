"""How many drugs, mechanisms and signed targets each source of drugs tells."""

import pandas as pd

#: Stands for all sources together.
ALL = "all"


def count(drugs: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Count what all sources tell together, and what each takes part in.

    Parameters
    ----------
    drugs, targets
        Contracts DRUGS and DRUG_TARGETS.

    Returns
    -------
    One row per `source`, with the number of its `drugs`; of those `approved` and not withdrawn; of
    the `signed` ones among these, which have a target with a known direction; of the `mechanisms`
    (distinct sets of signed targets) by which these act; and, over all drugs, of the `pairs` of a
    drug and a target that it tells, of the `signed pairs` and of the `conflicts`.
    """
    names = sorted({name for text in drugs["sources"] for name in text.split("|")})
    return pd.DataFrame([_of(source, drugs, targets) for source in (*names, ALL)])


def _of(source: str, drugs: pd.DataFrame, targets: pd.DataFrame) -> dict[str, object]:
    pairs = targets.drop_duplicates(["drug_id", "target"])
    if source != ALL:
        drugs, pairs = (one[_told_by(one["sources"], source)] for one in (drugs, pairs))
    usable = drugs["approved"] & ~drugs["withdrawn"] & ~drugs["labelled"]
    approved = drugs.loc[usable, "drug_id"]
    signed = pairs[pairs["sign"] != 0]
    acting = signed[signed["drug_id"].isin(approved)]
    words = acting["target"] + " " + acting["sign"].astype(str)
    mechanisms = words.sort_values().groupby(acting["drug_id"]).agg("; ".join)
    return {
        "source": source,
        "drugs": len(drugs),
        "approved": len(approved),
        "signed": len(mechanisms),
        "mechanisms": mechanisms.nunique(),
        "pairs": len(pairs),
        "signed pairs": len(signed),
        "conflicts": int(pairs["conflict"].sum()),
    }


def _told_by(sources: pd.Series, source: str) -> pd.Series:
    return sources.str.split("|").map(lambda names: source in names)
