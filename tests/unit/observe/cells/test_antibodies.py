"""Names of antibodies as vendors and pipelines write them, and the genes that they mean."""

import pytest

from small_tables import write_gene_names
from twinscreen.files import GeneNames
from twinscreen.observe.cells.antibodies import gene_of_antibody

KNOWN = {"CD4": "CD4", "CD8A": "CD8A", "CD19": "CD19", "CD3E": "CD3E", "CD279": "PDCD1"}
#: Names that hold what elsewhere is decoration, or that are left when too much is taken.
KNOWN |= {"HLA-DRB1": "HLA-DRB1", "ADT": "WRONG", "D": "WRONG", "TCR": "WRONG", "CD45": "PTPRC"}


@pytest.fixture
def names(tmp_path):
    return GeneNames(write_gene_names(tmp_path / "names", KNOWN))


@pytest.mark.parametrize(
    ("antibody", "gene"),
    [
        ("CD4", "CD4"),
        ("CD3E_protein", "CD3E"),
        ("CD4_TotalSeqC", "CD4"),
        ("CD279_TotalSeqB", "PDCD1"),
        ("CD4-TotalSeq-A", "CD4"),
        ("CD8A-ADT", "CD8A"),
        ("anti-human CD4", "CD4"),
        ("Anti-CD19", "CD19"),
        ("Hu.CD19", "CD19"),
        ("Hu.CD19_TotalSeqB.1", "CD19"),
        ("CD4.1", "CD4"),
        ("HLA-DRB1_protein", "HLA-DRB1"),
    ],
)
def test_decorated_names(names, antibody, gene):
    assert gene_of_antibody(antibody, names) == gene


@pytest.mark.parametrize(
    "antibody",
    [
        *("CD45RA", "CD45RA.1", "CD3_TotalSeqB"),  # not in this table of names
        *("HLA-DR", "CD45-2", "anti-mouse CD4", "anti-mouse-CD4", "Hu-D", "TCR-ab", "TCRab"),
        *("_protein", "anti-", "human", "", "mouse_IgG1_isotype"),
    ],
)
def test_what_names_no_known_gene_has_none(names, antibody):
    assert gene_of_antibody(antibody, names) is None


def test_a_name_as_it_stands_comes_first(names):
    assert gene_of_antibody("ADT", names) == "WRONG"
