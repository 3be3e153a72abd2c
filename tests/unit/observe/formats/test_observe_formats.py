"""One small matrix in every format, as each is written in the field: all read alike."""

import gzip
import os
from functools import partial
from pathlib import Path

import anndata as ad
import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import io, sparse

from twinscreen.files import (
    GENE_NAMES,
    OBSERVATION,
    GeneNames,
    InputError,
    read_anndata,
    write_table,
)
from twinscreen.observe import formats
from twinscreen.observe.cells.observe import observe
from twinscreen.observe.formats import open_cells, unpacked
from twinscreen.observe.formats.hdf_guard import walk_through
from twinscreen.settings.observe import ObserveSettings

#: Ensembl id and symbol. TBCE is the symbol of two ids, as in the reference of Cell Ranger.
GENES = {
    "ENSG00000141510": "TP53",
    "ENSG00000010610": "CD4",
    "ENSG00000284770": "TBCE",
    "ENSG00000116957": "TBCE",
    "ENSG00000170458": "CD14",
}
IDS, SYMBOLS = list(GENES), list(GENES.values())
#: Cells x genes. The two TBCE are one gene: 3 + 4 in the first cell.
COUNTS = np.array([[1, 0, 3, 4, 0], [2, 5, 0, 1, 0], [0, 9, 2, 0, 6], [7, 0, 0, 0, 8]])
BARCODES = ["AAACCTGA-1", "AAACGGGT-1", "AAAGATGC-1", "CTTAGGAT-1"]
TYPES = ["T", "B", "T", "B"]
#: By approved symbol in alphabetical order: CD14, CD4, TBCE, TP53.
EXPECTED = [[0, 0, 7, 1], [0, 5, 1, 2], [6, 9, 2, 0], [8, 0, 0, 7]]


@pytest.fixture
def names(tmp_path) -> Path:
    path = tmp_path / "names.parquet"
    table = pd.DataFrame(
        [(s, s, "symbol") for s in sorted(set(SYMBOLS))]
        + [(i, s, "ensembl") for i, s in GENES.items()],
        columns=["name", "symbol", "kind"],
    )
    write_table(table, path, GENE_NAMES)
    return path


def write_annotation(path: Path, **columns) -> Path:
    table = pd.DataFrame({"barcode": BARCODES, "cell_type": TYPES, **columns})
    table.to_csv(path, sep="\t", index=False)
    return path


def write_text(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def h5ad(folder: Path) -> Path:
    adata = ad.AnnData(
        sparse.csr_matrix(COUNTS.astype(np.float32)),
        obs=pd.DataFrame(index=BARCODES),
        var=pd.DataFrame({"gene_ids": IDS}, index=SYMBOLS),
    )
    adata.write_h5ad(folder / "cells.h5ad")
    return folder / "cells.h5ad"


def cellxgene(folder: Path) -> Path:
    """Normalised X, raw counts in raw, Ensembl ids as index, symbols in feature_name."""
    raw = ad.AnnData(
        sparse.csr_matrix(COUNTS.astype(np.float32)),
        obs=pd.DataFrame(index=BARCODES),
        var=pd.DataFrame({"feature_name": pd.Categorical(SYMBOLS)}, index=IDS),
    )
    adata = raw.copy()
    adata.X = sparse.csr_matrix(np.log1p(COUNTS / COUNTS.sum(axis=1, keepdims=True) * 1e4))
    adata.raw = raw
    adata.write_h5ad(folder / "cellxgene.h5ad")
    return folder / "cellxgene.h5ad"


def counts_layer(folder: Path) -> Path:
    adata = ad.read_h5ad(h5ad(folder))
    adata.layers["counts"] = adata.X.copy()
    adata.X = np.log1p(adata.X)
    adata.write_h5ad(folder / "layer.h5ad")
    return folder / "layer.h5ad"


def matrix_market(path: Path) -> None:
    """Write genes x cells as Cell Ranger does: integers, by cell."""
    cell, gene = COUNTS.nonzero()
    lines = [f"{g + 1} {c + 1} {COUNTS[c, g]}" for c, g in zip(cell, gene, strict=True)]
    head = (
        '%%MatrixMarket matrix coordinate integer general\n%metadata_json: {"format_version": 2}\n'
    )
    write_text(path, f"{head}{len(IDS)} {len(BARCODES)} {len(lines)}\n" + "\n".join(lines) + "\n")


def tenx_folder(folder: Path) -> Path:
    """Write as Cell Ranger 3 and later: packed, three columns of features."""
    target = folder / "filtered_feature_bc_matrix"
    target.mkdir()
    matrix_market(target / "matrix.mtx.gz")
    write_text(target / "barcodes.tsv.gz", "".join(f"{b}\n" for b in BARCODES))
    rows = (f"{i}\t{s}\tGene Expression\n" for i, s in GENES.items())
    write_text(target / "features.tsv.gz", "".join(rows))
    return target


def old_tenx_folder(folder: Path) -> Path:
    """Write as Cell Ranger 2, with the prefix that GEO puts before the names."""
    target = folder / "geo"
    target.mkdir()
    matrix_market(target / "GSM1_P1_matrix.mtx")
    write_text(target / "GSM1_P1_barcodes.tsv", "".join(f"{b}\n" for b in BARCODES))
    write_text(target / "GSM1_P1_genes.tsv", "".join(f"{i}\t{s}\n" for i, s in GENES.items()))
    (target / "GSM2_P2_matrix.mtx").write_text("another sample\n", encoding="utf-8")
    return target / "GSM1_P1_matrix.mtx"


def tenx_h5(folder: Path) -> Path:
    path, counts = folder / "filtered_feature_bc_matrix.h5", sparse.csr_matrix(COUNTS)
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(BARCODES, dtype="S")
        group["data"], group["indices"] = counts.data.astype("i4"), counts.indices.astype("i8")
        group["indptr"], group["shape"] = counts.indptr.astype("i8"), [len(IDS), len(BARCODES)]
        group["features/id"] = np.array(IDS, dtype="S")
        group["features/name"] = np.array(SYMBOLS, dtype="S")
        group["features/feature_type"] = np.array(["Gene Expression"] * len(IDS), dtype="S")
        group["features/genome"] = np.array(["GRCh38"] * len(IDS), dtype="S")
    return path


def old_tenx_h5(folder: Path) -> Path:
    path, counts = folder / "filtered_gene_bc_matrices_h5.h5", sparse.csr_matrix(COUNTS)
    with h5py.File(path, "w") as file:
        group = file.create_group("GRCh38")
        group["barcodes"] = np.array(BARCODES, dtype="S")
        group["data"], group["indices"] = counts.data.astype("i4"), counts.indices.astype("i8")
        group["indptr"], group["shape"] = counts.indptr.astype("i8"), [len(IDS), len(BARCODES)]
        group["genes"] = np.array(IDS, dtype="S")
        group["gene_names"] = np.array(SYMBOLS, dtype="S")
    return path


def loom(folder: Path) -> Path:
    path = folder / "cells.loom"
    with h5py.File(path, "w") as file:
        file.create_dataset("matrix", data=COUNTS.T.astype("f4"), chunks=(5, 2), compression="gzip")
        file["row_attrs/Gene"] = np.array(SYMBOLS, dtype=h5py.string_dtype())
        file["row_attrs/Accession"] = np.array(IDS, dtype=h5py.string_dtype())
        file["col_attrs/CellID"] = np.array(BARCODES, dtype=h5py.string_dtype())
        file["col_attrs/_X"] = np.arange(4.0)
        for group in ("layers", "row_graphs", "col_graphs"):
            file.create_group(group)
        file.attrs["LOOM_SPEC_VERSION"] = "3.0.0"
    return path


def genes_by_cells(folder: Path) -> Path:
    """Write as R's write.table: the header has one name less than the lines have fields."""
    rows = ["\t".join([i, *map(str, COUNTS[:, n])]) for n, i in enumerate(IDS)]
    return write_text(folder / "dge.txt.gz", "\n".join(["\t".join(BARCODES), *rows]) + "\n")


def cells_by_genes(folder: Path) -> Path:
    table = pd.DataFrame(COUNTS, index=pd.Index(BARCODES, name="cell"), columns=IDS)
    table.to_csv(folder / "cells.csv")
    return folder / "cells.csv"


def triplets(folder: Path) -> Path:
    """Write as UMI-tools: gene, cell, count."""
    cell, gene = COUNTS.nonzero()
    rows = [f"{IDS[g]}\t{BARCODES[c]}\t{COUNTS[c, g]}" for c, g in zip(cell, gene, strict=True)]
    return write_text(folder / "counts.tsv.gz", "\n".join(["gene\tcell\tcount", *rows]) + "\n")


def triplets_the_other_way(folder: Path) -> Path:
    cell, gene = COUNTS.nonzero()
    rows = [f"{BARCODES[c]},{IDS[g]},{COUNTS[c, g]}" for c, g in zip(cell, gene, strict=True)]
    return write_text(folder / "counts.csv", "\n".join(["barcode,gene,n", *rows]) + "\n")


FORMATS = [
    *(h5ad, cellxgene, counts_layer, tenx_folder, old_tenx_folder, tenx_h5, old_tenx_h5, loom),
    *(genes_by_cells, cells_by_genes, triplets, triplets_the_other_way),
]


def run(tmp_path: Path, names: Path, cells: Path, **changes) -> ad.AnnData:
    sheet = ("sample", "patient", "condition", "tissue", "time", "batch")
    wanted = {
        "sample": dict.fromkeys(sheet, "x"),
        "cells": cells,
        "select": {},
        "annotation": write_annotation(tmp_path / "annotation.tsv"),
        "settings": ObserveSettings(
            cell_type="cell_type", min_counts=1, min_genes=1, max_mitochondrial=1, mad=0
        ),
        "names": names,
        "seed": 1,
        "output": tmp_path / "out" / "o.h5ad",
        "keep_going": False,
    } | changes
    observe(**wanted)
    return read_anndata(wanted["output"], OBSERVATION)


def cells_of(found):
    """List the cells of an observation, which stand in an order of its own."""
    return sorted(zip(found.X.toarray().tolist(), found.obs["cell_type"], strict=True))


@pytest.mark.parametrize("write", FORMATS)
def test_every_format_gives_the_same_observation(tmp_path, names, write):
    found = run(tmp_path, names, write(tmp_path))
    assert found.var_names.tolist() == ["CD14", "CD4", "TBCE", "TP53"]
    assert cells_of(found) == sorted(zip(EXPECTED, TYPES, strict=True))
    assert found.X.dtype == np.float32
    assert found.X.has_canonical_format
    assert found.uns["quality"]["n_genes_merged"] == 1
    assert found.uns["quality"]["cell_types_by"] == "column cell_type"


@pytest.mark.parametrize("write", FORMATS)
def test_every_format_gives_the_cells_asked_for(tmp_path, names, write):
    annotation = write_annotation(tmp_path / "more.tsv", donor=["d1", "d2", "d2", "d1"])
    found = run(tmp_path, names, write(tmp_path), select={"donor": "d2"}, annotation=annotation)
    assert sorted(found.X.toarray().tolist()) == sorted(EXPECTED[1:3])


@pytest.mark.parametrize("write", FORMATS)
def test_every_format_can_be_looked_at(tmp_path, names, write):
    known = GeneNames(names)
    file = open_cells(write(tmp_path), lambda name: known.resolve(name) is not None)
    seen = file.look(np.arange(4)).matrix
    assert set(seen.data) <= set(range(10))
    assert seen.nnz > 0


def test_ids_come_before_symbols(tmp_path, names):
    """A symbol that was given to another gene is that of the id that stands beside it."""
    adata = ad.read_h5ad(h5ad(tmp_path))
    adata.var_names = ["CD4", "TP53", "TBCE", "TBCE2", "CD14"]
    adata.write_h5ad(tmp_path / "swapped.h5ad")
    found = run(tmp_path, names, tmp_path / "swapped.h5ad")
    assert sorted(found.X.toarray().tolist()) == sorted(EXPECTED)


def test_a_symbol_that_stands_twice_in_raw_is_added_up(tmp_path, names):
    """As scanpy reads 10x files unless told to make names unique."""
    counts = np.array([[1, 2, 3.0], [4, 5, 6]], dtype=np.float32)
    adata = ad.AnnData(
        sparse.csr_matrix(counts),
        obs=pd.DataFrame({"cell_type": ["T", "T"]}, index=["a", "b"]),
        var=pd.DataFrame(index=["CD4", "CD4", "CD14"]),
    )
    adata.raw = adata
    adata.X = adata.X.log1p()
    adata.var["feature_types"] = pd.Categorical(["Gene Expression"] * 3)
    adata.write_h5ad(tmp_path / "twice.h5ad")
    found = run(tmp_path, names, tmp_path / "twice.h5ad", annotation=None)
    assert found.uns["quality"]["counts_from"] == "raw.X"
    assert found.var_names.tolist() == ["CD14", "CD4"]
    assert sorted(found.X.toarray().tolist()) == [[3, 3], [6, 9]]


def test_proteins_and_guides_are_kept_apart(tmp_path, names):
    folder = tenx_folder(tmp_path)
    rows = [f"{i}\t{s}\tGene Expression" for i, s in list(GENES.items())[:3]]
    rows += ["CD4_TotalA\tCD4\tAntibody Capture", "guide1\tCD14\tCRISPR Guide Capture"]
    write_text(folder / "features.tsv.gz", "\n".join(rows) + "\n")
    found = run(tmp_path, names, folder)
    assert found.var_names.tolist() == ["CD4", "TBCE", "TP53"]
    assert sorted(found.obsm["protein"].ravel().tolist()) == [0, 0, 1, 4]
    assert found.uns["protein"]["gene"].tolist() == ["CD4"]


def test_one_annotation_serves_samples_whose_barcodes_collide(tmp_path, names):
    lines = ["barcode,cell_type,sample"]
    lines += [f"{b},{t},one\n{b},other,two" for b, t in zip(BARCODES, TYPES, strict=True)]
    annotation = write_text(tmp_path / "all.csv", "\n".join(lines) + "\n")
    cells = tenx_h5(tmp_path)
    found = run(tmp_path, names, cells, annotation=annotation, select={"sample": "one"})
    assert cells_of(found) == sorted(zip(EXPECTED, TYPES, strict=True))
    with pytest.raises(InputError, match="twice"):
        run(tmp_path, names, cells, annotation=annotation)


def test_a_barcode_twice_in_lines_of_other_samples_does_not_matter(tmp_path, names):
    lines = ["barcode,cell_type", *(f"{b},{t}" for b, t in zip(BARCODES, TYPES, strict=True))]
    lines += ["AAAC-other,T", "AAAC-other,B"]
    annotation = write_text(tmp_path / "all.csv", "\n".join(lines) + "\n")
    found = run(tmp_path, names, tenx_h5(tmp_path), annotation=annotation)
    assert cells_of(found) == sorted(zip(EXPECTED, TYPES, strict=True))


def test_cells_that_the_annotation_does_not_list_are_left_out(tmp_path, names):
    annotation = tmp_path / "some.tsv"
    text = f"barcode\tcell_type\n{BARCODES[2]}\tT\nAAAA\tT\n{BARCODES[0]}\t\n"
    annotation.write_text(text, encoding="utf-8")
    found = run(tmp_path, names, tenx_h5(tmp_path), annotation=annotation)
    assert found.X.toarray().tolist() == [EXPECTED[2]]
    assert found.uns["quality"]["n_cells_found"] == 2
    assert found.uns["quality"]["removed"]["no cell type"] == 1


# --- faults -------------------------------------------------------------------------------


def test_a_pipe_is_refused_and_not_waited_for(tmp_path, names):
    os.mkfifo(tmp_path / "cells.h5ad")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        run(tmp_path, names, tmp_path / "cells.h5ad")


def cut(write):
    """Cut the last third off a file."""

    def writer(folder: Path) -> Path:
        path = write(folder)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        return path

    return writer


def change(write, file: str, text: str):
    """Write another text to one file of a 10x folder."""

    def writer(folder: Path) -> Path:
        path = write(folder)
        write_text(path / file, text)
        return path

    return writer


def short_matrix(folder: Path) -> Path:
    path = old_tenx_folder(folder)
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    return path


def without_barcodes(folder: Path) -> Path:
    path = tenx_folder(folder)
    (path / "barcodes.tsv.gz").unlink()
    return path


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def turned(folder: Path) -> Path:
    path = tenx_folder(folder)
    io.mmwrite(str(path / "m.mtx"), sparse.coo_matrix(COUNTS))
    write_text(path / "matrix.mtx.gz", (path / "m.mtx").read_text(encoding="utf-8"))
    (path / "m.mtx").unlink()
    return path


def short_h5(folder: Path) -> Path:
    path = tenx_h5(folder)
    with h5py.File(path, "a") as file:
        del file["matrix/features/id"], file["matrix/features/name"]
        file["matrix/features/id"] = np.array(IDS[:3], dtype="S")
        file["matrix/features/name"] = np.array(SYMBOLS[:3], dtype="S")
    return path


def nameless_loom(folder: Path) -> Path:
    path = loom(folder)
    with h5py.File(path, "a") as file:
        del file["row_attrs/Gene"], file["row_attrs/Accession"]
    return path


def normalised(folder: Path) -> Path:
    table = pd.DataFrame(np.log1p(COUNTS), index=BARCODES, columns=IDS)
    table.to_csv(folder / "normalised.csv")
    return folder / "normalised.csv"


#: A table that breaks off before its last field.
TWO_CELLS = f"cell,{IDS[0]},{IDS[1]}\n{BARCODES[0]},1,2\n{BARCODES[1]},3"


def text_of(text: str):
    return lambda folder: write_text(folder / "cells.csv", text)


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (cut(tenx_h5), ["breaks off", "copy the file again"]),
        (cut(loom), ["breaks off"]),
        (cut(genes_by_cells), ["breaks off", "whole table"]),
        (cut(triplets), ["breaks off"]),
        (short_matrix, ["matrix.mtx", "breaks off"]),
        (without_barcodes, ["no barcodes.tsv", "beside the matrix"]),
        (empty_folder, ["0 files named matrix.mtx"]),
        (turned, ["barcodes", "4 barcodes", "expected: 5"]),
        (change(tenx_folder, "features.tsv.gz", "a\tb\n"), ["1 features", "expected: 5"]),
        (short_h5, ["3 features", "expected: 5"]),
        (nameless_loom, ["row_attrs", "Gene or Accession"]),
        (normalised, ["log-normalised", "raw counts"]),
        (text_of("cell,a,b\nx,1,2\ny,3,4\n"), ["0% of the first names of the lines (x, y)"]),
        (
            text_of(f"cell,{IDS[0]},{IDS[1]}\n{BARCODES[0]},1,2\ny,3,four\n"),
            ["line 3, column 3", "'four'"],
        ),
        (text_of(f"cell,{IDS[0]},{IDS[1]}\n{BARCODES[0]},1,2\ny,3,\n"), ["line 3, column 3", "''"]),
        (text_of(f"cell,{IDS[0]},{IDS[1]}\nx,1,2\ny,3\n"), ["line 3", "2 fields"]),
        (text_of(f"{IDS[0]},x,3\n{IDS[1]},x,4\n"), ["line 1", "a header, as gene, cell, count"]),
        (text_of("gene,cell,count\nFoo1,x,4\nFoo2,y,4\n"), ["mean a human gene"]),
        (text_of(""), ["an empty file"]),
    ],
)
def test_a_fault_of_a_format_is_said(tmp_path, names, write, says):
    with pytest.raises(InputError) as error:
        run(tmp_path, names, write(tmp_path))
    for text in [*says, "found:", "remedy:"]:
        assert text in str(error.value)


def stored_outside(file):
    """Keep a column of obs in a file of its own."""
    raw = Path(f"{file.filename}.raw")
    raw.write_bytes(bytes(8))
    file["obs"].create_dataset("secret", (8,), "i1", external=[(str(raw), 0, 8)])


def linked(file):
    file["obs"]["secret"] = h5py.ExternalLink("/etc/hostname", "/x")


def virtual(file):
    layout = h5py.VirtualLayout(shape=(3,), dtype="i1")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", shape=(3,))
    file["obs"].create_virtual_dataset("secret", layout)


@pytest.mark.parametrize("add", [stored_outside, linked, virtual])
def test_a_part_that_stands_in_another_file_is_refused(tmp_path, names, add):
    path = h5ad(tmp_path)
    with h5py.File(path, "r+") as file:
        add(file)
    with pytest.raises(InputError, match=r"obs/secret\n  found:    a part that stands in another"):
        run(tmp_path, names, path)


def test_a_part_that_would_fill_the_memory_is_refused(tmp_path, names):
    path = h5ad(tmp_path)
    with h5py.File(path, "r+") as file:
        file["obs"].create_dataset("bomb", (4 * 10**10,), "i8", chunks=(10**6,), compression="gzip")
    assert path.stat().st_size < 10**5
    with pytest.raises(InputError, match=r"obs/bomb\n  found:    a part that declares a thousand"):
        run(tmp_path, names, path)


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        ("dense.csv.gz", "cell,TP53,CD4\nc1,1,2\n"),
        ("matrix.mtx.gz", "%%MatrixMarket matrix coordinate integer general\n5 4 2\n1 1 1\n"),
        ("barcodes.tsv.gz", "AAACCTGA-1\n"),
    ],
)
def test_a_packed_line_that_would_fill_the_memory_is_refused(
    tmp_path, names, monkeypatch, file, begins
):
    monkeypatch.setattr(unpacked, "LONGEST_LINE", 2**22)
    folder = tmp_path if file.startswith("dense") else tenx_folder(tmp_path)
    with gzip.open(folder / file, "wt") as packed:
        packed.write(begins + "0" * 2**24)
    with pytest.raises(InputError, match="of more than 4 MiB, unpacked"):
        run(tmp_path, names, folder / file if folder == tmp_path else folder)


@pytest.mark.parametrize("wrong", ["9999999999991e4009999999999999", "1.E-99999999999"])
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("d.csv", "cell,TP53,CD4\nc1,1,"),
        ("d.csv.gz", "cell,TP53,CD4\nc1,1,"),
        ("t.csv", "cell,gene,count\nc1,TP53,"),
    ],
)
def test_an_exponent_that_would_end_the_process_is_refused(tmp_path, names, name, begins, wrong):
    path = write_text(tmp_path / name, f"{begins}{wrong}\n")
    with pytest.raises(InputError, match="a number whose exponent is"):
        run(tmp_path, names, path)


def test_such_an_exponent_is_seen_where_a_block_ends_within_it(tmp_path):
    path = tmp_path / "t.csv"
    for before in range(2**18 - 20, 2**18 + 2):
        path.write_bytes(b"\n" * before + b"1e4009999999999999\n")
        with unpacked.open_bytes(path) as file, pytest.raises(InputError, match="exponent"):
            file.read()


@pytest.mark.parametrize("by", [sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("wrong", [10**6, -7])
def test_an_index_beyond_the_matrix_is_refused(tmp_path, names, by, wrong):
    adata = ad.read_h5ad(h5ad(tmp_path))
    adata.X = by(adata.X)
    adata.write_h5ad(tmp_path / "wrong.h5ad")
    with h5py.File(tmp_path / "wrong.h5ad", "r+") as file:
        file["X/indices"][1] = wrong
    with pytest.raises(InputError, match="can't be read"):
        run(tmp_path, names, tmp_path / "wrong.h5ad")


@pytest.mark.parametrize("entry", ["1", "1 x 1", "1 1 x", "9 1 1", "0 1 1"])
def test_an_entry_of_a_matrix_that_is_none_is_refused_at_first_sight(tmp_path, entry):
    folder = tenx_folder(tmp_path)
    head = "%%MatrixMarket matrix coordinate integer general"
    write_text(folder / "matrix.mtx.gz", f"{head}\n5 4 2\n1 1 1\n{entry}\n")
    with pytest.raises(InputError, match="can't be read"):
        open_cells(folder, SYMBOLS.__contains__).look(np.arange(4))


@pytest.mark.parametrize("starts", [[0, 2, 5, 1, 0], [0, 9, 2, 0, 0], [-3, 0, 1, 2, 3]])
def test_starts_of_cells_that_fall_are_refused(tmp_path, names, starts):
    path = tenx_h5(tmp_path)
    with h5py.File(path, "r+") as file:
        file["matrix/indptr"][:] = starts
    with pytest.raises(InputError, match="can't be read"):
        run(tmp_path, names, path)


def test_a_name_inside_that_is_no_text_is_a_fault_of_the_file(tmp_path, names):
    path = loom(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"row_attrs", b"\xff" * 9))
    with pytest.raises(InputError, match="without X, obs, var"):
        run(tmp_path, names, path)


@pytest.mark.parametrize(("start", "length"), [(2220, 1968), (2501, 1774), (3289, 2752)])
def test_a_file_with_zeros_inside_never_hangs(tmp_path, names, monkeypatch, start, length):
    """Such zeros, as a broken copy leaves them, keep the HDF5 library in a loop for ever."""
    monkeypatch.setattr(formats, "walk_through", partial(walk_through, patience=3))
    random = np.random.default_rng(1)
    adata = ad.AnnData(
        sparse.csr_matrix(random.poisson(1, (200, 300)).astype(np.float32)),
        obs=pd.DataFrame({"cell_type": "T"}, index=[f"c{n}" for n in range(200)]),
        var=pd.DataFrame(index=[f"G{n}" for n in range(300)]),
    )
    path = as_h5ad(adata, tmp_path)
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(bytes(length))
    with pytest.raises(InputError, match=r"damaged|breaks off"):
        run(tmp_path, names, path, annotation=None)


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        ("barcode,cell_type\nAAACCTGA,T\n", ["no barcode of", "AAACCTGA here, there AAACCTGA-1"]),
        (
            "barcode,cell_type\nAAACCTGA-1,T\nAAACCTGA-1,B\n",
            ["a barcode twice", "detail:   AAACCTGA-1"],
        ),
        ("barcode,type\nAAACCTGA-1,T\n", ["no column 'cell_type'", "observe.cell_type"]),
    ],
)
def test_a_fault_of_the_annotation_is_said(tmp_path, names, annotation, says):
    path = write_text(tmp_path / "bad.csv", annotation)
    with pytest.raises(InputError) as error:
        run(tmp_path, names, tenx_h5(tmp_path), annotation=path)
    for text in says:
        assert text in str(error.value)


def test_without_annotation_a_matrix_says_what_is_missing(tmp_path, names):
    with pytest.raises(InputError, match="column `annotation`"):
        run(tmp_path, names, tenx_h5(tmp_path), annotation=None)


def test_a_pool_of_donors_is_no_patient(tmp_path, names):
    adata = ad.read_h5ad(cellxgene(tmp_path))
    adata.obs["donor_id"] = ["pooled", "d1", "pooled", "d1"]
    adata.write_h5ad(tmp_path / "pool.h5ad")
    assert run(tmp_path, names, tmp_path / "pool.h5ad", select={"donor_id": "d1"}).n_obs == 2
    with pytest.raises(InputError, match="stands for none, or for several"):
        run(tmp_path, names, tmp_path / "pool.h5ad", select={"donor_id": "pooled"})


# --- real cells ---------------------------------------------------------------------------


def as_h5ad(adata: ad.AnnData, folder: Path) -> Path:
    adata.write_h5ad(folder / "kang.h5ad")
    return folder / "kang.h5ad"


def as_cellxgene(adata: ad.AnnData, folder: Path) -> Path:
    other = adata.copy()
    other.raw = adata
    other.X = adata.X.log1p()
    return as_h5ad(other, folder)


def as_tenx_folder(adata: ad.AnnData, folder: Path) -> Path:
    with gzip.open(folder / "matrix.mtx.gz", "wb", compresslevel=1) as file:
        io.mmwrite(file, sparse.coo_matrix(adata.X.T.astype(int)))
    write_text(folder / "barcodes.tsv.gz", "".join(f"{b}\n" for b in adata.obs_names))
    rows = (f"{name}\t{name}\tGene Expression\n" for name in adata.var_names)
    write_text(folder / "features.tsv.gz", "".join(rows))
    return folder


def as_tenx_h5(adata: ad.AnnData, folder: Path) -> Path:
    with h5py.File(folder / "kang.h5", "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(adata.obs_names, dtype="S")
        group["data"], group["indices"] = adata.X.data.astype("i4"), adata.X.indices
        group["indptr"], group["shape"] = adata.X.indptr, adata.shape[::-1]
        group["features/name"] = np.array(adata.var_names, dtype="S")
    return folder / "kang.h5"


def as_loom(adata: ad.AnnData, folder: Path) -> Path:
    with h5py.File(folder / "kang.loom", "w") as file:
        file.create_dataset("matrix", data=adata.X.T.toarray(), chunks=(64, 64), compression="lzf")
        file["row_attrs/Gene"] = np.array(adata.var_names, dtype=h5py.string_dtype())
        file["col_attrs/CellID"] = np.array(adata.obs_names, dtype=h5py.string_dtype())
    return folder / "kang.loom"


def as_dense(adata: ad.AnnData, folder: Path) -> Path:
    adata.to_df().T.astype(int).to_csv(folder / "kang.tsv", sep="\t")
    return folder / "kang.tsv"


def as_triplets(adata: ad.AnnData, folder: Path) -> Path:
    found = adata.X.tocoo()
    table = pd.DataFrame(
        {
            "gene": adata.var_names[found.col],
            "cell": adata.obs_names[found.row],
            "count": found.data.astype(int),
        }
    )
    table.to_csv(folder / "kang.csv", index=False)
    return folder / "kang.csv"


@pytest.mark.slow
def test_real_cells_read_alike_from_every_format(tmp_path, data_folder):
    """One donor of Kang et al.; genes without a count are in no sparse table."""
    whole = ad.read_h5ad(data_folder / "kang2018" / "kang2018_ifnb_counts.h5ad")
    adata = whole[(whole.obs["donor"] == "patient_1015") & (whole.obs["stim"] == "CTRL")]
    adata = adata[:, adata.X.sum(axis=0).A1 > 0]
    adata = ad.AnnData(adata.X.copy(), obs=pd.DataFrame(index=adata.obs_names), var=adata.var)
    names = tmp_path / "names.parquet"
    symbols = adata.var_names.tolist()
    write_table(
        pd.DataFrame({"name": symbols, "symbol": symbols, "kind": "symbol"}), names, GENE_NAMES
    )
    annotation = tmp_path / "types.tsv"
    whole.obs[["cell_type"]].rename_axis("barcode").to_csv(annotation, sep="\t")
    found = []
    for write in (
        *(as_h5ad, as_cellxgene, as_tenx_folder, as_tenx_h5, as_loom),
        *(as_dense, as_triplets),
    ):
        folder = tmp_path / write.__name__
        folder.mkdir()
        output = folder / "out" / "o.h5ad"
        run(tmp_path, names, write(adata, folder), annotation=annotation, output=output)
        with h5py.File(output) as file:
            found.append(
                [file[f"X/{part}"][:].tobytes() for part in ("data", "indices", "indptr")]
                + [file["obs/cell_type/codes"][:].tobytes(), file["obs/_index"][:].tolist()]
            )
    assert len(found[0][0]) > 4 * 50_000
    assert all(one == found[0] for one in found[1:])
