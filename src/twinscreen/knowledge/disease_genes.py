"""Genes of diseases from genome-wide association studies.

Source: Sollis et al., Nucleic Acids Research 2023;51:D977 (GWAS Catalog). The gene sets by trait
are those of Wright et al., Molecular Systems Biology 2025;21:1 (State of the Interactomes):
associations with P <= 5e-8 inside one gene and with one trait.
"""

import logging
from collections.abc import Sequence

import pandas as pd

from twinscreen.files import DISEASE_GENES, FilePath, GeneNames, write_table
from twinscreen.knowledge.delimited import read_columns

logger = logging.getLogger(__name__)

#: Genome-wide significance, 5e-8, as the Catalog gives it: -log10 P.
SIGNIFICANT = 7.3

_CATALOG = {
    "MAPPED_TRAIT": "traits",
    "MAPPED_TRAIT_URI": "uris",
    "MAPPED_GENE": "genes",
    "SNPS": "snps",
    "STRONGEST SNP-RISK ALLELE": "risk",
    "PVALUE_MLOG": "mlog",
}


def build_disease_genes(
    gwas_genes: FilePath, *, catalogs: Sequence[FilePath], names: FilePath, output: FilePath
) -> None:
    """Write the genes of diseases of the committed table and of releases of the GWAS Catalog.

    Parameters
    ----------
    gwas_genes
        The committed table of gene sets; each gene counts fully.
    catalogs
        Associations of the GWAS Catalog, full table; see `read_associations`. A gene counts by
        the largest share that an association gives it.
    names
        The table of gene names.
    output
        Contract DISEASE_GENES, sorted.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    symbols = GeneNames(names)
    columns = {"disease_id": "disease_id", "entrez_ids": "entrez"}
    table = read_columns(
        gwas_genes, columns=columns, delimiter="\t", content="gene sets of traits (derived)"
    )
    table["entrez"] = table["entrez"].str.split("|")
    table = table.explode("entrez")
    table["gene"] = table["entrez"].map(symbols.resolve)
    logger.info(
        "%d of %d genes of gene sets are lost: they mean no approved gene",
        table.loc[table["gene"].isna(), "entrez"].nunique(),
        table["entrez"].nunique(),
    )
    embedded = table.assign(disease=table["disease_id"], score=1.0, source="GWAS Catalog 2023")
    parts = [embedded]
    for path in catalogs:
        found = read_associations(path, names=symbols)
        parts.append(found.assign(source="GWAS Catalog, configured"))
    every = pd.concat(parts).dropna(subset="gene")
    every = every.sort_values("score", ascending=False, kind="stable")
    every = every.drop_duplicates(["disease_id", "gene", "source"])
    write_table(every.sort_values(list(DISEASE_GENES.key)), output, DISEASE_GENES)


def read_associations(path: FilePath, *, names: GeneNames) -> pd.DataFrame:
    """Read the significant associations of a release of the GWAS Catalog, full table.

    `PVALUE_MLOG` >= 7.3 is asked for, since P itself underflows. `A, B` are genes that hold the
    variant; `A - B` the two on either side of it. The genes of an association share its score.

    Returns
    -------
    One row per association, trait and gene: `disease_id` (PREFIX:NUMBER), `disease`, `gene`,
    `score` (1 over the number of genes), `rs_id`, and `allele`, the risk allele, "" if unknown.

    Raises
    ------
    InputError
        The file is missing or lacks a column.
    """
    table = read_columns(
        path, columns=_CATALOG, delimiter="\t", content="associations of the GWAS Catalog"
    )
    table = table[pd.to_numeric(table["mlog"], errors="coerce") >= SIGNIFICANT]
    rows = [
        (curie(uri.rsplit("/", 1)[-1]), trait, gene, 1 / len(genes), snp, _allele(risk, snp))
        for traits, uris, mapped, snp, risk in table.drop(columns="mlog").itertuples(index=False)
        if (genes := _genes(mapped, names))
        for trait, uri in _traits(traits, uris)
        for gene in genes
    ]
    columns = ["disease_id", "disease", "gene", "score", "rs_id", "allele"]
    return pd.DataFrame(rows, columns=columns)


def curie(name: str) -> str:
    """Write an identifier as PREFIX:NUMBER: `MONDO_0100096` is MONDO:0100096."""
    return name.strip().replace("_", ":", 1)


def _traits(traits: str, uris: str) -> list[tuple[str, str]]:
    """Pair names with addresses; a name may hold a comma itself, then the address stands for it."""
    addresses = [uri.strip() for uri in uris.split(",") if uri.strip()]
    called = [trait.strip() for trait in traits.split(",")]
    if len(addresses) == 1:
        called = [traits.strip()]
    if len(called) != len(addresses):
        called = [curie(uri.rsplit("/", 1)[-1]) for uri in addresses]
    return list(zip(called, addresses, strict=True))


def _genes(mapped: str, names: GeneNames) -> tuple[str, ...]:
    single = [part for name in mapped.replace(";", ",").split(",") for part in name.split(" - ")]
    return names.resolve_members(single)


def _allele(risk: str, snp: str) -> str:
    """Give the risk allele of `rs123-A`; "" where it is unknown (`rs123-?`) or of several."""
    allele = risk.strip().removeprefix(f"{snp}-").upper()
    return allele if allele and set(allele) <= set("ACGT") else ""
