"""Drugs by the names that other sources give them."""

import pandas as pd


class DrugNames:
    """The drugs of the drug table by name and synonym, in any case of letters.

    Parameters
    ----------
    table
        Contract DRUGS. A name comes before a synonym; a synonym that means several drugs means
        none. Isotope-labelled tracers are no drugs that anybody takes.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        table = table[~table["labelled"]]
        self._ids: dict[str, list[str]] = {id_.casefold(): [id_] for id_ in table["drug_id"]}
        synonyms: dict[str, set[str]] = {}
        for id_, joined in zip(table["drug_id"], table["synonyms"], strict=True):
            for name in joined.split("|") if isinstance(joined, str) else ():
                synonyms.setdefault(key(name), set()).add(id_)
        self._ids |= {name: [*ids] for name, ids in synonyms.items() if len(ids) == 1}
        named: dict[str, list[str]] = {}
        for id_, name in zip(table["drug_id"], table["name"], strict=True):
            named.setdefault(key(name), []).append(id_)
        self._ids |= named

    def ids(self, name: str) -> list[str]:
        """Give the identifiers of the drugs of a name, none if it means no drug."""
        return self._ids.get(key(name), [])


def key(name: str) -> str:
    """Write a name as it is compared: in small letters, with single blanks."""
    return " ".join(name.casefold().split())
