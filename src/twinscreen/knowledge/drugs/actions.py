"""Which way an action moves its target: the reviewed meaning of each word, `actions.tsv`."""

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.knowledge.delimited import read_columns, require_values


def read_actions(path: FilePath) -> pd.DataFrame:
    """Read what each type and each action means.

    Returns
    -------
    By kind (`type`, `action`) and word: `sign` (+1 raises the target's activity, -1 lowers it,
    0 says nothing) and `weight` (who wins if type and action disagree), integers.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another value, or a word twice.
    """
    table = read_columns(
        path,
        columns=["kind", "word", "sign", "weight"],
        content="the meaning of types and actions",
    )
    kinds = table["kind"].isin(["type", "action"])
    require_values(path, "kind", table["kind"], kinds, expected="type or action")
    once = ~table.duplicated(["kind", "word"])
    require_values(path, "word", table["word"], once, expected="each word of a kind once")
    signs_ = table["sign"].isin(["1", "-1", "0"])
    require_values(path, "sign", table["sign"], signs_, expected="1, -1 or 0")
    weights = table["weight"].str.fullmatch(r"\d")
    require_values(path, "weight", table["weight"], weights, expected="a digit")
    return table.astype({"sign": int, "weight": int}).set_index(["kind", "word"])


def signs(rows: pd.DataFrame, actions: pd.DataFrame, *, file: FilePath) -> pd.Series:
    """Return the direction of each interaction: the sign of type plus action, by their weights.

    Antibody (-1) and Binding (0) lower; Antibody (-1) and Agonist (+2) raise; Agonist (+2) and
    Inverse agonist (-3) lower; Agonist (+2) and Antagonist (-2) contradict each other: 0.

    Parameters
    ----------
    rows
        Interactions with their `type` and `action`.
    actions
        As `read_actions` gives them.
    file
        Where the actions came from, for the error message.

    Returns
    -------
    +1, -1 or 0 by the index of `rows`.

    Raises
    ------
    InputError
        A type or action has no stated meaning.
    """
    weighted = actions["sign"] * actions["weight"]
    total = pd.Series(0, index=rows.index)
    for kind in ("type", "action"):
        meaning = rows[kind].map(weighted[kind])
        if (unknown := meaning.isna()).any():
            raise InputError(
                file=file,
                found=f"no {kind} {rows.loc[unknown, kind].iloc[0]!r}",
                expected="each type and action of the interactions",
                remedy="add a line that says whether it raises or lowers the target's activity",
            )
        total += meaning.astype(int)
    return total.clip(-1, 1)
