"""`twinscreen proximity`: tables in, one table out."""

import gzip
import itertools
import subprocess
import sys

import pandas as pd
import pytest

from twinscreen.cli import main


@pytest.fixture
def tables(tmp_path):
    """A path of five genes with a self-loop and a piece aside; one drug and one module off it."""
    (tmp_path / "edges.tsv").write_text("one\ttwo\nA\tB\nB\tC\nC\tD\nD\tE\nE\tE\nX\tY\n")
    with gzip.open(tmp_path / "targets.tsv.gz", "wt") as file:
        file.write("drug\tgene\nd1\tA\nd1\tB\nd1\tB\nd2\tW\nd3\tE\n")
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
    assert "1 is off the network; 1 drug is left with none" in said


def test_no_optional_package_is_needed(tables, tmp_path):
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('snakemake', 'pydeseq2', 'celltypist')))\n"
        "import twinscreen.network\n"
        "from twinscreen.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    output = tmp_path / "out.tsv"
    command = [sys.executable, "-c", code, *tables, "--output", str(output)]
    subprocess.run(command, check=True)
    assert len(pd.read_csv(output, sep="\t")) == 6


@pytest.mark.parametrize("ending", [".tsv", ".tsv.gz", ".parquet"])
def test_same_bytes_again_and_on_more_threads(tables, tmp_path, ending):
    first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
    assert main([*tables, "--output", str(first)]) == 0
    assert main([*tables, "--threads", "2", "--output", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("measure", "distance"),
    # d1 is A and B, m1 is D and E of the path A-B-C-D-E
    [("shortest", 3), ("centre", 3), ("separation", 1.5), ("kernel", None)],
)
def test_every_measure_has_a_null(tables, tmp_path, measure, distance):
    output = tmp_path / "out.parquet"
    assert main([*tables, "--measure", measure, "--output", str(output)]) == 0
    found = pd.read_parquet(output)
    filled = found[["distance", "expected", "sd", "z", "pvalue"]].notna().all(axis=1)
    assert filled.tolist() == [True, False, False, False, True, False]
    if distance is not None:
        assert found["distance"][0] == distance
    assert ((found["distance"] - found["expected"]) / found["sd"])[filled].tolist() == (
        pytest.approx(found["z"][filled].tolist())
    )
    assert found["pvalue"][0] > found["pvalue"][4]


def test_shortest_by_hand(tables, tmp_path):
    # all genes of the path are alike: two of them are 1.6 apart on average, the same one counted
    output = tmp_path / "out.tsv"
    given = ["--measure", "shortest", "--draws", "500", "--output", str(output)]
    assert main([*tables, *given]) == 0
    found = pd.read_csv(output, sep="\t")
    assert found["expected"].dropna().tolist() == pytest.approx([1.6, 1.6])
    # E against D and E: of 5 x 10 draws, distances of at most 0.5 are the ends and their
    # neighbours with the pair next to each other
    pairs = [(v, s) for v in range(5) for s in itertools.combinations(range(5), 2)]
    near = sum(sum(abs(v - w) for w in s) / 2 <= 0.5 for v, s in pairs) / len(pairs)
    assert found["pvalue"][4] == pytest.approx(near, abs=0.06)


@pytest.mark.parametrize("measure", ["closest", "centre"])
def test_p_is_left_out_above_a_limit_of_z(tables, tmp_path, measure):
    output = tmp_path / "out.tsv"
    given = ["--measure", measure, "--pvalue-below", "0", "--output", str(output)]
    assert main([*tables, *given]) == 0
    found = pd.read_csv(output, sep="\t")
    assert found["z"][0] > 0 > found["z"][4]
    assert found["pvalue"].notna().tolist() == [False] * 4 + [True, False]


@pytest.mark.parametrize("measure", ["closest", "shortest", "kernel", "centre", "separation"])
@pytest.mark.parametrize(
    ("flag", "content", "expected"),
    [
        (
            "--network",
            "a\tb\n" + "".join(f"g{i}\tg{i + 1}\n" for i in range(300)) + "A\tg0\ng300\tE\n",
            ["largest connected component", "254 hops", "leave out long chains"],
        ),
        ("--network", "a\tb\nA\tA\n", ["no interaction of two different genes"]),
        ("--targets", "drug\tgene\nd\t1017\n", ["column gene", "but 1017", "such as A"]),
        ("--modules", "module\tgene\nm\t1017\n", ["column gene", "but 1017", "such as A"]),
        ("--background", "gene\nQ\n", ["no protein of the network", "as the network does"]),
        ("--background", "gene\nA\n", ["degree bin 0", "own proteins into the background"]),
        ("--background", "gene\n", ["a row below the header"]),
    ],
)
def test_what_cannot_be_measured_is_said(
    tables, tmp_path, capsys, measure, flag, content, expected
):
    bad = tmp_path / "bad.tsv"
    bad.write_text(content)
    output = tmp_path / "o.tsv"
    given = ["--measure", measure, "--output", str(output), flag, str(bad)]
    assert main([*tables, *given]) == 2
    said = capsys.readouterr().err
    for words in [*expected, str(bad), "remedy:"]:
        assert words in said
    assert not output.exists()


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        *[("--draws", "1"), ("--draws", "99999999999"), ("--threads", "0"), ("--seed", "-1")],
        *[("--seed", "x"), ("--pvalue-below", "nan"), ("--measure", "nearest")],
    ],
)
def test_numbers_out_of_range_are_refused(tables, tmp_path, capsys, flag, value):
    with pytest.raises(SystemExit) as stopped:
        main([*tables, "--output", str(tmp_path / "o.tsv"), flag, value])
    assert stopped.value.code == 2
    assert flag in capsys.readouterr().err


def test_smallest_network_of_all(tables, tmp_path):
    (tmp_path / "edge.tsv").write_text("one\ttwo\nA\tD\n")
    output = tmp_path / "o.tsv"
    assert main([*tables, "--network", str(tmp_path / "edge.tsv"), "--output", str(output)]) == 0
    found = pd.read_csv(output, sep="\t")
    # A and D are 1 apart; of the four draws of one each, two are
    assert found["distance"][0] == 1
    assert found["expected"][0] == 0.5


@pytest.mark.parametrize(
    ("flag", "content", "expected"),
    [
        ("--targets", "drug,gene\nd1,A\n", "columns drug, gene"),
        ("--modules", "module\tgene\nm1\t\n", "line 2"),
        ("--network", "one\nA\n", "two columns"),
        ("--network", "one\ttwo\n", "a row below the header"),
        ("--network", "A\tpp\tB\nA\tpp\tC\nB\tpp\tA\n", "the column between the genes"),
        ("--output", None, ".tsv, .tsv.gz, .parquet"),
    ],
)
def test_what_is_wrong_is_said(tables, tmp_path, capsys, flag, content, expected):
    bad = tmp_path / "bad.txt"
    if content is not None:
        bad.write_text(content)
    assert main([*tables, "--output", str(tmp_path / "o.tsv"), flag, str(bad)]) == 2
    assert expected in capsys.readouterr().err
