"""The tables that readers of official releases yield: plain ones, as a group may bring its own.

Genes may go by any identifier, since whoever reads the table knows them all.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pandas as pd

#: Takes files by role, and yields parts of a table, texts in all columns.
Reader: TypeAlias = Callable[[Mapping[str, Path]], Iterator[pd.DataFrame]]

#: Columns of each table.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "interactions": ("source", "target", "sign", "references"),
    "regulons": ("tf", "gene", "sign", "references"),
    "ligand_receptor": ("ligand", "receptor", "secreted", "references"),
    "drugs": ("drug", "target", "action", "approved", "synonyms", "chembl"),
    "disease_genes": ("disease_id", "gene", "score", "disease", "references"),
    "gwas_catalog": (
        *("MAPPED_TRAIT", "MAPPED_TRAIT_URI", "MAPPED_GENE", "SNPS"),
        *("STRONGEST SNP-RISK ALLELE", "PVALUE_MLOG"),
    ),
    "warnings": ("drug", "kind", "subject", "detail", "source"),
    "adverse_reactions": ("drug", "reaction", "detail", "source"),
    "drug_interactions": ("Drug_A", "Drug_B", "Level"),
    "clinpgx_annotations": (
        *("Summary Annotation ID", "Variant/Haplotypes", "Gene", "Level of Evidence"),
        *("Phenotype Category", "Drug(s)", "Phenotype(s)"),
    ),
    "clinpgx_genotypes": (
        *("Summary Annotation ID", "Genotype/Allele", "Annotation Text", "Allele Function"),
    ),
}

#: Columns that together name a line once; of other tables whole lines stand once.
KEYS: Mapping[str, tuple[str, ...]] = {
    "interactions": ("source", "target"),
    "regulons": ("tf", "gene"),
    "ligand_receptor": ("ligand", "receptor"),
    "disease_genes": ("disease_id", "gene"),
    "drug_interactions": ("Drug_A", "Drug_B"),
}

#: Tables in which commas stand between fields, as their source has them; tabs in all others.
WITH_COMMAS = ("drug_interactions",)
