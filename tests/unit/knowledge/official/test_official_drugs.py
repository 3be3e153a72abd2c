"""Readers of drugs and their targets, on files in the true shape of each source."""

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from readings import lines, made, parquet

from small_tables import write_gene_names
from twinscreen.data import TABLES
from twinscreen.files import InputError
from twinscreen.knowledge.drugs.actions import read_actions
from twinscreen.knowledge.drugs.own import own_source
from twinscreen.knowledge.official.build import build_official
from twinscreen.knowledge.official.drugs.lines import SIGNS, one_line_each

MOLECULES: list[dict[str, object]] = [
    {
        "id": "CHEMBL1237",
        "name": "LISINOPRIL",
        "parentId": None,
        "maximumClinicalStage": "APPROVAL",
        "synonyms": [{"label": "Lisinopril anhydrous", "source": "ChEMBL"}],
        "tradeNames": [{"label": "Zestril", "source": "ChEMBL"}],
    },
    {
        "id": "CHEMBL419213",
        "name": "LISINOPRIL DIHYDRATE",
        "parentId": "CHEMBL1237",
        "maximumClinicalStage": "UNKNOWN",
        "synonyms": [],
        "tradeNames": [],
    },
    {
        "id": "CHEMBL9",
        "name": "TRIED",
        "parentId": None,
        "maximumClinicalStage": "PHASE_3",
        "synonyms": None,
        "tradeNames": None,
    },
]


def test_open_targets_brings_salts_to_their_parents(tmp_path: Path):
    mechanisms: list[dict[str, object]] = [
        {"chemblIds": ["CHEMBL419213", "CHEMBL9"], "actionType": "INHIBITOR", "targets": ["ENSG1"]},
        {"chemblIds": ["CHEMBL1237"], "actionType": "INHIBITOR", "targets": ["ENSG1"]},
        {"chemblIds": ["CHEMBL9"], "actionType": "AGONIST", "targets": ["ENSG3", "ENSG2"]},
        {"chemblIds": ["CHEMBL9"], "actionType": "BINDING AGENT", "targets": []},
    ]
    files = {
        "molecules": parquet(tmp_path, "molecules", MOLECULES),
        "mechanisms": parquet(tmp_path, "mechanisms", mechanisms),
    }
    names = "CHEMBL419213|LISINOPRIL DIHYDRATE|Lisinopril anhydrous|Zestril"
    assert made(tmp_path, "open_targets_drugs", "drugs", files) == [
        ("LISINOPRIL", "ENSG1", "inhibitor", "yes", names, "CHEMBL1237", ""),
        ("TRIED", "ENSG1", "inhibitor", "no", "", "CHEMBL9", ""),
        ("TRIED", "ENSG2|ENSG3", "agonist", "no", "", "CHEMBL9", ""),
    ]


CHEMBL = """
CREATE TABLE molecule_dictionary (molregno INTEGER PRIMARY KEY, pref_name TEXT, chembl_id TEXT,
    max_phase NUMERIC);
CREATE TABLE molecule_hierarchy (molregno INTEGER PRIMARY KEY, parent_molregno INTEGER);
CREATE TABLE molecule_synonyms (molregno INTEGER, syn_type TEXT, synonyms TEXT);
CREATE TABLE molecule_atc_classification (mol_atc_id INTEGER PRIMARY KEY, level5 TEXT,
    molregno INTEGER);
CREATE TABLE drug_mechanism (molregno INTEGER, tid INTEGER, action_type TEXT,
    disease_efficacy INTEGER);
CREATE TABLE target_dictionary (tid INTEGER PRIMARY KEY, target_type TEXT, tax_id INTEGER);
CREATE TABLE target_components (tid INTEGER, component_id INTEGER);
CREATE TABLE component_sequences (component_id INTEGER PRIMARY KEY, accession TEXT);
CREATE TABLE drug_indication (molregno INTEGER, max_phase_for_ind NUMERIC, mesh_id TEXT,
    mesh_heading TEXT, efo_id TEXT, efo_term TEXT);
CREATE TABLE drug_warning (molregno INTEGER, warning_type TEXT, warning_class TEXT,
    warning_country TEXT, warning_year INTEGER);
INSERT INTO molecule_dictionary VALUES (1, 'LISINOPRIL', 'CHEMBL1237', 4),
    (2, NULL, 'CHEMBL419213', NULL), (3, 'TRIED', 'CHEMBL9', 2), (4, 'ANTIBIOTIC', 'CHEMBL8', 4);
INSERT INTO molecule_hierarchy VALUES (1, 1), (2, 1), (3, 3), (4, 4);
INSERT INTO molecule_synonyms VALUES (1, 'TRADE_NAME', 'Zestril'), (2, 'INN', 'Lisinopril');
INSERT INTO molecule_atc_classification VALUES (1, 'C09AA03', 1), (2, 'J01AA01', 4);
INSERT INTO drug_mechanism VALUES (2, 10, 'INHIBITOR', 1), (3, 11, 'ANTAGONIST', 1),
    (3, 10, 'INHIBITOR', 0), (4, 12, 'INHIBITOR', 1);
INSERT INTO target_dictionary VALUES (10, 'SINGLE PROTEIN', 9606), (11, 'PROTEIN COMPLEX', 9606),
    (12, 'SINGLE PROTEIN', 562);
INSERT INTO target_components VALUES (10, 100), (11, 101), (11, 102), (12, 103);
INSERT INTO component_sequences VALUES (100, 'P12821'), (101, 'Q12879'), (102, 'Q05586'),
    (103, 'P0A0');
INSERT INTO drug_indication VALUES (1, 4, 'D006973', 'Hypertension', 'EFO:0000537', 'hypertension'),
    (1, 3, 'D003924', 'Diabetes', 'EFO:0001360', 'diabetes'),
    (3, 2, 'D001249', 'Asthma', NULL, NULL);
INSERT INTO drug_warning VALUES (2, 'Black Box Warning', 'teratogenicity', 'United States', 2011),
    (3, 'Withdrawn', NULL, NULL, NULL);
"""


@pytest.fixture
def chembl(tmp_path: Path) -> Path:
    database = tmp_path / "chembl_37.db"
    with closing(sqlite3.connect(database)) as made_:
        made_.executescript(CHEMBL)
    archive = tmp_path / "chembl_37_sqlite.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(database, "chembl_37/chembl_37_sqlite/chembl_37.db")
    database.unlink()
    return archive


def test_chembl_finds_mechanisms_of_salts_at_the_parent(tmp_path: Path, chembl: Path):
    assert made(tmp_path, "chembl", "drugs", {"database": chembl}) == [
        (
            *("LISINOPRIL", "P12821", "inhibitor", "yes"),
            *("CHEMBL419213|Lisinopril|Zestril", "CHEMBL1237", "C09AA03"),
        ),
        ("TRIED", "Q05586|Q12879", "antagonist", "no", "", "CHEMBL9", ""),
    ]


def test_chembl_tells_approved_indications_and_warnings(tmp_path: Path, chembl: Path):
    assert made(tmp_path, "chembl", "warnings", {"database": chembl}) == [
        ("LISINOPRIL|CHEMBL1237", "indication", "EFO:0000537", "hypertension", "ChEMBL"),
        (
            *("LISINOPRIL|CHEMBL1237", "boxed_warning", "teratogenicity"),
            *("United States; 2011", "ChEMBL"),
        ),
        ("TRIED|CHEMBL9", "withdrawn", "", "", "ChEMBL"),
    ]


def test_a_database_of_another_shape_is_told(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "database")) as made_:
        made_.execute("CREATE TABLE molecules (id)")
    with pytest.raises(InputError, match="no such table"):
        made(tmp_path, "chembl", "drugs", {"database": tmp_path / "database"})


def test_drugcentral_keeps_human_targets_of_the_mechanism(tmp_path: Path):
    header = (  # noqa: SIM905
        "DRUG_NAME STRUCT_ID TARGET_NAME TARGET_CLASS ACCESSION GENE SWISSPROT ACT_VALUE ACT_UNIT "
        "ACT_TYPE ACT_COMMENT ACT_SOURCE RELATION MOA MOA_SOURCE ACT_SOURCE_URL MOA_SOURCE_URL "
        "ACTION_TYPE TDL ORGANISM"
    ).split()

    def row(**given: str) -> str:
        known = {
            **{"DRUG_NAME": "abarelix", "STRUCT_ID": "35", "ACCESSION": "P30968", "GENE": "GNRHR"},  # noqa: PIE800
            **{"MOA": "1", "ACTION_TYPE": "ANTAGONIST", "ORGANISM": "Homo sapiens"},  # noqa: PIE800
        }
        fields = [(known | given).get(name, "") for name in header]
        return "\t".join(one if one.isdigit() or not one else f'"{one}"' for one in fields)

    rows = [
        row(),
        row(),
        row(MOA="", ACCESSION="P08684", ACT_VALUE="6.7"),
        row(ORGANISM="Rattus norvegicus", ACCESSION="P30969"),
        row(DRUG_NAME="a, drug", ACCESSION="P35499|Q14524", GENE="SCN4A|SCN5A", ACTION_TYPE=""),
    ]
    text = "\n".join(["\t".join(f'"{name}"' for name in header), *rows]) + "\n"
    assert made(tmp_path, "drugcentral", "drugs", {"targets": text}) == [
        ("a, drug", "P35499|Q14524", "unknown", "yes", "", "", ""),
        ("abarelix", "P30968", "antagonist", "yes", "", "", ""),
    ]


def test_dgidb_has_short_lines_and_quotation_marks_for_nothing(tmp_path: Path):
    text = "# Data version: 2026-09\n# DGIdb version: v.5.0.13\n" + lines(
        """
        gene_claim_name | gene_concept_id | gene_name | drug_claim_name | drug_concept_id | drug_name | drug_is_approved | drug_is_immunotherapy | drug_is_antineoplastic | interaction_source_db_name | interaction_source_db_version | interaction_types | interaction_score
        RRM2 | hgnc:10452 | RRM2 | Gemcitabine prodrug | _ | _ | _ | _ | _ | TTD | 2020.06.01 | ""
        RRM2 | hgnc:10452 | RRM2 | Gemcitabine | rxcui:12574 | GEMCITABINE | true | false | true | TTD | 2020.06.01 | "" | 0.1
        PDE6C | hgnc:8787 | PDE6C | PENTOXIFYLLINE | rxcui:8013 | PENTOXIFYLLINE | true | false | false | ChEMBL | 37 | inhibitor | 0.4
        8231511 | _ | _ | PIPERONYL BUTOXIDE | chembl:CHEMBL1201131 | PIPERONYL BUTOXIDE | true | false | false | ChEMBL | 37 | inhibitor
        EGFR | hgnc:3236 | EGFR | X | chembl:CHEMBL1 | X | false | false | false | CIViC | 1 | antibody
        """  # noqa: E501
    )
    assert made(tmp_path, "dgidb", "drugs", {"interactions": text}) == [
        ("PENTOXIFYLLINE", "PDE6C", "inhibitor", "yes", "", "", ""),
        ("X", "EGFR", "antibody binding", "no", "", "CHEMBL1", ""),
    ]


def test_the_guide_has_a_version_line_html_and_antibodies_that_bind(tmp_path: Path):
    text = """"# GtoPdb Version: 2026.2 - published: 2026-06-15"
"Target","Target Gene Symbol","Target UniProt ID","Target Species","Ligand","Approved","Type","Action","Primary Target","Affinity Median"
"CGRP","CALCA|CALCB","P06881|P10092","Human","fremanezumab","true","Antibody","Binding","true","9.5"
"5-HT<sub>1A</sub>","HTR1A","P08908","Human","&alpha;-<i>x</i>, a drug","false","Agonist","Agonist","false",""
"5-HT1A","Htr1a","P19327","Rat","rat drug","false","Agonist","Full agonist","false","7"
"gene","GENE2","","Human","y","","Inhibitor","None","false",""
"none","","","Human","z","true","Inhibitor","Inhibition","false",""
"""  # noqa: E501
    assert made(tmp_path, "gtopdb", "drugs", {"interactions": text}) == [
        ("fremanezumab", "P06881|P10092", "antibody binding", "yes", "", "", ""),
        ("y", "GENE2", "inhibitor", "no", "", "", ""),
        ("α-x, a drug", "P08908", "agonist", "no", "", "", ""),
    ]


def line(drug: str, action: str, *, approved: bool = False) -> dict[str, object]:
    return {"drug": drug, "target": "T", "action": action, "approved": approved}


def test_lines_of_a_drug_and_target_that_contradict_each_other_are_not_guessed():
    rows = [
        line("Both", "AGONIST"),
        line("both", "ANTAGONIST"),
        line("Agreed", "BINDING AGENT"),
        line("agreed", "Inhibitor, blocker", approved=True),
        line("Odd", "VACCINE ANTIGEN"),
        line("RNA", "RNAI INHIBITOR"),
    ]
    table = one_line_each([pd.DataFrame(rows[:3]), pd.DataFrame(rows[3:])])
    told = table[["drug", "action", "approved"]].itertuples(index=False, name=None)
    assert sorted(told) == [
        ("Both", "unknown", "no"),
        ("Odd", "unknown", "no"),
        ("RNA", "inhibitor", "no"),
        ("agreed", "inhibitor", "yes"),
    ]


def test_targets_that_mean_no_gene_are_left_out_where_genes_are_known(tmp_path: Path):
    write_gene_names(tmp_path / "names.parquet", dict.fromkeys(("GNRHR", "P30968"), "GNRHR"))
    header = "DRUG_NAME\tACCESSION\tMOA\tACTION_TYPE\tORGANISM\n"
    rows = "a\tP30968\t1\tBLOCKER\tHomo sapiens\na\tP30968|Q0\t1\tBLOCKER\tHomo sapiens\n"
    (tmp_path / "targets.tsv").write_text(header + rows)
    files, output = {"targets": tmp_path / "targets.tsv"}, tmp_path / "made.tsv"
    build_official("drugcentral", "drugs", files, output=output, names=tmp_path / "names.parquet")
    assert output.read_text().splitlines()[1:] == ["a\tP30968\tblocker\tyes\t\t\t"]


def test_the_words_of_actions_are_those_of_the_reviewed_table():
    reviewed = read_actions(TABLES / "actions.tsv")["sign"]
    known = {word.casefold(): int(sign) for (_, word), sign in reviewed.items()}
    assert {word: known.get(word) for word in SIGNS} == SIGNS


def test_drugs_of_a_release_are_read_as_drugs_of_ones_own(tmp_path: Path, chembl: Path):
    output = tmp_path / "chembl.drugs.tsv.gz"
    build_official("chembl", "drugs", {"database": chembl}, output=output)
    source = own_source(output, read_actions(TABLES / "actions.tsv"), None)
    drugs = source.drugs.set_index("name")
    assert drugs.loc["LISINOPRIL", "approved"]
    assert "Zestril" in drugs.loc["LISINOPRIL", "synonyms"]
    assert drugs.loc["LISINOPRIL", "atc"] == "C09AA03"
    assert not drugs.loc["TRIED", "approved"]
    assert source.rows["sign"].tolist() == [-1, -1]
