"""Diseases like a patient's symptoms: by hand on a small table, and on the published one."""

import gzip
import math

import pandas as pd
import pytest

from twinscreen.files import InputError
from twinscreen.observe.findings.symptom_network import SymptomNetwork, suggest_diseases

HEADER = "\t".join(
    (
        "symptom_name",
        "disease_name",
        "cooccurs",
        "tfidf_score",
        "disease_id",
        "symptom_id",
        "doid_code",
        "doid_name",
    )
)
ROWS = [
    ("Fever", "3", "DOID:1", "flu"),
    ("Fever", "1", "DOID:1", "flu"),  # another MeSH disease of the same name: the larger stands
    ("Pain, Chest", "4", "DOID:1", "flu"),
    ("Fever", "1", "DOID:2", "measles"),
    ("Rash", "1", "DOID:2", "measles"),
    ("Pain, Chest", "5", "DOID:3", "angina"),
]


def write(path, rows):
    lines = [f"{s}\tx\t1\t{weight}\tD1\tD2\t{id_}\t{name}" for s, weight, id_, name in rows]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def network(tmp_path):
    return SymptomNetwork(write(tmp_path / "symptoms.tsv", ROWS))


@pytest.fixture
def terms():
    return pd.DataFrame(
        {
            "id": ["HP:1", "HP:2", "HP:3"],
            "name": ["Fever", "Chest pain", "Skin rash"],
            "synonyms": ["Pyrexia|Hyperthermia", None, "Exanthem|Rash"],
        }
    )


GENES = pd.DataFrame(
    [
        ("DOID:1", "other name", "TLR7", 0.5, "a"),
        ("DOID:1", "other name", "TLR7", 0.4, "b"),
        ("EFO:9", "Measles", "CD46", 1.0, "a"),
        ("EFO:8", "measles, severe", "IRF7", 1.0, "a"),
    ],
    columns=["disease_id", "disease", "gene", "score", "source"],
)


def test_cosine_by_hand(network):
    symptoms = network.match(["fever", "Chest pain", "nothing known", "chest"])
    assert symptoms == ["Fever", "Pain, Chest"]
    found = {one.id: (one.score, one.symptoms) for one in network.diseases(symptoms)}
    # flu (3, 4) has length 5, the patient's (1, 1) the length sqrt 2
    assert found == {
        "DOID:1": (pytest.approx(7 / (5 * math.sqrt(2))), ("Pain, Chest", "Fever")),
        "DOID:3": (pytest.approx(1 / math.sqrt(2)), ("Pain, Chest",)),
        "DOID:2": (pytest.approx(0.5), ("Fever",)),
    }
    assert network.diseases([]) == []


def suggest(used, network, terms, told=()):
    return suggest_diseases(used, terms=terms, network=network, disease_genes=GENES, told=told)


def test_genes_by_identifier_and_evidence(network, terms):
    found = suggest(["HP:1", "HP:2"], network, terms)
    # angina shares one symptom alone, and so does measles
    (flu,) = found.findings
    assert (flu.kind, flu.id, flu.label, flu.used) == ("disease", "DOID:1", "flu", True)
    assert flu.detail.startswith("not diagnosed: likeness 0.99 by co-occurrence of symptoms:")
    (gene,) = found.genes
    assert (gene.gene, gene.weight) == ("TLR7", pytest.approx(0.5 * 7 / (5 * math.sqrt(2))))
    assert "flu" in gene.evidence
    assert "not diagnosed" in gene.evidence


def test_genes_by_the_whole_name_and_synonyms_of_symptoms(network, terms):
    found = suggest(["HP:1", "HP:3"], network, terms)
    assert [one.id for one in found.findings] == ["DOID:2"]
    assert [(one.gene, one.weight) for one in found.genes] == [("CD46", pytest.approx(1))]


def test_what_is_told_already_is_no_suggestion(network, terms):
    for told in ("DOID:1", "Flu"):
        assert suggest(["HP:1", "HP:2"], network, terms, [told]).findings == []


def test_a_disease_without_known_genes_is_shown_only(network, terms):
    found = suggest_diseases(
        ["HP:1", "HP:2"], terms=terms, network=network, disease_genes=GENES.iloc[2:], told=()
    )
    assert [one.used for one in found.findings] == [False]
    assert "no genes known" in found.findings[0].detail
    assert found.genes == []


@pytest.mark.parametrize("weight", ["much", "0", "-1", "nan", "inf"])
def test_faulty_weights_are_refused(tmp_path, weight):
    with pytest.raises(InputError, match=r"above 0|a word for nothing"):
        SymptomNetwork(write(tmp_path / "t", [("Fever", weight, "DOID:1", "flu")]))


@pytest.mark.parametrize(
    ("symptoms", "disease"),
    [
        (["Diarrhea", "Abdominal pain", "Weight loss", "Fever"], "Crohn's disease"),
        (["Tremor", "Hypokinesia", "Muscle Rigidity"], "Parkinson's disease"),
        (["Arthralgia", "Fatigue", "Proteinuria", "Fever"], "systemic lupus erythematosus"),
        (["Dyspnea", "Cough"], "chronic obstructive pulmonary disease"),
    ],
)
def test_the_published_network_knows_common_diseases(tmp_path, data_folder, symptoms, disease):
    packed = data_folder / "disease" / "hsdn_symptoms_doid.tsv.gz"
    (tmp_path / "table.tsv").write_bytes(gzip.decompress(packed.read_bytes()))
    network = SymptomNetwork(tmp_path / "table.tsv")
    matched = network.match(symptoms)
    assert len(matched) == len(symptoms)
    first = network.diseases(matched)[:3]
    assert disease in [one.name for one in first]
    assert all(0 < one.score <= 1 for one in first)
