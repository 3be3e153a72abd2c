"""What speaks against drugs: read, matched, summed, and said to be not known where it is not."""

import json

import pandas as pd
import pytest

from small_tables import SEIZURES, drug_table, findings
from twinscreen.data import SCHEMAS
from twinscreen.files import (
    DRUG_INTERACTIONS,
    DRUG_WARNINGS,
    DRUGS,
    PHARMACOGENOMICS,
    PHENOTYPE_TERMS,
    InputError,
    read_table,
    write_table,
)
from twinscreen.files.contracts.screen_tables import CONCERNS
from twinscreen.kb import Knowledge
from twinscreen.knowledge.safety.interactions import build_interactions
from twinscreen.knowledge.safety.warnings import build_warnings
from twinscreen.screen.safety.checks import KINDS
from twinscreen.screen.safety.concerns import PENALTIES, assess
from twinscreen.screen.safety.reactions import reactions_table

NAMES = ["simvastatin", "warfarin", "bupropion", "tofacitinib", "phenytoin"]
DRUG_TABLE = drug_table(
    *NAMES,
    withdrawn=[False, False, False, True, False],
    synonyms=["Zocor", "Coumadin", None, None, None],
)
PENALTY = {
    "withdrawn": 0.5,
    "boxed_warning": 0.2,
    "contraindication": 0.5,
    "interaction_major": 0.3,
    "interaction_moderate": 0.1,
    "interaction_minor": 0.02,
    "interaction_unknown": 0.0,
    "pharmacogenomic": 0.2,
    "pharmacogenomic_other": 0.05,
}


def warnings(*rows):
    return pd.DataFrame(rows, columns=DRUG_WARNINGS.schema.names)


def interactions(*rows):
    columns = ["drug_id", "other", "other_id", "level"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    return table.assign(source="DDInter", through=None)


def annotations(*rows):
    empty = dict.fromkeys(PHARMACOGENOMICS.schema.names)
    given = {"level": "1A", "function": "", "phenotypes": "", "source": "PharmGKB"}
    return pd.DataFrame([{**empty, **given, **row} for row in rows], columns=[*empty])


def judge(found=None, *, drugs=DRUG_TABLE, **tables):
    given = dict.fromkeys(("warnings", "interactions", "pharmacogenomics", "terms", "diseases"))
    return assess(
        drugs=drugs,
        drug_table=DRUG_TABLE,
        findings=findings() if found is None else found,
        **(given | tables),
        penalties=PENALTY,
    )


def harm(safety, drugs=DRUG_TABLE):
    return dict(zip(drugs["name"], safety.harm.round(6).tolist(), strict=True))


# --- what is known -------------------------------------------------------------------------


def test_what_no_table_tells_is_not_known():
    safety = judge()
    assert safety.known == {
        "withdrawn": True,
        "contraindication": False,
        "boxed warning": False,
        "interaction": False,
        "pharmacogenomic": False,
    }
    said = " ".join(safety.unknown)
    for words in ("Boxed warnings", "Contraindications", "Interactions", "medication", "variants"):
        assert words in said
    assert said.count("not known") == len(safety.unknown) == 5
    assert harm(safety)["tofacitinib"] == 0.5  # the drug table says that it was withdrawn
    assert safety.harm.sum() == 0.5
    assert list(safety.concerns) == CONCERNS.names


def test_tables_without_a_patients_files_leave_it_unknown():
    tables = {
        "warnings": warnings(("d:3", "contraindication", "HP:2", "", "label")),
        "interactions": interactions(("d:1", "warfarin", "d:2", "major")),
        "pharmacogenomics": annotations({"drug_id": "d:1", "gene": "SLCO1B1", "rs_id": "rs1"}),
    }
    safety = judge(**tables)
    assert [kind for kind in KINDS if safety.known[kind]] == ["withdrawn"]
    assert safety.untested.tolist() == ["SLCO1B1", "", "", "", ""]
    broken = findings(("variant", "file", "not used", ""))
    assert not judge(broken, **tables).known["pharmacogenomic"]


def test_all_is_known_where_all_is_given():
    found = findings(
        ("phenotype", "HP:3", "Focal seizure"),
        ("medication", "warfarin", "warfarin"),
        ("pharmacogenomic", "rs1", "SLCO1B1", "present", "C/T", "T"),
    )
    safety = judge(
        found,
        warnings=warnings(
            ("d:1", "boxed_warning", "", "", "label"),
            ("d:3", "contraindication", "HP:2", "", "label"),
        ),
        interactions=interactions(("d:1", "warfarin", "d:2", "major")),
        pharmacogenomics=annotations(),
    )
    assert all(safety.known.values())
    assert len(safety.unknown) == 1  # positions that the file leaves out, as always
    assert "leaves out" in safety.unknown[0]


# --- each kind -----------------------------------------------------------------------------


def test_several_boxed_warnings_count_once():
    table = warnings(
        ("d:1", "boxed_warning", "liver", "a", "x"),
        ("d:1", "boxed_warning", "heart", "b", "x"),
        ("d:4", "withdrawn", "", "France", "x"),
        ("d:99", "boxed_warning", "", "", "x"),
    )
    safety = judge(warnings=table)
    assert harm(safety) == {
        "simvastatin": 0.2,
        "warfarin": 0,
        "bupropion": 0,
        "tofacitinib": 0.5,  # withdrawn by the drug table and by the user's: once
        "phenytoin": 0,
    }
    assert safety.known["boxed warning"]
    assert not safety.known["contraindication"]  # warnings there are, contraindications not
    words = safety.words(DRUG_TABLE["drug_id"])
    assert words[0] == "boxed warning: heart; boxed warning: liver"
    assert words[1] == ""
    assert "d:99" not in set(safety.concerns["drug_id"])


@pytest.mark.parametrize(
    ("subject", "hit"),
    [
        ("HP:2", True),  # a term above the patient's
        ("HP_3", True),
        ("HP:22", True),  # a former identifier of HP:2
        ("seizure", True),  # its name
        ("FOCAL  Seizure", True),
        ("MONDO:7 epilepsy", True),
        ("epilepsy", True),
        ("HP:4", False),
        ("gout", False),  # said to be absent
        ("lupus", False),  # not diagnosed
    ],
)
def test_contraindications_by_symptom_and_disease(subject, hit):
    found = findings(
        ("phenotype", "HP:3", "Focal seizure"),
        ("disease", "MONDO:7", "Epilepsy"),
        ("disease", "MONDO:8", "Gout", "absent"),
        ("disease", "MONDO:9", "Lupus", "suggested"),
    )
    table = warnings(("d:3", "contraindication", subject, "seizures", "label"))
    safety = judge(found, warnings=table, terms=SEIZURES)
    assert harm(safety)["bupropion"] == (0.5 if hit else 0)
    if hit:
        row = safety.concerns.set_index("drug_id").loc["d:3"]
        assert row["detail"].startswith("seizures; the patient has ")


def test_without_the_ontology_only_the_very_term_counts():
    found = findings(("phenotype", "HP:3", "Focal seizure"))
    for subject, expected in (("HP:3", 0.5), ("HP:2", 0)):
        table = warnings(("d:3", "contraindication", subject, "", "label"))
        assert harm(judge(found, warnings=table))["bupropion"] == expected


def test_interactions_with_what_the_patient_takes():
    table = interactions(
        ("d:1", "warfarin", "d:2", "moderate"),
        ("d:2", "simvastatin", "d:1", "moderate"),
        ("d:5", "warfarin", "d:2", "major"),
        ("d:5", "aspirin", None, "minor"),
        ("d:3", "clopidogrel", None, "unknown"),
    )
    found = findings(
        ("medication", "CHEBI:1", "Coumadin 5 mg daily"),
        ("medication", "aspirin", "Aspirin"),
        ("medication", "x", "St John's wort"),
    )
    safety = judge(found, interactions=table)
    assert harm(safety) == {
        "simvastatin": 0.1,
        "warfarin": 0,  # what it is itself is no interaction
        "bupropion": 0,
        "tofacitinib": 0.5,
        "phenytoin": 0.32,
    }
    row = safety.concerns.set_index("drug_id").loc["d:1"]
    assert row["severity"] == "moderate"
    assert "Coumadin 5 mg daily, which the patient takes" in row["detail"]
    assert safety.known["interaction"]
    [lost] = [text for text in safety.unknown if "St John" in text]
    assert "not known" in lost
    assert "Coumadin" not in lost
    # what cannot be matched at all leaves the kind unknown
    alone = judge(findings(("medication", "x", "St John's wort")), interactions=table)
    assert not alone.known["interaction"]


def test_a_current_drug_may_be_outside_the_library():
    table = interactions(("d:1", "warfarin sodium", "d:2", "major"))
    found = findings(("medication", "warfarin", "warfarin"))
    one = DRUG_TABLE.iloc[:1]
    assert judge(found, drugs=one, interactions=table).harm.tolist() == [0.3]


def genotype(alleles, reference="T"):
    return findings(("pharmacogenomic", "rs1", "SLCO1B1", "present", alleles, reference))


TOXICITY = [
    {"genotype": "C/C", "effect": "increased", "text": "CC may have more."},
    {"genotype": "C/T", "effect": "increased", "text": "CT may have more."},
    {"genotype": "T/T", "effect": "decreased", "text": "TT may have less."},
]


def statin(category="Toxicity", rows=TOXICITY, annotation="1"):
    shared = {"drug_id": "d:1", "gene": "SLCO1B1", "rs_id": "rs1", "category": category}
    return [{**shared, "annotation": annotation, **row} for row in rows]


@pytest.mark.parametrize(
    ("alleles", "category", "penalty", "words"),
    [
        ("C/T", "Toxicity", 0.2, "CT may have more."),
        ("C/C", "Toxicity", 0.2, "CC may have more."),
        ("T/T", "Toxicity", 0, None),  # less toxic: nothing to say against it
        ("C/T", "Efficacy", 0, None),  # more effective: likewise
        ("T/T", "Efficacy", 0.2, "TT may have less."),  # the reference, and less effective
        ("C/T", "Dosage", 0.05, "CT may have more."),
        ("T/T", "Dosage", 0, None),  # what the doses are made for
        ("C/G", "Toxicity", 0.05, "does not describe"),
        ("./C", "Toxicity", 0.05, "could not be called"),
        ("./T", "Toxicity", 0, None),
    ],
)
def test_the_patients_genotype_decides(alleles, category, penalty, words):
    table = annotations(*statin(category))
    safety = judge(genotype(alleles), pharmacogenomics=table)
    rows = safety.concerns[safety.concerns["kind"] == "pharmacogenomic"]
    assert harm(safety)["simvastatin"] == penalty
    assert len(rows) == (words is not None)
    if words:
        assert words in rows["detail"].iloc[0]
        assert rows["subject"].iloc[0] == f"SLCO1B1 rs1 {alleles}"
        assert rows["severity"].iloc[0].endswith(", level 1A")
    assert safety.untested.tolist() == [""] * 5


def test_what_a_gene_says_counts_once():
    table = annotations(*statin(), *statin("Dosage", annotation="2"))
    safety = judge(genotype("C/T"), pharmacogenomics=table)
    rows = safety.concerns[safety.concerns["kind"] == "pharmacogenomic"]
    assert rows["penalty"].tolist() == [0.2, 0]
    short = safety.words(["d:1"])[0]
    assert short == "pharmacogenomic: SLCO1B1 rs1 C/T (more toxicity, level 1A)"
    assert harm(safety)["simvastatin"] == 0.2


def test_a_source_without_genotypes_tells_that_the_variant_is_carried():
    table = annotations(*statin(rows=[{"effect": "", "text": ""}]))
    safety = judge(genotype("C/T"), pharmacogenomics=table)
    assert harm(safety)["simvastatin"] == 0.05
    assert "tells no genotypes" in safety.concerns.iloc[0]["detail"]
    assert harm(judge(genotype("T/T"), pharmacogenomics=table))["simvastatin"] == 0


def test_star_alleles_are_pointed_to_and_never_called():
    star = {
        "drug_id": "d:5",
        "gene": "CYP2C9",
        "rs_id": "rs1",
        "allele": "C",
        "category": "Toxicity",
        "effect": "",
        "text": "",
        "annotation": "3",
    }
    table = annotations(
        {**star, "haplotype": "CYP2C9*2", "function": "Decreased Function"},
        {**star, "haplotype": "CYP2C9*35", "function": ""},
        {**star, "haplotype": "HLA-B*57:01", "gene": "HLA-B", "rs_id": None, "allele": None},
    )
    safety = judge(genotype("C/T"), pharmacogenomics=table)
    [row] = safety.concerns[safety.concerns["kind"] == "pharmacogenomic"].itertuples()
    assert row.penalty == 0.05
    assert "CYP2C9*2 (decreased function), CYP2C9*35 (function not stated)" in row.detail
    assert "can't be told from single variants" in row.detail
    assert safety.untested.tolist()[4] == "HLA-B"
    assert "star alleles (CYP2D6*4) are not called" in " ".join(safety.unknown)
    none = judge(genotype("T/T"), pharmacogenomics=table)
    assert harm(none)["phenytoin"] == 0


def test_harm_is_a_share():
    table = warnings(
        ("d:4", "boxed_warning", "", "", "x"),
        ("d:4", "contraindication", "HP:3", "", "x"),
        ("d:4", "contraindication", "HP:2", "", "x"),
    )
    found = findings(("phenotype", "HP:3", "Focal seizure"))
    safety = judge(found, warnings=table, terms=SEIZURES)
    # withdrawn 0.5, boxed 0.2, one finding that contraindicates twice 0.5: 1.2, so 1
    assert harm(safety)["tofacitinib"] == 1
    assert safety.concerns["penalty"].sum() == pytest.approx(1.2)


def test_what_rests_on_made_up_files_is_marked():
    found = genotype("C/T").assign(simulated=True)
    safety = judge(found, pharmacogenomics=annotations(*statin()))
    simulated = safety.concerns.set_index("kind")["simulated"]
    assert simulated["pharmacogenomic"]
    assert not simulated["withdrawn"]


def test_every_penalty_of_the_configuration_is_one_of_ours():
    path = SCHEMAS / "config.schema.json"
    safety = json.loads(path.read_text(encoding="utf-8"))["properties"]["safety"]["properties"]
    assert set(safety["penalties"]["properties"]) == set(PENALTIES) == set(PENALTY)


def test_files_that_are_not_there_are_no_tables(tmp_path):
    write_table(SEIZURES.assign(synonyms=None), tmp_path / "terms", PHENOTYPE_TERMS)
    kb = Knowledge({"warnings": None, "terms": tmp_path / "terms"})
    assert kb.warnings is None
    assert kb.interactions is None
    assert len(kb.terms) == 3


# --- the tables ----------------------------------------------------------------------------


@pytest.fixture
def drugs(tmp_path):
    write_table(DRUG_TABLE, tmp_path / "drugs", DRUGS)
    return tmp_path / "drugs"


PLAIN = (
    "drug\tkind\tsubject\tdetail\tsource\n"
    "ZOCOR\tboxed_warning\t\tmuscle\tlabel\n"
    "bupropion\tcontraindication\tHP:0001250\tseizures\t\n"
    "nowhere\twithdrawn\t\t\tlabel\n"
)


def test_a_plain_table_of_warnings(tmp_path, drugs):
    (tmp_path / "own.tsv").write_text(PLAIN, encoding="utf-8")
    build_warnings([tmp_path / "own.tsv"], molecules=None, drugs=drugs, output=tmp_path / "out")
    table = read_table(tmp_path / "out", DRUG_WARNINGS)
    assert table.to_numpy().tolist() == [
        ["d:1", "boxed_warning", "", "muscle", "label"],
        ["d:3", "contraindication", "HP:0001250", "seizures", "own.tsv"],
    ]


def test_adverse_reactions_are_listed_of_the_first_drugs_and_no_concern():
    told = warnings(
        ("d:1", "adverse_reaction", "Rash", "", "SIDER 4.1"),
        ("d:1", "adverse_reaction", "Cough", "reported 812 times", "openFDA"),
        ("d:2", "adverse_reaction", "Bleeding", "", "SIDER 4.1"),
        ("d:3", "adverse_reaction", "Rash", "", "SIDER 4.1"),
        ("d:2", "boxed_warning", "bleeding", "", "label"),
    )
    rows = reactions_table(told, ["d:2", "d:1"])[["drug_id", "reaction", "detail"]]
    assert rows.to_numpy().tolist() == [
        ["d:2", "Bleeding", ""],
        ["d:1", "Cough", "reported 812 times"],
        ["d:1", "Rash", ""],
    ]
    assert reactions_table(None, ["d:1"]).empty
    safety = judge(warnings=told)
    assert safety.concerns["kind"].tolist() == ["boxed warning", "withdrawn"]
    assert safety.looked_up.to_numpy().tolist()[0] == ["adverse reaction", "SIDER 4.1"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("boxed_warning", "warning", "warning"),
        ("HP:0001250", "", "nothing"),
        ("ZOCOR", " ", "nothing"),
        ("subject", "topic", "no column subject"),
    ],
)
def test_faulty_warnings_are_refused(tmp_path, drugs, before, after, found):
    (tmp_path / "own.tsv").write_text(PLAIN.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=found):
        build_warnings([tmp_path / "own.tsv"], molecules=None, drugs=drugs, output=tmp_path / "o")


WARNINGS = [
    {
        "id": 1,
        "chemblIds": ["CHEMBL1", "CHEMBL11"],
        "warningType": "Black Box Warning",
        "toxicityClass": "hepatotoxicity",
        "country": "United States",
        "year": 2009,
        "description": None,
        "references": [{"id": "a", "source": "b", "url": "c"}],
    },
    {
        "id": 2,
        "chemblIds": ["CHEMBL2"],
        "warningType": "Withdrawn",
        "toxicityClass": None,
        "country": "France",
        "year": None,
        "description": "Bleeding",
        "references": [],
    },
    {"id": 3, "chemblIds": None, "warningType": "Withdrawn"},
]
MOLECULES = [
    {"id": "CHEMBL11", "name": "SIMVASTATIN", "synonyms": [], "tradeNames": None},
    {
        "id": "CHEMBL2",
        "name": "X-1",
        "synonyms": [{"label": "Y", "source": "ChEMBL"}],
        "tradeNames": [{"label": "Coumadin", "source": "ChEMBL"}],
    },
]


@pytest.mark.parametrize("kind", ["parquet", "json"])
def test_warnings_of_open_targets(tmp_path, drugs, kind):
    folders = {}
    for name, rows in (("warning", WARNINGS), ("molecule", MOLECULES)):
        folders[name] = tmp_path / name
        folders[name].mkdir()
        for number, row in enumerate(rows):  # each in a part of its own
            part = folders[name] / f"part-{number}.{kind}"
            if kind == "parquet":
                pd.DataFrame([row]).to_parquet(part)
            else:
                part.write_text(json.dumps(row) + "\n", encoding="utf-8")
    build_warnings(
        [folders["warning"]], molecules=folders["molecule"], drugs=drugs, output=tmp_path / "out"
    )
    table = read_table(tmp_path / "out", DRUG_WARNINGS)
    source = "Open Targets (ChEMBL)"
    assert table.to_numpy().tolist() == [
        ["d:1", "boxed_warning", "hepatotoxicity", "United States; 2009", source],
        ["d:2", "withdrawn", "", "Bleeding; France", source],
    ]
    # without the molecules' names nothing is found, and nothing breaks
    build_warnings([folders["warning"]], molecules=None, drugs=drugs, output=tmp_path / "none")
    assert read_table(tmp_path / "none", DRUG_WARNINGS).empty


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"chemblIds": ["CHEMBL1"], "warningType": "Odd"}\n', "Odd"),
        ('{"id": 1}\n', "id"),
        ("no json\n", "can't be read"),
        (None, "no such file"),
    ],
)
def test_faulty_releases_are_refused(tmp_path, drugs, text, found):
    path = tmp_path / "w.json"
    if text:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        build_warnings([path], molecules=None, drugs=drugs, output=tmp_path / "out")


def test_an_empty_folder_is_refused(tmp_path, drugs):
    (tmp_path / "w").mkdir()
    with pytest.raises(InputError, match="without parts"):
        build_warnings([tmp_path / "w"], molecules=None, drugs=drugs, output=tmp_path / "out")


HEAD = "DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level\n"


def test_interactions_of_ddinter(tmp_path, drugs):
    one = '1,Simvastatin,2,Warfarin,Minor\n3,"Interferon, beta",4,Phenytoin,Unknown\n'
    (tmp_path / "A.csv").write_text(HEAD + one, encoding="utf-8")
    (tmp_path / "B.csv").write_text(HEAD + "2,Warfarin,1,Simvastatin,Major\n", encoding="utf-8")
    paths = [tmp_path / "A.csv", tmp_path / "B.csv"]
    build_interactions(paths, drugs=drugs, output=tmp_path / "out")
    table = read_table(tmp_path / "out", DRUG_INTERACTIONS)
    assert list(table.iloc[:, :4].itertuples(index=False, name=None)) == [
        ("d:1", "warfarin", "d:2", "major"),  # the stronger of the two files
        ("d:2", "simvastatin", "d:1", "major"),
        ("d:5", "interferon, beta", None, "unknown"),
    ]
    assert {*table["source"]} == {"B.csv", "A.csv"}
    assert table["through"].isna().all()


@pytest.mark.parametrize(
    ("text", "found"),
    [(HEAD + "1,a,2,b,Deadly\n", "deadly"), ("a,b\n1,2\n", "no column Drug_A")],
)
def test_faulty_interactions_are_refused(tmp_path, drugs, text, found):
    (tmp_path / "A.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        build_interactions([tmp_path / "A.csv"], drugs=drugs, output=tmp_path / "out")
