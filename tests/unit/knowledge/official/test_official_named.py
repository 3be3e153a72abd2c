"""`official:NAME` in a configuration."""

import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from twinscreen.data import OFFICIAL_SOURCES
from twinscreen.files import GeneNames, InputError
from twinscreen.files.own_tables import INTERACTIONS, OWN_TABLES, read_own_table
from twinscreen.knowledge.official.build import build_official
from twinscreen.knowledge.official.named import ACCEPTED, Table, with_official, without_releases
from twinscreen.knowledge.official.reading.tables import COLUMNS, KEYS
from twinscreen.knowledge.official.registry import read_official
from twinscreen.settings.configuration import Configuration

CONFIG = Configuration.model_validate(
    {
        "samples": "samples.tsv",
        "patients": "patients.tsv",
        "observe": {"cell_type": "type"},
        "reference": {"control": "healthy"},
    }
).model_dump(mode="json")


def configured(**changes: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    for section, options in changes.items():
        config[section] |= options
    return config


def released(config: dict[str, Any]) -> Any:
    return with_official(
        config, listed=OFFICIAL_SOURCES, folder="output/official", file="config.yaml"
    )


def test_a_configuration_without_releases_stays_as_it_is():
    assert released(CONFIG) == (CONFIG, {}, {})


def test_paths_stand_for_releases_beside_files_of_ones_own():
    config = configured(
        safety={
            "warnings": ["own.tsv", "official:chembl", "official:sider"],
            "clinpgx": ["official:clinpgx"],
            "interactions": ["official:ddinter"],
        },
        findings={"clinvar": "official:clinvar", "gwas_catalog": ["official:gwas_catalog"]},
    )
    before = copy.deepcopy(config)
    found, tables, _ = released(config)
    assert config == before
    assert found["safety"]["warnings"] == [
        "own.tsv",
        "output/official/chembl.warnings.tsv.gz",
        "output/official/sider.adverse_reactions.tsv.gz",
    ]
    assert found["safety"]["clinpgx"] == [
        "output/official/clinpgx.clinpgx_annotations.tsv.gz",
        "output/official/clinpgx.clinpgx_genotypes.tsv.gz",
    ]
    assert found["safety"]["interactions"] == ["output/official/ddinter.drug_interactions.csv"]
    assert found["findings"]["clinvar"] == "output/official/clinvar.clinvar.vcf.gz"
    assert tables["output/official/chembl.warnings.tsv.gz"] == Table("chembl", "warnings")
    assert len(tables) == 7


def test_what_is_left_without_releases_can_be_looked_at():
    config = configured(
        own={"interactions": ["own.tsv", "official:string"]}, screen={"drugs": "official:chembl"}
    )
    left = without_releases(config)
    assert left["own"]["interactions"] == ["own.tsv"]
    assert left["screen"]["drugs"] == ""
    assert without_releases(CONFIG) == CONFIG


def test_releases_of_the_same_shape_stand_in_place_of_what_is_embedded():
    config = configured(official={"instead": ["hgnc", "reactome"]})
    assert released(config).instead == {
        "hgnc": "hgnc",
        **dict.fromkeys(("reactome", "reactome_hierarchy", "reactome_names"), "reactome"),
    }


def test_every_place_is_an_option_and_some_release_has_its_table():
    tables = {table for one in read_official(OFFICIAL_SOURCES).values() for table in one.tables}
    for place, meant in ACCEPTED.items():
        section, key = place.split(".")
        assert key in CONFIG[section], place
        assert {*meant} <= tables


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"safety": {"interactions": ["official:sider"]}}, "safety.interactions", "ddinter"),
        ({"safety": {"interactions": ["official:ddintr"]}}, "safety.interactions", "ddintr"),
        ({"pathways": {"gmt": ["official:reactome"]}}, "pathways.gmt", "releases are taken by"),
        ({"official": {"instead": ["string"]}}, "official.instead", "hgnc, reactome, hpo"),
        (
            {"official": {"use": "commercial", "instead": ["hpo"]}},
            "official.instead",
            "hpo, whose licence does not clearly allow commercial use",
        ),
        (
            {"official": {"use": "commercial"}, "safety": {"interactions": ["official:ddinter"]}},
            "safety.interactions",
            "ddinter, whose licence forbids commercial use",
        ),
    ],
)
def test_a_release_in_the_wrong_place_is_told(
    changes: dict[str, dict[str, Any]], place: str, said: str
):
    with pytest.raises(InputError, match=said) as caught:
        released(configured(**changes))
    assert caught.value.place == place


@pytest.mark.parametrize("name", sorted({*OWN_TABLES} & {*COLUMNS}))
def test_a_table_of_a_release_is_one_that_a_group_may_bring(name: str):
    table = OWN_TABLES[name]
    assert set(COLUMNS[name]) == {column.name for column in table.columns}
    assert KEYS[name] == table.once
    assert f"own.{name}" in ACCEPTED
    assert f"instead.{name}" in ACCEPTED


def test_what_readers_yield_is_read_as_a_table_of_ones_own(tmp_path: Path):
    pairs = "ENSG00000000005\tENSG00000061656\nENSG00000099968\tENSG00000000005\n"
    (tmp_path / "pairs.tsv").write_text(pairs)
    output = tmp_path / "huri.interactions.tsv.gz"
    build_official("huri", "interactions", {"pairs": tmp_path / "pairs.tsv"}, output=output)
    symbols = {"ENSG00000000005": "TNMD", "ENSG00000061656": "SPAG4", "ENSG00000099968": "BCL2L13"}
    names = pd.DataFrame({"name": symbols.keys(), "symbol": symbols.values(), "kind": "ensembl"})
    rows = read_own_table(INTERACTIONS, output, GeneNames(names))
    assert rows[["source", "target"]].to_numpy().tolist() == [
        ["TNMD", "SPAG4"],
        ["TNMD", "BCL2L13"],
    ]
    assert rows["sign"].isna().all()
