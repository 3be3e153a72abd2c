"""Tables of knowledge that a group has of its own: what each holds, and how it is read."""

from twinscreen.files.own_tables.declarations import (
    DISEASE_GENES_OF_ONES_OWN,
    GENE_POSITIONS,
    INTERACTIONS,
    LIGAND_RECEPTOR_PAIRS,
    LIGANDS,
    OWN_TABLES,
    REGULONS,
)
from twinscreen.files.own_tables.declared import Column, Kind, OwnTable
from twinscreen.files.own_tables.read import read_own_table, read_own_tables

__all__ = [
    "DISEASE_GENES_OF_ONES_OWN",
    "GENE_POSITIONS",
    "INTERACTIONS",
    "LIGANDS",
    "LIGAND_RECEPTOR_PAIRS",
    "OWN_TABLES",
    "REGULONS",
    "Column",
    "Kind",
    "OwnTable",
    "read_own_table",
    "read_own_tables",
]
