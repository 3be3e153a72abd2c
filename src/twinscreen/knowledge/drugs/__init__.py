"""Drugs and their signed targets: one reader per source, and one drug of all that they say."""

from twinscreen.knowledge.drugs.build import (
    DrugFiles,
    OwnDrugs,
    build_drugs,
    listed_drugs,
)

__all__ = ["DrugFiles", "OwnDrugs", "build_drugs", "listed_drugs"]
