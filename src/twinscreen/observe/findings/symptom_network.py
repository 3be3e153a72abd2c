"""Diseases whose symptoms are those of a patient, by co-occurrence in the literature.

Source: Zhou et al., Nature Communications 2014;5:4212 (symptoms and diseases by MeSH, weighted
by term frequency times inverse document frequency). A likeness of symptoms is no diagnosis.
"""

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

import pandas as pd

from twinscreen.files import FilePath, InputError
from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.words.counting import plural
from twinscreen.observe.findings.finding import Finding, Found, GeneWeight, strongest
from twinscreen.observe.findings.small_tables import read_rows

#: A disease enters from this cosine on; on the published table most share far less.
MIN_SCORE = 0.5
#: Fewest symptoms of the patient that a disease must share: any one is common to many diseases.
MIN_SYMPTOMS = 2
#: Most diseases that enter.
MAX_DISEASES = 3


class Likeness(NamedTuple):
    """A disease, its likeness to a patient's symptoms in [0, 1], and those that they share."""

    id: str
    name: str
    score: float
    symptoms: tuple[str, ...]


class SymptomNetwork:
    """Weights of the symptoms of each disease.

    Parameters
    ----------
    path
        Tab-separated, with the columns symptom_name, tfidf_score (above 0), doid_code and
        doid_name. Where several MeSH diseases make one of the Disease Ontology, the largest weight
        of a symptom stands.

    Raises
    ------
    InputError
        The table is missing, lacks a column, or has a weight that is no number above 0.
    """

    def __init__(self, path: FilePath) -> None:
        self._weights: dict[str, dict[str, float]] = {}
        self._names: dict[str, str] = {}
        columns = ["symptom_name", "tfidf_score", "doid_code", "doid_name"]
        for row in read_rows(path, required=columns, content="symptoms of diseases"):
            weights = self._weights.setdefault(row["doid_code"], {})
            symptom = row["symptom_name"]
            weights[symptom] = max(weights.get(symptom, 0), _weight(path, row))
            self._names[row["doid_code"]] = row["doid_name"]
        every = sorted({symptom for weights in self._weights.values() for symptom in weights})
        self._symptoms = {spelling: name for name in every for spelling in spellings(name)}

    def match(self, names: Iterable[str]) -> list[str]:
        """Give the symptoms that these names mean, sorted; a name must match as a whole."""
        found = {self._symptoms.get(name.lower()) for name in names}
        return sorted(name for name in found if name)

    def diseases(self, symptoms: Collection[str]) -> list[Likeness]:
        """Give all diseases that share a symptom, the most alike first.

        The score is the cosine of the disease's weights and the patient's symptoms, each 1.
        """
        found = []
        for disease, weights in self._weights.items():
            shared = sorted((one for one in symptoms if one in weights), key=lambda s: -weights[s])
            if shared:
                length = math.hypot(*weights.values()) * math.sqrt(len(symptoms))
                score = min(math.fsum(weights[one] for one in shared) / length, 1.0)
                found.append(Likeness(disease, self._names[disease], score, tuple(shared)))
        return sorted(found, key=lambda one: (-one.score, one.id))


def suggest_diseases(
    used: Collection[str],
    *,
    terms: pd.DataFrame,
    network: SymptomNetwork,
    disease_genes: pd.DataFrame,
    told: Collection[str],
) -> Found:
    """Add the diseases most like a patient's symptoms, and through them genes.

    Parameters
    ----------
    used
        The patient's terms of the Human Phenotype Ontology, present and in use. They are matched
        to symptoms by their names and exact synonyms.
    terms
        Contract PHENOTYPE_TERMS.
    network
        The symptoms of diseases.
    disease_genes
        Contract DISEASE_GENES; diseases are looked up by identifier, else by name as a whole.
    told
        Identifiers and names of the diseases that the patient is already said to have or not to
        have: they are left out.

    Returns
    -------
    Findings of the kind disease, used where genes are known; a gene's weight is its score for the
    disease times the disease's likeness.
    """
    rows = terms[terms["id"].isin(list(used))]
    names = [*rows["name"], *rows["synonyms"].dropna().str.split("|").explode()]
    known = {name.lower() for name in told}
    alike = [
        one
        for one in network.diseases(network.match(names))
        if one.score >= MIN_SCORE
        and len(one.symptoms) >= MIN_SYMPTOMS
        and known.isdisjoint({one.id.lower(), one.name.lower()})
    ]
    found = Found()
    for one in alike[:MAX_DISEASES]:
        genes = _genes(one, disease_genes)
        counted = (
            f"{plural(genes['gene'].nunique(), 'gene')} known" if len(genes) else "no genes known"
        )
        detail = (
            f"not diagnosed: likeness {one.score:.2f} by co-occurrence of symptoms:"
            f" {', '.join(one.symptoms)}; {counted}"
        )
        found.findings.append(
            Finding("disease", one.id, one.name, len(genes) > 0, detail, FindingStatus.SUGGESTED)
        )
        found.genes += [
            GeneWeight(
                gene,
                one.score * score,
                0,
                f"symptoms that co-occur with {one.name} (likeness {one.score:.2f},"
                f" not diagnosed): {source}",
            )
            for gene, score, source in zip(
                genes["gene"], genes["score"], genes["source"], strict=True
            )
        ]
    found.genes = strongest(found.genes)
    return found


def _genes(one: Likeness, table: pd.DataFrame) -> pd.DataFrame:
    by_id = table[table["disease_id"] == one.id]
    return by_id if len(by_id) else table[table["disease"].str.lower() == one.name.lower()]


def spellings(name: str) -> tuple[str, str]:
    """Give a heading of MeSH as it stands and in the order of speech: `Aging, Premature`."""
    return name.lower(), " ".join(reversed(name.lower().split(", ")))


def _weight(path: FilePath, row: dict[str, str]) -> float:
    try:
        weight = float(row["tfidf_score"])
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise InputError(
            file=path,
            place=f"symptom {row['symptom_name']}, disease {row['doid_code']}",
            found=f"tfidf_score {row['tfidf_score']}",
            expected="a number above 0",
            remedy="correct the row, or fetch the table again",
        )
    return weight
