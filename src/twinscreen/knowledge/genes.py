"""Genes: the approved symbols of HGNC, and every other name that means exactly one of them.

Source: HUGO Gene Nomenclature Committee (Seal et al., Nucleic Acids Research 2023;51:D1003).
"""

import pandas as pd

from twinscreen.files import GENE_NAMES, GENES, FilePath, InputError, write_table
from twinscreen.knowledge.delimited import header, read_columns

#: Kinds of names, the strongest first: a name means what its strongest kind says.
KINDS = ("symbol", "ensembl", "uniprot", "entrez", "previous", "alias")

_COLUMN_OF_KIND = {
    "symbol": "symbol",
    "ensembl": "ensembl_id",
    "uniprot": "uniprot_ids",
    "entrez": "entrez_id",
    "previous": "previous_symbols",
    "alias": "alias_symbols",
}

#: The two shapes in which HGNC's table is passed around: columns, and what separates values.
_CUSTOM_DOWNLOAD = {
    "Approved symbol": "symbol",
    "HGNC ID": "hgnc_id",
    "Approved name": "name",
    "Status": "status",
    "Locus type": "locus_type",
    "NCBI Gene ID(supplied by NCBI)": "entrez_id",
    "Ensembl gene ID": "ensembl_id",
    "UniProt ID(supplied by UniProt)": "uniprot_ids",
    "Previous symbols": "previous_symbols",
    "Alias symbols": "alias_symbols",
}
_COMPLETE_SET = {
    "symbol": "symbol",
    "hgnc_id": "hgnc_id",
    "name": "name",
    "status": "status",
    "locus_type": "locus_type",
    "entrez_id": "entrez_id",
    "ensembl_gene_id": "ensembl_id",
    "uniprot_ids": "uniprot_ids",
    "prev_symbol": "previous_symbols",
    "alias_symbol": "alias_symbols",
}


def build_genes(hgnc_tsv: FilePath, *, genes: FilePath, names: FilePath) -> None:
    """Write the table of genes and the table of their names.

    Parameters
    ----------
    hgnc_tsv
        HGNC's table, as `hgnc_complete_set.txt` (several values joined by "|") or as a custom
        download ("Approved symbol", ...; several values joined by ", "). Only approved entries
        are used.
    genes
        Output, contract GENES, by symbol.
    names
        Output, contract GENE_NAMES, by name.

    Raises
    ------
    InputError
        The file is missing, has neither shape, has no approved entry or one symbol twice.
    """
    table = read_hgnc(hgnc_tsv)
    optional = [field.name for field in GENES.schema if field.nullable]
    write_table(table.replace(dict.fromkeys(optional, ""), None), genes, GENES)
    write_table(unambiguous_names(table), names, GENE_NAMES)


def read_hgnc(path: FilePath) -> pd.DataFrame:
    """Read the approved entries of HGNC's table, in either of its shapes.

    Returns
    -------
    Columns of the contract GENES, sorted by symbol; what is not given is an empty text.

    Raises
    ------
    InputError
        As `build_genes`.
    """
    content = "HGNC's table of genes"
    custom = "Approved symbol" in header(path, delimiter="\t", content=content)
    columns, separator = (_CUSTOM_DOWNLOAD, r",") if custom else (_COMPLETE_SET, r"\|")
    table = read_columns(path, columns=columns, content=content)
    table = table[table["status"] == "Approved"].drop(columns="status")
    if table.empty:
        raise InputError(
            file=path,
            place="column Status" if custom else "column status",
            found="no approved entry",
            expected="entries with the status Approved",
            remedy="fetch the table again",
        )
    if (twice := table["symbol"].duplicated()).any():
        raise InputError(
            file=path,
            place=f"symbol {table.loc[twice, 'symbol'].iloc[0]}",
            found="the symbol stands twice",
            expected="one row per approved symbol",
            remedy="fetch the table again",
        )
    for name in ("entrez_id", "ensembl_id", "uniprot_ids", "previous_symbols", "alias_symbols"):
        table[name] = table[name].str.replace(rf"\s*{separator}\s*", "|", regex=True)
    table["protein_coding"] = table["locus_type"] == "gene with protein product"
    return table.sort_values("symbol", ignore_index=True)


def unambiguous_names(genes: pd.DataFrame) -> pd.DataFrame:
    """List every name that means exactly one gene.

    A name is judged at its strongest kind alone (symbol, Ensembl, UniProt and Entrez identifier,
    previous symbol, alias). If it means several genes there it is left out: it doesn't fall
    through to a weaker kind, and a weaker kind never overrides a stronger one.

    Parameters
    ----------
    genes
        Columns of the contract GENES; several values joined by "|".

    Returns
    -------
    Columns of the contract GENE_NAMES, sorted by name.
    """
    every = pd.concat(
        pd.DataFrame(
            {
                "name": genes[_COLUMN_OF_KIND[kind]].str.split("|", regex=False),
                "symbol": genes["symbol"],
                "kind": kind,
                "level": level,
            }
        ).explode("name")
        for level, kind in enumerate(KINDS)
    )
    every = every[every["name"] != ""].drop_duplicates(["name", "symbol", "level"])
    strongest = every[every["level"] == every.groupby("name")["level"].transform("min")]
    single = strongest[~strongest["name"].duplicated(keep=False)]
    return single.drop(columns="level").sort_values("name", ignore_index=True)
