"""Genes of diseases out of the GWAS Catalog: who assigns them, how they are weighed."""

import pandas as pd
import pytest
from derive.gwas_catalog import assigned, derive_gwas_catalog

from twinscreen.files import DISEASES, GENE_NAMES, GeneNames, write_table

HEADER = (
    "PUBMEDID\tMAPPED_TRAIT_URI\tREPORTED GENE(S)\tMAPPED_GENE\tCHR_ID\tCHR_POS\tSNPS"
    "\tREPLICATION SAMPLE DESCRIPTION\tPVALUE_MLOG"
)
GOUT, ASTHMA = "http://www.ebi.ac.uk/efo/EFO_1", "http://www.orpha.net/ORDO/Orphanet_2"
ROWS = [
    f"11\t{GOUT}\tAAA, BBB\tAAA\t1\t1000\trs1\tNA\t7.3",
    f"12\t{GOUT}\tAAA\tAAA\t1\t301000\trs2\tNA\t14.6",  # of the same locus, surer
    f"13\t{GOUT}\tAAA\tAAA\t1\t9000000\trs3\t100 cases\t7.3",  # of another
    f"14\t{GOUT}, {ASTHMA}\tNR\tCCC\t2\t5\trs4\tNA\t7.3",  # position alone, two diseases
    f"15\t{GOUT}\tBBB\tAAA - CCC\t3\t5\trs5\tNA\t20",  # between two genes, of none
    f"16\t{GOUT}\tBBB, CCC\tBBB;CCC\t\t\trs6\tNA\t7.3",  # shared by two, without a position
    f"17\t{GOUT}\tBBB\tBBB\t4\t5\trs7\tNA\t7.2",  # not significant
    "18\thttp://www.ebi.ac.uk/efo/EFO_9\tBBB\tBBB\t4\t5\trs8\tNA\t30",  # no disease of Mondo
]


@pytest.fixture
def knowledge(tmp_path):
    names = pd.DataFrame([(g, g, "symbol") for g in ("AAA", "BBB", "CCC")])
    write_table(
        names.set_axis(GENE_NAMES.schema.names, axis=1), tmp_path / "gene_names.parquet", GENE_NAMES
    )
    diseases = pd.DataFrame(
        [
            ("MONDO:1", "gout", None, "DOID:5|EFO:1", None),
            ("MONDO:2", "asthma", None, "ORPHA:2", None),
        ],
        columns=DISEASES.schema.names,
    )
    write_table(diseases, tmp_path / "diseases.parquet", DISEASES)
    return tmp_path


def test_a_table_with_the_strength_of_each_gene(knowledge):
    (knowledge / "catalog.tsv").write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    derive_gwas_catalog(
        knowledge / "catalog.tsv", knowledge=knowledge, output=knowledge / "made.tsv"
    )
    made = pd.read_csv(knowledge / "made.tsv", sep="\t", comment="#", keep_default_na=False)
    assert list(made.itertuples(index=False, name=None)) == [
        # two loci: 14.6 / (14.6 + 7.3) = 2/3 counts in the first, a half in the second
        *[("MONDO:1", "gout", "EFO:1", "DOID:5", "AAA", 0.8333, 2, 3, 14.6, "both", "yes")],
        *[("MONDO:1", "gout", "EFO:1", "DOID:5", "BBB", 0.25, 1, 1, 7.3, "both", "no")],
        # a half by position, a quarter as one of two
        *[("MONDO:1", "gout", "EFO:1", "DOID:5", "CCC", 0.625, 2, 2, 7.3, "both", "yes")],
        *[("MONDO:2", "asthma", "", "", "CCC", 0.5, 1, 1, 7.3, "mapped", "no")],
    ]


@pytest.mark.parametrize(
    ("reported", "mapped", "genes"),
    [
        ("AAA, BBB", "AAA;CCC", (("AAA",), "both")),
        ("Intergenic", "AAA", (("AAA",), "mapped")),
        ("BBB", "AAA, CCC", ((), "")),
        ("BBB", "AAA - BBB", (("BBB",), "both")),
        ("NR", "AAA - LOC1", ((), "")),
    ],
)
def test_authors_and_position_together_say_which_gene(knowledge, reported, mapped, genes):
    assert assigned(reported, mapped, GeneNames(knowledge / "gene_names.parquet")) == genes
