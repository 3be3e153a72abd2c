"""Readers of disease genes and associations, on files in the true shape of each source."""

from pathlib import Path

from readings import lines, made, zipped


def test_the_gwas_catalog_keeps_what_is_significant_by_its_logarithm(tmp_path: Path):
    table = lines(
        """
        DATE ADDED TO CATALOG | STUDY | DISEASE/TRAIT | MAPPED_GENE | STRONGEST SNP-RISK ALLELE | SNPS | P-VALUE | PVALUE_MLOG | MAPPED_TRAIT | MAPPED_TRAIT_URI
        2017-08-30 | The "allelic landscape | Asthma | HLA-DRB1 - HLA-DQA1 | rs28383314-C | rs28383314 | 0E0 | 412.2 | asthma | http://www.ebi.ac.uk/efo/MONDO_0004979
        2017-08-30 | A study | Asthma | GGNBP1, BAK1 | rs511515-? | rs511515 | 2E-8 | 7.69 | asthma | http://www.ebi.ac.uk/efo/MONDO_0004979
        2017-08-30 | A study | Asthma | IL33 | rs1-A | rs1 | 1E-6 | 6.0 | asthma | http://www.ebi.ac.uk/efo/MONDO_0004979
        2017-08-30 | A study | Asthma | NA | rs2-A | rs2 | 1E-9 | 9.0 | asthma | http://www.ebi.ac.uk/efo/MONDO_0004979
        2017-08-30 | A study | Asthma | IL33 | rs3-A | rs3 | NA | NA | asthma | http://www.ebi.ac.uk/efo/MONDO_0004979
        """  # noqa: E501
    )
    archive = zipped(tmp_path, **{"gwas-catalog-download-associations-alt-full__tsv": table})
    trait = ("asthma", "http://www.ebi.ac.uk/efo/MONDO_0004979")
    assert made(tmp_path, "gwas_catalog", "gwas_catalog", {"associations": archive}) == [
        (*trait, "HLA-DRB1 - HLA-DQA1", "rs28383314", "rs28383314-C", "412.2"),
        (*trait, "GGNBP1, BAK1", "rs511515", "rs511515-?", "7.69"),
    ]


def test_gencc_counts_the_surest_of_several_curators(tmp_path: Path):
    text = '''"uuid"\t"gene_curie"\t"gene_symbol"\t"disease_curie"\t"disease_title"\t"classification_title"\t"submitter_title"\t"submitted_as_notes"
"1"\t"HGNC:1"\t"AAAS"\t"MONDO:0009279"\t"triple A syndrome"\t"Moderate"\t"Ambry"\t"two
lines, and a ""word"""
"2"\t"HGNC:1"\t"AAAS"\t"MONDO:0009279"\t"triple A syndrome"\t"Definitive"\t"ClinGen"\t""
"3"\t"HGNC:2"\t"BRAF"\t"MONDO:0018997"\t"Noonan syndrome"\t"Strong"\t"Orphanet"\t""
"4"\t"HGNC:3"\t"KRAS"\t"MONDO:0018997"\t"Noonan syndrome"\t"Disputed Evidence"\t"ClinGen"\t""
"5"\t"HGNC:4"\t"NRAS"\t"MONDO:0018997"\t"Noonan syndrome"\t"Limited"\t"ClinGen"\t""
'''  # noqa: E501
    assert made(tmp_path, "gencc", "disease_genes", {"submissions": text}) == [
        ("MONDO:0009279", "AAAS", "1", "triple A syndrome", "ClinGen"),
        ("MONDO:0018997", "BRAF", "0.8", "Noonan syndrome", "Orphanet"),
    ]


def test_gene2phenotype_names_a_disease_by_mondo_or_by_omim(tmp_path: Path):
    text = """g2p id,gene symbol,gene mim,hgnc id,disease name,disease mim,disease MONDO,allelic requirement,confidence,panel
G2P1,GENE_A,1,1,disease five,600123,MONDO:0000005,biallelic_autosomal,definitive,DD; Eye
G2P2,GENE_E,2,2,"disease, six",600124,,monoallelic_autosomal,moderate,DD
G2P3,GENE_F,3,3,disease seven,,,monoallelic_X_hemizygous,strong,DD
G2P4,GENE_G,4,4,disease eight,600125,,monoallelic_autosomal,limited,DD
"""  # noqa: E501
    assert made(tmp_path, "gene2phenotype", "disease_genes", {"panels": text}) == [
        ("MONDO:0000005", "GENE_A", "1", "disease five", "Gene2Phenotype"),
        ("OMIM:600124", "GENE_E", "0.5", "disease, six", "Gene2Phenotype"),
    ]
