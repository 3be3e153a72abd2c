"""The human proteins that cells release, made into one small table.

It is `secreted.tsv` in src/twinscreen/data/tables:

    python resources/derive/secreted.py protein_curated.csv gene_names.parquet \
        --output secreted.tsv

on `cellphonedb/src/core/data/sources/protein_curated.csv` of the wheel CellPhoneDB 2.1.7 and the
table of gene names of a run, `knowledge/gene_names.parquet`.

Source: Efremova et al., Nature Protocols 2020;15:1484 (CellPhoneDB), from UniProt's annotation.
"""

import argparse

from twinscreen.files import FilePath, GeneNames, atomic
from twinscreen.knowledge.delimited import read_columns

_NOTICE = """\
# Human proteins that cells release and that are not of the membrane, as CellPhoneDB 2.1.7 has them
# from UniProt's annotation (CC BY 4.0; the wheel: MIT). Efremova M et al., Nature Protocols
# 2020;15:1484-1506. Made by resources/derive/secreted.py, which leaves out those that work inside.
"""

#: Released by one route or another, but what drugs act on is inside the cell.
_INSIDE = ("CASP4", "GRK2", "NLRP3", "PPIA", "PTEN", "XDH")


def derive_secreted(proteins: FilePath, names: FilePath, *, output: FilePath) -> None:
    """Make the small table of released proteins that is committed.

    Parameters
    ----------
    proteins
        CellPhoneDB's curated proteins, by UniProt accession.
    names
        The table of gene names, contract GENE_NAMES.
    output
        One column, `gene`: approved symbols, sorted.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    flags = ("transmembrane", "peripheral", "secreted")
    table = read_columns(
        proteins,
        columns=("uniprot", *flags),
        delimiter=",",
        content="CellPhoneDB's curated proteins",
    )
    known = GeneNames(names)
    membrane, peripheral, secreted = (table[name].str.lower() == "true" for name in flags)
    released = table.loc[secreted & ~membrane & ~peripheral, "uniprot"]
    genes = {known.resolve(accession) for accession in released} - {None, *_INSIDE}
    with atomic(output) as partial:
        text = "\n".join(["gene", *sorted(filter(None, genes))])
        partial.write_text(f"{_NOTICE}{text}\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proteins", help="protein_curated.csv of the wheel CellPhoneDB")
    parser.add_argument("names", help="gene_names.parquet of a run")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_secreted(given.proteins, given.names, output=given.output)


if __name__ == "__main__":
    main()
