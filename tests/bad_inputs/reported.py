"""Further files in the shape of public bug reports, each with what must come of it."""

import numpy as np
from reading import (
    CELLS,
    COUNTS,
    GENES,
    WHOLE,
    cells,
    config,
    deviations,
    medication,
    own,
    responses,
    sheets,
    tenx,
    terms,
    vcf,
)
from scipy import sparse
from shapes import Shape


def _x(values):
    def change(adata):
        adata.X = values

    return cells(change)


def _types(*types):
    def change(adata):
        adata.obs["cell_type"] = [*types] * 6

    return cells(change)


def _features(line):
    return tenx(features="".join(line.format(s=s, i=i) for s, i in GENES.items()))


def _annotation(*lines):
    return tenx(annotation="\n".join(["barcode\tcell_type", *lines]))


_FEATURE = '{"type": {"id": "HP:0001945"}%s}'
_PACKET = '{"phenotypicFeatures": [%s]}'
_BARE = "0 alleles carried; not used: 1 line with an allele that is not written in bases"
_SCORE = "cell_type gene logfc pvalue"
_ILL = "1 patient, 3 controls, blood"

_CELLS = (
    Shape("missing counts", _x(np.where(COUNTS == 3, np.nan, COUNTS)), "found nan: missing"),
    Shape("a count without end", _x(np.where(COUNTS == 3, np.inf, COUNTS)), "found inf: missing"),
    Shape("counts in 8 bits that ran over", _x((COUNTS * 40).astype("i1")), "some are negative"),
    Shape("halves of counts", _x(COUNTS / 2), "found 2.5"),
    Shape("truth values", _x(COUNTS > 0), "found values of type bool"),
    Shape("complex numbers", _x(COUNTS.astype("c16")), "found values of type complex128"),
    Shape("by columns", _x(sparse.csc_matrix(COUNTS.astype(float))), WHOLE),
    Shape("a line end in a type", _types("B\ncell", "B"), WHOLE.replace("B T", "B B cell")),
    Shape("types by number and text", _types("1", "01"), WHOLE.replace("B T", "01 1")),
    Shape("a barcode twice", tenx(barcodes="\n".join([CELLS[0], *CELLS[:11]])), "a barcode twice"),
    Shape("a barcode too few", tenx(barcodes="\n".join(CELLS[:-1])), "found 11 barcodes"),
    Shape("a header of barcodes", tenx(barcodes="barcode\n" + "\n".join(CELLS)), "take the header"),
    Shape("an empty line below", tenx(barcodes="\n".join(CELLS) + "\n\n"), WHOLE),
    Shape("ends of lines of Windows", tenx(barcodes="\r\n".join(CELLS) + "\r\n"), WHOLE),
    Shape("symbols and ids the other way", _features("{s}\t{i}\tGene Expression\n"), WHOLE),
    Shape("symbols alone", _features("{s}\n"), WHOLE),
    Shape("kinds between marks", _features('{i}\t{s}\t"Gene Expression"\n'), "found '\"Gene"),
    Shape("a dense matrix", tenx(banner="%%MatrixMarket matrix array real general"), "coordinate"),
    *(
        Shape(f"{text} among whole numbers", tenx(last=text), f"found {text[1]!r}")
        for text in ("2.5", "2e3", "2,5", "2x")
    ),
    *(
        Shape(f"{after!r} after the last count", tenx(last=f"2{after}"), WHOLE)
        for after in (" ", "\t", "\r", "\n")
    ),
    Shape("barcodes without -1", _annotation(*(f"{cell[:-2]}\tB" for cell in CELLS)), "no barcode"),
    Shape("barcodes after a name", _annotation(*(f"S1_{cell}\tB" for cell in CELLS)), "no barcode"),
    Shape("two types of a cell", _annotation(*(f"{CELLS[0]}\t{t}" for t in "BT")), "barcode twice"),
)

_PATIENT = (
    Shape("two alleles by /", vcf("9 C/G GT 0/1"), _BARE),
    Shape("a deletion by -", vcf("9 -TC GT 0/1"), _BARE),
    Shape("a breakend", vcf("9 G]17:198982] GT 0/1"), _BARE),
    Shape("small letters", vcf("9 g GT 0/1"), "1 allele carried"),
    Shape("one copy", vcf("9 G GT 1"), "1 allele carried"),
    Shape("half a call", vcf("9 G GT 1/."), "1 allele carried"),
    Shape("three copies", vcf("9 G GT 0/1/1"), "1 allele carried"),
    Shape("an allele beyond", vcf("9 G GT 0/2"), "found a genotype that names no alleles"),
    Shape("a stroke the other way", vcf("9 G GT 0\\1"), "found a genotype that names no alleles"),
    Shape("GT in the second place", vcf("9 G DP:GT 30:0/1"), "1 allele carried"),
    Shape("fields left out at the end", vcf("9 G GT:DP:AD 0/1"), "1 allele carried"),
    Shape("CHR9", vcf("CHR9 G GT 0/1"), "1 allele carried"),
    Shape(
        "a term present and excluded",
        terms(_PACKET % ", ".join([_FEATURE % "", _FEATURE % ', "excluded": true'])),
        "found a term both present and excluded",
    ),
    Shape(
        "likewise in a table",
        terms("hpo_id\texcluded\nHP:0001945\tno\nHP:0001945\tyes\n", "P1.tsv"),
        "found a term both present and excluded",
    ),
    Shape(
        "true as a text", terms(_PACKET % (_FEATURE % ', "excluded": "true"')), "one of type bool"
    ),
    Shape("null for a list", terms('{"phenotypicFeatures": null}'), "one of type array"),
    Shape("terms in one line", terms("HP:0001945, HP:0001250\n", "P1.txt"), "that is no term"),
    Shape("NOT before a term", terms("NOT HP:0001945\n", "P1.txt"), "found a line that is no term"),
    Shape("a packet in each line", terms('{"id": "a"}\n{"id": "b"}\n'), "found Extra data"),
    Shape("a drug without name", medication("name\tdose\n\t5\n"), "found nothing"),
    Shape("p below", deviations(_SCORE, "B CD4 1 <0.001"), "found '<0.001'"),
    Shape("p above 1", deviations(_SCORE, "B CD4 1 1.2"), "found '1.2'"),
    Shape("a fold change without end", deviations(_SCORE, "B CD4 Inf 0.1"), "found 'Inf'"),
    Shape("a fold change that can't be", deviations(_SCORE, "B CD4 1e5 0.1"), "from -100 to 100"),
    Shape("a minus sign of print", deviations(_SCORE, "B CD4 \u22121.5 0.1"), "\u22121.5"),
    Shape("names of DESeq2", deviations("gene log2FoldChange padj"), "no column cell_type"),
)

_REST = (
    Shape("a time in minutes", config("twin:\n  random_sets: 1:30\n"), "found 1:30, which YAML"),
    Shape("a number after 0", config("twin:\n  random_sets: 0100\n"), "takes for 64"),
    Shape("a number between marks", config("twin:\n  random_sets: '50'\n"), "found '50'"),
    Shape("tabs", config("screen:\n\tpreset: x\n"), "found character '\\t'"),
    Shape("two documents", config("---\nscreen: {}\n"), "found another document"),
    Shape("a disease by its number", sheets(patients=("P1!0007915",)), "found '0007915'"),
    Shape("OMIM without a colon", sheets(patients=("P1!OMIM 152700",)), "found 'OMIM 152700'"),
    Shape("a disease by name", sheets(patients=("P1!lupus",)), f"{_ILL}, disease lupus"),
    Shape("001 for a sample", sheets(samples=("001!P1!ill!blood!T0!!",)), _ILL),
    Shape("1.0 for a patient", sheets(samples=("S1!1.0!ill!blood!T0!!",)), "found '1.0'"),
    Shape(
        "days in two ways",
        sheets(samples=("S1!P1!ill!blood!day 7!!", "S2!P1!ill!blood!d10!!")),
        "found time points 'day 7' and 'd10'",
    ),
    Shape("RECIST", responses("CR", "PD"), "found 'CR'"),
    Shape("plus and minus", responses("+", "-"), "found '+'"),
    Shape("the sign 2", own("interactions", "source target sign\nCD4 JAK2 2\n"), "found '2'"),
    Shape("a word", own("interactions", "source target sign\nCD4 JAK2 activation\n"), "CD4 JAK2 1"),
)

REPORTED = [
    Shape(f"{kind}: {one.name}", one.attempt, one.outcome)
    for kind, some in (("odd cells", _CELLS), ("odd patients", _PATIENT), ("odd settings", _REST))
    for one in some
]
