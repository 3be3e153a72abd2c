"""Tables of one's own: declared once, read by the declaration, told on a page."""

import pandas as pd
import pytest

from twinscreen.files import GeneNames, InputError
from twinscreen.files.own_tables import INTERACTIONS, OWN_TABLES, read_own_table, read_own_tables
from twinscreen.files.own_tables.__main__ import PAGE, page
from twinscreen.files.own_tables.declarations import GENE_POSITIONS
from twinscreen.settings.configuration import Configuration

GENES = (
    *("IL6R", "JAK1", "SOCS3", "IL6ST", "STAT3", "STAT1", "IRF1", "BCL6", "PRDM1", "IL6", "CD80"),
    *("CD28", "PTPN22", "IL33", "JAK2", "TNF"),
)


@pytest.fixture(scope="module")
def names():
    rows = [(gene, gene) for gene in GENES] + [("3716", "JAK1"), ("P40763", "STAT3")]
    return GeneNames(pd.DataFrame(rows, columns=["name", "symbol"]).assign(kind="symbol"))


def test_the_page_is_what_is_declared():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m twinscreen.files.own_tables"


@pytest.mark.parametrize("table", OWN_TABLES.values(), ids=list(OWN_TABLES))
def test_each_table_has_its_keys_and_an_example_that_is_read(table, names, tmp_path):
    for section in table.sections:
        assert table.name in Configuration.model_fields[section].annotation.model_fields
    path = tmp_path / "example.tsv"
    path.write_text(table.example, encoding="utf-8")
    rows = read_own_table(table, path, names)
    assert len(rows) == table.example.count("\n") - 1
    assert list(rows) == [column.name for column in table.columns]
    assert rows[table.needed].notna().all(axis=None)


def test_values_are_typed_and_genes_are_symbols(names, tmp_path):
    (tmp_path / "a.csv").write_text("source;target;sign\n3716;P40763;Up\nJAK2;SOCS3;\n")
    rows = read_own_table(INTERACTIONS, tmp_path / "a.csv", names)
    assert list(rows.itertuples(name=None)) == [
        (2, "JAK1", "STAT3", 1, None),
        (3, "JAK2", "SOCS3", None, None),
    ]
    frame = pd.DataFrame({"source": ["JAK1"], "target": ["STAT3"], "sign": ["-1"]})
    frame.to_parquet(tmp_path / "b.parquet")
    both = read_own_tables(INTERACTIONS, [tmp_path / "a.csv", tmp_path / "b.parquet"], names)
    assert dict(zip(both["source"], both["sign"], strict=True)) == {"JAK2": None, "JAK1": -1}
    assert read_own_tables(INTERACTIONS, [], names).empty


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("source\tsign\nJAK1\t1\n", "line 1", "no column target"),
        ("source\ttarget\tsign\nJAK1\tSTAT3\t2\n", "line 2, column sign", "'2'"),
        ("source\ttarget\n\nJAK1\tSTAT3\nJAK1\t\n", "line 4, column target", "nothing"),
        ("source\ttarget\nJAK1\tSTAT3\nJAK1\tSTAT3\n", "line 3", "JAK1, STAT3 a second time"),
        ("source\ttarget\tsigns\nJAK1\tSTAT3\t1\n", "header, column signs", "'signs'"),
        ("source\ttarget\nJAK1\tSTAT3\nFOO\tBAR\nBAZ\tFOO\n", "line 3", "3 of 5 names"),
        ("source\ttarget\n", "", "a header alone"),
        ("", "line 1", "an empty file"),
    ],
)
def test_a_fault_is_told_by_its_line(names, tmp_path, text, place, found):
    (tmp_path / "own.tsv").write_text(text)
    with pytest.raises(InputError) as fault:
        read_own_table(INTERACTIONS, tmp_path / "own.tsv", names)
    assert place in fault.value.place
    assert found in fault.value.found


@pytest.mark.parametrize("table", OWN_TABLES.values(), ids=list(OWN_TABLES))
def test_each_table_is_read_without_its_optional_columns(table, names, tmp_path):
    lines = [line.split("\t") for line in table.example.splitlines()]
    kept = [lines[0].index(name) for name in table.needed]
    text = "\n".join("\t".join(line[place] for place in kept) for line in lines)
    (tmp_path / "own.tsv").write_text(text + "\n")
    rows = read_own_table(table, tmp_path / "own.tsv", names)
    assert len(rows) == len(lines) - 1
    assert rows[table.optional].isna().all(axis=None)


def test_a_few_unknown_genes_are_left_out_and_told(names, tmp_path, caplog):
    text = "source\ttarget\nJAK1\tSTAT3\nJAK1\tLOST1\nJAK2\tSTAT1\n"
    (tmp_path / "own.tsv").write_text(text)
    rows = read_own_table(INTERACTIONS, tmp_path / "own.tsv", names)
    assert rows.index.tolist() == [2, 4]
    assert "1 of 5 names are no gene: LOST1" in caplog.text
    assert len(read_own_table(INTERACTIONS, tmp_path / "own.tsv", None)) == 3


def test_a_gene_may_have_several_positions_by_several_names(names, tmp_path):
    """Lists of positions repeat those of a gene under names that it had."""
    text = "chrom\tstart\tend\tsymbol\n1\t10\t20\tJAK1\n1\t30\t40\tJAK1\n1\t10\t20\t3716\n"
    (tmp_path / "own.tsv").write_text(text)
    rows = read_own_table(GENE_POSITIONS, tmp_path / "own.tsv", names)
    assert rows["start"].tolist() == [30, 10]
    assert {*rows["symbol"]} == {"JAK1"}
