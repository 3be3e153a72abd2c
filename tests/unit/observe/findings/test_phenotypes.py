"""The ontology, semantic similarity and patients' symptoms, on an ontology of seven terms."""

import json
import math

import numpy as np
import pytest

from small_tables import write_gene_names
from twinscreen.files import (
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    InputError,
    read_table,
)
from twinscreen.knowledge.phenotypes import build_phenotypes, read_ontology
from twinscreen.observe.findings.phenotype_similarity import Phenotypes, phenotype_weight
from twinscreen.observe.findings.phenotypes import match_phenotypes, read_phenotypes

#   118 --- 1 --- 3           4 diseases: D1 has 3; D2 has 4; D3 has 5; D4 has 2
#      \     \--- 4           information content: 118 ln(4/4); 1 ln(4/2); 2 ln(4/2);
#       \-- 2 --- 5           3, 4, 5 ln(4/1)
OBO = """\
format-version: 1.2
data-version: hp/releases/2025-01-16

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000118
name: Phenotypic abnormality
is_a: HP:0000001 ! All

[Term]
id: HP:0000101
name: one
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0000102
name: two
is_a: HP:0000118 {source="x"} ! Phenotypic abnormality

[Term]
id: HP:0000103
name: three
synonym: "third" EXACT layperson [x:y]
synonym: "3" EXACT []
synonym: "thirty" RELATED []
alt_id: HP:0000993
is_a: HP:0000101 ! one

[Term]
id: HP:0000104
name: four
is_a: HP:0000101 ! one

[Term]
id: HP:0000105
name: five
is_a: HP:0000102 ! two

[Term]
id: HP:0000006
name: Autosomal dominant inheritance
is_a: HP:0000001 ! All

[Term]
id: HP:0000905
name: obsolete five
is_obsolete: true
replaced_by: HP:0000105

[Term]
id: HP:0000906
name: obsolete six
is_obsolete: true
consider: HP:0000105

[Typedef]
id: has_part
name: has part
"""
GENES = """\
ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id
1\tAAA\tHP:0000103\tthree\t-\tOMIM:1
1\tAAA\tHP:0000105\tfive\t15/15\tOMIM:1
1\tAAA\tHP:0000006\tAutosomal dominant inheritance\t-\tOMIM:1
2\tBBB\tHP:0000104\tfour\tHP:0040283\tORPHA:2
3\tOLDC\tHP:0000905\tobsolete five\t-\tOMIM:3
9\tNONE\tHP:0000103\tthree\t-\tOMIM:9
"""
DISEASES = """\
#description: "HPO annotations for rare diseases"
#version: 2025-01-16
#tracker: x
#hpo-version: y
database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration
OMIM:1\tD1\t\tHP:0000103\tPMID:1\tPCS\t\t1/2\t\t\tP\tx
OMIM:1\tD1\tNOT\tHP:0000104\tPMID:1\tPCS\t\t0/2\t\t\tP\tx
OMIM:1\tD1\t\tHP:0000006\tPMID:1\tPCS\t\t\t\t\tI\tx
ORPHA:2\tD2\t\tHP:0000104\tORPHA:2\tTAS\t\tHP:0040283\t\t\tP\tx
OMIM:3\tD3\t\tHP:0000905\tOMIM:3\tIEA\t\t\t\t\tP\tx
OMIM:4\tD4\t\tHP:0000102\tOMIM:4\tIEA\t\t\t\t\tP\tx
"""
LN2, LN4 = math.log(2), math.log(4)


@pytest.fixture
def knowledge(tmp_path):
    files = {"hp.obo": OBO, "genes_to_phenotype.txt": GENES, "phenotype.hpoa": DISEASES}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    symbols = {"1": "AAA", "2": "BBB", "3": "CCC", "AAA": "AAA", "BBB": "BBB"}
    write_gene_names(tmp_path / "names", symbols)
    build_phenotypes(
        *(tmp_path / name for name in files),
        names=tmp_path / "names",
        terms=tmp_path / "terms",
        annotations=tmp_path / "annotations",
    )
    terms = read_table(tmp_path / "terms", PHENOTYPE_TERMS)
    return terms, read_table(tmp_path / "annotations", PHENOTYPE_GENES)


def test_terms_have_the_information_content_of_their_share_of_diseases(knowledge):
    terms = knowledge[0].set_index("id")
    assert terms["information_content"].to_dict() == pytest.approx(
        {
            "HP:0000001": 0,
            "HP:0000006": LN4,  # in no disease as an abnormality: as if in one
            "HP:0000118": 0,
            "HP:0000101": LN2,
            "HP:0000102": LN2,
            "HP:0000103": LN4,
            "HP:0000104": LN4,
            "HP:0000105": LN4,
        }
    )
    assert terms.loc["HP:0000103", "ancestors"] == "HP:0000001|HP:0000101|HP:0000103|HP:0000118"
    assert terms.loc["HP:0000103", "parents"] == "HP:0000101"
    assert terms.loc["HP:0000102", "parents"] == "HP:0000118"
    assert terms.loc["HP:0000105", "alternatives"] == "HP:0000905"
    assert terms["synonyms"].dropna().to_dict() == {"HP:0000103": "3|third"}


def test_genes_keep_abnormalities_under_their_present_names(knowledge):
    assert list(knowledge[1].itertuples(index=False, name=None)) == [
        ("AAA", "HP:0000103"),
        ("AAA", "HP:0000105"),
        ("BBB", "HP:0000104"),
        ("CCC", "HP:0000105"),
    ]


def test_another_file_is_no_ontology(tmp_path):
    (tmp_path / "go.obo").write_text("[Term]\nid: GO:1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no term HP:0000118"):
        read_ontology(tmp_path / "go.obo")


def test_best_match_average_by_hand(knowledge):
    phenotypes = Phenotypes(*knowledge)
    score = phenotypes.best_match_average(["HP:0000103", "HP:0000102"])
    assert phenotypes.genes.tolist() == ["AAA", "BBB", "CCC"]
    # AAA has 3 and 5. Patient: 3-3 ln4, 2-5 ln2; gene: 3-3 ln4, 5-2 ln2
    aaa = ((LN4 + LN2) / 2 + (LN4 + LN2) / 2) / 2
    # BBB has 4. Patient: 3-4 ln2 (by 1), 2-4 nothing; gene: 4-3 ln2
    bbb = (LN2 / 2 + LN2) / 2
    # CCC has 5. Patient: 3-5 nothing, 2-5 ln2; gene: 5-2 ln2
    ccc = (LN2 / 2 + LN2) / 2
    assert score == pytest.approx([aaa, bbb, ccc])


def test_effective_number_by_hand(knowledge):
    phenotypes = Phenotypes(*knowledge)
    assert phenotypes.effective_number(["HP:0000103"]) == pytest.approx(1)
    assert phenotypes.effective_number(["HP:0000103", "HP:0000105"]) == pytest.approx(2)
    # 3 and 4 share 1: 2 ln2 / (ln4 + ln4) = 1/2, and 2^2 / (1 + 1/2 + 1/2 + 1) = 4/3
    assert phenotypes.effective_number(["HP:0000103", "HP:0000104"]) == pytest.approx(4 / 3)


def test_weights_are_powers_of_the_difference():
    # two terms, ln2 apart: 2^-2; the third lies below one in a thousand
    weight = phenotype_weight(np.array([LN4, LN2, 0.0, LN4 - 4]), n_terms=2)
    assert weight == pytest.approx([1, 1 / 4, 0, 0])
    assert phenotype_weight(np.zeros(3), n_terms=2).tolist() == [0, 0, 0]


def packet(tmp_path, **content):
    path = tmp_path / "packet.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def feature(term, **more):
    return {"type": {"id": term, "label": "a label"}, **more}


def match(path, knowledge):
    return match_phenotypes(
        read_phenotypes(path).phenotypes,
        terms=knowledge[0],
        phenotypes=Phenotypes(*knowledge),
        file=path,
    )


def test_a_phenopacket_of_schema_2(tmp_path, knowledge):
    path = packet(
        tmp_path,
        id="x",
        subject={"id": "Jane Doe", "sex": "FEMALE"},
        phenotypicFeatures=[
            feature("HP:0000993"),
            feature("HP:0000105", excluded=True),
            feature("HP:0000101"),
            feature("HP:0000006", onset={"age": {"iso8601duration": "P1Y"}}),
        ],
        interpretations=[{"diagnosis": {"disease": {"id": "OMIM:1"}}}],
        diseases=[{"term": {"id": "MONDO:1", "label": "a disease"}}],
        medicalActions=[
            {"treatment": {"agent": {"id": "CHEBI:41879", "label": "dexamethasone"}}},
            {"procedure": {"code": {"id": "NCIT:1", "label": "surgery"}}},
        ],
        metaData={"phenopacketSchemaVersion": "2.0"},
    )
    read = read_phenotypes(path)
    assert [one.id for one in read.diseases] == ["MONDO:1"]
    assert [one.label for one in read.medication] == ["dexamethasone"]
    assert "Jane" not in repr(read)
    found = match(path, knowledge)
    assert [(one.id, one.used, one.detail) for one in found.findings] == [
        ("HP:0000006", False, "not a phenotypic abnormality"),
        ("HP:0000101", False, "implied by another term"),
        ("HP:0000103", True, "information content 1.39; given as HP:0000993"),
        ("HP:0000105", False, "said to be absent"),
    ]
    # only HP:0000103 counts. AAA: (ln4 + (ln4 + 0)/2) / 2 = 0.75 ln4; BBB: ln2 = 0.5 ln4
    assert {one.gene: one.weight for one in found.genes} == pytest.approx(
        {"AAA": 1, "BBB": math.exp(-0.25 * LN4)}
    )


def test_a_phenopacket_of_schema_1_with_a_negated_feature(tmp_path, knowledge):
    path = packet(
        tmp_path,
        phenotypicFeatures=[feature("HP:0000103", negated=True), feature("HP:0000105")],
        metaData={"phenopacketSchemaVersion": "1.0"},
    )
    found = match(path, knowledge)
    assert [one.id for one in found.findings if one.used] == ["HP:0000105"]
    assert [one.gene for one in found.genes] == ["AAA", "CCC"]


SNAKE = {
    "phenotypic_features": [feature("HP:0000103"), feature("HP:0000104", excluded=True)],
    "meta_data": {"phenopacket_schema_version": "2.0.0"},
}
YAML = """\
# a comment
id: x
phenotypicFeatures:
- type: {id: "HP:0000103", label: Three}
- type:
    id: HP:0000104
  excluded: true
metaData: {phenopacketSchemaVersion: "2.0.0"}
"""


@pytest.mark.parametrize(
    "text", [json.dumps(SNAKE), json.dumps({"id": "f", "proband": SNAKE, "relatives": []}), YAML]
)
def test_a_phenopacket_by_other_keys_in_yaml_or_of_a_family(tmp_path, text):
    path = tmp_path / "packet"
    path.write_text(text)
    found = read_phenotypes(path).phenotypes
    assert [(one.id, one.excluded) for one in found] == [
        ("HP:0000103", False),
        ("HP:0000104", True),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": "x"}', "none of the parts phenotypicFeatures"),
        ("id: x\nsubject: {id: s}\n", "none of the parts phenotypicFeatures"),
        ("id: [x\n", "line 1"),
        ('{"phenotypicFeatures": [{"type": {"label": "x"}}]}', "no id"),
        ('{"phenotypicFeatures": {}}', "a value of type dict"),
        ('{"id": "c", "members": []}', "several phenopackets"),
        ("[]", "several phenopackets"),
    ],
)
def test_what_a_phenopacket_lacks_is_said_in_words(tmp_path, text, said):
    path = tmp_path / "packet"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_phenotypes(path)


@pytest.mark.parametrize(
    "text",
    [
        "HP:0000103\n\n# a comment\nHP:0000105\n",
        "hpo_id\tlabel\texcluded\nHP:0000103\tthree\tno\nHP:0000105\t\t\n",
    ],
)
def test_lists_of_terms(tmp_path, text):
    path = tmp_path / "terms.txt"
    path.write_text(text, encoding="utf-8")
    read = read_phenotypes(path).phenotypes
    assert [(one.id, one.excluded) for one in read] == [
        ("HP:0000103", False),
        ("HP:0000105", False),
    ]


def test_a_table_can_exclude_terms(tmp_path):
    path = tmp_path / "terms.tsv"
    path.write_text("hpo_id\texcluded\nHP:0000103\tyes\n", encoding="utf-8")
    assert read_phenotypes(path).phenotypes[0].excluded
    path.write_text('hpo_id\tlabel\texcluded\nHP:0000103\t"three\tyes\n', encoding="utf-8")
    [found] = read_phenotypes(path).phenotypes
    assert (found.label, found.excluded) == ('"three', True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fever\n", "line 1"),
        ("hpo_id\texcluded\nHP:0000103\tperhaps\n", "'perhaps'"),
        ('{"phenotypicFeatures": [{"type": {}}]}', "phenotypicFeatures.0.type"),
        ('{"proband": {}, "pedigree": {}}', "schema 1.0 or 2"),
        ('{"phenotypicFeatures": [], "metaData": {"phenopacketSchemaVersion": "3.0"}}', "metaData"),
        ('{"phenotypicFeatures": [', "line 1"),
        ('{"phenotypicFeatures": ' + "[" * 100_000, "brackets too deep"),
        ('{"phenotypicFeatures": [], "age": ' + "7" * 5000 + "}", "numbers too long"),
    ],
)
def test_other_files_are_refused(tmp_path, text, said):
    path = tmp_path / "given"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_phenotypes(path)
    assert said in str(error.value)


@pytest.mark.parametrize("term", ["HP:0000906", "HP:9999999", "NCIT:C3262"])
def test_a_term_without_meaning_is_shown_beside_others(tmp_path, knowledge, term):
    """A packet made with a newer release, or with terms of other ontologies, keeps its others."""
    alone = match(packet(tmp_path, phenotypicFeatures=[feature("HP:0000103")]), knowledge)
    given = [feature("HP:0000103"), feature(term, excluded=True)]
    found = match(packet(tmp_path, phenotypicFeatures=given), knowledge)
    assert found.genes == alone.genes
    assert {one.id: one.used for one in found.findings} == {"HP:0000103": True, term: False}


@pytest.mark.parametrize("term", ["HP:0000906", "HP:9999999"])
def test_a_term_without_meaning_is_refused(tmp_path, knowledge, term):
    path = packet(tmp_path, phenotypicFeatures=[feature(term)])
    with pytest.raises(InputError, match=term):
        match(path, knowledge)
