r"""Genes of diseases with the certainty of their evidence, out of a full table of the GWAS Catalog.

It makes `disease_genes.tsv` in src/twinscreen/data/tables, beside the tables of genes and diseases
of a run (output/knowledge):

    python resources/derive/gwas_catalog.py gwas_catalog_v1.0.1.tsv --knowledge output/knowledge \
        --output disease_genes.tsv

Source: Welter et al., Nucleic Acids Research 2014;42:D1001 (GWAS Catalog).
"""

import argparse
import re
from pathlib import Path

import pandas as pd

from twinscreen.files import DISEASES, FilePath, GeneNames, atomic, read_table
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.diseases.genes import SIGNIFICANT, certainty, curie, mapped_genes

#: Lead variants of a disease that are so near to each other, in bases, are of one locus.
NEAR = 500_000

_COLUMNS = {
    "PUBMEDID": "study",
    "MAPPED_TRAIT_URI": "uris",
    "REPORTED GENE(S)": "reported",
    "MAPPED_GENE": "mapped",
    "CHR_ID": "chromosome",
    "CHR_POS": "position",
    "SNPS": "variant",
    "REPLICATION SAMPLE DESCRIPTION": "replication",
    "PVALUE_MLOG": "mlog",
}

#: Columns of the table that is made.
COLUMNS = (
    *("disease_id", "disease", "efo", "doid", "gene", "score"),
    *("loci", "studies", "mlog", "assigned", "replicated"),
)

_NOTICE = """\
# Genes of diseases in the NHGRI-EBI GWAS Catalog, full table v1.0.1 of 2015-06-08
# (https://www.ebi.ac.uk/gwas): associations with P <= 5e-8 and traits that are diseases of Mondo.
# Welter D et al., Nucleic Acids Research 2014;42:D1001. Terms of use of EMBL-EBI (open).
# score: how sure it is that the gene is a cause (docs/methods/layers.md); loci: independent ones;
# studies: publications; mlog: largest -log10 P; assigned: named by the authors and by position
# (both), or by position alone (mapped); replicated: in a second sample or publication.
# Made by resources/derive/gwas_catalog.py.
"""


def derive_gwas_catalog(catalog: FilePath, *, knowledge: FilePath, output: FilePath) -> None:
    """Make the table of disease genes that is committed.

    Parameters
    ----------
    catalog
        Full table of the Catalog, with a column of reported genes.
    knowledge
        Folder of a run with gene_names.parquet and diseases.parquet.
    output
        Tab-separated, with the columns `COLUMNS`; sorted by disease and gene.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    names = GeneNames(Path(knowledge, "gene_names.parquet"))
    diseases = read_table(Path(knowledge, "diseases.parquet"), DISEASES).set_index("id")
    found = with_loci(associations(catalog, diseases=diseases, names=names))
    table = evidence(found)
    elsewhere = diseases["xrefs"].fillna("")
    table["disease"] = table["disease_id"].map(diseases["name"])
    for column, prefix in (("efo", "EFO"), ("doid", "DOID")):
        ids = elsewhere.map(lambda text, of=f"{prefix}:": _of_prefix(text, of))
        table[column] = table["disease_id"].map(ids)
    table = table.sort_values(["disease_id", "gene"])[list(COLUMNS)]
    with atomic(output) as partial:
        text = table.to_csv(sep="\t", index=False, lineterminator="\n")
        partial.write_text(_NOTICE + text, encoding="utf-8", newline="\n")


def associations(catalog: FilePath, *, diseases: pd.DataFrame, names: GeneNames) -> pd.DataFrame:
    """Read the significant associations with diseases of Mondo.

    Parameters
    ----------
    catalog
        The Catalog's full table.
    diseases
        Contract DISEASES, by identifier.
    names
        Of genes.

    Returns
    -------
    One row per association and disease: `disease_id`, `variant`, `chromosome`, `position` (number
    or NaN), `study`, `mlog`, `replicated`, `genes`, and who `assigned` them: see `assigned`.
    """
    table = read_columns(catalog, columns=_COLUMNS, content="associations of the GWAS Catalog")
    table["mlog"] = pd.to_numeric(table["mlog"], errors="coerce")
    table["position"] = pd.to_numeric(table["position"], errors="coerce")
    table = table[table["mlog"] >= SIGNIFICANT].reset_index(drop=True)
    known = _identifiers(diseases)
    table["disease_id"] = [
        sorted({one for uri in uris.split(",") for one in known.get(curie(_last(uri)), ())})
        for uris in table["uris"]
    ]
    found = [
        assigned(reported, mapped, names)
        for reported, mapped in zip(table["reported"], table["mapped"], strict=True)
    ]
    table["genes"], table["assigned"] = zip(*found, strict=True)
    table["replicated"] = ~table["replication"].isin(["", "NA"])
    table = table.explode("disease_id").dropna(subset="disease_id")
    return table.drop(columns=["uris", "reported", "mapped", "replication"]).reset_index(drop=True)


def assigned(reported: str, mapped: str, names: GeneNames) -> tuple[tuple[str, ...], str]:
    """Say which genes an association is held to be of, and who says so.

    These are the genes that both the authors and the position of the variant name (both), else
    the one gene that the variant lies in, if it is one (mapped), else none.
    """
    placed = mapped_genes(mapped, names)
    told = names.resolve_members(re.split("[,;]", reported))
    if agreed := tuple(gene for gene in placed if gene in told):
        return agreed, "both"
    alone = len(placed) == 1 and " - " not in mapped
    return (placed, "mapped") if alone else ((), "")


def with_loci(found: pd.DataFrame) -> pd.DataFrame:
    """Tell the loci of each disease apart: a variant no farther than `NEAR` from the last is of it.

    A variant without a position is a locus of its own.
    """
    found = found.sort_values(["disease_id", "chromosome", "position", "variant"])
    within = found.groupby(["disease_id", "chromosome"])["position"]
    far = ~(within.diff() <= NEAR)
    number = far.groupby([found["disease_id"], found["chromosome"]]).cumsum().astype(str)
    return found.assign(locus=found["chromosome"] + ":" + number)


def evidence(found: pd.DataFrame) -> pd.DataFrame:
    """Put the associations of each gene and disease together.

    Parameters
    ----------
    found
        As `associations` gives them, with `locus`.

    Returns
    -------
    One row per disease and gene: `score`, 1 - prod (1 - c) over its loci, where c is the largest
    `certainty` there over the number of genes that share the association; `loci`, `studies`,
    `mlog`, `assigned` and `replicated`.
    """
    share = found["genes"].map(len)
    rows = found[share > 0].assign(sure=certainty(found["mlog"]) / share).explode("genes")
    rows = rows.rename(columns={"genes": "gene"})
    key = ["disease_id", "gene"]
    by_locus = rows.groupby([*key, "locus"])["sure"].max()
    table = rows.groupby(key).agg(
        loci=("locus", "nunique"),
        studies=("study", "nunique"),
        mlog=("mlog", "max"),
        assigned=("assigned", "min"),  # both goes before mapped
        replicated=("replicated", "max"),
    )
    table["score"] = (1 - (1 - by_locus).groupby(key).prod()).round(4)
    again = table["studies"] > 1
    table["replicated"] = (table["replicated"] | again).map({True: "yes", False: "no"})
    return table.assign(mlog=table["mlog"].round(2)).reset_index()


def _identifiers(diseases: pd.DataFrame) -> dict[str, list[str]]:
    """Give the diseases that an identifier means: itself, else all that name it."""
    named = diseases["xrefs"].fillna("").str.split("|").explode()
    known: dict[str, list[str]] = {}
    for disease, elsewhere in zip(named.index, named, strict=True):
        known.setdefault(elsewhere, []).append(disease)
    known.pop("", None)
    return known | {disease: [disease] for disease in diseases.index}


def _last(uri: str) -> str:
    """Give the identifier in an address, spelled as Mondo's file spells prefixes."""
    return uri.strip().rsplit("/", 1)[-1].replace("Orphanet_", "ORPHA_")


def _of_prefix(joined: str, prefix: str) -> str:
    return "|".join(one for one in joined.split("|") if one.startswith(prefix))


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("catalog", help="full table of the GWAS Catalog with reported genes (tsv)")
    parser.add_argument("--knowledge", required=True, help="folder with the knowledge of a run")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_gwas_catalog(given.catalog, knowledge=given.knowledge, output=given.output)


if __name__ == "__main__":
    main()
