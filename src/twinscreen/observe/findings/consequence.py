"""What a variant does to genes, as VEP or SnpEff wrote it, or by its place alone.

Source: McLaren et al., Genome Biology 2016;17:122 (VEP); Cingolani et al., Fly 2012;6:80
(SnpEff).
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twinscreen.files import FilePath, GeneNames
from twinscreen.files.contigs import contig
from twinscreen.files.own_tables import GENE_POSITIONS, read_own_table
from twinscreen.files.vcf import Record, Vcf, info_value

IMPACTS = ("HIGH", "MODERATE", "LOW", "MODIFIER")

#: Fields of VEP that hold a frequency in a population; the file's own INFO/AF is none.
_FREQUENCIES = ("MAX_AF", "gnomADe_AF", "gnomADg_AF", "gnomAD_AF", "AF")
#: A frequency; a lone dot, as annotation from a VCF of one's own has it, is none.
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Consequence:
    """What one allele does to one gene; `impact` is one of IMPACTS, or "" where unknown."""

    gene: str
    impact: str
    words: str


#: Consequences, as VEP and SnpEff call them, after which hardly any working product is left.
_LOSS = (
    *("transcript ablation", "exon loss variant", "start lost", "stop gained"),
    *("frameshift variant", "splice acceptor variant", "splice donor variant"),
)


def loses_function(consequence: Consequence) -> bool:
    """Say whether a consequence is of those that leave hardly any working product."""
    return consequence.impact == "HIGH" and any(word in consequence.words for word in _LOSS)


@dataclass(frozen=True)
class Described:
    """Consequences of one allele, and what the annotation says of the allele in populations.

    `frequency` is the largest of any population: 0 if looked up and found in none, None if
    nobody looked.
    """

    consequences: tuple[Consequence, ...]
    frequency: float | None
    rs_ids: tuple[str, ...]


class Annotation:
    """Consequences written into a VCF, found by what the header says of its fields.

    Parameters
    ----------
    vcf
        The header. VEP's fields are known by `Format: Allele|Consequence|...`, SnpEff's by
        `Allele | Annotation | ...`, whatever tag they stand under.
    names
        Gene names.
    """

    def __init__(self, vcf: Vcf, names: GeneNames) -> None:
        self._names = names
        self.tool, self._tag = "", ""
        self._fields: list[str] = []
        for tag, said in vcf.descriptions.items():
            if match := re.search(r"Format: *(Allele\|\S+|\S+\|Allele\|\S+)", said):
                self.tool, self._tag = "VEP", tag
                self._fields = match[1].split("|")
                break
            if match := re.search(r"'? ?(Allele \| Annotation \|[^']*)", said):
                self.tool, self._tag = "SnpEff", tag
                self._fields = [name.strip() for name in match[1].split("|")]

    def of(self, record: Record, number: int) -> Described:
        """Give what is written of the alternative allele `number` (0 is the first)."""
        entries = [
            dict(zip(self._fields, entry.split("|"), strict=False))
            for entry in info_value(record.info, self._tag).split(",")
            if entry
        ]
        meant = allele_names(record.ref, record.alts, number)
        mine = [entry for entry in entries if _is_of(entry, number, meant)]
        if not mine and len(record.alts) == 1:
            mine = entries
        worst: dict[str, Consequence] = {}
        for entry in mine:
            if (one := self._consequence(entry)) and _rank(one) < _rank(worst.get(one.gene)):
                worst[one.gene] = one
        return Described(
            tuple(worst[gene] for gene in sorted(worst)),
            self._frequency(mine),
            tuple(
                sorted(
                    name
                    for entry in mine[:1]
                    for name in entry.get("Existing_variation", "").split("&")
                    if name.startswith("rs")
                )
            ),
        )

    def _consequence(self, entry: dict[str, str]) -> Consequence | None:
        vep = self.tool == "VEP"
        keys = ("SYMBOL", "Gene") if vep else ("Gene_Name", "Gene_ID")
        given = (entry.get(key, "") for key in keys)
        gene = next(
            (symbol for name in given if name and (symbol := self._names.resolve(name))), ""
        )
        impact = entry.get("IMPACT" if vep else "Annotation_Impact", "")
        words = entry.get("Consequence" if vep else "Annotation", "").replace("&", ", ")
        return Consequence(gene, impact, words.replace("_", " ")) if gene else None

    def _frequency(self, entries: Sequence[dict[str, str]]) -> float | None:
        known = [name for name in _FREQUENCIES if name in self._fields]
        if not known or not entries:
            return None
        values = [
            float(value)
            for entry in entries
            for name in known
            for value in entry.get(name, "").split("&")
            if _NUMBER.fullmatch(value)
        ]
        return max(values, default=0.0)


def allele_names(ref: str, alts: Sequence[str], number: int) -> set[str]:
    """Give every way in which an annotation may write an alternative allele.

    As it stands in the VCF (SnpEff), and as VEP trims it: where any alternative of the line
    differs in length and all begin with the same base as the reference, that base is left out,
    and nothing left is `-`. Alternatives without a sequence (`*`, `<NON_REF>`) have no say in it.
    """
    alt = alts[number]
    names = {alt}
    plain = [one for one in alts if one.isalpha()]
    indel = any(len(one) != len(ref) for one in plain)
    if indel and all(one[0] == ref[0] for one in plain):
        names.add(alt[1:] or "-")
    return names


def _is_of(entry: dict[str, str], number: int, meant: set[str]) -> bool:
    if entry.get("ALLELE_NUM", ""):
        return entry["ALLELE_NUM"] == str(number + 1)
    return entry.get("Allele", "") in meant


def _rank(one: Consequence | None) -> int:
    """Give the order of an impact: 0 is the worst."""
    return IMPACTS.index(one.impact) if one and one.impact in IMPACTS else len(IMPACTS)


class GenePositions:
    """Genes by their place, for variants that carry no annotation.

    Parameters
    ----------
    path
        Table with the columns chrom, start, end, symbol; positions count from 1, ends included.
    names
        Gene names.

    Raises
    ------
    InputError
        The table is missing or at fault, see `read_own_table`.
    """

    def __init__(self, path: FilePath, names: GeneNames) -> None:
        table = read_own_table(GENE_POSITIONS, path, names)
        rows: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for chrom, start, end, symbol in table.itertuples(index=False):
            rows[contig(chrom).chrom].append((start, end, symbol))
        self._rows = {chrom: sorted(genes) for chrom, genes in rows.items()}
        self._starts = {chrom: [g[0] for g in genes] for chrom, genes in self._rows.items()}
        # the furthest end up to each gene tells how far back a gene may still reach
        self._reach = {
            chrom: np.maximum.accumulate([g[1] for g in genes]).tolist()
            for chrom, genes in self._rows.items()
        }

    def at(self, chrom: str, start: int, end: int) -> tuple[str, ...]:
        """Give the genes that overlap a stretch, sorted."""
        genes = self._rows.get(chrom, [])
        found = set()
        index = bisect_right(self._starts.get(chrom, []), end) - 1
        while index >= 0 and self._reach[chrom][index] >= start:
            if genes[index][1] >= start:
                found.add(genes[index][2])
            index -= 1
        return tuple(sorted(found))
