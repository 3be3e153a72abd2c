"""Genes of a disease, and of diseases near it in the ontology.

Two diseases share what is above both. With the information content of a disease, -ln of the share
of all diseases at or below it, the nearness of disease e to d is that of the most informative
disease above both, over that of d: 1 for d and all that is below it, less for its relatives, 0 for
what shares nothing with it. A gene of e is a gene of d with

    w = 1 - prod over e (1 - s_e nearness(d, e)^4),

s_e how sure it is that the gene is a cause of e (docs/methods/layers.md). Information content:
Resnik, Proceedings of IJCAI 1995:448.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from twinscreen.observe.findings.finding import GeneWeight

#: How an identifier begins: MONDO:0100096, DOID_9352.
_IDENTIFIER = re.compile(r"[A-Za-z]+(:\S|_[A-Z]*\d|_[A-Z]+\b)")

#: Relatives count by this power of their nearness: sisters of a narrow disease, not all diseases.
POWER = 4

#: Genes of less weight are left out.
LEAST = 0.0005


class DiseaseGenes:
    """Genes of diseases by any of their identifiers.

    Parameters
    ----------
    diseases
        Contract DISEASES.
    genes
        Contract DISEASE_GENES, of diseases by any identifier that `diseases` knows, or another:
        then the genes are of that one alone.
    """

    def __init__(self, diseases: pd.DataFrame, genes: pd.DataFrame) -> None:
        self._names = diseases["name"].to_numpy(dtype=object)
        self._rows = _identifiers(diseases)
        self._diseases = diseases
        self._above = _ancestors(diseases)
        self._below: dict[int, list[int]] = defaultdict(list)
        for row, above in enumerate(self._above):
            for one in above:
                self._below[one].append(row)
        number = np.array([len(self._below[row]) for row in range(len(diseases))], dtype=float)
        self._content = -np.log(number / max(len(diseases), 1)) + 0.0
        self._genes = genes.assign(spelled=genes["disease_id"].map(spelled))
        placed = genes.assign(row=self._genes["spelled"].map(lambda one: self._rows.get(one, ())))
        placed = placed.explode("row").dropna(subset="row").astype({"row": int})
        placed = placed.sort_values("score", ascending=False, kind="stable")
        self._placed = placed.drop_duplicates(["row", "gene"])

    @cached_property
    def _called(self) -> dict[str, list[int]]:
        """Rows by name and synonym, which a disease with an identifier does not need."""
        return _called(self._diseases)

    def find(self, *names: str) -> list[int]:
        """Find a disease by identifiers, else by names and synonyms; rows of the ontology."""
        found = {row for name in names for row in self._rows.get(spelled(name), ())}
        if not found:
            found = {row for name in names for row in self._called.get(name.lower(), ())}
        return sorted(found)

    def name(self, identifier: str) -> str:
        """Give the name of the disease that an identifier means; itself where it is not known."""
        rows = self._rows.get(spelled(identifier), ())
        return str(self._names[rows[0]]) if rows else identifier

    def identifier(self, name: str) -> str:
        """Give the identifier of the only disease of a name or synonym; "" if none or several."""
        rows = self._called.get(name.lower(), ())
        return str(self._diseases["id"].iloc[rows[0]]) if len(rows) == 1 else ""

    def nearness(self, rows: Iterable[int]) -> np.ndarray:
        """Give the nearness of every disease of the ontology to the nearest of some, 0 to 1."""
        near = np.zeros(len(self._names))
        for row in rows:
            shared = np.zeros(len(self._names))
            for above in sorted(self._above[row], key=lambda one: self._content[one]):
                shared[self._below[above]] = self._content[above]
            if self._content[row] > 0:
                near = np.maximum(near, shared / self._content[row])
            near[self._below[row]] = 1
        return near

    def weights(self, *names: str) -> list[GeneWeight]:
        """Give the genes of a disease with their weights, sorted by gene.

        Parameters
        ----------
        names
            Identifiers and names of one disease.
        """
        return _weighed(self._known_of(names))

    def own(self, *names: str) -> list[str]:
        """Give the genes that are known of a disease itself, or of one below it, sorted."""
        known = self._known_of(names)
        return sorted(known.loc[known["near"] == 1, "gene"].unique())

    def number_of_genes(self) -> np.ndarray:
        """Count the genes of every disease of the ontology, those of diseases below it included."""
        found: list[set[str]] = [set() for _ in self._above]
        for row, gene in zip(self._placed["row"], self._placed["gene"], strict=True):
            for above in self._above[row]:
                found[above].add(gene)
        return np.array([len(genes) for genes in found], dtype=int)

    def _known_of(self, names: Iterable[str]) -> pd.DataFrame:
        """Give what is known of genes of a disease and those near it, with `near` and `called`."""
        rows = self.find(*names)
        if not rows:
            own = [self._genes[self._genes["spelled"] == name] for name in map(spelled, names)]
            return pd.concat(own).assign(near=1.0, called="")
        near = self.nearness(rows)
        place = self._placed["row"].to_numpy()
        kept = self._placed[near[place] ** POWER >= LEAST]
        place = kept["row"].to_numpy()
        return kept.assign(near=near[place], called=self._names[place])


def identifier_and_name(text: str) -> tuple[str, str]:
    """Part what is told of a disease: identifier and name, either of which may be "".

    Examples
    --------
    >>> identifier_and_name("MONDO_0100096 COVID-19")
    ('MONDO:0100096', 'COVID-19')
    >>> identifier_and_name("rheumatoid arthritis")
    ('', 'rheumatoid arthritis')
    """
    if not _IDENTIFIER.match(text.strip()):
        return "", text.strip()
    id_, _, name = text.strip().partition(" ")
    return id_.replace("_", ":", 1), name.strip()


def spelled(identifier: str) -> str:
    """Spell an identifier as the tables do: MeSH:D001172 is MESH:D001172, Orphanet:1 ORPHA:1."""
    prefix, colon, rest = identifier.strip().partition(":")
    if not colon:
        return identifier
    prefix = prefix.upper()
    return f"{'ORPHA' if prefix == 'ORPHANET' else prefix}:{rest}"


def _weighed(rows: pd.DataFrame) -> list[GeneWeight]:
    """Put together what all diseases say of each gene; the strongest is its evidence."""
    sure = rows["score"] * rows["near"] ** POWER
    rows = rows.assign(sure=sure, against=1 - sure)
    rows = rows.sort_values(["gene", "sure", "called"], ascending=[True, False, True])
    weight = 1 - rows.groupby("gene")["against"].prod()
    # both are in the order of the genes
    return [
        GeneWeight(str(row.gene), value, 0, _evidence(row))
        for row, value in zip(
            rows.drop_duplicates("gene").itertuples(), weight.tolist(), strict=True
        )
        if value >= LEAST
    ]


def _evidence(row: Any) -> str:
    """Say which disease a gene is of, and by which source."""
    if row.near == 1:
        return f"{row.called or row.disease}: {row.source}"
    return f"{row.called} (nearness {row.near:.2f}): {row.source}"


def _identifiers(diseases: pd.DataFrame) -> dict[str, list[int]]:
    """Give the rows that an identifier means: its own, else all that name it."""
    elsewhere: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(diseases["xrefs"].fillna("")):
        for name in names.split("|"):
            elsewhere[spelled(name)].append(row)
    elsewhere.pop("", None)
    return {**elsewhere, **{spelled(name): [row] for row, name in enumerate(diseases["id"])}}


def _called(diseases: pd.DataFrame) -> dict[str, list[int]]:
    """Give the rows of a name or synonym, in small letters."""
    rows: dict[str, list[int]] = defaultdict(list)
    synonyms = diseases["synonyms"].fillna("").str.split("|")
    for row, (name, others) in enumerate(zip(diseases["name"], synonyms, strict=True)):
        for one in {name.lower(), *(other.lower() for other in others)} - {""}:
            rows[one].append(row)
    return dict(rows)


def _ancestors(diseases: pd.DataFrame) -> list[set[int]]:
    """Give all that is above each disease, itself among it."""
    row_of = {name: row for row, name in enumerate(diseases["id"])}
    parents = [
        [row_of[one] for one in names.split("|") if one in row_of]
        for names in diseases["parents"].fillna("")
    ]
    found: dict[int, set[int]] = {}

    def climb(row: int) -> set[int]:
        if row not in found:
            found[row] = {row}.union(*(climb(parent) for parent in parents[row]))
        return found[row]

    return [climb(row) for row in range(len(parents))]
