"""What a site shares of its cohort: numbers and means over patients, never of small groups."""

import pandas as pd


def share_drugs(ranks: pd.DataFrame, *, min_group: int = 5, first: int = 10) -> pd.DataFrame:
    """Say of every drug in how many patients it stands where.

    Parameters
    ----------
    ranks
        Contract COHORT_RANKS.
    min_group
        Numbers of fewer patients are missing, none among them, and so are those that leave out
        fewer; drugs that were ranked in fewer are not there.
    first
        How many drugs of a patient are among the first.

    Returns
    -------
    A row per drug, best mean percentile first: `drug_id, name`; `n_ranked, n_first, n_first_ten`,
    in how many patients it was ranked, is first, and is among the first; `mean_percentile,
    sd_percentile` over those in whom it was ranked, where 0 is the first drug and 1 the last.
    """
    marked = ranks.assign(first=ranks["rank"] <= 1, among_first=ranks["rank"] <= first)
    groups = marked.groupby(["drug_id", "name"], observed=True)
    table = groups.agg(
        n_ranked=("patient", "size"),
        n_first=("first", "sum"),
        n_first_ten=("among_first", "sum"),
        mean_percentile=("percentile", "mean"),
        sd_percentile=("percentile", "std"),
    ).reset_index()
    table = table[table["n_ranked"] >= min_group]
    for name in ("n_first", "n_first_ten"):
        table[name] = _shown(table[name], table["n_ranked"], min_group)
    return table.sort_values(["mean_percentile", "name"], ignore_index=True)


def few_changed(drugs: pd.DataFrame, earlier: pd.DataFrame, *, min_group: int = 5) -> bool:
    """Whether so few patients came or went that two tables would tell of them.

    Parameters
    ----------
    drugs, earlier
        What `share_drugs` gives now, and what it gave before.
    min_group
        As for `share_drugs`.
    """
    now, before = (int(one["n_ranked"].max()) if len(one) else 0 for one in (drugs, earlier))
    return bool(before) and abs(now - before) < min_group


def share_counts(patients: pd.DataFrame, *, min_group: int = 5) -> pd.DataFrame:
    """Count the patients of a cohort, those scored, and those with a call.

    Parameters
    ----------
    patients
        Contract COHORT_PATIENTS.
    min_group
        As for `share_drugs`.

    Returns
    -------
    `what` is counted, and its number `n`.
    """
    whole = len(patients)
    numbers = {
        "patients": whole,
        "scored": int((patients["status"] == "scored").sum()),
        "called": int(patients["called"].sum()),
    }
    table = pd.DataFrame({"what": list(numbers), "n": list(numbers.values())})
    table["n"] = _shown(table["n"], pd.Series(whole, index=table.index), min_group)
    return table


def _shown(number: pd.Series, whole: pd.Series, min_group: int) -> pd.Series:
    """Keep numbers of a whole that speak of no small group, neither those in it nor those not."""
    rest = whole - number
    kept = (number >= min_group) & ((rest == 0) | (rest >= min_group))
    return number.astype("Int64").where(kept)
