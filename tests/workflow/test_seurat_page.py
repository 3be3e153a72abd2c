"""What docs/howto/seurat.md writes in R is read as it says. R itself is not run."""

import anndata as ad
import pytest
from scipy.io import mmwrite

from pasted import Reader, blocks
from tiny_cohort import ROOT, Study, counts_of

PAGE = (ROOT / "docs" / "howto" / "seurat.md").read_text(encoding="utf-8")
PEOPLE = ("D1", "D2", "D3", "D4", "P1")


@pytest.fixture
def exported(tmp_path):
    """The folder from_seurat, as the lines of R leave it."""
    cells = ad.concat([counts_of(name, ill=name == "P1") for name in PEOPLE], merge="same")
    folder = tmp_path / "from_seurat"
    folder.mkdir()
    mmwrite(folder / "matrix.mtx", cells.X.T.tocoo(), field="real", symmetry="general")
    (folder / "barcodes.tsv").write_text("".join(f"{name}\n" for name in cells.obs_names))
    (folder / "genes.tsv").write_text("".join(f"{name}\t{name}\n" for name in cells.var_names))
    table = cells.obs[["cell_type", "donor"]].rename_axis("barcode")
    table["condition"] = ["ill" if name == "P1" else "healthy" for name in table["donor"]]
    table.to_csv(folder / "cells.tsv", sep="\t")
    return tmp_path


def test_the_lines_of_python_and_init_take_them(exported, cache_folder):
    reader = Reader(exported, Study(exported, cache_folder).variables())
    for language, block in blocks(PAGE):
        said = reader.paste(language, block)
    assert "patients: 1; in the control condition 'healthy': 4" in said
    said = reader.paste("sh", "twinscreen check mycohort/config.yaml")
    assert "1 patient, 5 samples, 4 reference donors" in said


def test_a_sheet_may_name_the_folder_and_the_table(exported, cache_folder):
    rows = ["sample patient condition cells annotation select"] + [
        f"{name} {name} {'ill' if name == 'P1' else 'healthy'}"
        f" from_seurat from_seurat/cells.tsv donor={name}"
        for name in PEOPLE
    ]
    study = Study(exported, cache_folder)
    study.configure(samples="\n".join(rows), patients="\n".join(["patient", *PEOPLE]))
    said = Reader(exported, study.variables()).paste("sh", "twinscreen check study.yaml")
    assert "1 patient, 5 samples, 4 reference donors" in said
