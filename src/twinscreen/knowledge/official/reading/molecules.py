"""Molecules of Open Targets' drug_molecule: their names, and the parents of salts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinscreen.knowledge.official.reading.chunks import part_chunks

_COLUMNS = ("id", "name", "parentId", "maximumClinicalStage", "synonyms", "tradeNames")
_APPROVED = {"approval", "approved", "phase_4", "phase iv", "4", "4.0"}


@dataclass
class Molecules:
    """What is known of molecules, by ChEMBL identifier.

    `names` are their own, `parents` those of salts, `called` all other names of a parent and its
    salts, `approved` the parents of which one has reached approval.
    """

    names: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)

    def parent(self, id_: str) -> str:
        """Return the parent of a salt, or the molecule itself."""
        return self.parents.get(id_, id_)

    def name(self, id_: str) -> str:
        """Return the name of a molecule, or its identifier."""
        return self.names.get(id_) or id_

    def synonyms(self, id_: str) -> str:
        """Return other names of a parent, and names of its salts, joined by "|"."""
        return "|".join(sorted(self.called.get(id_, set()) - {id_, self.name(id_)}))

    def every_name(self, id_: str) -> str:
        """Return all names of a drug, its own first, joined by "|"."""
        parent = self.parent(id_)
        names = [self.name(parent), parent, *self.synonyms(parent).split("|")]
        return "|".join(dict.fromkeys(filter(None, names)))


def read_molecules(path: Path) -> Molecules:
    """Read Open Targets' drug_molecule.

    Raises
    ------
    InputError
        The data set is missing or has another shape.
    """
    found = Molecules()
    for part in part_chunks(path, _COLUMNS, content="Open Targets' drug_molecule"):
        for id_, name, parent, stage, *lists in part.itertuples(index=False, name=None):
            found.names[id_] = name or ""
            if parent:
                found.parents[id_] = parent
            called = found.called.setdefault(parent or id_, set())
            called |= {id_, *([name] if name else [])}
            called |= {one for some in lists for one in labels(some) if one and "|" not in one}
            if str(stage or "").casefold() in _APPROVED:
                found.approved.add(parent or id_)
    return found


def labels(names: Iterable[Any] | None) -> list[Any]:
    """List names: texts, or records with a label, as releases before and since 2026 have them."""
    return [one["label"] if isinstance(one, Mapping) else one for one in names or ()]
