"""Which diseases are listed, and which of the patients' have no genes."""

import pandas as pd
import pytest
from test_disease_genes import GENES, ONTOLOGY

from twinscreen.observe.findings.disease_genes import DiseaseGenes, identifier_and_name, spelled
from twinscreen.observe.findings.known_diseases import list_diseases, not_listed, without_genes


def listed(*words: str) -> list[tuple[str, int]]:
    rows = list_diseases(ONTOLOGY, GENES, words)
    return list(zip(rows["name"], rows["genes"], strict=True))


def test_diseases_are_listed_with_the_genes_of_those_below_them():
    assert listed() == [
        *[("disease", 4), ("arthritis", 3), ("gout", 2), ("pseudogout", 2)],
        *[("blood disease", 1), ("anaemia", 1)],
    ]
    rows = list_diseases(ONTOLOGY, GENES, ["mesh:A"])
    assert rows.iloc[0].to_dict() == {
        "id": "MONDO:A",
        "name": "arthritis",
        "genes": 3,
        "EFO": "",
        "DOID": "DOID:9",
        "MESH": "MESH:A",
        "OMIM": "",
        "ORPHA": "",
    }


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["GOUT"], ["gout", "pseudogout"]),
        (["joint", "arth"], ["arthritis"]),
        (["MESH:Z"], []),
        (["unheard"], []),
    ],
)
def test_diseases_are_sought_by_words_and_identifiers(words, names):
    assert [name for name, _ in listed(*words)] == names


def test_diseases_without_genes_are_named_with_their_patients():
    lone = pd.DataFrame([("MONDO:L", "lone disease", None, None, None)], columns=ONTOLOGY.columns)
    diseases = pd.concat([ONTOLOGY, lone])
    told = [
        ("P1", "MONDO:A1 gout|MONDO:L lone disease"),
        ("P2", "MONDO_L lone disease"),
        ("P3", "MONDO:L lone disease|OMIM:99"),
        ("P4", ""),
    ]
    assert without_genes(told, diseases, GENES) == {
        "MONDO:L lone disease": ["P1", "P3"],
        "MONDO_L lone disease": ["P2"],
        "OMIM:99": ["P3"],
    }
    assert not_listed(told, {"MONDO:L", "gout"}) == {"OMIM:99": ["P3"]}


def test_identifiers_are_spelled_in_one_way():
    assert spelled("MeSH:D001172") == "MESH:D001172"
    assert spelled("Orphanet:1") == spelled("orpha:1") == "ORPHA:1"
    assert spelled("gout") == "gout"
    known = DiseaseGenes(ONTOLOGY, GENES)
    assert known.find("mesh:A") == known.find("MESH:A") != []
    assert known.own("MONDO:A1") == ["G1", "G2"]  # G3 is of a relative alone


def test_a_disease_may_be_told_by_its_whole_name():
    """Not by its last words: an unknown arthritis is not arthritis."""
    told = [("P1", "Gout|joint inflammation|MONDO_A1 gout"), ("P2", "no such arthritis")]
    assert without_genes(told, ONTOLOGY, GENES) == {"no such arthritis": ["P2"]}
    assert not_listed(told, {"gout", "joint inflammation"}) == {"no such arthritis": ["P2"]}
    assert identifier_and_name("no such arthritis") == ("", "no such arthritis")
    assert identifier_and_name("DOID_9352 diabetes") == ("DOID:9352", "diabetes")
    known = DiseaseGenes(ONTOLOGY, GENES)
    assert known.identifier("Joint inflammation") == "MONDO:A"
    assert known.identifier("arthritis of no kind") == ""
