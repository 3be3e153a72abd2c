"""Genes that may deviate for other reasons than the disease, marked where a page names them."""

from collections.abc import Iterable

from twinscreen.data.gene_sets import MEANINGS, gene_set
from twinscreen.report import words


def marked(gene: str) -> str:
    """Name a gene with its known set, if it is of one: "HBB (haemoglobin)"."""
    name = gene_set(gene)
    return f"{gene} ({name})" if name else gene


def beware(genes: Iterable[str]) -> str:
    """Say which genes may deviate for other reasons than the disease, and why; or nothing."""
    sets: dict[str, list[str]] = {}
    for gene in dict.fromkeys(genes):
        if name := gene_set(gene):
            sets.setdefault(name, []).append(gene)
    said = [
        f"{words.listed(members, most=5)} ({name}: {MEANINGS[name]})"
        for name, members in sets.items()
    ]
    return f"May deviate for other reasons than the disease: {'; '.join(said)}." if said else ""
