"""Variants that a patient carries, and how much each gene is hit by them.

A gene's weight is the largest over its variants of weight of the impact x zygosity x rarity:

- impact: high 1, moderate 0.5, unknown (by place alone) 0.25; pathogenic in ClinVar 1; lead
  variant of the patient's disease or of the gene's expression 0.5;
- zygosity: half for one of two copies, 1 for all copies;
- rarity: 1 - frequency / limit, where the frequency is the largest of any population; without
  one, 0 for a variant with a dbSNP number, which stands for common, else 1. What is known of a
  variant holds however common it is: then rarity is 1.

The function of the gene's product is lost by a variant that ends or shifts its reading frame, and
changes with the expression where the variant is known for that.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.vcf import UNSPECIFIED, Record, Vcf, open_vcf, read_records, trimmed
from twinscreen.files.words.counting import plural
from twinscreen.observe.findings.consequence import (
    Annotation,
    Consequence,
    Described,
    GenePositions,
    loses_function,
)
from twinscreen.observe.findings.finding import (
    Finding,
    Found,
    GeneWeight,
    of_file,
    strongest,
)
from twinscreen.observe.findings.pharmacogenomics import Genotypes
from twinscreen.settings.observe import FindingSettings

IMPACT_WEIGHT = {"HIGH": 1.0, "MODERATE": 0.5, "": 0.25}
KNOWN_WEIGHT = {"clinvar": 1.0, "gwas": 0.5, "eqtl": 0.5}
_BASES = re.compile("[ACGTN]+")
_NO_GENOTYPE = "without a genotype of the patient"
#: Alternative alleles that stand for none, or for one that another line writes out.
_NO_ALLELE = UNSPECIFIED | {"*"}


@dataclass(frozen=True)
class Allele:
    """One alternative allele that the patient carries; `share` of the copies has it."""

    chrom: str
    pos: int
    ref: str
    alt: str
    share: float

    @property
    def id(self) -> str:
        """`chromosome-position-reference-alternative`."""
        return f"{self.chrom}-{self.pos}-{self.ref}-{self.alt}"

    @property
    def zygosity(self) -> str:
        """In a word."""
        return "all copies" if self.share == 1 else "heterozygous"


class KnownVariants:
    """Variants that are known to matter, by place and by rs number.

    Parameters
    ----------
    table
        Contract KNOWN_VARIANTS.
    diseases
        Identifiers of the patient's diseases: lead variants of other diseases don't count.
    """

    def __init__(self, table: pd.DataFrame, diseases: Collection[str] = ()) -> None:
        self._by_place: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        self._by_number: dict[str, list[Any]] = defaultdict(list)
        for row in table.itertuples(index=False):
            if row.kind == "gwas" and row.disease_id not in diseases:
                continue
            if isinstance(row.rs_id, str):
                self._by_number[row.rs_id].append(row)
            else:
                self._by_place[row.chrom, row.pos, row.ref, row.alt].append(row)

    def of(self, allele: Allele, rs_ids: Collection[str], ref: str) -> list[tuple[Any, float]]:
        """Give what is known of an allele, with the share of copies that have what counts.

        `ref` is the reference allele of the whole record; where it is the risk allele, those
        copies count that have it.
        """
        rows = [
            (row, allele.share)
            for row in self._by_place.get((allele.chrom, allele.pos, allele.ref, allele.alt), [])
        ]
        for name in rs_ids:
            for row in self._by_number.get(name, []):
                if not isinstance(row.allele, str) or row.allele == allele.alt:
                    rows.append((row, allele.share))
                elif row.allele == ref and allele.share < 1:
                    rows.append((row, 1 - allele.share))
        return rows


def read_variants(
    path: FilePath,
    *,
    patient: str,
    sample: str,
    settings: FindingSettings,
    names: GeneNames,
    known: KnownVariants,
    positions: GenePositions | None,
    genotypes: Genotypes | None = None,
) -> Found:
    """Read the variants of one patient that point to genes.

    Parameters
    ----------
    path
        VCF 4.x, plain or compressed with gzip or bgzip; several samples and alleles are allowed.
    patient, sample
        The patient's id, and the name of its sample in the VCF, or "": then the sample of the
        patient's id is taken, or the only one.
    settings
        Assembly and limit of frequency.
    names
        Gene names.
    known
        Variants that are known to matter.
    positions
        Places of genes, for a VCF without consequences.
    genotypes
        Collects the genotypes at pharmacogenomic positions, whatever their frequency; they point
        to no gene.

    Returns
    -------
    Findings, used ones only, and weights of genes; both sorted. Then what `genotypes` found.

    Raises
    ------
    InputError
        The file is missing or broken, has no such sample, no genotypes or another assembly, or
        has no consequences and no places of genes are given.
    """
    vcf = open_vcf(path, assembly=settings.assembly)
    chosen = _sample(vcf, patient=patient, sample=sample)
    annotation = Annotation(vcf, names)
    if not annotation.tool and positions is None:
        raise InputError(
            file=path,
            place="header",
            found="no consequences of VEP or SnpEff",
            expected="a VCF annotated by one of them, or positions of genes",
            remedy="annotate the file, or name a table of gene positions in the configuration"
            " (findings.gene_positions)",
        )
    found = Found()
    n_records = n_known = n_alleles = 0
    for record in read_records(vcf, assembly=settings.assembly, sample=chosen):
        if not record.passed:
            continue
        n_records += 1
        reason = _not_told(record)
        n_known += reason != _NO_GENOTYPE
        if reason:
            vcf.unused[reason] += 1
        own = {name for name in record.ids if name.startswith("rs")}
        every = {*own}
        for number, allele in carried(record):
            n_alleles += 1
            described = annotation.of(record, number) if annotation.tool else None
            rs_ids = own | ({*described.rs_ids} if described else set())
            every |= rs_ids
            told = _known(allele, record, rs_ids, known)
            told += _harm(allele, described, rs_ids, positions, settings.max_frequency)
            if told:
                found.findings.append(_finding(allele, rs_ids, told))
                found.genes += told
        if genotypes:
            genotypes.add(record, every)
    found.findings = sorted({one.id: one for one in found.findings}.values())
    found.genes = strongest(found.genes)
    if n_records and not n_known:
        raise InputError(
            file=path,
            found=f"no genotype of the patient in any of {plural(n_records, 'line')} that passed",
            expected="genotypes (GT) that say which alleles the patient has",
            remedy="name another sample of the file in the column variant_sample, or call the"
            " variants anew by a caller that writes GT",
        )
    if not (n_records or vcf.unused):
        raise InputError(
            file=path,
            found="a header alone",
            expected="lines of variants below it: a file without any is cut, or of no patient",
            remedy="copy the file again, or leave the column variants empty",
        )
    if not n_records:
        raise InputError(
            file=path,
            found=f"no line that is used: {_unused(vcf)}",
            expected="lines of the chromosomes 1 to 22, X, Y or MT, by these names, with chr before"
            " them or by their accessions in RefSeq, and with PASS or . as filter",
            remedy="rename the contigs (`bcftools annotate --rename-chrs`), or look why no line"
            " passed",
        )
    found.findings.append(_summary(vcf, n_alleles, found, annotation.tool))
    if genotypes:
        found.findings += genotypes.findings()
    return found


def _not_told(record: Record) -> str:
    """Say why a record that passed may tell nothing of the patient, or not all."""
    if not record.genotype.strip("./|"):
        return _NO_GENOTYPE
    # most alleles are a base or two: nothing is left of them
    odd = [
        n for n, alt in enumerate(record.alts, 1) if alt.strip("ACGTN") and alt not in _NO_ALLELE
    ]
    copies = re.split(r"[/|]", record.genotype) if odd else []
    return "with an allele that is not written in bases" if {*map(str, odd)} & {*copies} else ""


def look_at_variants(path: FilePath, *, patient: str, sample: str, assembly: str) -> None:
    """Check the header of a VCF: assembly and sample.

    Raises
    ------
    InputError
        As `read_variants`, as far as the header tells.
    """
    _sample(open_vcf(path, assembly=assembly), patient=patient, sample=sample)


def carried(record: Record) -> list[tuple[int, Allele]]:
    """Split a record into the alternative alleles that the sample carries, shortest writing.

    Alleles without a sequence (`*`, `<DEL>`) are left out; a missing copy (`./1`) counts as the
    reference.
    """
    copies = re.split(r"[/|]", record.genotype) if record.genotype else []
    alleles = []
    for number, alt in enumerate(record.alts):
        share = copies.count(str(number + 1)) / max(len(copies), 1)
        if share > 0 and _BASES.fullmatch(alt):
            pos, ref, short = trimmed(record.pos, record.ref, alt)
            alleles.append((number, Allele(record.chrom, pos, ref, short, share)))
    return alleles


def _sample(vcf: Vcf, *, patient: str, sample: str) -> str:
    """Choose the sample; names of other samples, who may be other people, are never told."""
    wanted = sample or patient
    if vcf.samples.count(wanted) == 1:
        return wanted
    if len(vcf.samples) == 1 and not sample:
        return vcf.samples[0]
    raise InputError(
        file=vcf.path,
        place="header",
        found=f"{plural(len(vcf.samples), 'sample')}, "
        f"{'two' if wanted in vcf.samples else 'none'} called "
        + ("as the patient sheet says" if sample else patient),
        expected="the patient's sample with its genotypes",
        remedy="name the sample in the column variant_sample of the patient sheet",
    )


def _known(
    allele: Allele, record: Record, rs_ids: Collection[str], known: KnownVariants
) -> list[GeneWeight]:
    """Give what databases say of an allele."""
    told = []
    for row, share in known.of(allele, rs_ids, record.ref):
        words = f"lead variant of {row.detail}" if row.kind == "gwas" else row.detail
        sign = 0 if pd.isna(row.sign) else int(row.sign)
        weight = KNOWN_WEIGHT[row.kind] * share
        evidence = f"{allele.id} {allele.zygosity}: {words}"
        told.append(GeneWeight(row.gene, weight, sign, evidence, function=sign))
    return told


def _harm(
    allele: Allele,
    described: Described | None,
    rs_ids: Collection[str],
    positions: GenePositions | None,
    limit: float,
) -> list[GeneWeight]:
    """Give the genes that a rare allele changes, or lies in where nobody knows what it does."""
    frequency = described.frequency if described else None
    rarity = float(not rs_ids) if frequency is None else max(0.0, 1 - frequency / limit)
    if rarity == 0:
        return []
    if described is not None:
        hits = [one for one in described.consequences if IMPACT_WEIGHT.get(one.impact)]
    elif positions is not None:
        genes = positions.at(allele.chrom, allele.pos, allele.pos + len(allele.ref) - 1)
        hits = [Consequence(gene, "", "inside the gene, effect unknown") for gene in genes]
    seen = "in dbSNP: no" if frequency is None else f"population frequency {frequency:.3g}"
    return [
        GeneWeight(
            one.gene,
            IMPACT_WEIGHT[one.impact] * allele.share * rarity,
            0,
            f"{allele.id} {allele.zygosity}: {one.words},"
            f" {one.impact.lower() or 'unknown'} impact, {seen}",
            function=-1 if loses_function(one) else 0,
        )
        for one in hits
    ]


def _finding(allele: Allele, rs_ids: Collection[str], told: list[GeneWeight]) -> Finding:
    genes = ", ".join(sorted({one.gene for one in told}))
    number = " ".join(["", *sorted(rs_ids)])
    detail = "; ".join(dict.fromkeys(one.evidence.partition(": ")[2] for one in told))
    return Finding("variant", allele.id, f"{genes}{number}", True, f"{allele.zygosity}; {detail}")


def _summary(vcf: Vcf, n_alleles: int, found: Found, tool: str) -> Finding:
    """Say how many alleles were read: a file without a finding is not a file that is missing."""
    by = f"consequences by {tool}" if tool else "consequences unknown, genes by position"
    detail = (
        f"{plural(n_alleles, 'allele')} carried, of which"
        f" {plural(len(found.findings), 'points', 'point')} to {plural(len(found.genes), 'gene')};"
        f" {by}"
    )
    if vcf.unused:
        detail += f"; not used: {_unused(vcf)}"
    return of_file("variant", "all", "variants read", detail)


def _unused(vcf: Vcf) -> str:
    """Count the lines of a file that are not used, by reason."""
    return ", ".join(
        f"{number} line{'s' * (number > 1)} {reason}"
        for reason, number in sorted(vcf.unused.items())
    )
