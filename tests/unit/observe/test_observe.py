"""Reading a sample: only its cells, only raw counts, only approved symbols."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.files import (
    GENE_NAMES,
    OBSERVATION,
    GeneNames,
    InputError,
    read_anndata,
    write_table,
)
from twinscreen.observe.cells.cell_table import read_sample
from twinscreen.observe.cells.harmonise import harmonise, symbols_of
from twinscreen.observe.cells.observe import observe
from twinscreen.settings.observe import ObserveSettings

SYMBOL_OF = {
    "TP53": "TP53",
    "P53": "TP53",
    "ENSG00000141510": "TP53",
    "CD4": "CD4",
    "A1": "A1",
    "1": "A1",
}


#: How these files name cell types and genes.
TYPED = {"cell_type": "type", "is_gene": SYMBOL_OF.__contains__}


def cells(counts, names, **obs):
    table = pd.DataFrame(obs or {"type": ["T"] * len(counts)})
    table.index = [f"c{i}" for i in range(len(counts))]
    return ad.AnnData(
        X=sparse.csr_matrix(np.asarray(counts, dtype=np.float32)),
        obs=table,
        var=pd.DataFrame(index=names),
    )


def test_columns_of_one_gene_are_summed_and_losses_listed(tmp_path):
    counts = sparse.csr_array(np.array([[1, 2, 4, 8], [0, 0, 0, 5]]))
    found = harmonise(
        counts, symbols_of(["P53", "nonsense", "TP53", "CD4"], GeneNames(gene_names(tmp_path)))
    )
    assert found.symbols.tolist() == ["CD4", "TP53"]
    assert found.counts.toarray().tolist() == [[8, 5], [5, 0]]
    assert found.lost == ["nonsense"]
    assert found.merged == 1


def test_only_the_cells_asked_for(tmp_path):
    path = tmp_path / "joint.h5ad"
    cells(
        [[1, 0], [2, 0], [3, 9], [4, 0]],
        ["TP53", "CD4"],
        type=["T", "B", "T", "T"],
        donor=["d1", "d2", "d1", "d1"],
        visit=[0, 0, 1, 0],
    ).write_h5ad(path)
    found = read_sample(
        path, select={"donor": "d1", "visit": "0"}, cell_type="type", is_gene=SYMBOL_OF.__contains__
    )
    assert found.counts.toarray().tolist() == [[1, 0], [4, 0]]
    assert found.obs.index.tolist() == ["c0", "c3"]


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_dense_and_sparse_files_read_alike(tmp_path, form):
    path = tmp_path / "cells.h5ad"
    values = np.array([[0, 3], [1, 0], [2, 2]], dtype=np.float32)
    adata = cells(values, ["TP53", "CD4"], type=["T", "B", "T"])
    adata.X = form(values)
    adata.write_h5ad(path)
    found = read_sample(
        path, select={"type": "T"}, cell_type="type", is_gene=SYMBOL_OF.__contains__
    )
    assert found.counts.toarray().tolist() == [[0, 3], [2, 2]]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[0.0, 1.3863]], "log-normalised"),
        ([[0.0, 812.4]], "normalised values"),
        ([[-0.5, 1.2]], "some are negative"),
    ],
)
def test_what_is_not_raw_is_named(tmp_path, values, said):
    path = tmp_path / "cells.h5ad"
    cells(values, ["TP53", "CD4"]).write_h5ad(path)
    with pytest.raises(InputError, match=said) as error:
        read_sample(path, select={}, **TYPED)
    assert "raw counts" in str(error.value)


def gene_names(tmp_path):
    path = tmp_path / "names.parquet"
    table = pd.DataFrame({"name": list(SYMBOL_OF), "symbol": list(SYMBOL_OF.values())})
    table["kind"] = ["entrez" if name.isdigit() else "symbol" for name in table["name"]]
    write_table(table, path, GENE_NAMES)
    return path


def run(tmp_path, adata, **changes):
    path = tmp_path / "cells.h5ad"
    adata.write_h5ad(path)
    sheet = ("sample", "patient", "condition", "tissue", "time", "batch")
    wanted = {
        "sample": dict.fromkeys(sheet, "x"),
        "cells": path,
        "select": {},
        "annotation": None,
        "settings": ObserveSettings(
            cell_type="type", min_counts=2, min_genes=1, max_mitochondrial=0.5
        ),
        "names": gene_names(tmp_path),
        "seed": 1,
        "output": tmp_path / "out" / "o.h5ad",
        "keep_going": False,
    } | changes
    observe(**wanted)
    return read_anndata(wanted["output"], OBSERVATION)


def test_poor_cells_go_and_proteins_stay_a_layer_of_their_own(tmp_path):
    adata = cells([[1, 0, 7], [5, 2, 8], [4, 0, 9]], ["TP53", "A1", "CD4"], type=["T", "B", "T"])
    adata.var["feature_types"] = ["Gene Expression"] * 2 + ["Antibody Capture"]
    found = run(tmp_path, adata)
    assert found.var_names.tolist() == ["A1", "TP53"]
    told = (found.X.toarray().tolist(), found.obs["cell_type"], found.obsm["protein"].tolist())
    assert sorted(zip(*told, strict=True)) == [([0, 4], "T", [9]), ([2, 5], "B", [8])]
    assert found.uns["protein"]["gene"].tolist() == ["CD4"]
    assert found.uns["quality"]["n_cells_found"] == 3
    assert found.uns["quality"]["n_cells"] == 2
    assert found.uns["unscorable"] == ""


def test_antibodies_without_a_gene_are_counted_and_named(tmp_path, caplog):
    adata = cells([[5, 2, 8, 3]], ["TP53", "A1", "CD4_TotalSeqB", "IgG1_protein"])
    adata.var["feature_types"] = ["Gene Expression"] * 2 + ["Antibody Capture"] * 2
    found = run(tmp_path, adata)
    assert found.uns["protein"]["antibody"].tolist() == ["CD4_TotalSeqB", "IgG1_protein"]
    assert found.uns["protein"]["gene"].tolist() == ["CD4", ""]
    assert found.uns["quality"]["n_antibodies_without_gene"] == 1
    assert "1 of 2 antibodies" in caplog.text
    assert "IgG1_protein" in caplog.text


def test_no_barcode_leaves_the_sample(tmp_path):
    found = run(tmp_path, cells([[5, 2]], ["TP53", "A1"]))
    assert not found.obs_names.str.contains("c0").any()


def test_a_file_of_another_species_is_refused(tmp_path):
    with pytest.raises(InputError, match="no human gene"):
        run(tmp_path, cells([[5, 2, 1]], ["Trp53", "Cd4", "A1"]))


def test_keep_going_marks_the_sample_with_the_reason(tmp_path):
    found = run(tmp_path, cells([[0.5, 2]], ["TP53", "A1"]), keep_going=True)
    assert found.n_obs == 0
    assert "log-normalised" in found.uns["unscorable"]


def test_keep_going_marks_the_sample_where_the_fault_is_ours(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("twinscreen.observe.cells.observe.measure", fail)
    found = run(tmp_path, cells([[5, 2]], ["TP53", "A1"]), keep_going=True)
    assert found.n_obs == 0
    assert found.uns["unscorable"].startswith("a fault of TwinScreen: ZeroDivisionError")


def test_row_numbers_are_no_genes(tmp_path):
    with pytest.raises(InputError, match="no human gene"):
        run(tmp_path, cells([[5, 2]], ["0", "1"]))


def test_narrow_integers_do_not_overflow(tmp_path):
    adata = cells([[200, 200, 1]], ["TP53", "P53", "A1"])
    adata.X = sparse.csr_matrix(adata.X.toarray().astype(np.uint8))
    found = run(tmp_path, adata)
    assert found.to_df()["TP53"].tolist() == [400]


def test_nothing_of_the_file_s_name_or_the_values_selected_goes_on(tmp_path):
    adata = cells([[5, 2]], ["TP53", "A1"], type=["T"], number=["19121212-1212"])
    found = run(tmp_path, adata, select={"number": "19121212-1212"})
    told = str(found.uns)
    assert "19121212" not in told
    assert "cells.h5ad" not in told
    assert len(found.uns["provenance"]["parameters"]["cells_sha256"]) == 64


@pytest.mark.parametrize("fault", ["nothing selected", "normalised"])
def test_nor_do_they_with_the_reason(tmp_path, fault):
    """A sample that can't be used says why, on pages too."""
    value = 0.5 if fault == "normalised" else 5
    adata = cells([[value, 2]], ["TP53", "A1"], type=["T"], number=["19121212-1212"])
    number = "19121212-1212" if fault == "normalised" else "19121212-1213"  # another person's
    told = run(tmp_path, adata, select={"number": number}, keep_going=True).uns["unscorable"]
    assert "19121212" not in told
    assert "number" in told


def test_an_empty_cell_type_is_none(tmp_path):
    found = run(tmp_path, cells([[5, 2], [4, 2]], ["TP53", "A1"], type=["T", " "]))
    assert found.obs["cell_type"].tolist() == ["T"]
