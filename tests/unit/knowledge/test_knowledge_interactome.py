"""The interactome, from hand-written rows in OmniPath's shape."""

import logging
from pathlib import Path

import pandas as pd
import pytest

from small_tables import write_gene_names
from twinscreen.data import TABLES
from twinscreen.files import INTERACTOME, InputError, read_table
from twinscreen.knowledge.interactome import build_interactome, read_signs

PT, TR = "post_translational", "transcriptional"
NAMES = {"JAK1": "JAK1", "P23458": "JAK1", "STAT1": "STAT1", "IL6R": "IL6R", "IL6ST": "IL6ST"}


def row(source: str, target: str, kind: str = PT, **other: object) -> dict[str, object]:
    return {
        "source": source,
        "target": target,
        "is_directed": True,
        "consensus_stimulation": False,
        "consensus_inhibition": False,
        "references": None,
        "sources": "SIGNOR",
        "type": kind,
        **other,
    }


def up(source: str, target: str, kind: str = PT, **other: object) -> dict[str, object]:
    return row(source, target, kind, consensus_stimulation=True, **other)


def down(source: str, target: str, kind: str = PT, **other: object) -> dict[str, object]:
    return row(source, target, kind, consensus_inhibition=True, **other)


def build(tmp_path: Path, rows: list[dict[str, object]], *signs: str) -> pd.DataFrame:
    source, names, output = (tmp_path / name for name in ("o.parquet", "n.parquet", "i.parquet"))
    pd.DataFrame(rows).to_parquet(source)
    reviewed = signs_of(tmp_path, *signs)
    write_gene_names(names, NAMES)
    build_interactome(source, signs=reviewed, names=names, output=output)
    return read_table(output, INTERACTOME)


def signs_of(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "signs.tsv"
    path.write_text("\n".join(["source target sign pubmed", *rows]).replace(" ", "\t"))
    return path


def edges(table: pd.DataFrame) -> list[tuple[str, str, str, int | None]]:
    signs = [None if pd.isna(sign) else int(sign) for sign in table["sign"]]
    return list(zip(table["layer"], table["source"], table["target"], signs, strict=True))


def test_layers_and_signs(tmp_path: Path):
    table = build(
        tmp_path,
        [
            up("JAK1", "STAT1"),
            down("STAT1", "JAK1", TR),
            row("JAK1", "IL6R"),
            up("JAK1", "IL6ST", consensus_inhibition=True),
            up("STAT1", "IL6R", "post_transcriptional"),
            up("STAT1", "IL6ST", is_directed=False),
        ],
    )
    assert edges(table) == [
        ("PT", "JAK1", "IL6R", None),
        ("PT", "JAK1", "IL6ST", None),
        ("PT", "JAK1", "STAT1", 1),
        ("TR", "STAT1", "JAK1", -1),
    ]


def test_a_complex_stands_for_its_members(tmp_path: Path):
    table = build(
        tmp_path, [up("COMPLEX:IL6R_IL6ST", "P23458"), down("JAK1", "COMPLEX:P23458_IL6R")]
    )
    assert edges(table) == [
        ("PT", "IL6R", "JAK1", 1),
        ("PT", "IL6ST", "JAK1", 1),
        ("PT", "JAK1", "IL6R", -1),  # and no JAK1 to JAK1
    ]


def test_rows_that_become_one_interaction_are_united(tmp_path: Path):
    table = build(
        tmp_path,
        [
            up("JAK1", "STAT1", sources="SIGNOR;KEA", references="KEA:2;SIGNOR:1"),
            row("P23458", "STAT1", sources="KEA;HPRD", references="HPRD:3"),
            up("JAK1", "IL6R", sources="B"),
            down("P23458", "IL6R", sources="A"),
        ],
    )
    assert edges(table) == [("PT", "JAK1", "IL6R", None), ("PT", "JAK1", "STAT1", 1)]
    assert table["sources"].tolist() == ["A;B", "HPRD;KEA;SIGNOR"]
    assert table["references"].tolist() == ["", "HPRD:3;KEA:2;SIGNOR:1"]


def test_what_is_lost_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, logger="twinscreen.knowledge.interactome"):
        table = build(tmp_path, [up("JAK1", "STAT1"), up("NOGENE", "STAT1"), up("JAK1", "MIR1")])
    assert edges(table) == [("PT", "JAK1", "STAT1", 1)]
    assert "2 of 4 identifiers mean no gene (such as MIR1, NOGENE)" in caplog.text
    assert "2 of 3 interactions are lost" in caplog.text


def test_a_file_of_another_shape_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no directed interaction"):
        build(tmp_path, [up("NOGENE", "STAT1")])
    with pytest.raises(InputError, match="no column is_directed"):
        build(tmp_path, [{"source": "JAK1", "target": "STAT1"}])
    (tmp_path / "text.parquet").write_text("source,target\n")
    with pytest.raises(InputError, match="no whole Parquet file"):
        build_interactome(
            tmp_path / "text.parquet",
            signs=tmp_path / "s",
            names=tmp_path / "n",
            output=tmp_path / "i",
        )


def test_a_reviewed_sign_takes_the_place_of_the_consensus(tmp_path: Path):
    rows = [
        up("JAK1", "STAT1", references="HPRD:1", sources="HPRD"),
        up("JAK1", "STAT1", TR),
        row("IL6R", "IL6ST"),
        up("STAT1", "IL6R"),
    ]
    reviewed = ("JAK1 STAT1 -1 123", "IL6R IL6ST 1 45", "IL6ST STAT1 1 6")
    table = build(tmp_path, rows, *reviewed)
    assert edges(table) == [
        ("PT", "IL6R", "IL6ST", 1),
        ("PT", "JAK1", "STAT1", -1),
        ("PT", "STAT1", "IL6R", 1),
        ("TR", "JAK1", "STAT1", 1),
    ]  # none is made that no source lists
    assert table["sources"].tolist() == ["SIGNOR;TwinScreen", "HPRD;TwinScreen", "SIGNOR", "SIGNOR"]
    assert table["references"].tolist() == ["TwinScreen:45", "HPRD:1;TwinScreen:123", "", ""]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["JAK1 STAT1 0 1"], "1 or -1"),
        (["JAK1 STAT1 1 PMC1"], "a PubMed identifier"),
        (["JAK1 STAT1 1 "], "a PubMed identifier"),
        (["JAK1 STAT1 1 1", "JAK1 STAT1 -1 2"], "each interaction once"),
    ],
)
def test_reviewed_signs_of_another_shape_are_refused(
    tmp_path: Path, rows: list[str], expected: str
):
    with pytest.raises(InputError, match=expected):
        read_signs(signs_of(tmp_path, *rows))


def test_reviewed_signs_of_the_package():
    table = read_signs(TABLES / "signs.tsv").set_index(["source", "target"])["sign"]
    assert table["SOCS1", "JAK2"] == table["PIAS1", "STAT1"] == table["DUSP1", "MAPK1"] == -1
    assert table["IL12B", "STAT4"] == table["IL6ST", "STAT3"] == 1
