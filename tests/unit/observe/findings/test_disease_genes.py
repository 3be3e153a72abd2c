"""Genes of a disease and of its relatives, by hand on a small ontology."""

import json
import math

import pandas as pd
import pytest

from twinscreen.files import DISEASE_GENES, DISEASES, InputError, read_table
from twinscreen.knowledge.diseases.ontology import build_diseases
from twinscreen.observe.findings.disease_genes import DiseaseGenes

#: All diseases: D; A and B below it; A1 and A2 below A, C below B, with nothing more.
ONTOLOGY = pd.DataFrame(
    [
        ("MONDO:D", "disease", None, None, None),
        ("MONDO:A", "arthritis", "joint inflammation", "MESH:A|DOID:9", "MONDO:D"),
        ("MONDO:B", "blood disease", None, None, "MONDO:D"),
        ("MONDO:A1", "gout", None, "OMIM:1|EFO:1", "MONDO:A"),
        ("MONDO:A2", "pseudogout", None, "OMIM:2", "MONDO:A"),
        ("MONDO:C", "anaemia", None, "OMIM:3", "MONDO:B"),
    ],
    columns=DISEASES.schema.names,
)
GENES = pd.DataFrame(
    [
        ("OMIM:1", "", "G1", 1.0, "OMIM"),
        ("EFO:1", "", "G1", 0.5, "GWAS"),
        ("EFO:1", "", "G2", 0.5, "GWAS"),
        ("OMIM:2", "", "G2", 1.0, "OMIM"),
        ("OMIM:2", "", "G3", 1.0, "OMIM"),
        ("OMIM:3", "", "G4", 1.0, "OMIM"),
        ("EFO:77", "", "G5", 0.5, "GWAS"),
    ],
    columns=DISEASE_GENES.schema.names,
)
#: Information content: 3 of 6 diseases are at or below A, 1 at or below gout.
NEAR = math.log(6 / 3) / math.log(6)


@pytest.fixture(scope="module")
def known():
    return DiseaseGenes(ONTOLOGY, GENES)


def test_nearness_is_what_two_diseases_share(known):
    near = dict(zip(ONTOLOGY["name"], known.nearness(known.find("MONDO:A1")), strict=True))
    assert near["gout"] == 1
    assert near["pseudogout"] == near["arthritis"] == pytest.approx(NEAR)
    assert near["anaemia"] == near["disease"] == 0
    near = dict(zip(ONTOLOGY["name"], known.nearness(known.find("MESH:A")), strict=True))
    assert near["gout"] == near["pseudogout"] == near["arthritis"] == 1  # at or below it


def test_a_gene_counts_by_how_sure_and_how_near(known):
    share = NEAR**4
    weight = {one.gene: one.weight for one in known.weights("MONDO:A1")}
    assert weight == {
        "G1": pytest.approx(1.0),  # the surer of two sources on one disease
        "G2": pytest.approx(1 - 0.5 * (1 - share)),
        "G3": pytest.approx(share),
    }
    told = {one.gene: one.evidence for one in known.weights("MONDO:A1")}
    assert told["G1"] == "gout: OMIM"
    assert told["G3"] == f"pseudogout (nearness {NEAR:.2f}): OMIM"


def test_diseases_are_found_by_any_identifier_else_by_name(known):
    same = known.weights("MONDO:A")
    assert [one.gene for one in same] == ["G1", "G2", "G3"]
    assert known.weights("DOID:9") == known.weights("DOID:1", "Joint inflammation") == same
    assert known.name("MESH:A") == "arthritis"
    assert known.name("MESH:Z") == "MESH:Z"
    assert known.weights("MESH:Z", "unheard of") == []
    # an identifier that the ontology does not know has its own genes alone
    assert [(one.gene, one.weight) for one in known.weights("EFO:77")] == [("G5", 0.5)]


def test_the_ontology_line_by_line(tmp_path):
    terms = [
        {"id": "2", "name": "gout", "relations": {"is_a": ["1"]}, "synonyms": ["podagra", "a|b"]},
        {"id": "1", "name": "disease", "alt_ids": ["9"]},
    ]
    terms[0]["xrefs"] = [{"namespace": "Orphanet", "id": "3"}, {"namespace": "MESH", "id": "D1"}]
    (tmp_path / "mondo.json").write_text(json.dumps(terms), encoding="utf-8")
    build_diseases(tmp_path / "mondo.json", output=tmp_path / "diseases")
    rows = read_table(tmp_path / "diseases", DISEASES).fillna("")
    assert list(rows.itertuples(index=False, name=None)) == [
        ("MONDO:1", "disease", "", "MONDO:9", ""),
        ("MONDO:2", "gout", "podagra", "MESH:D1|ORPHA:3", "MONDO:1"),
    ]
    (tmp_path / "mondo.json").write_text('{"id": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="no list of terms of Mondo"):
        build_diseases(tmp_path / "mondo.json", output=tmp_path / "diseases")
