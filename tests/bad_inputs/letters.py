"""Letters that are not what they look like, and texts in other encodings: what must be said."""

import gzip
from collections.abc import Callable
from pathlib import Path

import anndata as ad
from reading import (
    CELLS,
    COUNTS,
    SYMBOLS,
    cells,
    config,
    file,
    medication,
    own,
    sheets,
    tenx,
    terms,
)
from shapes import Shape

A, ES, TE = "\u0430", "\u0421", "\u0422"
_A_TOLD = "found U+0430 CYRILLIC SMALL LETTER A"
_TABLE = "gene\t" + "\t".join(CELLS) + "\n"
_TABLE += "".join(
    f"{gene}\t" + "\t".join(map(str, COUNTS[:, n])) + "\n" for n, gene in enumerate(SYMBOLS)
)
_TRIPLETS = "cell,gene,count\n"
_TRIPLETS += "".join(f"{cell},{gene},1\n" for cell in CELLS for gene in SYMBOLS)
_IN_UTF16 = "remedy save the table as text in UTF-8"


def _typed(*types: str) -> Callable[[Path], str]:
    def change(adata: ad.AnnData) -> None:
        adata.obs["cell_type"] = [*types] * (12 // len(types))

    return cells(change)


_SHAPES = (
    Shape("a type of cells", _typed(f"{TE} cell", "B cell"), "found U+0422 CYRILLIC CAPITAL"),
    Shape("two types that look the same", _typed(f"N{ES}M", "NCM"), "found U+0421 CYRILLIC"),
    Shape("a type that is all Cyrillic", _typed(ES, "C"), "which looks like 'C' in plain letters"),
    Shape("a type and a mark inside", _typed("B\u200bx", "Bx"), "U+200B ZERO WIDTH SPACE"),
    Shape(
        "a type in Greek letters",
        _typed("TNF\u03b1+", "TNFa+"),
        f"12 cells, 20 genes, {COUNTS.sum()} counts, types TNFa+ TNF\u03b1+",
    ),
    Shape("a tissue", sheets(samples=(f"S1!P1!ill!sp{A}ce!T0!!",)), _A_TOLD),
    Shape("the control", sheets(samples=(f"S1!P1!he{A}lthy!blood!T0!!",)), _A_TOLD),
    Shape("a treatment", sheets(samples=(f"S1!P1!ill!blood!T0!{A}spirin!",)), _A_TOLD),
    Shape("a patient", sheets(samples=("S1!\u0420\u0031!ill!blood!T0!!",)), "found '\u04201'"),
    Shape("a column of a sheet", sheets(columns=f"dise{A}se"), _A_TOLD),
    Shape(
        "a tissue in Russian",
        sheets(samples=("S1!P1!ill!\u043a\u0440\u043e\u0432\u044c!T0!!",)),
        "1 patient, 3 controls, \u043a\u0440\u043e\u0432\u044c",
    ),
    Shape(
        "a key",
        config("scr\u0435en:\n  preset: calibrated\n"),
        "found U+0435 CYRILLIC SMALL LETTER IE",
    ),
    Shape("a drug to include", config(f"screen:\n  include: [{A}spirin]\n"), _A_TOLD),
    Shape("a drug that is taken", medication(f"name\n{A}spirin\n"), _A_TOLD),
    Shape(
        "a drug of a phenopacket",
        terms(
            '{"phenotypicFeatures": [], "medicalActions": [{"treatment": {"agent": {"id": "x:1",'
            f' "label": "{A}spirin"}}}}}}]}}'
        ),
        _A_TOLD,
    ),
    Shape(
        "a gene", own("interactions", f"source target\nCD4 J{A.upper()}K2\n"), "found U+0410 CYR"
    ),
    Shape(
        "a type of an annotation",
        tenx(annotation=f"barcode\tcell_type\n{CELLS[0]}\t{TE} cell\n"),
        "found U+0422 CYRILLIC CAPITAL",
    ),
    *(
        Shape(f"{what} in {encoding}", file(name, text.encode(encoding)), _IN_UTF16)
        for what, name, text in (
            ("a dense table", "c.tsv", _TABLE),
            ("triplets", "c.csv", _TRIPLETS),
        )
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
    ),
    Shape(
        "a packed dense table in utf-16",
        file("c.tsv.gz", gzip.compress(_TABLE.encode("utf-16"), mtime=0)),
        _IN_UTF16,
    ),
    Shape(
        "a dense table in an old code page",
        file("c.tsv", _TABLE.replace("AAAC0003", "caf\u00e9").encode("latin-1")),
        _IN_UTF16,
    ),
)

LETTERS = [Shape(f"letters: {one.name}", one.attempt, one.outcome) for one in _SHAPES]
