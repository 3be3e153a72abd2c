"""How variants change what drugs do: clinical annotations of PharmGKB (now ClinPGx).

Levels of evidence 1A to 2B are kept. Variants are annotated by genotype, so that the patient's
own genotype decides what is said; genes like CYP2D6 by star allele, a haplotype that single
variants can't tell for certain.

Source: Whirl-Carrillo et al., Clinical Pharmacology & Therapeutics 2021;110:563.
"""

import logging
import re
from collections.abc import Iterable, Sequence

import pandas as pd

from twinscreen.files import DRUGS, PHARMACOGENOMICS, FilePath, InputError, read_table, write_table
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.delimited import header, read_columns, require_values

logger = logging.getLogger(__name__)

#: Levels of evidence that are kept, best first.
LEVELS = ("1A", "1B", "2A", "2B")
#: Columns of the committed table of annotations, and of that of star alleles.
ANNOTATIONS = (
    *("annotation", "level", "category", "gene", "variant", "chrom", "pos", "genotype"),
    *("haplotype", "function", "drugs", "phenotypes", "text"),
)
HAPLOTYPES = ("gene", "haplotype", "function", "chrom", "pos", "rs_id", "allele")

_COLUMNS = PHARMACOGENOMICS.schema.names
_NUMBER = r"rs\d+"
_CLINPGX = {
    "Variant/Haplotypes": "variant",
    "Gene": "gene",
    "Level of Evidence": "level",
    "Phenotype Category": "category",
    "Drug(s)": "drugs",
    "Phenotype(s)": "phenotypes",
}
_GENOTYPES = {"Genotype/Allele": "allele", "Annotation Text": "text", "Allele Function": "function"}
#: The identifier's column, by the name of today and of the archive that ended in 2025.
_IDS = ("Summary Annotation ID", "Clinical Annotation ID")
_SENTENCE = re.compile(r"(?<=[A-Za-z0-9)\]])\.\s+(?=[A-Z])")
_COMPARED = re.compile(r",? (?:as |when )?compared (?:to|with)\b")
_MORE = re.compile(r"\b(increased?|higher|greater|more likely|improved?|better|may develop)\b")
_LESS = re.compile(r"\b(decreased?|lower|reduced|less likely|poorer|worse)\b")
_BASES = re.compile(r"[ACGT]+")


def build_pharmacogenomics(
    annotations: FilePath,
    haplotypes: FilePath,
    *,
    clinpgx: Sequence[FilePath],
    drugs: FilePath,
    output: FilePath,
) -> None:
    """Write what is known of variants and drugs, for the drugs of the drug table.

    Parameters
    ----------
    annotations, haplotypes
        The committed tables that `resources/derive/pharmacogenomics.py` makes.
    clinpgx
        Tables of ClinPGx, see `read_clinpgx`. Where there are any, they stand in place of the
        committed annotations, which are an older release of the same, but for positions.
    drugs
        The drug table. Drugs are found by name, then by a synonym that means one drug alone, in
        any case of letters; names of groups ("antiepileptics") mean no drug and are lost.
    output
        Contract PHARMACOGENOMICS, sorted.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    stars = read_columns(
        haplotypes,
        columns=HAPLOTYPES,
        content="substitutions of star alleles (derived)",
    )
    table = committed = _read_committed(annotations)
    if clinpgx:
        places = committed.drop_duplicates("variant")[["variant", "chrom", "pos"]]
        table = read_clinpgx(clinpgx).drop(columns=["chrom", "pos"])
        table = table.merge(places, on="variant", how="left").fillna("")
    table["source"] = "ClinPGx, configured" if clinpgx else "PharmGKB of December 2022"
    table["drug"] = table["drugs"].str.split("|", regex=False)
    table = table.explode("drug", ignore_index=True)
    table["drug_id"] = _drug_ids(table["drug"], DrugNames(read_table(drugs, DRUGS)))
    table = table.explode("drug_id", ignore_index=True).dropna(subset="drug_id")
    table["effect"] = table["text"].map(effect_of)
    table["rs_id"] = table["variant"]
    every = pd.concat([table[table["haplotype"] == ""], _with_substitutions(table, stars)])
    for name in ("rs_id", "haplotype", "chrom", "genotype", "allele"):
        every[name] = every[name].replace("", None)
    every["pos"] = pd.to_numeric(every["pos"]).astype("Int64")
    every = every[_COLUMNS].drop_duplicates().sort_values(_COLUMNS, ignore_index=True)
    write_table(every, output, PHARMACOGENOMICS)


def read_clinpgx(paths: Sequence[FilePath]) -> pd.DataFrame:
    """Read annotations of ClinPGx, with their genotypes if that table is given too.

    Parameters
    ----------
    paths
        `summary_annotations.tsv` (until 2025 `clinical_annotations.tsv`), and beside it perhaps
        `summary_ann_alleles.tsv`, which says what each genotype means; told apart by their
        header, in any order. Without the second, variants are known but not their genotypes.

    Returns
    -------
    Columns ANNOTATIONS, as text; of the levels 1A to 2B.

    Raises
    ------
    InputError
        A file is missing, has neither shape, or there are none of annotations.
    """
    content = "annotations of ClinPGx, summary_annotations.tsv or summary_ann_alleles.tsv"
    parts: dict[bool, list[pd.DataFrame]] = {True: [], False: []}
    for path in paths:
        names = header(path, delimiter="\t", content=content)
        key = next((name for name in _IDS if name in names), _IDS[0])
        alleles = "Genotype/Allele" in names
        columns = {key: "annotation"} | (_GENOTYPES if alleles else _CLINPGX)
        table = read_columns(path, columns=columns, content=content)
        if not alleles:
            known = table["level"].isin([*LEVELS, "3", "4", ""])
            require_values(
                path, "Level of Evidence", table["level"], known, expected="1A, 1B, 2A, 2B, 3 or 4"
            )
        parts[alleles].append(table)
    if not parts[False]:
        raise InputError(
            file=paths[0],
            found="genotypes alone",
            expected=content,
            remedy="name summary_annotations.tsv in safety.clinpgx too",
        )
    table = pd.concat(parts[False], ignore_index=True).drop_duplicates("annotation")
    table = table[table["level"].isin(LEVELS)]
    for name in ("drugs", "phenotypes"):
        table[name] = table[name].str.replace(r"\s*;\s*", "|", regex=True)
    genotypes = pd.concat(
        parts[True] or [pd.DataFrame(columns=["annotation", *_GENOTYPES.values()], dtype=str)],
        ignore_index=True,
    ).drop_duplicates(["annotation", "allele"])
    single = table["variant"].str.fullmatch(_NUMBER)
    return pd.concat(
        [_genotype_rows(table[single], genotypes), _star_rows(table[~single], genotypes)],
        ignore_index=True,
    )


def sentence_of(text: str) -> str:
    """Give the first sentence of an annotation that says what a genotype or allele may do."""
    plain = " ".join(text.strip().strip('"').split())
    sentences = [part.rstrip(".") + "." for part in _SENTENCE.split(plain) if part]
    telling = [part for part in sentences if re.search(r"\bmay\b|\bhave an? unknown\b", part)]
    return next(iter(telling or sentences), "")


def effect_of(sentence: str) -> str:
    """Say which way a sentence points: `increased`, `decreased`, `mixed`, or "" if neither.

    What a genotype is compared with doesn't count.
    """
    clause = _COMPARED.split(sentence)[0]
    more, less = bool(_MORE.search(clause)), bool(_LESS.search(clause))
    if more and less:
        return "mixed"
    return "increased" if more else "decreased" if less else ""


def genotype_of(alleles: Iterable[str]) -> str:
    """Write a genotype: its alleles in order of letters, joined by "/"; one alone stands alone."""
    return "/".join(sorted(filter(None, alleles)))


def _read_committed(path: FilePath) -> pd.DataFrame:
    table = read_columns(
        path,
        columns=ANNOTATIONS,
        content="clinical annotations of PharmGKB (derived)",
    )
    levels = table["level"].isin(LEVELS)
    require_values(path, "level", table["level"], levels, expected=", ".join(LEVELS))
    places = table["pos"].str.fullmatch(r"\d*")
    require_values(path, "pos", table["pos"], places, expected="a position or nothing")
    return table


def _genotype_rows(table: pd.DataFrame, genotypes: pd.DataFrame) -> pd.DataFrame:
    """Join annotations of single variants with their genotypes, where those are known."""
    rows = table.merge(genotypes, on="annotation", how="left").fillna("")
    return rows.assign(
        haplotype="",
        function="",
        chrom="",
        pos="",
        genotype=[_genotype(text) for text in rows["allele"]],
        text=rows["text"].map(sentence_of),
    )[list(ANNOTATIONS)]


def _star_rows(table: pd.DataFrame, genotypes: pd.DataFrame) -> pd.DataFrame:
    """Take haplotypes apart: `CYP2D6*1, CYP2D6*4` are two."""
    rows = table.assign(haplotype=table["variant"].str.split(r"\s*,\s*", regex=True))
    rows = rows.explode("haplotype", ignore_index=True)
    rows["allele"] = [
        name.removeprefix(gene) for name, gene in zip(rows["haplotype"], rows["gene"], strict=True)
    ]
    rows = rows.merge(genotypes.drop(columns="text"), on=["annotation", "allele"], how="left")
    return rows.assign(
        function=rows["function"].fillna(""), variant="", chrom="", pos="", genotype="", text=""
    )[list(ANNOTATIONS)]


def _genotype(text: str) -> str:
    """Read a genotype: `CT` and `C/T`, `CTT/del`; a single letter is one allele."""
    if "/" in text:
        return genotype_of(text.split("/"))
    return genotype_of(text) if len(text) <= 2 and _BASES.fullmatch(text) else text


def _drug_ids(names: pd.Series, known: DrugNames) -> list[list[str]]:
    """Find the drugs of each name; both, where two names are joined as a combination."""
    found = {
        name: [id_ for part in re.split(r" / ", name) for id_ in known.ids(part)]
        for name in names.unique()
    }
    lost = sorted(name for name, ids in found.items() if not ids)
    logger.info(
        "%d of %d names of drugs with annotations mean no drug of the table: %s",
        len(lost),
        len(found),
        ", ".join(lost) or "none",
    )
    return [found[name] for name in names]


def _with_substitutions(table: pd.DataFrame, stars: pd.DataFrame) -> pd.DataFrame:
    """Give star alleles the substitutions that point to them; without any they stand alone.

    Alleles of normal function, and references, change nothing and are left out.
    """
    rows = table[(table["haplotype"] != "") & (table["function"] != "Normal Function")]
    places = stars[["haplotype", "chrom", "pos", "rs_id", "allele"]]
    rows = rows.drop(columns=["chrom", "pos", "rs_id"]).merge(places, on="haplotype", how="left")
    return rows.fillna({"chrom": "", "pos": "", "rs_id": "", "allele": ""}).assign(genotype="")
