"""Variants that are known to matter: ClinVar, lead variants of diseases and of expression.

Source: Landrum et al., Nucleic Acids Research 2025;53:D1313 (ClinVar); GTEx Consortium, Science
2020;369:1318; Kerimov et al., Nature Genetics 2021;53:1290 (eQTL Catalogue).
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from twinscreen.files import (
    KNOWN_VARIANTS,
    FilePath,
    GeneNames,
    InputError,
    read_parquet,
    write_table,
)
from twinscreen.files.vcf import info_value, open_vcf, read_records, trimmed
from twinscreen.knowledge.delimited import header, read_columns
from twinscreen.knowledge.diseases.genes import read_associations

_COLUMNS = KNOWN_VARIANTS.schema.names
_PATHOGENIC = {"Pathogenic", "Likely_pathogenic"}
#: Review states of ClinVar that carry at least one star.
_REVIEWED = ("criteria_provided", "reviewed_by_expert_panel", "practice_guideline")
_PLACE = re.compile(r"(?:chr)?(\w+)_(\d+)_([ACGT]+)_([ACGT]+)(?:_(b\d+))?")
_GTEX = {"variant_id": "variant", "gene_id": "gene", "pval_nominal": "order", "slope": "slope"}
_CATALOGUE = {
    "variant": "variant",
    "gene_id": "gene",
    "cs_id": "set",
    "pip": "order",
    "beta": "slope",
}


def build_known_variants(
    *,
    clinvar: FilePath | None,
    catalogs: Sequence[FilePath],
    eqtl: Sequence[FilePath],
    assembly: str,
    names: FilePath,
    output: FilePath,
) -> None:
    """Bring the configured tables of variants into one.

    Parameters
    ----------
    clinvar
        ClinVar's VCF of the same assembly, or None.
    catalogs
        Associations of the GWAS Catalog, full table. Variants go by rs number, so the assembly
        doesn't matter.
    eqtl
        Significant pairs of GTEx (v8 text or v10 Parquet) or credible sets of the eQTL Catalogue.
    assembly
        GRCh37 or GRCh38: positions of the patients' variants.
    names
        The table of gene names.
    output
        Contract KNOWN_VARIANTS; empty where nothing is configured.

    Raises
    ------
    InputError
        A file is missing, has another shape, or positions of another assembly.
    """
    symbols = GeneNames(names)
    parts = [pd.DataFrame(columns=_COLUMNS)]
    if clinvar:
        parts.append(read_clinvar(clinvar, assembly=assembly, names=symbols))
    for path in catalogs:
        found = read_associations(path, names=symbols).rename(columns={"disease": "detail"})
        parts.append(found[found["rs_id"].str.fullmatch(r"rs\d+")].assign(kind="gwas"))
    parts += [read_eqtl(path, assembly=assembly, names=symbols) for path in eqtl]
    table = pd.concat([part.reindex(columns=_COLUMNS) for part in parts], ignore_index=True)
    table = table.assign(
        **{name: table[name].astype("Int64") for name in ("pos", "sign")},
        allele=table["allele"].replace("", None),
    ).drop_duplicates()
    write_table(table.sort_values(_COLUMNS, ignore_index=True), output, KNOWN_VARIANTS)


def read_clinvar(path: FilePath, *, assembly: str, names: GeneNames) -> pd.DataFrame:
    """Read variants that are pathogenic or likely so, with at least one star of review.

    Raises
    ------
    InputError
        The file is missing, no VCF, of another assembly, or without CLNSIG.
    """
    vcf = open_vcf(path, assembly=assembly)
    if lacking := {"CLNSIG", "CLNREVSTAT", "GENEINFO"} - set(vcf.descriptions):
        raise InputError(
            file=path,
            place="header",
            found=f"no INFO field {', '.join(sorted(lacking))}",
            expected="ClinVar's own VCF",
            remedy="give clinvar.vcf.gz of the same assembly",
        )
    rows = []
    for record in read_records(vcf, assembly=assembly):
        if "athogenic" not in record.info or len(record.alts) != 1:
            continue
        significance = info_value(record.info, "CLNSIG").split("|")[0]
        review = info_value(record.info, "CLNREVSTAT")
        if not {*significance.split("/")} <= _PATHOGENIC or not review.startswith(_REVIEWED):
            continue
        pairs = info_value(record.info, "GENEINFO").split("|")
        named = [symbol for pair in pairs if (symbol := pair.partition(":")[0])]
        pos, ref, alt = trimmed(record.pos, record.ref, record.alts[0])
        disease = info_value(record.info, "CLNDN").split("|")[0].replace("_", " ")
        told = f"ClinVar {'|'.join(record.ids)}: {significance.replace('_', ' ')}, {disease}"
        rows += [(gene, record.chrom, pos, ref, alt, told) for gene in names.resolve_members(named)]
    columns = ["gene", "chrom", "pos", "ref", "alt", "detail"]
    return pd.DataFrame(rows, columns=columns).assign(kind="clinvar")


def read_eqtl(path: FilePath, *, assembly: str, names: GeneNames) -> pd.DataFrame:
    """Read the lead variant of each gene (GTEx) or of each credible set (eQTL Catalogue).

    `slope` and `beta` are the effect of one more copy of the alternative allele.

    Raises
    ------
    InputError
        The file is missing or has neither shape, a variant isn't named by its place, or the
        patients' variants are of another assembly than GRCh38, which both resources use.
    """
    if assembly != "GRCh38":
        raise InputError(
            file=path,
            found="positions of GRCh38, as GTEx and the eQTL Catalogue give them",
            expected=f"positions of {assembly}, as findings.assembly says",
            remedy="lift the table over, or the patients' variants, or leave findings.eqtl empty",
        )
    content = "significant pairs of GTEx or credible sets of the eQTL Catalogue"
    if Path(path).suffix == ".parquet":
        table = read_parquet(
            path, columns=list(_GTEX), expected=content, remedy="download the table again"
        )
        table = table.rename(columns=_GTEX).astype(str)
        credible = False
    else:
        credible = "cs_id" in header(path, delimiter="\t", content=content)
        columns = _CATALOGUE if credible else _GTEX
        table = read_columns(path, columns=columns, content=content)
    table["order"] = pd.to_numeric(table["order"]) * (-1 if credible else 1)
    group = ["gene", "set"] if credible else ["gene"]
    lead = table.sort_values([*group, "order", "variant"], kind="stable").drop_duplicates(group)
    place = lead["variant"].str.extract(_PLACE)
    if (wrong := place[0].isna() | ~place[4].fillna("b38").eq("b38")).any():
        raise InputError(
            file=path,
            place="column of the variant",
            found=lead.loc[wrong, "variant"].iloc[0],
            expected="a variant of GRCh38 as chr1_64764_C_T_b38 or chr1_64764_C_T",
            remedy="use the resource's own file",
        )
    lead = lead.assign(
        gene=lead["gene"].map(names.resolve),
        chrom=place[0],
        sign=np.sign(pd.to_numeric(lead["slope"])).astype(int),
        detail=f"lead eQTL of {Path(path).name.split('.')[0]}",
        kind="eqtl",
    )
    short = [
        trimmed(int(pos), ref, alt)
        for pos, ref, alt in zip(place[1], place[2], place[3], strict=True)
    ]
    lead[["pos", "ref", "alt"]] = pd.DataFrame(short, index=lead.index)
    return lead[lead["gene"].notna() & (lead["sign"] != 0)]
