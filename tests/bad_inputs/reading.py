"""Read one odd file as the stages and `check` read it, and say in a few words what came of it."""

import gzip
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd
from scipy import io, sparse

from twinscreen.cohort.trial.responses import read_responses
from twinscreen.files import KNOWN_VARIANTS, GeneNames
from twinscreen.files.own_tables import OWN_TABLES, read_own_table
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.observe.cells.cell_table import read_sample
from twinscreen.observe.cells.cell_types import from_column
from twinscreen.observe.cells.given_deviations import look_at_deviations
from twinscreen.observe.cells.harmonise import KINDS, check_genes, harmonise, means_gene
from twinscreen.observe.findings.exposures import read_medication
from twinscreen.observe.findings.phenotypes import read_phenotypes
from twinscreen.observe.findings.variants import KnownVariants, read_variants
from twinscreen.settings.observe import FindingSettings

#: Symbols and Ensembl ids of the only genes that there are.
GENES = {
    **{f"GENE{n}": f"ENSG{n:011d}" for n in range(1, 17)},
    "CD4": "ENSG00000010610",
    "JAK2": "ENSG00000096968",
    "MT-CO1": "ENSG00000198804",
    "XK": "ENSG00000047597",
}
SYMBOLS = list(GENES)
CELLS = [f"AAAC{n:04d}-1" for n in range(12)]
TYPES = ["B", "T"] * 6
#: Cells x genes; every cell has ones, and no two the same total.
COUNTS = np.array([[(3 * c + 5 * g) % 7 + (g == 0) * c for g in range(20)] for c in range(12)])
#: What is said of them where they are read as they are.
WHOLE = f"12 cells, 20 genes, {COUNTS.sum()} counts, types B T"


@lru_cache(maxsize=1)
def names() -> pd.DataFrame:
    """List all names of genes; `NA` is a previous symbol of XK, as in HGNC."""
    rows = [(symbol, symbol, "symbol") for symbol in GENES]
    rows += [(id_, symbol, "ensembl") for symbol, id_ in GENES.items()]
    rows += [("NA", "XK", "previous"), ("JTK10", "JAK2", "alias")]
    return pd.DataFrame(rows, columns=["name", "symbol", "kind"])


def known() -> GeneNames:
    """Give the names as stages know them."""
    return GeneNames(names(), kinds=KINDS)


def cells(change: Callable[[ad.AnnData], ad.AnnData | None]) -> Callable[[Path], str]:
    """Read an h5ad file with something changed."""

    def attempt(folder: Path) -> str:
        adata = ad.AnnData(
            sparse.csr_matrix(COUNTS.astype(float)),
            obs=pd.DataFrame({"cell_type": TYPES}, index=CELLS),
            var=pd.DataFrame(index=SYMBOLS),
        )
        changed = change(adata)
        (adata if changed is None else changed).write_h5ad(folder / "cells.h5ad")
        return _sample(folder / "cells.h5ad")

    return attempt


def tenx(
    *,
    features: str | None = None,
    barcodes: str | None = None,
    banner: str = "",
    last: str = "",
    hidden: str = "",
    annotation: str | None = None,
) -> Callable[[Path], str]:
    """Read a 10x folder with another text of one of its files, and an annotation of its cells.

    `last` stands in the place of the last count, without an end of its line.
    """

    def attempt(folder: Path) -> str:
        there = folder / "matrix"
        there.mkdir()
        io.mmwrite(there / "matrix.mtx", sparse.coo_matrix(COUNTS.T))
        matrix = (there / "matrix.mtx").read_text()
        first, rest = matrix.split("\n", 1)
        rest = f"{rest.rstrip().rsplit(' ', 1)[0]} {last}" if last else rest
        (there / "matrix.mtx").write_text(f"{banner or first}\n{rest}")
        usual = "".join(f"{i}\t{s}\tGene Expression\n" for s, i in GENES.items())
        (there / "features.tsv").write_text(usual if features is None else features)
        (there / "barcodes.tsv").write_text("\n".join(CELLS) if barcodes is None else barcodes)
        if hidden:
            (there / hidden).write_bytes(b"\0\5\x16\7")
        lines = [f"{cell}\t{kind}" for cell, kind in zip(CELLS, TYPES, strict=True)]
        table = annotation or "\n".join(["barcode\tcell_type", *lines])
        name = "cells.csv" if "," in table.partition("\n")[0] else "cells.tsv"
        (folder / name).write_text(table)
        return _sample(there, annotation=folder / name)

    return attempt


def file(name: str, content: bytes | str) -> Callable[[Path], str]:
    """Read a file of any kind as cells."""

    def attempt(folder: Path) -> str:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return _sample(folder / Path(name).parts[0])

    return attempt


def _sample(path: Path, annotation: Path | None = None) -> str:
    genes = known()
    found = read_sample(
        path,
        select={},
        cell_type="cell_type",
        annotation=annotation,
        is_gene=lambda name: means_gene(name, genes),
    )
    symbols = check_genes(path, found.names.tolist(), genes, ids=found.ids.tolist())
    kept = harmonise(found.counts, symbols)
    types = sorted(set(from_column(found.obs, "cell_type").names.tolist()) - {""})
    return (
        f"{len(found.obs)} cells, {len(kept.symbols)} genes, {kept.counts.sum():.0f} counts,"
        f" types {' '.join(types)}"
    )


def sheets(
    *,
    samples: tuple[str, ...] = (),
    patients: tuple[str, ...] = (),
    columns: str = "disease",
    output: str = "output",
) -> Callable[[Path], str]:
    """Read a cohort of three donors and a patient, with rows in place of the last.

    Fields are separated by `!`; of samples they are sample, patient, condition, tissue, time,
    treatment.
    """

    def attempt(folder: Path) -> str:
        head = "sample!patient!condition!tissue!time!treatment!cells"
        rows = [f"H{n}!D{n}!healthy!blood!T0!!" for n in (1, 2, 3)]
        rows += samples or ("S1!P1!ill!blood!T0!!",)
        rows = [f"{row}c{n}.h5ad" for n, row in enumerate(rows)]
        people = ["D1!", "D2!", "D3!", *(patients or ("P1!",))]
        for name, lines in (
            ("samples", [head, *rows]),
            ("patients", [f"patient!{columns}", *people]),
        ):
            text = "\n".join(line.replace("!", "\t") for line in lines)
            (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
        (folder / "P1.vcf").write_text("")
        config = {
            **{name: str(folder / f"{name}.tsv") for name in ("samples", "patients")},
            "output": output,
            "observe": {"cell_type": "cell_type"},
            "reference": {"control": "healthy"},
        }
        found = read_cohort(check_config(config, file="c.yaml"), file="c.yaml")
        last = found.samples[list(found.samples)[-1]]
        told = {"treatment": last["treatment"], "disease": found.patients["P1"]["disease"]}
        more = "".join(f", {name} {text}" for name, text in told.items() if text)
        return (
            f"{len(found.treated)} patient, {len(found.controls)} controls, {last['tissue']}{more}"
        )

    return attempt


def config(text: str | bytes) -> Callable[[Path], str]:
    """Read a configuration; `OUT` is a folder that can be written to."""

    def attempt(folder: Path) -> str:
        path = folder / "config.yaml"
        usual = (
            "samples: s.tsv\npatients: p.tsv\nobserve:\n  cell_type: t\n"
            "reference:\n  control: healthy\n"
        )
        path.write_bytes(text if isinstance(text, bytes) else (usual + text).encode())
        found = check_config(read_yaml(path), file=path)
        return f"control {found['reference']['control']}, preset {found['screen']['preset']}"

    return attempt


_HEAD = (
    '##fileformat=VCFv4.2\n##INFO=<ID=ANN,Number=.,Type=String,Description="Functional'
    " annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID' \">\n"
)
_FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"


def vcf(*records: str, samples: str = "P1") -> Callable[[Path], str]:
    """Read a VCF of records `chromosome alternative format genotype`; all are in JAK2."""

    def attempt(folder: Path) -> str:
        lines = []
        for n, record in enumerate(records):
            chrom, alt, keys, genotype = record.split(" ", 3)
            info = f"ANN={alt}|stop_gained|HIGH|JAK2|ENSG00000096968"
            line = [chrom, str(5073770 + n), ".", "A", alt, "50", "PASS", info, keys, genotype]
            lines.append("\t".join(line).replace(" ", "\t") + "\n")
        text = f"{_HEAD}{_FIXED}\t{samples}\n{''.join(lines)}".replace(" P1", "\tP1")
        (folder / "P1.vcf").write_text(text)
        found = read_variants(
            folder / "P1.vcf",
            patient="P1",
            sample="",
            settings=FindingSettings(assembly="GRCh38"),
            names=GeneNames(names()),
            known=KnownVariants(pd.DataFrame(columns=KNOWN_VARIANTS.schema.names)),
            positions=None,
        )
        told = found.findings[-1].detail.split("; ")
        return "; ".join([told[0].split(",")[0], *told[2:]])

    return attempt


def terms(text: str | bytes, name: str = "P1.json") -> Callable[[Path], str]:
    """Read a phenopacket or a list of terms."""

    def attempt(folder: Path) -> str:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        found = read_phenotypes(folder / name).phenotypes
        return ", ".join(f"{'no ' * one.excluded}{one.id}" for one in found)

    return attempt


def medication(text: str) -> Callable[[Path], str]:
    """Read a table of drugs that a patient takes."""

    def attempt(folder: Path) -> str:
        (folder / "P1.tsv").write_text(text)
        return ", ".join(f"{one.label} {one.detail}" for one in read_medication(folder / "P1.tsv"))

    return attempt


def deviations(head: str, *rows: str) -> Callable[[Path], str]:
    """Read deviations computed elsewhere; fields are separated by blanks here."""

    def attempt(folder: Path) -> str:
        lines = [head, *rows, *(f"B GENE{n} 1 0.1" for n in range(1, 8))]
        width = len(head.split())
        text = "\n".join("\t".join([*line.split(), *["skin"] * width][:width]) for line in lines)
        (folder / "P1.tsv").write_text(text)
        look_at_deviations(folder / "P1.tsv", known())
        return f"{len(lines) - 1} lines"

    return attempt


def own(table: str, text: str) -> Callable[[Path], str]:
    """Read a table of knowledge of one's own; fields are separated by blanks here."""

    def attempt(folder: Path) -> str:
        path = folder / "own.tsv"
        path.write_text(text.replace(" ", "\t"), encoding="utf-8")
        found = read_own_table(OWN_TABLES[table], path, GeneNames(names()))
        return "; ".join(" ".join(map(str, row[:3])) for row in found.itertuples(index=False))

    return attempt


def responses(*texts: str) -> Callable[[Path], str]:
    """Read responses of patients from a column of the patient sheet."""

    def attempt(folder: Path) -> str:
        sheet = {f"P{n}": {"response": text} for n, text in enumerate(texts, start=1)}
        found = read_responses("response", sheet)
        return f"{len(found.observed)} of {len(texts)} are known"

    return attempt


def packed(content: bytes) -> bytes:
    """Pack by gzip, with the same bytes at any time."""
    return gzip.compress(content, mtime=0)
