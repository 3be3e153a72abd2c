"""`twinscreen proximity`: tables in, one table out."""

import gzip

import pandas as pd
import pytest

from twinscreen.cli import main


@pytest.fixture
def tables(tmp_path):
    """A path of five genes with a self-loop and a piece aside; one drug and one module off it."""
    (tmp_path / "edges.tsv").write_text("one\ttwo\nA\tB\nB\tC\nC\tD\nD\tE\nE\tE\nX\tY\n")
    with gzip.open(tmp_path / "targets.tsv.gz", "wt") as file:
        file.write("drug\tgene\nd1\tA\nd1\tB\nd1\tB\nd2\tNA\nd3\tE\n")
    modules = pd.DataFrame({"module": ["m1", "m1", "m2"], "gene": ["D", "E", "X"]})
    modules.to_parquet(tmp_path / "modules.parquet")
    return [
        *("proximity", "--network", str(tmp_path / "edges.tsv")),
        *("--targets", str(tmp_path / "targets.tsv.gz")),
        *("--modules", str(tmp_path / "modules.parquet")),
    ]


def test_one_row_for_each_drug_and_module(tables, tmp_path, capsys):
    output = tmp_path / "out.tsv"
    assert main([*tables, "--output", str(output)]) == 0
    found = pd.read_csv(output, sep="\t")
    assert found.columns.tolist() == [
        *("drug", "module", "n_targets", "n_module"),
        *("distance", "expected", "sd", "z", "pvalue"),
    ]
    assert list(zip(found["drug"], found["module"], strict=True))[:3] == [
        ("d1", "m1"),
        ("d1", "m2"),
        ("d2", "m1"),
    ]
    assert found["n_targets"].tolist() == [2, 2, 0, 0, 1, 1]
    assert found["n_module"].tolist() == [2, 0] * 3
    assert found["distance"].notna().tolist() == [True, False, False, False, True, False]
    assert found["distance"][0] == 2.5
    # a gene at random is in a module of two of five with probability 2/5
    assert found["pvalue"][4] == pytest.approx(0.4)
    said = capsys.readouterr().err
    assert "5 genes and 4 interactions in the largest component; 2 genes outside" in said
    assert "1 are off the network; 1 drugs are left with none" in said


@pytest.mark.parametrize("ending", [".tsv", ".tsv.gz", ".parquet"])
def test_same_bytes_again_and_on_more_threads(tables, tmp_path, ending):
    first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
    assert main([*tables, "--output", str(first)]) == 0
    assert main([*tables, "--threads", "2", "--output", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_other_measures_come_without_a_null(tables, tmp_path):
    output = tmp_path / "out.parquet"
    assert main([*tables, "--measure", "shortest", "--output", str(output)]) == 0
    found = pd.read_parquet(output)
    assert found["distance"][0] == 3
    assert found["z"].isna().all()


@pytest.mark.parametrize(
    ("flag", "content", "expected"),
    [
        ("--targets", "drug,gene\nd1,A\n", "columns drug, gene"),
        ("--modules", "module\tgene\nm1\t\n", "line 2"),
        ("--network", "one\nA\n", "two columns"),
        ("--network", "one\ttwo\n", "a row below the header"),
        ("--output", None, ".tsv, .tsv.gz, .parquet"),
    ],
)
def test_what_is_wrong_is_said(tables, tmp_path, capsys, flag, content, expected):
    bad = tmp_path / "bad.txt"
    if content is not None:
        bad.write_text(content)
    assert main([*tables, "--output", str(tmp_path / "o.tsv"), flag, str(bad)]) == 2
    assert expected in capsys.readouterr().err
