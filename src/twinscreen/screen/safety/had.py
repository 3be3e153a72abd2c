"""The diseases and symptoms of a patient, by all their names and the terms above them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.drug_names import key
from twinscreen.kb import Diseases

_TERM = re.compile(r"([A-Za-z]+)[:_]([A-Z]?\d+)\b[\s,:]*")


@dataclass(frozen=True)
class Finding:
    """A symptom or disease that the patient has: identifier, the same in words, if made up."""

    id: str
    words: str
    simulated: bool


@dataclass(frozen=True)
class Match:
    """A finding that a subject holds for; `exact`: it is the subject itself, not one below it."""

    finding: Finding
    exact: bool


def had_of(findings: pd.DataFrame) -> pd.DataFrame:
    """Choose the symptoms and diseases that the patient has, among findings."""
    known = findings["kind"].isin(["phenotype", "disease"])
    return findings[known & (findings["status"] == FindingStatus.PRESENT)]


class Had:
    """What a patient has, with which the subjects of tables are compared.

    A subject is a term (HPO, MONDO, DOID, any identifier that the ontology has), a name, or a term
    and its name; it holds for everything below it, across the two ontologies where a disease has a
    phenotype among its identifiers elsewhere or goes by the same name.

    Parameters
    ----------
    had
        Findings, as `had_of` chooses them.
    terms
        Contract PHENOTYPE_TERMS; None: only the very phenotype counts.
    diseases
        The diseases of an ontology; None: only the very disease counts.
    """

    def __init__(
        self, had: pd.DataFrame, terms: pd.DataFrame | None, diseases: Diseases | None
    ) -> None:
        self._names, self._ancestors, formers = (
            {} if terms is None else dict(zip(terms["id"], terms[column], strict=True))
            for column in ("name", "ancestors", "alternatives")
        )
        self._diseases = diseases
        self._current = {
            former: id_
            for id_, joined in formers.items()
            if isinstance(joined, str)
            for former in joined.split("|")
        }
        self._by_name: dict[str, Match] = {}
        self._by_disease: dict[str, Match] = {}
        self._above: list[set[str]] = []
        for id_, label, simulated in zip(had["id"], had["label"], had["simulated"], strict=True):
            words = f"{label} ({id_})" if label != id_ else str(id_)
            self._add(str(id_), str(label), Finding(str(id_), words, bool(simulated)))
        self.match = cache(self._match)
        self.nearness = cache(self._nearness)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def words(self, subject: str) -> str:
        """Say a subject: `seizure (HP:0001250)`, or the name alone where it has no term."""
        id_, name = self._split(subject)
        if not id_ or name == id_:
            return name
        return f"{name} ({id_})"

    def name(self, subject: str) -> str:
        """Name a subject: without its term, if it has a name."""
        return self._split(subject)[1]

    def meaning(self, subject: str) -> frozenset[str]:
        """Return the diseases that a subject means; where none is known, its name."""
        return frozenset(self._meant(subject) or {key(self.name(subject))})

    def _add(self, id_: str, label: str, finding: Finding) -> None:
        """Enter a finding by its names and those of what is above it."""
        very, above = Match(finding, exact=True), Match(finding, exact=False)
        _enter(self._by_name, filter(None, (id_, key(label))), very)
        own = mine = self._diseases_of(id_, label)
        current = self._current.get(id_, id_)
        for one in self._ancestors.get(current, "").split("|"):
            name = str(self._names.get(one, ""))
            match = very if one == current else above
            _enter(self._by_name, filter(None, (one, key(name))), match)
            own = own | self._diseases_of(one, name)
        if self._diseases is not None and own:
            up = self._diseases.above(own)
            self._above.append(up)
            _enter(self._by_disease, mine, very)
            _enter(self._by_disease, up - mine, above)

    def _diseases_of(self, id_: str, name: str) -> set[str]:
        """Return the diseases of a term or else of its name; a phenotype has no synonyms there."""
        if self._diseases is None:
            return set()
        found = self._diseases.of([id_])
        if not found:
            found = self._diseases.called(name) if _phenotype(id_) else self._diseases.of([name])
        return found

    def _split(self, subject: str) -> tuple[str, str]:
        """Split a subject into its term, "" if it has none, and its name in the ontology.

        A term without a name there has the one that stands beside it.
        """
        match = _TERM.match(subject)
        if not match:
            return "", subject
        id_ = f"{match[1]}:{match[2]}"
        id_ = str(self._current.get(id_, id_))
        name = str(self._names.get(id_, ""))
        if self._diseases is not None:
            name = name or self._diseases.name(id_)
        return id_, name or subject[match.end() :].strip() or id_

    def _meant(self, subject: str) -> set[str]:
        return self._diseases_of(*self._split(subject))

    def _match(self, subject: str) -> Match | None:
        """Return what the patient has and a subject holds for, if anything."""
        id_, name = self._split(subject)
        found = self._by_name.get(id_) or self._by_name.get(key(subject))
        if found is None and not self._meant(subject):
            found = self._by_name.get(key(name))
        for one in sorted(self._meant(subject)) if found is None else ():
            match = self._by_disease.get(one)
            if match and (found is None or match.exact > found.exact):
                found = match
        return found

    def _nearness(self, subject: str) -> float:
        """Say how near a subject is to what the patient has.

        The share of what is above both among what is above either, 0 to 1; 1 more where the
        subject holds for what the patient has, and another 1 where it is that itself.
        """
        match = self.match(subject)
        near = 0.0 if match is None else 1.0 + match.exact
        if self._diseases is not None and self._above:
            up = self._diseases.above(self._meant(subject))
            near += max(len(up & one) / len(up | one) for one in self._above)
        return round(near, 6)


def _phenotype(id_: str) -> bool:
    return id_.startswith("HP:")


def _enter(table: dict[str, Match], names: Iterable[str], match: Match) -> None:
    """Enter a match by names; the first stays, unless only the new one is exact."""
    for name in names:
        if name not in table or match.exact > table[name].exact:
            table[name] = match
