"""Genes and their names, from hand-written files in HGNC's two shapes."""

from pathlib import Path

import pandas as pd
import pytest

from twinscreen.files import GENE_NAMES, GENES, GeneNames, InputError, read_table
from twinscreen.knowledge.genes import build_genes

# AAA1 was once called BBB1, which is another gene's symbol now; OLD was two genes' symbol once;
# NICK is an alias of two genes; AAA1's alias OLD is another name for a lost meaning.
CUSTOM = """\
HGNC ID\tApproved symbol\tApproved name\tStatus\tAlias symbols\tNCBI Gene ID(supplied by NCBI)\t\
UniProt ID(supplied by UniProt)\tMouse genome database ID(supplied by MGI)\t\
Rat genome database ID(supplied by RGD)\tPrevious symbols\tEnsembl gene ID\tLocus type\tEnzyme IDs
HGNC:1\tAAA1\talpha 1\tApproved\tNICK, CCC1,NA\t101\tP00001, P00009\tMGI:1\t\tBBB1, OLD\t\
ENSG00000000001\tgene with protein product\t
HGNC:2\tBBB1\tbeta 1\tApproved\tNICK\t102\tP00002\t\t\tOLD\tENSG00000000002\t\
gene with protein product\t
HGNC:3\tBBB1-AS1\tbeta antisense\tApproved\tOLD\t\t\t\t\tNKX2\t\tRNA, long non-coding\t
HGNC:4\tCCC1\tgamma 1\tApproved\t\t104\tP00009\t\t\t\tENSG00000000004\tgene with protein product\t
HGNC:5\tGONE~withdrawn\tgone\tSymbol Withdrawn\tONCE\t\t\t\t\t\t\tgene with protein product\t
"""
COMPLETE = """\
hgnc_id\tsymbol\tname\tlocus_group\tlocus_type\tstatus\talias_symbol\tprev_symbol\tentrez_id\t\
ensembl_gene_id\tuniprot_ids
HGNC:1\tAAA1\talpha 1\tprotein-coding gene\tgene with protein product\tApproved\t"NICK|CCC1|NA"\t\
"BBB1|OLD"\t101\tENSG00000000001\t"P00001|P00009"
HGNC:2\tBBB1\tbeta 1\tprotein-coding gene\tgene with protein product\tApproved\tNICK\tOLD\t102\t\
ENSG00000000002\tP00002
HGNC:3\tBBB1-AS1\tbeta antisense\tnon-coding RNA\tRNA, long non-coding\tApproved\tOLD\tNKX2\t\t\t
HGNC:4\tCCC1\tgamma 1\tprotein-coding gene\tgene with protein product\tApproved\t\t\t104\t\
ENSG00000000004\tP00009
"""


def build(tmp_path: Path, text: str) -> tuple[pd.DataFrame, Path]:
    source, genes, names = (tmp_path / name for name in ("hgnc.tsv", "g.parquet", "n.parquet"))
    source.write_text(text)
    build_genes(source, genes=genes, names=names)
    return read_table(genes, GENES), names


@pytest.mark.parametrize("text", [CUSTOM, COMPLETE])
def test_approved_genes_in_either_shape(tmp_path: Path, text: str):
    genes, _ = build(tmp_path, text)
    assert genes["symbol"].tolist() == ["AAA1", "BBB1", "BBB1-AS1", "CCC1"]
    assert genes["protein_coding"].tolist() == [True, True, False, True]
    first = genes.set_index("symbol").loc["AAA1"]
    assert first["alias_symbols"] == "NICK|CCC1|NA"
    assert first["uniprot_ids"] == "P00001|P00009"
    assert genes["entrez_id"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize("text", [CUSTOM, COMPLETE])
def test_the_strongest_meaning_of_a_name_holds(tmp_path: Path, text: str):
    _, path = build(tmp_path, text)
    table = read_table(path, GENE_NAMES)
    kinds = dict(zip(table["name"], table["kind"], strict=True))
    names = GeneNames(path)
    assert names.resolve("AAA1") == "AAA1"
    assert names.resolve("BBB1") == "BBB1"  # its own symbol, though once another gene's
    assert names.resolve("CCC1") == "CCC1"  # its own symbol, though another gene's alias
    assert names.resolve("NKX2") == "BBB1-AS1"
    assert names.resolve("NA") is None  # a word for nothing, though the alias of a gene
    assert names.resolve("104") == "CCC1"
    assert (kinds["BBB1"], kinds["NKX2"], kinds["NA"], kinds["104"]) == (
        "symbol",
        "previous",
        "alias",
        "entrez",
    )


@pytest.mark.parametrize("text", [CUSTOM, COMPLETE])
def test_a_name_of_several_genes_means_none(tmp_path: Path, text: str):
    _, path = build(tmp_path, text)
    names = GeneNames(path)
    assert names.resolve("NICK") is None
    assert names.resolve("P00009") is None
    # two genes' previous symbol: it doesn't fall through to being the alias of one
    assert names.resolve("OLD") is None
    assert names.resolve("ONCE") is None  # of a withdrawn entry


def test_versions_and_isoforms_are_left_off(tmp_path: Path):
    _, path = build(tmp_path, CUSTOM)
    names = GeneNames(path)
    assert names.resolve("ENSG00000000002.12") == "BBB1"
    assert names.resolve("ENSG00000000002.3_PAR_Y") == "BBB1"
    assert names.resolve("ENSG00000000002_PAR_Y") == "BBB1"
    assert names.resolve("P00002-2") == "BBB1"
    assert names.resolve(" BBB1 ") == "BBB1"
    assert names.resolve("NKX2-1") is None  # not NKX2: a symbol has no isoforms
    assert names.resolve("") is None
    assert names.resolve_members(["P00002", "nothing", "AAA1"]) == ("AAA1", "BBB1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\tb\n1\t2\n", "no column symbol"),
        ("", "an empty file"),
        (CUSTOM.replace("\tApproved\t", "\tEntry Withdrawn\t"), "no approved entry"),
        (CUSTOM.replace("\tCCC1\tgamma", "\tBBB1\tgamma"), "the symbol stands twice"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, found: str):
    with pytest.raises(InputError) as error:
        build(tmp_path, text)
    assert found in error.value.found
    assert error.value.file.endswith("hgnc.tsv")


def test_a_missing_file_is_said(tmp_path: Path):
    with pytest.raises(InputError, match="no such file"):
        build_genes(tmp_path / "none.tsv", genes=tmp_path / "g", names=tmp_path / "n")
