"""Files in the shape of public bug reports: of each what must come out, or what must be said.

Where the outcome is a text that `reading` gives, the file is read so; where it begins with `found`,
the file is refused, and the message has what follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from reading import (
    CELLS,
    COUNTS,
    GENES,
    SYMBOLS,
    TYPES,
    WHOLE,
    cells,
    config,
    deviations,
    file,
    medication,
    own,
    packed,
    responses,
    sheets,
    tenx,
    terms,
    vcf,
)
from scipy import sparse


@dataclass(frozen=True)
class Shape:
    """An odd file: what reads it in an empty folder, and what comes of it."""

    name: str
    attempt: Callable[[Path], str]
    outcome: str


def _x(values: object) -> Callable[[ad.AnnData], None]:
    """Put other values in the place of the counts."""

    def change(adata: ad.AnnData) -> None:
        adata.X = values

    return change


def _named(name: Callable[[str], str]) -> Callable[[ad.AnnData], None]:
    """Name the genes otherwise."""

    def change(adata: ad.AnnData) -> None:
        adata.var_names = [name(symbol) for symbol in SYMBOLS]

    return change


def _typed(types: object) -> Callable[[ad.AnnData], None]:
    """Give the cells other types."""

    def change(adata: ad.AnnData) -> None:
        adata.obs["cell_type"] = types

    return change


def _beside(name: str) -> Callable[[ad.AnnData], None]:
    """Put the counts in a layer, and their logarithms in X."""

    def change(adata: ad.AnnData) -> None:
        adata.layers[name] = adata.X.copy()
        adata.X = adata.X.log1p()

    return change


def _of_other_genes(adata: ad.AnnData) -> None:
    adata.var["gene_ids"] = list(GENES.values())[::-1]


def _numbered(adata: ad.AnnData) -> None:
    adata.var["gene_symbols"] = SYMBOLS
    adata.var_names = [str(n) for n in range(adata.n_vars)]


def _two_species(adata: ad.AnnData) -> ad.AnnData:
    mouse = adata.copy()
    mouse.var_names = [f"mm10___{name.capitalize()}" for name in SYMBOLS]
    adata.var_names = [f"GRCh38_{name}" for name in SYMBOLS]
    return ad.concat([adata, mouse], axis=1, merge="first")


_TOTAL = 1e6 * COUNTS / COUNTS.sum(axis=1, keepdims=True)
_IDS_ALONE = "".join(f"{id_}\n" for id_ in GENES.values())
_LINES = [f"{cell}\t{kind}" for cell, kind in zip(CELLS, TYPES, strict=True)]

_CELLS = (
    Shape("float16", cells(_x(COUNTS.astype("f2"))), "found values of type float16"),
    Shape("truth values", cells(_x(sparse.csr_matrix(COUNTS > 3))), "found values of type bool"),
    Shape("small whole numbers", cells(_x(COUNTS.astype("u1"))), WHOLE),
    Shape("one NaN", cells(_x(np.where(COUNTS == 6, np.nan, COUNTS))), "found nan: missing"),
    Shape("one infinite", cells(_x(np.where(COUNTS == 6, np.inf, COUNTS))), "found inf: missing"),
    Shape("whole but for 1e-12", cells(_x(COUNTS * (1 + 1e-12))), WHOLE),
    Shape("whole but for 1e-5", cells(_x(COUNTS * (1 + 1e-5))), "found rounding errors"),
    Shape(
        "counts per million, rounded", cells(_x(np.rint(_TOTAL))), "found normalised and rounded"
    ),
    Shape("counts per million", cells(_x(_TOTAL)), "found normalised values"),
    Shape("the layer counts", cells(_beside("counts")), WHOLE),
    Shape("the layer raw_counts", cells(_beside("raw_counts")), 'adata.layers["raw_counts"] holds'),
    Shape("genes of GRCh38_", cells(_named("GRCh38_{}".format)), WHOLE),
    Shape("genes of two species", cells(_two_species), WHOLE),
    Shape("ids with versions", cells(_named(lambda name: f"{GENES[name]}.7")), WHOLE),
    Shape("names of mice", cells(_named(str.capitalize)), "found 20 of 20 features"),
    Shape("numbers, and symbols beside", cells(_numbered), WHOLE),
    Shape("ids of other genes", cells(_of_other_genes), "found id and symbol mean two genes"),
    Shape(
        "a gene called NA",
        cells(_named(lambda name: "NA" if name == "XK" else name)),
        f"12 cells, 19 genes, {COUNTS[:, :19].sum()} counts, types B T",
    ),
    Shape(
        "words for no type",
        cells(_typed(["None", "B", "null", "B"] * 3)),
        WHOLE.replace("B T", "B"),
    ),
    Shape(
        "no types at all",
        cells(_typed(pd.Categorical([None] * 12, categories=["B"]))),
        "found no type of any of 12 cells",
    ),
    Shape(
        "numbers of clusters, one missing",
        cells(_typed([1.0, 2.0, np.nan] * 4)),
        WHOLE.replace("B T", "1 2"),
    ),
    Shape(
        "blanks that nobody sees",
        cells(_typed(["B\u00a0x", "B x"] * 6)),
        WHOLE.replace("B T", "B x"),
    ),
    Shape(
        "accents in two ways",
        cells(_typed(["e\u0301", "\u00e9"] * 6)),
        WHOLE.replace("B T", "\u00e9"),
    ),
    Shape("a nullable type", cells(_typed(pd.array(TYPES, dtype="string"))), WHOLE),
    Shape("a file that a Mac hides", tenx(hidden="._matrix.mtx.gz"), WHOLE),
    Shape("ids alone", tenx(features=_IDS_ALONE), WHOLE),
    Shape(
        "a header of features", tenx(features=f"gene_id\n{_IDS_ALONE}"), "remedy take the header"
    ),
    Shape(
        "features by commas", tenx(features=_IDS_ALONE.replace("\n", ",GENE\n")), "found 20 of 20"
    ),
    Shape(
        "a kind that is none", tenx(features=_IDS_ALONE.replace("\n", "\tG\tVDJ\n")), "found 'VDJ'"
    ),
    Shape(
        "a matrix without values",
        tenx(banner="%%MatrixMarket matrix coordinate pattern general"),
        "found coordinate pattern",
    ),
    Shape("a matrix without its first line", tenx(banner="%"), "found '%'"),
    Shape(
        "numbers of lines before barcodes",
        tenx(
            annotation=",barcode,cell_type\n"
            + "".join(f"{n},{line}\n".replace("\t", ",") for n, line in enumerate(_LINES))
        ),
        WHOLE,
    ),
    Shape(
        "barcodes in the second column",
        tenx(annotation="\n".join(["cell_type\tBarcode", *("B\t" + cell for cell in CELLS)])),
        WHOLE.replace("B T", "B"),
    ),
    Shape(
        "an annotation of other cells",
        tenx(
            annotation="\n".join(
                ["barcode\tcell_type", _LINES[0], *(f"X{n}\tB" for n in range(99))]
            )
        ),
        "found 1.0% of the lines",
    ),
    Shape("a workbook", tenx(annotation="PK\x03\x04"), "found a workbook"),
    Shape("an object of R", file("cells.rds", packed(b"RDX3\nX\n")), "docs/howto/seurat.md"),
    Shape("a zarr store", file("cells.zarr/.zgroup", "{}"), 'anndata.read_zarr("cells.zarr")'),
    Shape("a packed h5ad", file("c.h5ad.gz", packed(b"\x89HDF\r\n\x1a\n")), "gunzip c.h5ad.gz"),
    Shape("a pointer of Git LFS", file("c.h5ad", "version https://git-lfs.x"), "git lfs pull"),
    Shape("a web page", file("c.h5ad", "<!DOCTYPE html>"), "found a web page"),
    Shape("a Parquet file", file("c.parquet", b"PAR1\x15\x04"), "found a Parquet file"),
    Shape(
        "a folder of folders",
        file("outs/filtered_feature_bc_matrix/matrix.mtx", ""),
        "name the folder of the matrix: filtered_feature_bc_matrix",
    ),
)

_ILL = "1 patient, 3 controls, blood"
_SHEETS = (
    Shape(
        "a control with a soft hyphen",
        sheets(samples=("S1!P1!heal\u00adthy!blood!T0!!",)),
        "found U+00AD SOFT HYPHEN, which looks like 'healthy' in plain letters",
    ),
    Shape(
        "a control in wide letters",
        sheets(samples=("S1!P1!\uff48ealthy!blood!T0!!",)),
        "found the control 'healthy'",
    ),
    Shape(
        "a control with a point",
        sheets(samples=("S1!P1!healthy.!blood!T0!!",)),
        "found the control 'healthy'",
    ),
    Shape(
        "a tissue in capitals",
        sheets(samples=("S1!P1!ill!Blood!T0!!",)),
        "found 'blood' in another spelling",
    ),
    Shape("a tissue and a mark of no width", sheets(samples=("S1!P1!ill!blood\u200b!T0!!",)), _ILL),
    Shape("NA for a tissue", sheets(samples=("S1!P1!ill!NA!NA!NA!",)), _ILL),
    Shape(
        "NA for a condition",
        sheets(samples=("S1!P1!nan!blood!T0!!",)),
        "found 'nan', a word for nothing",
    ),
    Shape("none for a treatment", sheets(samples=("S1!P1!ill!blood!T0!none!",)), _ILL),
    Shape("a patient in small letters", sheets(samples=("S1!p1!ill!blood!T0!!",)), "or write 'P1'"),
    Shape(
        "a patient twice but for capitals",
        sheets(patients=("P1!", "p1!")),
        "but for its capitals it is 'P1'",
    ),
    Shape(
        "a sample twice but for capitals",
        sheets(samples=("S1!P1!ill!blood!T0!!", "s1!P1!ill!blood!T1!!")),
        "but for its capitals it is 'S1'",
    ),
    Shape(
        "two diseases by a comma",
        sheets(patients=("P1!MONDO:0007915, MONDO:0005147",)),
        "found 'MONDO:0007915, MONDO:0005147'",
    ),
    Shape(
        "two diseases by |",
        sheets(patients=("P1!MONDO:1 a b|MONDO:2",)),
        f"{_ILL}, disease MONDO:1 a b|MONDO:2",
    ),
    Shape("NA for a disease", sheets(patients=("P1!NA",)), _ILL),
    Shape(
        "a disease in a column to show",
        sheets(columns="diseases!disease", patients=("P1!MONDO:1!",)),
        "perhaps to 'disease'",
    ),
    Shape(
        "a file in a column to show",
        sheets(columns="variant!disease", patients=("P1!P1.vcf!",)),
        "perhaps to 'variants'",
    ),
    Shape(
        "a long text to show", sheets(columns="note!disease", patients=(f"P1!{'x' * 999}!",)), _ILL
    ),
    Shape("results where a file is", sheets(output="P1.vcf/results"), "where P1.vcf is a file"),
    Shape("results in braces", sheets(output="results{x}"), "found 'results{x}', with '{'"),
    Shape("results in blanks", sheets(output="my results \u00e4"), _ILL),
)

_USUAL = "control healthy, preset calibrated"
_CONFIG = (
    Shape("a section without keys", config("screen:\n"), _USUAL),
    Shape("Norway", config("output: no\n"), "found False"),
    Shape("1e-3", config("findings:\n  max_frequency: 1e-3\n"), "not 1e-3"),
    Shape(
        "a decimal comma", config("findings:\n  max_frequency: 0,01\n"), "a number, with a point"
    ),
    Shape("no number", config("findings:\n  max_frequency: .nan\n"), "found nan"),
    Shape("a list for a section", config("twin: []\n"), "a section: keys and values below it"),
    Shape("a text for a list", config("only: P1\n"), "a list, as [one, other]"),
)

_TERM = '{"phenotypicFeatures": [{"type": {"id": "%s"}}]}'
_PATIENT = (
    Shape("no genotypes at all", vcf("9 G DP 30", "9 G DP 31"), "found no genotype of the patient"),
    Shape("no genotype known", vcf("9 G GT ./."), "found no genotype of the patient"),
    Shape(
        "a genotype known of two",
        vcf("9 G GT ./.", "9 G GT 0/1"),
        "1 allele carried; not used: 1 line without a genotype of the patient",
    ),
    Shape(
        "a deletion without bases",
        vcf("9 <DEL> GT 0/1"),
        "0 alleles carried; not used: 1 line with an allele that is not written in bases",
    ),
    Shape("any other allele of a gVCF", vcf("9 <NON_REF> GT 0/0"), "0 alleles carried"),
    Shape("chromosome 09", vcf("09 G GT 0/1"), "1 allele carried"),
    Shape("a header alone", vcf(), "found a header alone"),
    Shape(
        "a sample twice", vcf("9 G GT 0/0\t1/1", samples="P1 P1"), "found 2 samples, two called P1"
    ),
    Shape("a key twice in JSON", terms('{"diseases": [], "diseases": []}'), "found a key twice"),
    Shape("a key twice in YAML", terms("diseases: []\ndiseases: []\n", "P1.yaml"), "a second time"),
    Shape("a list of one packet", terms(f"[{_TERM % 'HP:0001945'}]"), "HP:0001945"),
    Shape("a term in small letters", terms(_TERM % " hp_0001945"), "HP:0001945"),
    Shape("a mark of no width", terms("HP:0001945\u200b\n", "P1.txt"), "HP:0001945"),
    Shape("excluded by 1", terms("hpo_id\texcluded\nHP:0001945\t1\n", "P1.tsv"), "no HP:0001945"),
    Shape(
        "the column negated",
        terms("hpo_id\tnegated\nHP:0001945\tyes\n", "P1.tsv"),
        "found 'negated'",
    ),
    Shape(
        "the column Excluded",
        terms("hpo_id\tExcluded\nHP:0001945\tyes\n", "P1.tsv"),
        "found 'Excluded'",
    ),
    Shape("two doses of a drug", medication("name\tdose\na\t1\na\t2\n"), "a 1 and 2"),
    Shape(
        "none for a drug", medication("name\tdose\nnone\t\n"), "found 'none', a word for nothing"
    ),
    Shape("the column Dose", medication("name\tDose\na\t1\n"), "found 'Dose'"),
    Shape("deviations as they should be", deviations("cell_type gene logfc pvalue"), "7 lines"),
    Shape("a column Tissue", deviations("cell_type gene logfc pvalue Tissue"), "found 'Tissue'"),
    Shape(
        "a column timepoint",
        deviations("cell_type gene logfc pvalue timepoint"),
        "found 'timepoint'",
    ),
    Shape("p by a comma", deviations("cell_type gene logfc pvalue", "B CD4 1 0,1"), "found '0,1'"),
    Shape(
        "an alias beside its gene",
        deviations("cell_type gene logfc pvalue", "B JAK2 1 0.1", "B JTK10 1 1"),
        "9 lines",
    ),
)

_OWN = (
    Shape(
        "two signs of a pair by other names",
        own("interactions", "source target sign\nCD4 JAK2 1\nCD4 JTK10 -1\n"),
        "found by another name than in line 2",
    ),
    Shape(
        "a pair twice by other names",
        own("interactions", "source target sign\nCD4 JAK2 1\nCD4 JTK10 1\n"),
        "CD4 JAK2 1",
    ),
    Shape(
        "the column effect",
        own("interactions", "source target effect\nCD4 JAK2 -1\n"),
        "found 'effect'",
    ),
    Shape(
        "a gene called NA",
        own("interactions", "source target\nNA JAK2\nCD4 JAK2\n"),
        "CD4 JAK2 None",
    ),
    Shape(
        "a number with _",
        own("ligands", "patient ligand direction value\nP1 CD4 up 1_0\n"),
        "found '1_0'",
    ),
)

_COHORT = (
    Shape("responses that are not known", responses("yes", "no", "NA", "null"), "2 of 4 are known"),
    Shape("a response that is none", responses("yes", "no", "perhaps"), "found 'perhaps'"),
)

#: All of them, by the kind of file.
SHAPES = [
    Shape(f"{kind}: {one.name}", one.attempt, one.outcome)
    for kind, some in (
        *(("cells", _CELLS), ("sheets", _SHEETS), ("configuration", _CONFIG)),
        *(("of a patient", _PATIENT), ("knowledge of one's own", _OWN)),
        ("cohort", _COHORT),
    )
    for one in some
]
