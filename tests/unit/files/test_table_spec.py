"""Tables in h5ad files are what their contracts declare."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.files import AnnDataContract, write_anndata
from twinscreen.files.contracts.screen_tables import SCREEN_TABLES
from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.contracts.twin_tables import TWIN_TABLES

GENES = TableSpec(
    "genes",
    "gene",
    {
        "gene": (str, "its symbol, or `a|b`"),
        "n": (int, "how many"),
        "z": (float, "its z"),
        "known": (bool, "whether it is known"),
    },
    key=("gene",),
)
ROWS = [("A", 1, 0.5, True), ("B", 2, np.nan, False)]


@pytest.mark.parametrize("spec", [GENES, *TWIN_TABLES, *SCREEN_TABLES])
def test_a_table_without_rows_keeps_its_contract(spec):
    assert spec.faults(spec.empty()) == []
    assert spec.empty().columns.tolist() == spec.names


def test_rows_make_a_table_that_keeps_its_contract():
    table = GENES.of(ROWS)
    assert GENES.faults(table) == []
    assert GENES.faults(table.astype({"gene": "category", "n": "int8"})) == []
    assert GENES.typed(table.assign(more=1)[["known", "more", "z", "n", "gene"]]).equals(table)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda table: table.drop(columns="z"), "columns gene, n, known instead of gene, n, z"),
        (lambda table: table[["n", "gene", "z", "known"]], "columns n, gene"),
        (lambda table: table.assign(n=[1.5, 2]), "uns[genes][n]: float64 instead of integer"),
        (lambda table: table.assign(known="yes"), "uns[genes][known]: object instead of yes or no"),
        (lambda table: table.assign(gene="A"), "rows with the same gene"),
        (lambda table: "", "no table"),
    ],
)
def test_what_is_no_such_table_is_told_and_never_written(tmp_path, changed, said):
    table = changed(GENES.of(ROWS))
    assert said in "; ".join(GENES.faults(table))
    contract = AnnDataContract("cells", uns=("genes",), uns_tables=(GENES,))
    cells = ad.AnnData(np.zeros((1, 1)), uns={"genes": table})
    with pytest.raises(ValueError, match=r"cells: uns\[genes\]"):
        write_anndata(cells, tmp_path / "cells.h5ad", contract)
    assert not (tmp_path / "cells.h5ad").exists()
    cells.uns["genes"] = GENES.of(ROWS)
    write_anndata(cells, tmp_path / "cells.h5ad", contract)
    pd.testing.assert_frame_equal(
        ad.read_h5ad(tmp_path / "cells.h5ad").uns["genes"].reset_index(drop=True), GENES.of(ROWS)
    )


def test_the_page_describes_each_column():
    assert "#### uns `genes`: a row per gene\n" in GENES.page()
    assert "| `gene` | text | its symbol, or `a\\|b` |" in GENES.page()
    assert "| `known` | yes or no | whether it is known |" in GENES.page()
