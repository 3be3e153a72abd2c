"""From the name of an antibody to the gene of the protein that it binds."""

import re

from twinscreen.files import GeneNames

#: What vendors and pipelines write around the name of a protein, in any case of letters:
#:
#: - before it, that it is a protein (`adt_`, `prot_`, `AB_`), or that the antibody is against a
#:   human protein: `anti-human `, `anti_`, `Hu.`, `human_`;
#: - behind it, the kit or that it is a protein (`_protein`, `_prot`, `_TotalSeqB`,
#:   `-TotalSeq-C`, `-ADT`, `_antibody`; not `ab`, which is alpha and beta), or the number that
#:   tells features of one name apart (`.1`).
#:
#: The number is one digit after a point, and `hu` is not followed by a hyphen (`Hu-D`): those
#: belong to names.
_DECORATED = re.compile(
    r"(?:(?:adt|ab|prot|protein|antibody)[-_. ]+)?(?:anti[-_. ]+)?(?:human[-_. ]+|hu[_. ]+)?"
    r"(?P<name>\S+?)"
    r"(?:[-_. ](?:protein|prot|adt|antibody|total-?seq-?[abcd]?))*(?:\.\d)?",
    re.IGNORECASE,
)


def gene_of_antibody(name: str, names: GeneNames) -> str | None:
    """Return the approved symbol, by the name as it stands, else by the name without decoration.

    Parameters
    ----------
    name
        As in the file, such as `CD3E_protein` or `anti-human CD4`.
    names
        Gene names; they alone say what is a gene, so a name is never completed or guessed.
    """
    if symbol := names.resolve(name):
        return symbol
    match = _DECORATED.fullmatch(name.strip())
    return names.resolve(match["name"]) if match else None
