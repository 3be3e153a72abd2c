"""Ligand-receptor pairs, from a hand-written file in the shape of liana's collection."""

import logging
from pathlib import Path

import pytest

from small_tables import write_gene_names
from twinscreen.files import LIGAND_RECEPTOR, InputError, read_table
from twinscreen.knowledge.ligand_receptor import build_ligand_receptor

COLLECTION = """\
"","source","target","source_genesymbol","target_genesymbol","resource"
"1","P05231","COMPLEX:P08887_P40189","IL6","IL6ST_IL6R","consensus"
"2","O00182","P08575","LGALS9","PTPRC","consensus"
"3","P0C0L5","P20023","C4B_2","CR2","consensus"
"4","X00001","P20023","NOGENE","CR2","consensus"
"5","O00182","COMPLEX:P08575_X00001","LGALS9","PTPRC_NOGENE","consensus"
"6","P05231","COMPLEX:P08887_P40189","IFNB2","IL6R_IL6ST","icellnet"
"7","O00182","P20023","LGALS9","CR2","icellnet"
"""
PROTEINS = """\
uniprot,protein_name,secreted
P05231,IL6_HUMAN,True
O00182,LEG9_HUMAN,False
P01374,LTA_HUMAN,True
Q06643,LTB_HUMAN,False
"""
SYMBOLS = ["IL6", "IL6R", "IL6ST", "LGALS9", "PTPRC", "C4B_2", "CR2", "LTA", "LTB", "LTBR"]
ACCESSIONS = {"P05231": "IL6", "O00182": "LGALS9", "P01374": "LTA", "Q06643": "LTB"}


def build(
    tmp_path: Path, resource: str = "consensus", collection: str = COLLECTION
) -> list[tuple[str, str, str, bool | None]]:
    parts = ("l.csv", "p.csv", "n.parquet", "l.parquet")
    source, proteins, names, output = (tmp_path / name for name in parts)
    source.write_text(collection)
    proteins.write_text(PROTEINS)
    known = {name: name for name in SYMBOLS} | {"IFNB2": "IL6"} | ACCESSIONS
    write_gene_names(names, known)
    build_ligand_receptor(source, proteins=proteins, names=names, output=output, resource=resource)
    return list(read_table(output, LIGAND_RECEPTOR).itertuples(index=False, name=None))


def test_pairs_of_the_consensus(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="twinscreen.knowledge.ligand_receptor"):
        pairs = build(tmp_path)
    assert pairs == [
        ("C4B_2", "CR2", "consensus", None),
        ("IL6", "IL6R_IL6ST", "consensus;icellnet", True),
        ("LGALS9", "PTPRC", "consensus", False),
    ]
    assert "2 of 5 pairs of consensus are lost" in caplog.text


def test_another_resource(tmp_path: Path):
    assert build(tmp_path, resource="icellnet") == [
        ("IL6", "IL6R_IL6ST", "consensus;icellnet", True),
        ("LGALS9", "CR2", "icellnet", False),
    ]


def test_one_member_in_the_membrane_keeps_the_complex_there(tmp_path: Path):
    pairs = (
        '"","source","target","source_genesymbol","target_genesymbol","resource"\n'
        '"1","","","LTA_LTB","LTBR","consensus"\n'
        '"2","","","LTA_CR2","LTBR","consensus"\n'
        '"3","","","LTA","LTBR","consensus"\n'
    )
    found = {ligand: secreted for ligand, _, _, secreted in build(tmp_path, collection=pairs)}
    assert found == {"LTA_LTB": False, "CR2_LTA": None, "LTA": True}


def test_an_unknown_resource_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="one of consensus, icellnet"):
        build(tmp_path, resource="cellphonedb")
