"""What a feature counts: genes, surface proteins, or what is left out, however files spell it."""

import re
from collections import Counter

import numpy as np

from twinscreen.files import FilePath, InputError
from twinscreen.files.words.missing import is_missing
from twinscreen.observe.formats.cell_file import GENE, NEITHER, PROTEIN, UNSAID, Features

#: Spellings of each kind, in small letters and without blanks, dashes, dots and underscores.
SPELLINGS = {
    GENE: ("geneexpression", "gex", "rna", "mrna", "gene", "genes", "transcriptome"),
    PROTEIN: (
        *("antibodycapture", "antibody", "antibodies", "adt", "ab", "cite", "citeseq"),
        *("protein", "proteins", "prot", "surfaceprotein", "antibodyderivedtag"),
    ),
    "CRISPR Guide Capture": ("crisprguidecapture", "crispr", "guide", "grna", "sgrna"),
    "Multiplexing Capture": ("multiplexingcapture", "multiplexing", "hto", "hashtag", "cmo"),
    "Antigen Capture": ("antigencapture",),
    "Custom": ("custom",),
    "Peaks": ("peaks", "peak", "atac", "chromatinaccessibility"),
}
_KIND_OF = {spelling: kind for kind, some in SPELLINGS.items() for spelling in some}

#: Biotypes of Ensembl, which CELLxGENE writes to `feature_type`: all are of genes.
_BIOTYPE = re.compile(
    r"protein_coding|.*pseudogene|.*rna|.*_gene|tec|ribozyme|processed_transcript|antisense"
    r"|sense_(?:intronic|overlapping)|non_?coding|artifact",
    re.IGNORECASE,
)

#: What tells an antibody among genes where the file names no kinds: `CD4_TotalSeqB`, `CD4-ADT`,
#: `CD4_protein`, `adt_CD4`, `AB_CD4`, `prot_CD4`, `anti-human CD4`.
_MARKED = re.compile(
    r".+[-_. ](?:protein|prot|adt|antibody|total-?seq-?[abcd]?)(?:[-.]\d+)?"
    r"|(?:adt|ab|prot|protein|antibody|anti)[-_. ].+",
    re.IGNORECASE,
)

#: Surface antigens; two that stand twice without a kind are genes and antibodies.
_ANTIGEN = re.compile(r"CD\d+[A-Za-z]?")


def kinds_of(path: FilePath, features: Features) -> np.ndarray:
    """Tell what every feature counts.

    Where a file says nothing of a feature it is a gene, unless its name is marked as that of an
    antibody.

    Parameters
    ----------
    path
        The file, for messages.
    features
        Features of the file, their kinds as it spells them.

    Returns
    -------
    GENE, PROTEIN, or one of NEITHER, shape (f,).

    Raises
    ------
    InputError
        A kind is not known, or antibodies can't be told from genes.
    """
    spelt, which = np.unique(features.kinds, return_inverse=True)
    known = np.array([_kind(str(name)) or "" for name in spelt])
    if (unknown := known == "").any():
        raise InputError(
            file=path,
            place="kinds of features",
            found=", ".join(repr(str(name)) for name in spelt[unknown][:5]),
            expected=f"{GENE} (or GEX, RNA, gene), {PROTEIN} (or ADT, AB, protein, CITE), or "
            + ", ".join(NEITHER),
            remedy="correct the kind (feature_types in var, third column of features.tsv), or"
            " leave these features out",
        )
    kinds = known[which].astype(object)
    unsaid = np.flatnonzero(kinds == UNSAID)
    kinds[unsaid] = [PROTEIN if _MARKED.fullmatch(n) else GENE for n in features.names[unsaid]]
    _refuse_twins(path, features, unsaid)
    return kinds.astype(str)


def _kind(spelt: str) -> str | None:
    """Return the kind that a spelling means; None if that is not known."""
    if spelt == UNSAID or is_missing(spelt):
        return UNSAID
    kind = _KIND_OF.get(re.sub(r"[-_.\s]", "", spelt).lower())
    return kind or (GENE if _BIOTYPE.fullmatch(spelt.strip()) else None)


def _refuse_twins(path: FilePath, features: Features, unsaid: np.ndarray) -> None:
    """Refuse antigens that stand twice without a kind, and not as two Ensembl ids do."""
    antigens = [i for i in unsaid if _ANTIGEN.fullmatch(features.names[i])]
    number = Counter(features.names[i] for i in antigens)
    bare = {features.names[i] for i in antigens if not features.ids[i].startswith("ENSG")}
    twice = sorted(str(name) for name in bare if number[name] > 1)
    if len(twice) > 1:
        raise InputError(
            file=path,
            place="features",
            found=f"{', '.join(twice[:5])} twice each, without a kind",
            expected="genes alone, or features whose kind says what is a gene and what an antibody",
            remedy=f"write the kinds to the file ({GENE}, {PROTEIN}; feature_types in var), or"
            " leave the antibodies out",
        )
