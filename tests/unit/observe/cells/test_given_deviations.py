"""Deviations computed elsewhere: read, checked, and made compartments of a twin."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from small_tables import write_gene_names
from twinscreen.files import DEVIATIONS, InputError, read_anndata
from twinscreen.files.contracts.twin import Flag
from twinscreen.observe.cells.given_deviations import read_deviations
from twinscreen.twin.designs.given import given_deviation, with_given
from twinscreen.twin.deviation.compartment import Compartment

TABLE = """\
cell_type gene logfc pvalue tissue n_cells
T STAT1 2.5 1e-8 skin 40
T ENSG00000141510 -1 0.02 skin 40
B STAT1 0.5 0.5 blood 12
B nonsense 0.1 0.9 blood 12
"""


@pytest.fixture
def names(tmp_path):
    symbols = {"STAT1": "STAT1", "TP53": "TP53", "ENSG00000141510": "TP53", "CD4": "CD4"}
    return write_gene_names(tmp_path / "names.parquet", symbols)


def read(tmp_path, names, text, keep_going=False):
    path = tmp_path / "table.tsv"
    path.write_text(text.replace(" ", "\t"), encoding="utf-8")
    output = tmp_path / "d.h5ad"
    read_deviations(path, names=names, output=output, keep_going=keep_going)
    return read_anndata(output, DEVIATIONS)


def test_a_table_is_laid_out_by_compartment_and_symbol(tmp_path, names):
    found = read(tmp_path, names, TABLE)
    assert found.obs_names.tolist() == ["B|blood|T0", "T|skin|T0"]
    assert found.var_names.tolist() == ["STAT1", "TP53"]
    np.testing.assert_array_equal(found.layers["logfc"], [[0.5, np.nan], [2.5, -1]])
    np.testing.assert_array_equal(found.layers["pvalue"], [[0.5, np.nan], [1e-8, 0.02]])
    assert found.obs["n_cells"].tolist() == [12, 40]
    assert found.uns["quality"]["genes_lost"].tolist() == ["nonsense"]
    assert "table.tsv" not in str(found.uns)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\t", ", "), ("\t", ";"), ("cell_type\t", "\t"), ("\n", "\r\n"), ("cell_", "\ufeffcell_")],
    ids=["commas and blanks", "semicolons", "first column", "Windows", "byte order mark"],
)
def test_the_same_table_as_other_programs_write_it(tmp_path, names, old, new):
    expected = read(tmp_path, names, TABLE)
    text = TABLE.replace(" ", "\t")
    if old == "cell_type\t":  # row names, as R writes them
        head, *rows = text.splitlines()
        text = "\n".join([head, *(f"{n}\t{row}" for n, row in enumerate(rows))]) + "\n"
    else:
        text = text.replace(old, new)
    (tmp_path / "other.tsv").write_text(text, encoding="utf-8", newline="")
    output = tmp_path / "other.h5ad"
    read_deviations(tmp_path / "other.tsv", names=names, output=output, keep_going=False)
    found = read_anndata(output, DEVIATIONS)
    np.testing.assert_array_equal(found.layers["logfc"], expected.layers["logfc"])
    assert found.obs.equals(expected.obs)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TABLE.replace("pvalue", "padj"), ["line 1", "no column pvalue"]),
        (TABLE.replace("0.02", "1.2"), ["line 3, column pvalue", "'1.2'", "from 0 to 1"]),
        (TABLE.replace("0.02", "NA"), ["line 3, column pvalue", "'NA'"]),
        (TABLE.replace("2.5", "inf"), ["line 2, column logfc", "'inf'"]),
        (TABLE.replace("nonsense", "STAT1"), ["line 5", "STAT1", "second time"]),
        (TABLE + "T TP53 1 0.5 skin 40\n", ["line 6", "TP53", "second time"]),
        (TABLE.replace("B STAT1", "B|x STAT1"), ["line 4, column cell_type", "without |"]),
        (TABLE.replace("0.02 skin 40", "0.02 skin 41"), ["n_cells", "T|skin|T0"]),
        (TABLE.replace("STAT1", "Stat1").replace("ENSG", "ENSMUSG"), ["no human gene"]),
        ("", ["an empty file"]),
    ],
)
def test_a_fault_of_the_table_is_said_or_kept(tmp_path, names, text, says):
    with pytest.raises(InputError) as error:
        read(tmp_path, names, text)
    for part in says:
        assert part in str(error.value)
    kept = read(tmp_path, names, text, keep_going=True)
    assert kept.n_obs == 0
    assert kept.uns["unscorable"] == error.value.reason
    assert kept.uns["remedy"] == error.value.remedy


def test_a_fault_of_ours_is_kept_too(tmp_path, names, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("twinscreen.observe.cells.given_deviations._compartments", fail)
    kept = read(tmp_path, names, TABLE, keep_going=True)
    assert kept.n_obs == 0
    assert kept.uns["unscorable"].startswith("a fault of TwinScreen: ZeroDivisionError")


def test_the_effect_is_the_signed_normal_score_of_p():
    pvalue = np.array([0.05, 1e-20, 1.0, 0.0, np.nan])
    found = given_deviation(np.array([1, -2, 0.5, -3, np.nan]), pvalue)
    expected = [stats.norm.isf(0.025), -stats.norm.isf(5e-21), 0]
    np.testing.assert_allclose(found.effect[:3], expected, rtol=1e-12, atol=1e-12)
    assert -38 < found.effect[3] < -37
    assert np.isnan(found.effect[4])
    expected = stats.false_discovery_control(pvalue[:4])
    np.testing.assert_allclose(found.qvalue[:4], expected)


def test_samples_and_a_table_may_not_speak_of_one_compartment(tmp_path, names):
    read(tmp_path, names, TABLE)
    table = read_anndata(tmp_path / "d.h5ad", DEVIATIONS)
    mine = Compartment("B", "blood", "T1", 30, genes=pd.Index([]))
    together, lost = with_given(table, [mine], min_genes=1)
    assert lost == []
    assert [one.name for one in together] == ["B|blood|T0", "B|blood|T1", "T|skin|T0"]
    assert [one.method for one in together] == ["given", "", "given"]
    clash = Compartment("B", "blood", "T0", 30, genes=pd.Index([]))
    together, [lost] = with_given(table, [clash], min_genes=1)
    assert together == []
    assert (lost.what, lost.kind) == ("deviations", "twice")
    assert "B|blood|T0" in lost.reason


def test_significant_genes_alone_are_flagged(tmp_path, names):
    read(tmp_path, names, TABLE)
    table = read_anndata(tmp_path / "d.h5ad", DEVIATIONS)
    together, _ = with_given(table, [], min_genes=1)
    flags = {one.name: one.flags for one in together}
    assert Flag.SIGNIFICANT_GENES_ALONE in flags["T|skin|T0"]
    assert Flag.SIGNIFICANT_GENES_ALONE not in flags["B|blood|T0"]
    few, _ = with_given(table, [], min_genes=2)
    assert {one.name: one.unscorable for one in few}["B|blood|T0"] == "1 gene given, fewer than 2"
