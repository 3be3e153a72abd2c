"""Known sets of genes, by symbols that are and that only look as if they were."""

import pytest

from twinscreen.data.gene_sets import MEANINGS, gene_set


@pytest.mark.parametrize(
    ("symbols", "name"),
    [
        ("HBB HBA1 HBA2 HBG1 HBM HBQ1 HBZ", "haemoglobin"),
        (
            "IGKC IGLC2 IGHG1 IGHA2 IGHD IGHEP1 IGHV3-23 IGKV1D-39 JCHAIN IGLL5",
            "immunoglobulin",
        ),
        ("XIST RPS4Y1 DDX3Y UTY USP9Y", "sex-linked"),
        ("RPL3 RPL13A RPS27A RPS4X RPS6 RPLP0 RPSA RPL22L1 RPL36AL FAU", "ribosomal"),
        ("MT-CO1 MT-ND4L MT-RNR2", "mitochondrial"),
        ("FOS FOSB JUN EGR1 HSPA1A HSP90AA1 DNAJB1 DUSP1", "dissociation"),
    ],
)
def test_genes_of_a_set(symbols, name):
    assert {gene_set(symbol) for symbol in symbols.split()} == {name}
    assert MEANINGS[name]


@pytest.mark.parametrize(
    "symbol",
    [
        *("HBEGF", "HBP1", "HBS1L", "IGHMBP2", "IGF1", "IGFBP3", "IGSF6", "IGLON5"),
        *("RPS6KA1", "RPS6KB1", "RPS19BP1", "RPN1", "RPTOR", "MTOR", "MT1A", "MT2A", "MTHFR"),
        *("FOSL1", "FOXP3", "JUP", "HSPA5", "IER5L", "STAT3", "SOCS3", "ZFX", "KDM5C", ""),
    ],
)
def test_genes_that_look_alike_are_of_no_set(symbol):
    assert gene_set(symbol) == ""
