"""The tables that readers of official releases yield: plain ones, such as a group may bring.

Genes may go by any identifier, since whoever reads the table knows them all.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from twinscreen.files.own_tables import (
    DISEASE_GENES_OF_ONES_OWN,
    INTERACTIONS,
    LIGAND_RECEPTOR_PAIRS,
    REGULONS,
)

#: Takes files by role, and yields parts of a table, texts in all columns.
Reader: TypeAlias = Callable[[Mapping[str, Path]], Iterator[pd.DataFrame]]

#: Kind of a row that tells an adverse reaction, among those of tables of warnings.
REACTION = "adverse_reaction"

#: Those that are read as tables of a group's own are.
_OWN = (INTERACTIONS, REGULONS, LIGAND_RECEPTOR_PAIRS, DISEASE_GENES_OF_ONES_OWN)

#: Columns of each table.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{table.name: tuple(column.name for column in table.columns) for table in _OWN},
    "drugs": ("drug", "target", "action", "approved", "synonyms", "chembl", "atc"),
    "gwas_catalog": (
        *("MAPPED_TRAIT", "MAPPED_TRAIT_URI", "MAPPED_GENE", "SNPS"),
        *("STRONGEST SNP-RISK ALLELE", "PVALUE_MLOG"),
    ),
    "warnings": ("drug", "kind", "subject", "detail", "source"),
    "adverse_reactions": ("drug", "kind", "subject", "detail", "source"),
    "drug_interactions": ("Drug_A", "Drug_B", "Level"),
    "clinpgx_annotations": (
        *("Summary Annotation ID", "Variant/Haplotypes", "Gene", "Level of Evidence"),
        *("Phenotype Category", "Drug(s)", "Phenotype(s)"),
    ),
    "clinpgx_genotypes": (
        *("Summary Annotation ID", "Genotype/Allele", "Annotation Text", "Allele Function"),
    ),
}

#: Kinds of the table `warnings`, by what ChEMBL and Open Targets call them, in small letters.
WARNING_KINDS = {
    "black box warning": "boxed_warning",
    "boxed warning": "boxed_warning",
    "withdrawn": "withdrawn",
}

#: Columns that together name a line once; in other tables no whole line stands twice.
KEYS: Mapping[str, tuple[str, ...]] = {
    **{table.name: table.once for table in _OWN},
    "drug_interactions": ("Drug_A", "Drug_B"),
}

#: Tables in which commas stand between fields, as their source has them; tabs in all others.
WITH_COMMAS = ("drug_interactions",)
