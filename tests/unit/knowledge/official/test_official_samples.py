"""Readers of official releases on authentic rows, where these lie beside the repository."""

import os
import re
from itertools import zip_longest
from pathlib import Path

import pytest
from readings import made, zipped

DATA = Path(os.environ.get("TWINSCREEN_DATA", "../shared/data")) / "format_samples"


def sample(name: str) -> Path:
    path = (DATA / name).resolve()
    if not path.is_file():
        pytest.skip(f"no {name} in {DATA}: set TWINSCREEN_DATA")
    return path


def test_rows_of_string(tmp_path: Path):
    # all three are of low confidence
    links = sample("string_9606.protein.links.detailed.v12.0.txt").read_text()
    links += links.splitlines()[1].replace(" 134 ", " 950 ") + "\n"
    proteins = "#string_protein_id\tpreferred_name\n9606.ENSP00000000233\tARF5\n"
    proteins += "9606.ENSP00000356607\tRALGPS2\n"
    assert made(tmp_path, "string", "interactions", {"links": links, "proteins": proteins}) == [
        ("ARF5", "RALGPS2", "", "")
    ]


def test_rows_of_omnipath(tmp_path: Path):
    files = {"interactions": sample("omnipath_interactions.tsv")}
    rows = made(tmp_path, "omnipath", "interactions", files)
    assert ("P0DP25", "P48995", "-1", "") in rows
    assert ("Q13438", "Q9HBA0", "", "") in rows
    assert {row[0] for row in rows if row[1] == "P28749"} == {"P67775", "Q15172", "Q15257"}


def test_rows_of_cellphonedb(tmp_path: Path):
    files = {
        name: sample(f"cellphonedb5_{file}_input.csv")
        for name, file in [
            ("interactions", "interaction"),
            ("complexes", "complex"),
            ("proteins", "protein"),
        ]
    }
    rows = made(tmp_path, "cellphonedb", "ligand_receptor", files)
    assert rows[0] == ("P12830", "Q96E93", "", "PMC3030123")
    assert len(rows) == 2


def test_rows_of_drugcentral(tmp_path: Path):
    rows = made(
        tmp_path, "drugcentral", "drugs", {"targets": sample("drug.target.interaction.tsv")}
    )
    assert ("levobupivacaine", "P35499", "blocker", "yes", "", "", "") in rows
    assert not [row for row in rows if row[1] == "P10635"]


def test_rows_of_dgidb(tmp_path: Path):
    rows = made(
        tmp_path, "dgidb", "drugs", {"interactions": sample("dgidb_interactions_2026-09.tsv")}
    )
    assert [row[:3] for row in rows] == [("PENTOXIFYLLINE", "PDE6C", "inhibitor")]


def test_rows_of_the_gwas_catalog(tmp_path: Path):
    files = {"associations": sample("gwas_catalog_associations.tsv")}
    rows = made(tmp_path, "gwas_catalog", "gwas_catalog", files)
    assert (
        *("eosinophil percentage of leukocytes", "http://www.ebi.ac.uk/efo/EFO_0007991"),
        *("HLA-DRB1 - HLA-DQA1", "rs28383314", "rs28383314-C", "26.154901959985743"),
    ) in rows


def test_rows_of_sider(tmp_path: Path):
    files: dict[str, str | bytes | Path] = {
        "reactions": sample("sider_meddra_all_se.tsv"),
        "names": "CID100000085\tcarnitine\n",
    }
    rows = made(tmp_path, "sider", "adverse_reactions", files)
    assert [row[2] for row in rows] == ["Abdominal pain", "Gastrointestinal pain"]


def test_onsides_has_the_tables_and_columns_that_are_read(tmp_path: Path):
    schema = sample("onsides_schema.sql").read_text()
    values = {
        "label_id": "1 2 3 4",
        "source": "US UK EU JP",
        "product_label_id": "1 2 3 4",
        "rxnorm_product_id": "p p p p",
        "product_id": "p",
        "ingredient_id": "i",
        "rxnorm_id": "i",
        "rxnorm_name": "sirolimus",
        "meddra_id": "7",
        "meddra_name": "Rash",
        "effect_id": "1 2 3 4",
        "effect_meddra_id": "7 7 7 7",
    }
    members = {}
    for table in re.findall(r"CREATE TABLE (\w+)", schema):
        body = schema.partition(f"CREATE TABLE {table} (")[2].partition("\n)")[0]
        columns = [
            line.split()[0] for line in body.strip().splitlines() if line.strip()[0].islower()
        ]
        known = [values.get(name, "").split() for name in columns]
        rows = [columns, *zip_longest(*known, fillvalue="")]
        members[f"csv___{table}__csv"] = "".join(",".join(row) + "\n" for row in rows)
    archive = zipped(tmp_path, **members)
    assert made(tmp_path, "onsides", "adverse_reactions", {"archive": archive}) == [
        ("sirolimus", "adverse_reaction", "Rash", "labels of 4 countries", "OnSIDES")
    ]


@pytest.mark.parametrize(
    ("data_set", "columns"),
    [
        ("drug_molecule", ["id", "name", "parentId", "maximumClinicalStage", "synonyms"]),
        ("drug_mechanism_of_action", ["chemblIds", "actionType", "targets"]),
        ("clinical_indication", ["drugId", "diseaseId", "maxClinicalStage"]),
        ("drug_warning", ["chemblIds", "warningType", "toxicityClass", "country", "year"]),
        (
            "openfda_significant_adverse_drug_reactions",
            ["chembl_id", "event", "llr", "critval", "count"],
        ),
        ("disease", ["id", "name"]),
    ],
)
def test_open_targets_has_the_columns_that_are_read(data_set: str, columns: list[str]):
    described = sample(f"ot_schemas/{data_set}.json").read_text()
    assert [name for name in columns if f'"id": "{name}"' not in described] == []
