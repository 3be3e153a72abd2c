"""Readers of indications, warnings, reactions and interactions, in the true shape of each source."""  # noqa: E501

from pathlib import Path

from readings import lines, made, packed, parquet, zipped
from test_official_drugs import MOLECULES

NAMES = "LISINOPRIL|CHEMBL1237|CHEMBL419213|LISINOPRIL DIHYDRATE|Lisinopril anhydrous|Zestril"
WARNINGS: list[dict[str, object]] = [
    {
        "chemblIds": ["CHEMBL419213"],
        "warningType": "Black Box Warning",
        "toxicityClass": "teratogenicity",
        "country": "United States",
        "year": None,
    },
    {
        "chemblIds": ["CHEMBL9"],
        "warningType": "Withdrawn",
        "toxicityClass": None,
        "country": "France",
        "year": 1999,
    },
]


def test_warnings_of_open_targets_are_of_the_parent(tmp_path: Path):
    files = {
        "molecules": parquet(tmp_path, "molecules", MOLECULES),
        "warnings": parquet(tmp_path, "warnings", WARNINGS),
    }
    assert made(tmp_path, "open_targets_warnings", "warnings", files) == [
        (NAMES, "boxed_warning", "teratogenicity", "United States", "Open Targets"),
        ("TRIED|CHEMBL9", "withdrawn", "", "France; 1999", "Open Targets"),
    ]


def test_indications_of_open_targets_are_approved_and_of_no_withdrawn_drug(tmp_path: Path):
    indications: list[dict[str, object]] = [
        {"drugId": "CHEMBL1237", "diseaseId": "EFO_0000537", "maxClinicalStage": "APPROVAL"},
        {"drugId": "CHEMBL1237", "diseaseId": "MONDO_0005148", "maxClinicalStage": "PHASE_3"},
        {"drugId": "CHEMBL9", "diseaseId": "EFO_0000537", "maxClinicalStage": "APPROVAL"},
    ]
    diseases: list[dict[str, object]] = [
        {"id": "EFO_0000537", "name": "hypertension"},
        {"id": "MONDO_0005148", "name": "type 2 diabetes mellitus"},
    ]
    files = {
        "molecules": parquet(tmp_path, "molecules", MOLECULES),
        "warnings": parquet(tmp_path, "warnings", WARNINGS),
        "indications": parquet(tmp_path, "indications", indications),
        "diseases": parquet(tmp_path, "diseases", diseases),
    }
    assert made(tmp_path, "open_targets_indications", "warnings", files) == [
        (NAMES, "indication", "EFO:0000537", "hypertension", "Open Targets")
    ]


def test_reactions_of_openfda_are_above_the_limit_of_chance(tmp_path: Path):
    reactions: list[dict[str, object]] = [
        {"chembl_id": "CHEMBL1237", "event": "cough", "count": 812, "llr": 900.5, "critval": 40.1},
        {"chembl_id": "CHEMBL1237", "event": "headache", "count": 9, "llr": 40.1, "critval": 40.1},
    ]
    files = {
        "molecules": parquet(tmp_path, "molecules", MOLECULES),
        "reactions": parquet(tmp_path, "reactions", reactions),
    }
    assert made(tmp_path, "open_targets_reactions", "adverse_reactions", files) == [
        (NAMES, "adverse_reaction", "cough", "reported 812 times", "openFDA, through Open Targets")
    ]


def test_sider_keeps_preferred_terms_by_the_name_of_the_drug(tmp_path: Path):
    reactions = lines(
        """
        CID100000085 | CID000010917 | C0000729 | LLT | C0000729 | Abdominal cramps
        CID100000085 | CID000010917 | C0000729 | PT | C0000737 | Abdominal pain
        CID100000085 | CID000010917 | C0000737 | PT | C0000737 | Abdominal pain
        CID199999999 | CID099999999 | C0000737 | PT | C0000737 | Abdominal pain
        """
    )
    files = {"reactions": packed(reactions), "names": "CID100000085\tcarnitine\n"}
    assert made(tmp_path, "sider", "adverse_reactions", files) == [
        ("carnitine", "adverse_reaction", "Abdominal pain", "PubChem 85", "SIDER 4.1")
    ]


def test_onsides_asks_for_labels_of_all_four_countries(tmp_path: Path):
    effects = [f"{label},{label},AR,10000001,SM,0.1,9.9" for label in range(1, 5)]
    effects += [f"{label},{label + 10},BW,10000002,SM,0.1,9.9" for label in range(1, 4)]
    tables = {
        "product_label": "label_id,source,source_product_name,source_product_id\n"
        '1,US,"A, a drug",x\n2,UK,A,x\n3,EU,A,x\n4,JP,A,x\n',
        "product_to_rxnorm": "label_id,rxnorm_product_id\n1,p1\n2,p1\n3,p2\n4,OMOP7\n",
        "vocab_rxnorm_ingredient_to_product": "product_id,ingredient_id\np1,i\np2,i\nOMOP7,i\n",
        "vocab_rxnorm_ingredient": "rxnorm_id,rxnorm_name,rxnorm_term_type\ni,sirolimus,IN\n",
        "vocab_meddra_adverse_effect": "meddra_id,meddra_name,meddra_term_type\n"
        "10000001,Rash,PT\n10000002,Fever,PT\n",
        "product_adverse_effect": "product_label_id,effect_id,label_section,effect_meddra_id,"
        "match_method,pred0,pred1\n" + "\n".join(effects) + "\n",
    }
    archive = zipped(tmp_path, **{f"csv___{name}__csv": text for name, text in tables.items()})
    assert made(tmp_path, "onsides", "adverse_reactions", {"archive": archive}) == [
        ("sirolimus", "adverse_reaction", "Rash", "labels of 4 countries", "OnSIDES")
    ]


def test_ddinter_keeps_the_strongest_of_a_pair_in_either_order(tmp_path: Path):
    header = "DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level\n"
    files = {
        "a": header + 'DDInter1,Naltrexone,DDInter2,"Insulin, human",Moderate\n',
        "b": header + 'DDInter2,"Insulin, human",DDInter1,Naltrexone,Major\n'
        "DDInter3,Abacavir,DDInter4,Aspirin,Unknown\n",
    }
    assert made(tmp_path, "ddinter", "drug_interactions", files) == [
        ("Abacavir", "Aspirin", "Unknown"),
        ("Insulin, human", "Naltrexone", "Major"),
    ]


def test_clinpgx_keeps_levels_that_count_and_their_genotypes(tmp_path: Path):
    annotations = lines(
        """
        Summary Annotation ID | Variant/Haplotypes | Gene | Level of Evidence | Level Override | Score | Phenotype Category | Drug(s) | Phenotype(s) | URL
        981755803 | rs75527207 | CFTR | 1A | _ | 234.8 | Efficacy | ivacaftor | Cystic Fibrosis | https://x
        981755804 | rs1 | CFTR | 3 | _ | 1 | Efficacy | ivacaftor | Cystic Fibrosis | https://x
        """  # noqa: E501
    )
    alleles = lines(
        """
        Summary Annotation ID | Genotype/Allele | Annotation Text | Allele Function
        981755803 | AA | Patients with the AA genotype may respond. | _
        981755804 | CC | Nothing. | _
        """
    )
    archive = zipped(
        tmp_path, summary_annotations__tsv=annotations, summary_ann_alleles__tsv=alleles
    )
    files = {"archive": archive}
    assert made(tmp_path, "clinpgx", "clinpgx_annotations", dict(files)) == [
        ("981755803", "rs75527207", "CFTR", "1A", "Efficacy", "ivacaftor", "Cystic Fibrosis")
    ]
    assert made(tmp_path, "clinpgx", "clinpgx_genotypes", dict(files)) == [
        ("981755803", "AA", "Patients with the AA genotype may respond.", "")
    ]
