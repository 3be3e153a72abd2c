"""What a feature is: a gene by which name, an antibody, or what is left out."""

from types import SimpleNamespace

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.files import (
    DEVIATIONS,
    GENE_NAMES,
    OBSERVATION,
    GeneNames,
    InputError,
    read_anndata,
    write_table,
)
from twinscreen.inputs import check_files
from twinscreen.inputs.check_files import look_at_files
from twinscreen.observe.cells.cell_types import read_markers
from twinscreen.observe.cells.given_deviations import read_deviations
from twinscreen.observe.cells.observe import observe
from twinscreen.settings.observe import ObserveSettings

#: Name, symbol and kind, as HGNC has them.
NAMES = [
    *((s, s, "symbol") for s in ("PTPN11", "DDR1", "PNP", "PBRM1", "XK", "SCN11A", "AREG")),
    *((s, s, "symbol") for s in ("CD4", "CD19", "CD99", "MS4A1", "IL7R", "TP53", "WASHC2A")),
    *((s, s, "symbol") for s in ("HLA-A", "MT-CO1")),
    *(("NS1", "PTPN11", "previous"), ("NEP", "DDR1", "previous"), ("NP", "PNP", "previous")),
    *(("NA", "XK", "previous"), ("PB1", "PBRM1", "alias"), ("NaN", "SCN11A", "alias")),
    *(("AREGB", "AREG", "previous"), ("CD20", "MS4A1", "previous"), ("CD127", "IL7R", "alias")),
    *(("FAM21A", "WASHC2A", "previous"), ("FAM21B", "WASHC2A", "previous")),
    ("ENSG00000179295", "PTPN11", "ensembl"),
]
VIRAL = {"NS1": "PTPN11", "NEP": "DDR1", "NP": "PNP", "PB1": "PBRM1"}


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "names.parquet"
    table = pd.DataFrame(NAMES, columns=["name", "symbol", "kind"])
    write_table(table.sort_values("name", ignore_index=True), path, GENE_NAMES)
    return path


def write(path, features, types=("T",), **columns):
    """Write cells that each have 1 count of the first feature, 2 of the second, 4, 8, ..."""
    counts = np.tile(2.0 ** np.arange(len(features)), (len(types), 1)).astype(np.float32)
    adata = ad.AnnData(
        sparse.csr_matrix(counts),
        obs=pd.DataFrame({"type": list(types)}, index=[f"c{i}" for i in range(len(types))]),
        var=pd.DataFrame(columns, index=features),
    )
    adata.write_h5ad(path)
    return path


def read(tmp_path, names, cells, **limits):
    output = tmp_path / "out" / "o.h5ad"
    observe(
        sample=dict.fromkeys(("sample", "patient", "condition", "tissue", "time", "batch"), "x"),
        cells=cells,
        select={},
        annotation=None,
        settings=ObserveSettings(cell_type="type", **{**LIMITS, **limits}),
        names=names,
        seed=1,
        output=output,
        keep_going=False,
    )
    return read_anndata(output, OBSERVATION)


LIMITS = {
    "min_counts": 0,
    "min_genes": 0,
    "max_mitochondrial": 1.0,
    "mad": 0,
}


def genes(found):
    return dict(zip(found.var_names, found.X.toarray()[0].tolist(), strict=True))


# --- names --------------------------------------------------------------------------------


def test_genes_of_a_virus_are_not_added_to_human_genes(tmp_path, names, caplog):
    cells = write(tmp_path / "c.h5ad", [*VIRAL.values(), *VIRAL])
    found = read(tmp_path, names, cells)
    assert genes(found) == {"PTPN11": 1, "DDR1": 2, "PNP": 4, "PBRM1": 8}
    assert found.uns["quality"]["genes_not_taken"].tolist() == list(VIRAL)
    assert found.uns["quality"]["genes_lost"].tolist() == []
    assert "not taken: 4 names are aliases of genes that are in the file" in caplog.text
    assert "NS1, NEP, NP, PB1" in caplog.text


def test_an_alias_of_a_gene_that_the_file_has_by_id_is_not_taken(tmp_path, names):
    ids = ["ENSG00000179295", ""]
    cells = write(tmp_path / "c.h5ad", ["SHP2", "NS1"], gene_ids=ids)
    found = read(tmp_path, names, cells)
    assert genes(found) == {"PTPN11": 1}
    assert found.uns["quality"]["genes_not_taken"].tolist() == ["NS1"]


def test_an_alias_whose_id_is_no_human_one_is_not_taken(tmp_path, names):
    ids = ["ENSG00000000001", "ENSG00000000002", "ENSG00000000003", "NC_002020.1"]
    cells = write(tmp_path / "c.h5ad", ["TP53", "CD4", "CD127", "NS1"], gene_ids=ids)
    found = read(tmp_path, names, cells)
    assert genes(found) == {"CD4": 2, "IL7R": 4, "TP53": 1}
    assert found.uns["quality"]["genes_not_taken"].tolist() == ["NS1"]


def test_an_alias_alone_is_taken(tmp_path, names):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["CD127", "CD20", "TP53"]))
    assert genes(found) == {"IL7R": 1, "MS4A1": 2, "TP53": 4}
    assert found.uns["quality"]["genes_not_taken"].tolist() == []


def test_two_aliases_of_one_gene_are_beyond_telling(tmp_path, names):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["FAM21A", "FAM21B", "TP53"]))
    assert genes(found) == {"TP53": 4}
    assert found.uns["quality"]["genes_not_taken"].tolist() == ["FAM21A", "FAM21B"]


def test_symbols_ids_and_second_loci_of_one_gene_are_added_up(tmp_path, names):
    features = ["PTPN11", "ENSG00000179295", "AREG", "AREGB", "TP53"]
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", features))
    assert genes(found) == {"PTPN11": 3, "AREG": 12, "TP53": 16}
    assert found.uns["quality"]["n_genes_merged"] == 2


@pytest.mark.parametrize("others", [["TP53", "CD4"], ["XK", "SCN11A"]])
def test_features_called_na_are_features_and_no_genes(tmp_path, names, others):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", [*others, "NA", "NaN"]))
    assert genes(found) == dict(zip(others, [1, 2], strict=True))
    assert found.uns["quality"]["genes_lost"].tolist() == ["NA", "NaN"]


def test_what_is_lost_is_said_in_words_where_it_is_much(tmp_path, names):
    few = read(tmp_path, names, write(tmp_path / "c.h5ad", ["TP53", "CD4", "PTPN11", "DDR1", "NA"]))
    assert few.uns["quality"]["lost"].startswith("1 of 5 features, with 51.6% of the counts")
    dates = read(tmp_path, names, write(tmp_path / "d.h5ad", ["1-Mar", "TP53", "CD4"]))
    assert "1 names are dates, as spreadsheets make them" in dates.uns["quality"]["lost"]
    none = read(tmp_path, names, write(tmp_path / "e.h5ad", ["TP53", "CD4"]))
    assert none.uns["quality"]["lost"] == ""


def test_dots_of_r_are_dashes(tmp_path, names):
    features = ["HLA.A", "MT.CO1", "TP53", "AC000.1"]
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", features))
    assert genes(found) == {"HLA-A": 1, "MT-CO1": 2, "TP53": 4}
    assert found.uns["quality"]["genes_lost"].tolist() == ["AC000.1"]


def test_dying_cells_go_where_r_wrote_dots(tmp_path, names):
    cells = write(tmp_path / "c.h5ad", ["TP53", "MT.CO1"])  # two of three counts
    with pytest.raises(InputError, match="1 by mitochondrial"):
        read(tmp_path, names, cells, max_mitochondrial=0.5)


def test_dots_do_not_stand_beside_dashes(tmp_path, names):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["HLA-A", "HLA.A"]))
    assert genes(found) == {"HLA-A": 1}


def test_a_table_of_deviations_follows_the_same_rule(tmp_path, names):
    path = tmp_path / "table.tsv"
    rows = ["T\tPTPN11\t1\t0.5", "T\tNS1\t9\t1e-9", "T\tHLA.A\t2\t0.1", "T\tCD127\t3\t0.1"]
    path.write_text("\n".join(["cell_type\tgene\tlogfc\tpvalue", *rows]) + "\n", encoding="utf-8")
    read_deviations(path, names=names, output=tmp_path / "d.h5ad", keep_going=False)
    found = read_anndata(tmp_path / "d.h5ad", DEVIATIONS)
    assert found.var_names.tolist() == ["HLA-A", "IL7R", "PTPN11"]
    assert found.layers["logfc"].tolist() == [[2, 3, 1]]
    assert found.uns["quality"]["genes_not_taken"].tolist() == ["NS1"]


def test_a_table_of_deviations_names_every_cell_type(tmp_path, names):
    path = tmp_path / "table.tsv"
    path.write_text("cell_type\tgene\tlogfc\tpvalue\nNA\tCD4\t1\t0.5\n", encoding="utf-8")
    with pytest.raises(InputError, match="'NA'"):
        read_deviations(path, names=names, output=tmp_path / "d.h5ad", keep_going=False)


def test_a_name_not_taken_marks_no_cell_type(tmp_path, names):
    path = tmp_path / "markers.tsv"
    path.write_text("cell_type\tgene\nT\tCD4\nT\tIL7R\nT\tNS1\n", encoding="utf-8")
    found = read_markers(path, GeneNames(names), without=["NS1"])
    assert found["gene"].tolist() == ["CD4", "IL7R"]


# --- kinds --------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["feature_types", "feature_type"])
@pytest.mark.parametrize(
    ("gene", "antibody"),
    [
        ("Gene Expression", "Antibody Capture"),
        ("gene expression", "antibody capture"),
        ("GEX", "ADT"),
        ("RNA", "AB"),
        ("gene", "protein"),
        ("rna", "CITE-seq"),
        ("protein_coding", "Surface_Protein"),
        ("", "prot"),
    ],
)
def test_counts_of_antibodies_are_kept_apart_however_kinds_are_spelt(
    tmp_path, names, column, gene, antibody
):
    kinds = {column: [gene, gene, antibody, antibody]}
    found = read(
        tmp_path, names, write(tmp_path / "c.h5ad", ["TP53", "CD4", "CD4", "CD20"], **kinds)
    )
    assert genes(found) == {"CD4": 2, "TP53": 1}
    assert found.obsm["protein"].tolist() == [[4, 8]]
    assert found.uns["protein"]["gene"].tolist() == ["CD4", "MS4A1"]


def test_an_attribute_of_a_loom_file_says_the_kind_too(tmp_path, names):
    path = tmp_path / "c.loom"
    with h5py.File(path, "w") as file:
        file["matrix"] = np.array([[1.0], [2.0]])
        file["row_attrs/Gene"] = np.array(["TP53", "CD4"], dtype=h5py.string_dtype())
        file["row_attrs/feature_type"] = np.array(["GEX", "ADT"], dtype=h5py.string_dtype())
        file["col_attrs/type"] = np.array(["T"], dtype=h5py.string_dtype())
    found = read(tmp_path, names, path)
    assert genes(found) == {"TP53": 1}
    assert found.obsm["protein"].tolist() == [[2]]


def test_guides_hashtags_and_peaks_are_left_out_and_counted(tmp_path, names):
    kinds = ["GEX", "CRISPR Guide Capture", "HTO", "hashtag", "peaks", "Custom"]
    features = ["TP53", "CD4", "CD19", "XK", "PNP", "AREG"]
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", features, feature_types=kinds))
    assert genes(found) == {"TP53": 1}
    assert found.uns["quality"]["features_left_out"] == {
        "CRISPR Guide Capture": 1,
        "Multiplexing Capture": 2,
        "Peaks": 1,
        "Custom": 1,
    }


def test_an_unknown_kind_is_refused(tmp_path, names):
    kinds = ["Gene Expression", "Lipid"]
    cells = write(tmp_path / "c.h5ad", ["TP53", "CD4"], feature_types=kinds)
    with pytest.raises(InputError, match="'Lipid'") as error:
        read(tmp_path, names, cells)
    assert "Antibody Capture (or ADT, AB, protein, CITE)" in error.value.expected
    assert "feature_types" in error.value.remedy


def test_a_first_look_finds_an_unknown_kind(tmp_path):
    kinds = ["Gene Expression", "Lipid"]
    cells = write(tmp_path / "c.h5ad", ["TP53", "CD4"], feature_types=kinds)
    row = {"sample": "x", "cells": str(cells), "select": "", "annotation": ""}
    config = {"output": tmp_path, "samples": "s.tsv", "observe": {"cell_type": "type"}}
    config |= {"findings": {"assembly": "GRCh38"}, "knowledge": {"folder": ""}}
    [fault] = look_at_files(SimpleNamespace(samples={"x": row}, patients={}), config)
    assert fault.found == "'Lipid'"


@pytest.mark.parametrize(
    "cells", [["A1", "B12", "P24"], ["AAAC0-1", "AAAC1-1"], ["AAACCTGA", "ACGTACGTAC"]]
)
def test_a_first_look_takes_no_well_or_barcode_for_a_gene(tmp_path, cells):
    """Before the first run, when no table of genes is there to tell them by."""
    path = tmp_path / "table.tsv"
    lines = [["", *cells], *([gene, *"1" * len(cells)] for gene in ("TP53", "CD4", "MT-CO1"))]
    path.write_text("".join("\t".join(line) + "\n" for line in lines))
    row = {"sample": "x", "cells": str(path), "select": "", "annotation": ""}
    config = {"output": tmp_path, "samples": "s.tsv", "observe": {"cell_type": ""}}
    config |= {"findings": {"assembly": "GRCh38"}, "knowledge": {"folder": ""}}
    faults = look_at_files(SimpleNamespace(samples={"x": row}, patients={}), config)
    assert not [fault.found for fault in faults if "mean a human gene" in fault.found]


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (["Isg15", "H2-K1", "Cd19", "Ms4a1"], ["3 of 4 features are called as genes of mice"]),
        (
            ["ENSMUSG00000035692", "ENSMUSG00000061232.16"],
            ["2 of 2 features are called as genes of mice"],
        ),
        (["ISG15", "C1orf112", "CD19", "hsa-miR-21"], []),
    ],
)
def test_a_first_look_tells_the_genes_of_mice(tmp_path, named, told):
    path = write(tmp_path / "cells.h5ad", named)
    row = {"sample": "x", "cells": str(path), "select": "", "annotation": ""}
    config = {"output": tmp_path, "samples": "s.tsv", "observe": {"cell_type": "type"}}
    config |= {"findings": {"assembly": "GRCh38"}, "knowledge": {"folder": ""}}
    faults = look_at_files(SimpleNamespace(samples={"x": row}, patients={}), config)
    assert [fault.found.split(" are, for")[0] for fault in faults] == told


def test_what_is_written_where_a_file_is_named_says_whose_it_is(tmp_path):
    columns = ("variants", "phenotypes", "exposures", "star_alleles", "deviations")
    row = {"patient": "P1", **dict.fromkeys(columns, ""), "medication": "Plaquenil 200 mg"}
    config = {"output": tmp_path, "samples": "s.tsv", "observe": {"cell_type": "type"}}
    config |= {"findings": {"assembly": "GRCh38"}, "knowledge": {"folder": ""}}
    [fault] = look_at_files(SimpleNamespace(samples={}, patients={"P1": row}), config)
    assert fault.place == "column medication of patient P1"
    assert "write into a table" in fault.remedy


def test_several_processes_find_what_one_finds_in_the_same_order(tmp_path, monkeypatch):
    monkeypatch.setattr(check_files, "_FEWEST_FILES", 2)
    rows = {}
    for number, kind in enumerate(["Lipid", "Gene Expression", "Sugar", "Fat"]):
        name = f"s{number}"
        path = write(tmp_path / f"{name}.h5ad", ["TP53", "CD4"], feature_types=[kind] * 2)
        rows[name] = {"sample": name, "cells": str(path), "select": "", "annotation": ""}
    rows["gone"] = {**rows["s0"], "sample": "gone", "cells": str(tmp_path / "gone.h5ad")}
    cohort = SimpleNamespace(samples=rows, patients={})
    config = {"output": tmp_path, "samples": "s.tsv", "observe": {"cell_type": "type"}}
    config |= {"findings": {"assembly": "GRCh38"}, "knowledge": {"folder": ""}}
    seen = []
    faults = look_at_files(
        cohort, config, processes=2, progress=lambda told, n: [seen.append(n), *told][1:]
    )
    assert [fault.found for fault in faults] == ["'Lipid'", "'Sugar'", "'Fat'", "no such file"]
    assert seen == [5]
    assert [str(one) for one in faults] == [str(one) for one in look_at_files(cohort, config)]


@pytest.mark.parametrize(
    "antibody",
    [
        *("CD4_TotalSeqB", "CD4-ADT", "CD4_protein", "CD4_prot.1", "CD4-TotalSeq-C"),
        *("adt_CD4", "ADT-CD4", "AB_CD4", "prot_CD4", "anti-human CD4"),
    ],
)
def test_a_marked_antibody_is_none_of_the_genes_of_a_file_without_kinds(tmp_path, names, antibody):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["TP53", "CD4", antibody]))
    assert genes(found) == {"CD4": 2, "TP53": 1}
    assert found.obsm["protein"].tolist() == [[4]]
    assert found.uns["protein"]["gene"].tolist() == ["CD4"]


def test_antigens_twice_without_a_kind_are_refused(tmp_path, names):
    cells = write(tmp_path / "c.h5ad", ["TP53", "CD4", "CD19", "CD4", "CD19"])
    with pytest.raises(InputError, match="CD19, CD4 twice each, without a kind"):
        read(tmp_path, names, cells)


def test_bare_antibodies_by_another_name_are_not_added_to_genes(tmp_path, names):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["MS4A1", "IL7R", "CD20", "CD127"]))
    assert genes(found) == {"IL7R": 2, "MS4A1": 1}


# --- cell types ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["NA", "N/A", "NaN", "nan", "<NA>", " NA "])
def test_the_text_of_a_missing_type_is_none(tmp_path, names, text):
    found = read(tmp_path, names, write(tmp_path / "c.h5ad", ["TP53"], types=["T", text, "NK"]))
    assert found.obs["cell_type"].tolist() == ["T", "NK"]
    assert found.uns["quality"]["removed"]["no cell type"] == 1
