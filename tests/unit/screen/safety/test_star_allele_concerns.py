"""What star alleles that were called say against drugs."""

import pandas as pd

from twinscreen.files import FINDINGS, PHARMACOGENOMICS
from twinscreen.screen.safety.genotypes import genotype_concerns, untested_genes, what_stays_open

PENALTIES = {"pharmacogenomic": 0.2, "pharmacogenomic_other": 0.05}
STAR = {
    "drug_id": "clopidogrel",
    "gene": "CYP2C19",
    "category": "Efficacy",
    "level": "1A",
    "effect": "",
    "text": "",
    "phenotypes": "",
    "function": "",
    "annotation": "1",
    "source": "PharmGKB",
}
TABLE = pd.DataFrame(
    [
        {
            **STAR,
            "haplotype": "CYP2C19*2",
            "function": "No Function",
            "rs_id": "rs1",
            "allele": "A",
        },
        {**STAR, "haplotype": "CYP2C19*3", "function": "No Function"},
        {**STAR, "haplotype": "CYP2C19*17", "function": "Increased Function", "category": "Dosage"},
        {**STAR, "haplotype": "CYP2C9*2", "gene": "CYP2C9", "rs_id": "rs2", "allele": "T"},
    ],
    columns=PHARMACOGENOMICS.schema.names,
)
DRUGS = pd.DataFrame({"drug_id": ["clopidogrel"]})


def findings(*rows: tuple[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["id", "genotype"]).assign(
        kind="pharmacogenomic", reference="G", detail="called by PharmCAT: *1/*2", simulated=False
    )
    return table.reindex(columns=FINDINGS.schema.names)


def test_a_called_allele_counts_once_and_variants_point_to_it_no_more():
    concerns = genotype_concerns(TABLE, findings(("CYP2C19", "*1/*2"), ("rs1", "A/G")), PENALTIES)
    [row] = concerns.to_dict("records")
    assert row["subject"] == "CYP2C19 *1/*2"
    assert row["detail"] == "efficacy: has CYP2C19*2 (no function); called by PharmCAT: *1/*2"
    assert row["severity"] == "a star allele of altered function, level 1A"
    assert (row["penalty"], row["once"]) == (0.05, "CYP2C19")


def test_both_alleles_are_told():
    [row] = genotype_concerns(TABLE, findings(("CYP2C19", "*17/*3")), PENALTIES).to_dict("records")
    told = "dosage, efficacy: has CYP2C19*17 (increased function), CYP2C19*3 (no function)"
    assert row["detail"].startswith(told)


def test_alleles_of_usual_function_are_no_concern():
    found = findings(("CYP2C19", "*1/*1"), ("rs1", "A/G"))
    assert genotype_concerns(TABLE, found, PENALTIES).empty


def test_variants_still_point_to_alleles_of_genes_that_were_not_called():
    [row] = genotype_concerns(
        TABLE, findings(("CYP2C19", "*1/*1"), ("rs2", "G/T")), PENALTIES
    ).to_dict("records")
    assert row["severity"] == "points to a star allele, level 1A"


def test_a_called_gene_is_tested():
    assert untested_genes(DRUGS, TABLE, findings(("CYP2C19", "*1/*1"))).tolist() == ["CYP2C9"]
    assert untested_genes(DRUGS, TABLE, findings()).tolist() == ["CYP2C19, CYP2C9"]


def test_what_was_called_is_not_said_to_be_open():
    told = what_stays_open(findings(("CYP2C19", "*1/*1"), ("HLA-B", "*57:01/*08:01")))
    assert told.endswith("star alleles are called for CYP2C19, HLA-B alone.")
    assert what_stays_open(findings(("rs1", "A/G"))).endswith(
        "star alleles (CYP2D6*4) are not called, and HLA types are not read."
    )
