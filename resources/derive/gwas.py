"""The gene sets of traits in the GWAS Catalog, made into one small table.

It is `gwas_genes.tsv` in src/twinscreen/data/tables, committed because the distribution that
carries the sets is a source distribution, whose build script pip would run:

    python resources/derive/gwas.py gwas.genesets --output gwas_genes.tsv

Source: Sollis et al., Nucleic Acids Research 2023;51:D977 (GWAS Catalog); Wright et al., Molecular
Systems Biology 2025;21:1 (State of the Interactomes, neteval).
"""

import argparse

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import require_file
from twinscreen.knowledge.diseases.genes import curie

_NOTICE = """\
# Genes of traits in the GWAS Catalog (release of 2023, https://www.ebi.ac.uk/gwas), as neteval
# 0.2.2 ships them: associations with P <= 5e-8 inside one gene and with one trait. Sollis E et
# al., Nucleic Acids Research 2023;51:D977. Terms of use of EMBL-EBI; neteval: MIT.
# Made by resources/derive/gwas.py: identifiers sorted, nothing left out.
"""


def derive_gwas(genesets: FilePath, *, output: FilePath) -> None:
    """Make the small table of gene sets that is committed.

    Parameters
    ----------
    genesets
        Data/gwas.genesets of the source distribution neteval 0.2.2: a trait and its genes (Entrez
        identifiers) per line, separated by tabs.
    output
        Tab-separated: `disease_id` as PREFIX:NUMBER, and `entrez_ids` joined by "|"; both sorted.

    Raises
    ------
    InputError
        The file is missing, or a line isn't of that shape.
    """
    require_file(genesets, content="gene sets of traits")
    rows = []
    with open(genesets, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            trait, *genes = line.split()
            if "_" not in trait or not genes or not all(gene.isdecimal() for gene in genes):
                raise InputError(
                    file=genesets,
                    place=f"line {number}",
                    found=line[:60].rstrip(),
                    expected="a trait as EFO_0000001 and Entrez identifiers, separated by tabs",
                    remedy="take Data/gwas.genesets of neteval 0.2.2",
                )
            rows.append(f"{curie(trait)}\t{'|'.join(sorted({*genes}, key=int))}")
    with atomic(output) as partial:
        text = "\n".join(["disease_id\tentrez_ids", *sorted(rows)])
        partial.write_text(f"{_NOTICE}{text}\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("genesets", help="Data/gwas.genesets of the source distribution neteval")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_gwas(given.genesets, output=given.output)


if __name__ == "__main__":
    main()
