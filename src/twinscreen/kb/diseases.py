"""Diseases of an ontology by any of their names, and what is above each."""

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from twinscreen.files.drug_names import key


class Diseases:
    """Diseases of an ontology by any name or identifier, and those above them.

    Parameters
    ----------
    table
        Contract DISEASES.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        # what a disease is called itself comes before what it is called elsewhere
        self._own, self._elsewhere = (
            _meanings(table, columns) for columns in (("id", "name"), ("xrefs", "synonyms"))
        )
        self._parents = {
            id_: _listed(joined) for id_, joined in zip(table["id"], table["parents"], strict=True)
        }
        self._names = dict(zip(table["id"], table["name"], strict=True))

    def of(self, names: Iterable[str]) -> set[str]:
        """Return all diseases that these names and identifiers may mean."""
        keys = [key(name) for name in names if name]
        return {id_ for one in keys for id_ in self._own.get(one) or self._elsewhere.get(one) or ()}

    def called(self, name: str) -> set[str]:
        """Return the diseases with this name, not those with it as a synonym."""
        return {id_ for id_ in self._own.get(key(name), ()) if key(self._names[id_]) == key(name)}

    def name(self, id_: str) -> str:
        """Return the name of a disease, "" if it is not known."""
        return str(self._names.get(id_, ""))

    def above(self, ids: set[str]) -> set[str]:
        """Return these diseases and all diseases above them."""
        found, ahead = set(ids), ids
        while ahead:
            ahead = {parent for one in ahead for parent in self._parents.get(one, ())} - found
            found |= ahead
        return found


def _meanings(table: pd.DataFrame, columns: Iterable[str]) -> dict[str, list[str]]:
    """List the diseases that each text of some columns may mean, by its key."""
    found: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        for id_, joined in zip(table["id"], table[column], strict=True):
            if isinstance(joined, str):
                for name in key(joined).split("|"):  # all at once: there are 300,000
                    found[name.strip()].append(id_)
    return dict(found)


def _listed(joined: str | None) -> list[str]:
    return joined.split("|") if isinstance(joined, str) else []
