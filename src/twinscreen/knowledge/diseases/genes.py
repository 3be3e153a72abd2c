"""Genes of diseases, from genome-wide association studies and from Mendelian diseases.

How sure it is that a gene is a cause: 1 where variants of it cause a Mendelian disease; where it
is the gene of an associated variant, the share that it has in the association (1 over the number
of genes) times -log10 P / (-log10 P + 7.3), a half at genome-wide significance; independent lead
variants of one gene add up as 1 - prod (1 - c). The embedded gene sets have no P: a half; the
embedded table of associations has scores, for which variants of one locus count once.

Source: Sollis et al., Nucleic Acids Research 2023;51:D977 (GWAS Catalog); Wright et al., Molecular
Systems Biology 2025;21:1 (State of the Interactomes: associations with P <= 5e-8 inside one gene
and with one trait); Gargano et al., Nucleic Acids Research 2024;52:D1333 (genes of OMIM's and
Orphanet's diseases, as the Human Phenotype Ontology gives them).
"""

import logging
from collections.abc import Sequence

import pandas as pd

from twinscreen.files import DISEASE_GENES, FilePath, GeneNames, write_table
from twinscreen.files.own_tables import DISEASE_GENES_OF_ONES_OWN, read_own_tables
from twinscreen.knowledge.delimited import read_columns

logger = logging.getLogger(__name__)

#: Genome-wide significance, 5e-8, as the Catalog gives it: -log10 P.
SIGNIFICANT = 7.3

#: How sure it is that the gene of one just significant association is a cause.
ASSOCIATED = 0.5

_CATALOG = {
    "MAPPED_TRAIT": "traits",
    "MAPPED_TRAIT_URI": "uris",
    "MAPPED_GENE": "genes",
    "SNPS": "snps",
    "STRONGEST SNP-RISK ALLELE": "risk",
    "PVALUE_MLOG": "mlog",
}


def build_disease_genes(
    gwas_genes: FilePath,
    *,
    catalogs: Sequence[FilePath],
    names: FilePath,
    output: FilePath,
    associated: FilePath | None = None,
    mendelian: FilePath | None = None,
    added: Sequence[FilePath] = (),
    instead: Sequence[FilePath] = (),
) -> None:
    """Write the genes of diseases of all sources.

    Parameters
    ----------
    gwas_genes
        The committed table of gene sets.
    catalogs
        Associations of the GWAS Catalog, full table; see `read_associations`.
    names
        The table of gene names.
    output
        Contract DISEASE_GENES, sorted.
    associated
        The committed table of genes with scores of their associations; left out if not given.
    mendelian
        Genes and their diseases, genes_to_phenotype.txt of the Human Phenotype Ontology; left out
        if not given.
    added, instead
        Tables of a user, beside the sources of the package and in place of them; catalogs stay.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    symbols = GeneNames(names)
    parts = []
    if not instead:
        parts.append(_gene_sets(gwas_genes, symbols))
        parts += [_associated(associated, symbols)] if associated else []
        parts += [_mendelian(mendelian, symbols)] if mendelian else []
    if own := [*added, *instead]:
        parts.append(_own(own, symbols))
    for path in catalogs:
        found = combined(read_associations(path, names=symbols))
        parts.append(found.assign(source="GWAS Catalog, configured"))
    every = pd.concat(parts).dropna(subset="gene")
    every = every.sort_values("score", ascending=False, kind="stable")
    every = every.drop_duplicates(["disease_id", "gene", "source"])
    write_table(every.sort_values(list(DISEASE_GENES.key)), output, DISEASE_GENES)


def _gene_sets(path: FilePath, symbols: GeneNames) -> pd.DataFrame:
    """Read the committed table; traits have no names there."""
    columns = {"disease_id": "disease_id", "entrez_ids": "entrez"}
    table = read_columns(path, columns=columns, content="gene sets of traits (derived)")
    table["entrez"] = table["entrez"].str.split("|")
    table = table.explode("entrez")
    table["gene"] = table["entrez"].map(symbols.resolve)
    logger.info(
        "%d of %d genes of gene sets are lost: they mean no approved gene",
        table.loc[table["gene"].isna(), "entrez"].nunique(),
        table["entrez"].nunique(),
    )
    return table.assign(
        disease=table["disease_id"], score=ASSOCIATED, source="GWAS Catalog 2023"
    ).drop(columns="entrez")


def _associated(path: FilePath, symbols: GeneNames) -> pd.DataFrame:
    """Read the committed table of genes with scores; see resources/derive/gwas_catalog.py."""
    table = read_columns(
        path,
        columns=["disease_id", "disease", "gene", "score"],
        content="genes of diseases with scores (derived)",
    )
    genes = table["gene"].map(symbols.resolve)
    return table.assign(gene=genes, score=table["score"].astype(float), source="GWAS Catalog 2015")


def _own(paths: Sequence[FilePath], symbols: GeneNames) -> pd.DataFrame:
    """Read tables of a user; a gene without a score is as sure as one just associated."""
    rows = read_own_tables(DISEASE_GENES_OF_ONES_OWN, paths, symbols)
    logger.info("%d genes of diseases of your own", len(rows))
    return pd.DataFrame(
        {
            "disease_id": rows["disease_id"].map(curie),
            "disease": rows["disease"].where(rows["disease"].notna(), rows["disease_id"]),
            "gene": rows["gene"],
            "score": rows["score"].astype(float).fillna(ASSOCIATED),
            "source": "own table",
        }
    )


def _mendelian(path: FilePath, symbols: GeneNames) -> pd.DataFrame:
    """Read which genes cause which diseases of OMIM and Orphanet; they have no names there."""
    table = read_columns(
        path,
        columns={"ncbi_gene_id": "entrez", "gene_symbol": "symbol", "disease_id": "disease_id"},
        content="phenotypes of genes (genes_to_phenotype.txt)",
    ).drop_duplicates()
    known = {
        (entrez, symbol): symbols.resolve(entrez) or symbols.resolve(symbol)
        for entrez, symbol in {*zip(table["entrez"], table["symbol"], strict=True)}
    }
    table["gene"] = [known[key] for key in zip(table["entrez"], table["symbol"], strict=True)]
    source = table["disease_id"].str.partition(":")[0].map({"OMIM": "OMIM", "ORPHA": "Orphanet"})
    table = table.assign(disease=table["disease_id"], score=1.0, source=source + ", through HPO")
    return table.dropna(subset="source")[["disease_id", "disease", "gene", "score", "source"]]


def combined(associations: pd.DataFrame) -> pd.DataFrame:
    """Say how sure it is that a gene is a cause, from all associations with a disease.

    Parameters
    ----------
    associations
        As `read_associations` gives them. Of a lead variant the smallest P counts.

    Returns
    -------
    One row per disease and gene: `disease_id`, `disease`, `gene` and `score`.
    """
    best = associations.sort_values("mlog", ascending=False, kind="stable")
    best = best.drop_duplicates(["disease_id", "gene", "rs_id"])
    sure = best["score"] * certainty(best["mlog"])
    found = (
        best.assign(against=1 - sure)
        .groupby(["disease_id", "gene"], as_index=False)
        .agg(disease=("disease", "first"), against=("against", "prod"))
    )
    return found.assign(score=1 - found["against"]).drop(columns="against")


def certainty(mlog: pd.Series) -> pd.Series:
    """Say how sure it is that the only gene of an association is a cause, from its -log10 P."""
    return mlog / (mlog + SIGNIFICANT)


def read_associations(path: FilePath, *, names: GeneNames) -> pd.DataFrame:
    """Read the significant associations of a release of the GWAS Catalog, full table.

    `PVALUE_MLOG` >= 7.3 is asked for, since P itself underflows. `A, B` are genes that hold the
    variant; `A - B` the two on either side of it. The genes of an association share its score.

    Returns
    -------
    One row per association, trait and gene: `disease_id` (PREFIX:NUMBER), `disease`, `gene`,
    `score` (1 over the number of genes), `rs_id`, `allele`, the risk allele, "" if unknown, and
    `mlog`, -log10 P.

    Raises
    ------
    InputError
        The file is missing or lacks a column.
    """
    table = read_columns(path, columns=_CATALOG, content="associations of the GWAS Catalog")
    table["mlog"] = pd.to_numeric(table["mlog"], errors="coerce")
    table = table[table["mlog"] >= SIGNIFICANT]
    rows = [
        (curie(uri.rsplit("/", 1)[-1]), trait, gene, 1 / len(genes), snp, _allele(risk, snp), mlog)
        for traits, uris, mapped, snp, risk, mlog in table.itertuples(index=False)
        if (genes := mapped_genes(mapped, names))
        for trait, uri in _traits(traits, uris)
        for gene in genes
    ]
    columns = ["disease_id", "disease", "gene", "score", "rs_id", "allele", "mlog"]
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


def mapped_genes(mapped: str, names: GeneNames) -> tuple[str, ...]:
    """Give the genes of a cell of MAPPED_GENE: `A, B` hold the variant, `A - B` are beside it."""
    single = [part for name in mapped.replace(";", ",").split(",") for part in name.split(" - ")]
    return names.resolve_members(single)


def _allele(risk: str, snp: str) -> str:
    """Give the risk allele of `rs123-A`; "" where it is unknown (`rs123-?`) or of several."""
    allele = risk.strip().removeprefix(f"{snp}-").upper()
    return allele if allele and set(allele) <= set("ACGT") else ""
