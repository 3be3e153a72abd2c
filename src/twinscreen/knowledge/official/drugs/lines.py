"""One line per drug and target, in the words that a table of drugs of one's own has."""

from collections.abc import Iterable

import pandas as pd

#: Words for actions, and whether each raises or lowers the activity of the target.
SIGNS = {
    **dict.fromkeys(
        (
            *("activation", "activator", "agonist", "biased agonist", "full agonist"),
            *("irreversible agonist", "opener", "partial agonist", "pharmacological chaperone"),
            *("positive", "positive allosteric modulator", "positive modulator", "potentiation"),
            "slows inactivation",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            *("allosteric antagonist", "antagonist", "antibody binding", "blocker"),
            *("feedback inhibition", "inhibition", "inhibitor", "inverse agonist"),
            *("irreversible inhibition", "negative", "negative allosteric modulator"),
            *("negative modulator", "pore blocker", "voltage-dependent inhibition"),
        ),
        -1,
    ),
    **dict.fromkeys(("modulator", "releasing agent", "substrate", "unknown"), 0),
}

#: What sources call otherwise. All that is not here and not above is unknown, not guessed:
#: binding agents, vaccines, enzymes and genes that are given, chelators, stabilisers.
_OTHERWISE = {
    **dict.fromkeys(
        (
            *("antisense inhibitor", "antisense oligonucleotide", "degrader", "gating inhibitor"),
            *("rnai inhibitor", "sequestering agent", "suppressor"),
        ),
        "inhibitor",
    ),
    **dict.fromkeys(("stimulator", "inducer"), "activator"),
    "allosteric modulator": "modulator",
    "antibody": "antibody binding",
    "channel blocker": "blocker",
    "chaperone": "pharmacological chaperone",
    "gene editing negative modulator": "negative modulator",
    "inhibitory allosteric modulator": "negative allosteric modulator",
    "potentiator": "potentiation",
}


def one_line_each(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Make one line per drug and target of all lines of a release.

    Parameters
    ----------
    parts
        Columns `drug`, `target`, `action` (several words are joined by commas), `approved` (bool),
        and perhaps `synonyms`, `chembl` and `atc`, several values joined by "|".

    Returns
    -------
    The table `drugs`, whose actions are words of `SIGNS`. Where lines of a drug and target say
    opposite things, or nothing with a direction, the action is unknown; a drug is approved if a
    line says so.
    """
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(**{name: "" for name in ("synonyms", "chembl", "atc") if name not in rows})
    rows["mark"] = rows["drug"].str.casefold().str.split().str.join(" ")
    rows["word"] = rows["action"].str.casefold().str.split(r"\s*,\s*", regex=True)
    rows = rows.explode("word")
    rows["word"] = rows["word"].map(lambda word: _OTHERWISE.get(word, word))
    rows["sign"] = rows["word"].map(SIGNS).fillna(0).astype(int)
    approved = {*rows.loc[rows["approved"].astype(bool), "mark"]}
    rows = rows.sort_values("sign", key=abs, ascending=False, kind="stable")
    groups = rows.groupby(["mark", "target"], sort=True)
    lines = groups.agg(
        drug=("drug", "first"),
        word=("word", "first"),
        lowest=("sign", "min"),
        highest=("sign", "max"),
        synonyms=("synonyms", _joined),
        chembl=("chembl", _joined),
        atc=("atc", _joined),
    ).reset_index()
    clear = (lines["lowest"] * lines["highest"] >= 0) & lines["word"].isin(SIGNS)
    return lines.assign(
        action=lines["word"].where(clear, "unknown"),
        approved=["yes" if mark in approved else "no" for mark in lines["mark"]],
    )


def _joined(texts: pd.Series) -> str:
    return "|".join(dict.fromkeys(one for text in texts for one in text.split("|") if one))
