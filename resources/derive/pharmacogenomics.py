"""PharmGKB as panno ships it: its clinical annotations, made into two small tables.

They are `pharmacogenomics.tsv` and `haplotypes.tsv` in src/twinscreen/data/tables, committed
because the distribution that carries them is a source distribution, whose build script pip would
run:

    python resources/derive/pharmacogenomics.py pgx_kb.sqlite3 pgx_diplotypes.json pgx_loci.bed
        --output pharmacogenomics.tsv --haplotypes haplotypes.tsv

Source: Whirl-Carrillo et al., Clinical Pharmacology & Therapeutics 2021;110:563 (PharmGKB);
Liu et al., Frontiers in Pharmacology 2023;14:1008330 (PAnno).
"""

import argparse
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import require_file
from twinscreen.knowledge.pharmacogenomics import (
    ANNOTATIONS,
    HAPLOTYPES,
    LEVELS,
    genotype_of,
    sentence_of,
)

_NOTICE = """\
# {content} of PharmGKB (now ClinPGx, https://www.clinpgx.org),
# as panno 0.3.1 of December 2022 ships them. Whirl-Carrillo M et al., Clinical Pharmacology &
# Therapeutics 2021;110:563. Licence of the data: Creative Commons Attribution-ShareAlike 4.0
# International, under which this derived table stands too.
# Made by resources/derive/pharmacogenomics.py: {done}.
"""
_ANNOTATIONS_DONE = (
    "levels 1A to 2B, of the text of\n"
    "# a genotype its first telling sentence, star alleles by name and function without text, no\n"
    "# row about a tumour's own mutation; positions of substitutions are of GRCh38"
)
_HAPLOTYPES_DONE = (
    "only alleles of altered\n"
    "# function that an annotation of level 1A to 2B names, only substitutions, and none that an\n"
    "# allele of normal function has too; positions are of GRCh38"
)
_COLUMNS = (
    "CAID, Gene, Variant, Allele1, Allele2, Annotation1, Function1, Function2, Drug, Phenotypes,"
    " EvidenceLevel, PhenotypeCategory"
)
_NAMES = (
    *("annotation", "gene", "variant", "one", "other", "text", "function", "other_function"),
    *("drug", "phenotypes", "level", "category"),
)
_NUMBER = re.compile(r"rs\d+")
_PLACE = re.compile(r"(\d+):(rs\d+)?")
_NORMAL = "Normal Function"
_ALTERED = {"No Function", "Decreased Function", "Increased Function"}


def derive_pharmacogenomics(
    knowledge: FilePath,
    diplotypes: FilePath,
    loci: FilePath,
    *,
    output: FilePath,
    haplotypes: FilePath,
) -> None:
    """Make the two small tables that are committed.

    Parameters
    ----------
    knowledge, diplotypes, loci
        panno/assets/pgx_kb.sqlite3, pgx_diplotypes.json and pgx_loci.bed of the source
        distribution panno 0.3.1.
    output
        Tab-separated, columns ANNOTATIONS: one row per annotation and genotype of a variant, or
        annotation and star allele; drugs and phenotypes joined by "|". Sorted.
    haplotypes
        Tab-separated, columns HAPLOTYPES: one row per star allele and substitution in it. Sorted.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    rows = _read_annotations(knowledge)
    single = rows["variant"].str.fullmatch(_NUMBER)
    tumours = rows.loc[rows["text"].str.contains(r"\bsomatic\b"), "annotation"]
    single &= ~rows["annotation"].isin(tumours)
    functions = _functions(rows[~rows["variant"].str.fullmatch(_NUMBER)])
    table = pd.concat([_genotypes(rows[single], _read_loci(loci)), functions])
    grouped = table.groupby([name for name in ANNOTATIONS if name != "drugs"], sort=True)
    joined = grouped["drug"].agg(lambda names: "|".join(sorted({*names})))
    _write(
        joined.rename("drugs").reset_index()[list(ANNOTATIONS)],
        output,
        _NOTICE.format(content="Clinical annotations", done=_ANNOTATIONS_DONE),
    )
    _write(
        _substitutions(diplotypes, functions),
        haplotypes,
        _NOTICE.format(content="Substitutions that define star alleles", done=_HAPLOTYPES_DONE),
    )


def _read_annotations(path: FilePath) -> pd.DataFrame:
    """Read the annotations of the levels that are kept, as text."""
    require_file(path, content="panno's knowledge base")
    try:
        # opened read-only, so that a mistyped name makes no empty file
        database = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
        try:
            table = pd.read_sql_query(f"SELECT {_COLUMNS} FROM ClinAnn", database)  # noqa: S608  # constants alone
        finally:
            database.close()
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {error}",
            expected="an SQLite database with the table ClinAnn",
            remedy="take panno/assets/pgx_kb.sqlite3 of panno 0.3.1",
        ) from error
    table.columns = pd.Index(_NAMES)
    table = table.fillna("").astype(str)
    for column in ("text", "variant", "phenotypes"):
        table[column] = table[column].str.strip('"').str.split().str.join(" ")
    return table[table["level"].isin(LEVELS)]


def _genotypes(rows: pd.DataFrame, places: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Give one row per annotation, genotype and drug; a substitution has its place."""
    nowhere = ("", "")
    plain = rows.groupby("variant")["one"].transform(lambda alleles: alleles.isin([*"ACGT"]).all())
    found = [
        places.get(variant, nowhere) if substitution else nowhere
        for variant, substitution in zip(rows["variant"], plain, strict=True)
    ]
    return _with_phenotypes(rows).assign(
        haplotype="",
        chrom=[chrom for chrom, _ in found],
        pos=[pos for _, pos in found],
        genotype=[genotype_of(pair) for pair in zip(rows["one"], rows["other"], strict=True)],
        function="",
        text=rows["text"].map(sentence_of),
    )


def _functions(rows: pd.DataFrame) -> pd.DataFrame:
    """Give one row per annotation, star allele and drug, with the function of the allele."""
    second = rows.assign(one=rows["other"], function=rows["other_function"])
    every = pd.concat([rows, second[second["one"] != ""]])
    named = every.assign(
        haplotype=every["gene"]
        + every["one"].where(every["one"].str.startswith("*"), " " + every["one"])
    )
    return _with_phenotypes(named).assign(variant="", chrom="", pos="", genotype="", text="")


def _with_phenotypes(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(phenotypes=rows["phenotypes"].str.replace(";", "|", regex=False))


def _read_loci(path: FilePath) -> dict[str, tuple[str, str]]:
    """Read chromosome and position of variants by rs number."""
    require_file(path, content="panno's positions")
    places = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        chrom, start, _, name = [*line.split("\t"), *[""] * 4][:4]
        if _NUMBER.fullmatch(name):
            places[name] = (chrom.removeprefix("chr").replace("M", "MT"), start)
    return places


def _substitutions(path: FilePath, functions: pd.DataFrame) -> pd.DataFrame:
    """List what tells a star allele of altered function, one substitution a row."""
    require_file(path, content="panno's definitions of star alleles")
    try:
        genes: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        rows = [row for gene in sorted(genes) for row in _of_gene(gene, genes[gene], functions)]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(
            file=path,
            found=f"can't be read: {error!r}",
            expected="definitions of star alleles by gene (JSON)",
            remedy="take panno/assets/pgx_diplotypes.json of panno 0.3.1",
        ) from error
    return pd.DataFrame(rows, columns=list(HAPLOTYPES))


def _of_gene(gene: str, known: Mapping[str, Any], functions: pd.DataFrame) -> list[tuple[str, ...]]:
    own = functions[functions["gene"] == gene]
    told = {str(name): {*group} for name, group in own.groupby("haplotype")["function"]}
    definitions = known["haplotype_definition"]
    reference = definitions[known["reference_haplotype"]]
    bases: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for name, loci in definitions.items():
        for place, alleles in loci.items():
            match, before = _PLACE.fullmatch(place), reference.get(place)
            # several alleles at a place: the star allele is found with any of them
            if match and alleles != before and _is_base(alleles) and _is_base(before):
                bases[gene + name].add((match[1], match[2] or "", alleles[0]))
    common = set().union(*(bases[name] for name in told if told[name] == {_NORMAL}))
    return sorted(
        (gene, name, function, known["chrom"], pos, rs_id, allele)
        for name, said in told.items()
        if len(said) == 1 and (function := next(iter(said))) in _ALTERED
        for pos, rs_id, allele in bases[name] - common
    )


def _is_base(alleles: Sequence[str] | None) -> bool:
    return alleles is not None and len(alleles) == 1 and alleles[0] in {*"ACGT"}


def _write(table: pd.DataFrame, path: FilePath, notice: str) -> None:
    lines = ["\t".join(table.columns), *sorted("\t".join(row) for row in table.to_numpy())]
    with atomic(path) as partial:
        partial.write_text(notice + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Read the arguments of the command line and derive the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("knowledge", help="pgx_kb.sqlite3 of the source distribution panno")
    parser.add_argument("diplotypes", help="pgx_diplotypes.json, likewise")
    parser.add_argument("loci", help="pgx_loci.bed, likewise")
    parser.add_argument("--output", required=True, help="table of annotations to write (tsv)")
    parser.add_argument("--haplotypes", required=True, help="table of star alleles to write (tsv)")
    given = parser.parse_args()
    derive_pharmacogenomics(
        given.knowledge,
        given.diplotypes,
        given.loci,
        output=given.output,
        haplotypes=given.haplotypes,
    )


if __name__ == "__main__":
    main()
