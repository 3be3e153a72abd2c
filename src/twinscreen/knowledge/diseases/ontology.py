"""Diseases as the Mondo Disease Ontology has them: names, identifiers elsewhere, what is above.

Source: Vasilevsky et al., medRxiv 2022.04.13.22273750 (Mondo).
"""

import json
from typing import Any

import pandas as pd

from twinscreen.files import DISEASES, FilePath, InputError, write_table
from twinscreen.knowledge.delimited import require_file

#: Prefixes that the file spells in another way than the tables that name diseases by them.
_PREFIXES = {"Orphanet": "ORPHA"}


def build_diseases(mondo: FilePath, *, output: FilePath) -> None:
    """Write the diseases of Mondo.

    Parameters
    ----------
    mondo
        A list of terms (JSON), each with `id` (digits), `name`, and perhaps `synonyms`, `xrefs`
        (`namespace` and `id`) and `relations` with `is_a`.
    output
        Contract DISEASES, sorted; identifiers elsewhere are written as PREFIX:NUMBER, and those of
        former terms of Mondo stand among them.

    Raises
    ------
    InputError
        The file is missing or has another shape.
    """
    require_file(mondo, content="terms of Mondo (JSON)")
    try:
        with open(mondo, encoding="utf-8") as file:
            rows = [_row(term) for term in json.load(file)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            file=mondo,
            found=f"no list of terms of Mondo ({type(error).__name__}: {error})",
            expected="JSON: terms with id, name, synonyms, xrefs and relations",
            remedy="fetch the file again",
        ) from error
    table = pd.DataFrame(rows, columns=DISEASES.schema.names)
    write_table(table.sort_values("id", ignore_index=True), output, DISEASES)


def _row(term: dict[str, Any]) -> tuple[str | None, ...]:
    """Bring one term to a row of the contract."""
    elsewhere = [
        f"{_PREFIXES.get(one['namespace'], one['namespace'])}:{one['id']}"
        for one in term.get("xrefs", [])
    ]
    elsewhere += [f"MONDO:{former}" for former in term.get("alt_ids", [])]
    above = [f"MONDO:{parent}" for parent in term.get("relations", {}).get("is_a", [])]
    lists = (_joined(some) for some in (term.get("synonyms", []), elsewhere, above))
    return (f"MONDO:{term['id']}", term["name"], *lists)


def _joined(some: list[str]) -> str | None:
    """Join by "|", sorted; what holds a bar itself could not be told apart and is left out."""
    return "|".join(sorted({one for one in some if "|" not in one})) or None
