"""The patient's genotypes where a variant changes what drugs do.

What is reported is what the file says: a position that it doesn't list is unknown, not reference,
since most files list only where a patient differs. Star alleles are not called: they are
haplotypes, and single variants without phase tell them only in part.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from twinscreen.files.vcf import UNSPECIFIED, Record
from twinscreen.observe.findings.finding import Finding, of_file

_BASES = re.compile("[ACGT]+")
#: Allele of a place inside a block of a gVCF, which gives the base of its first place alone.
_REFERENCE = "ref"


class _Call(NamedTuple):
    """One record at a known place: its reference, and the alleles of the copies, "." if missing."""

    ref: str
    copies: tuple[str, ...]


class Genotypes:
    """Collects the genotypes at pharmacogenomic positions while records pass by.

    Parameters
    ----------
    table
        Contract PHARMACOGENOMICS.
    assembly
        Of the records; positions of the table are of GRCh38 and serve for that alone. In any
        assembly a variant is known by its rs number.
    """

    def __init__(self, table: pd.DataFrame, *, assembly: str) -> None:
        rows = table.dropna(subset="rs_id")
        self._genes: dict[str, str] = {
            str(name): ", ".join(sorted(set(group)))
            for name, group in rows.groupby("rs_id")["gene"]
        }
        self._drugs = rows.groupby("rs_id")["drug"].agg(lambda names: sorted({*names})).to_dict()
        self._stars = rows.groupby("rs_id")["haplotype"].agg(
            lambda names: sorted({*names.dropna()})
        )
        placed = rows.dropna(subset="pos") if assembly == "GRCh38" else rows.iloc[:0]
        self._places = {
            (str(chrom), int(pos)): str(name)
            for chrom, pos, name in zip(
                placed["chrom"], placed["pos"], placed["rs_id"], strict=True
            )
        }
        self._sorted: dict[str, list[int]] = defaultdict(list)
        for chrom, pos in sorted(self._places):
            self._sorted[chrom].append(pos)
        self._calls: dict[str, list[_Call]] = defaultdict(list)

    def add(self, record: Record, rs_ids: Iterable[str]) -> None:
        """Keep the genotype of a record, if it stands at a known position.

        `rs_ids` are the numbers of the record and of its annotation. A record whose genotype
        is missing, or has an allele without a sequence, says nothing. A block of a gVCF stands
        for every known position in it.
        """
        copies = re.split(r"[/|]", record.genotype) if record.genotype else []
        if all(copy == "." for copy in copies):
            return
        alts = [alt for alt in record.alts if alt not in UNSPECIFIED]
        if record.end and not alts:
            self._add_block(record, copies)
            return
        names = {name for name in rs_ids if name in self._genes}
        if not names and len(record.ref) == 1:
            at = self._places.get((record.chrom, record.pos))
            names = {at} if at and all(len(alt) == 1 for alt in alts) else set()
        written = _written(record.ref, record.alts)
        called = tuple("." if copy == "." else written[int(copy)] for copy in copies)
        if names and written[0] and all(called):
            for name in names:
                self._calls[name].append(_Call(written[0], called))

    def _add_block(self, record: Record, copies: Sequence[str]) -> None:
        """Keep that the known positions of a block are as the reference."""
        places = self._sorted[record.chrom]
        for place in places[bisect_left(places, record.pos) : bisect_right(places, record.end)]:
            ref = record.ref[0] if place == record.pos else _REFERENCE
            called = tuple(ref if copy == "0" else "." for copy in copies)
            self._calls[self._places[record.chrom, place]].append(_Call(ref, called))

    def findings(self) -> list[Finding]:
        """List the genotypes found, by rs number, and how many positions the file says nothing of.

        The identifier is the rs number, the label names the genes; in the genotype, `C/T`, "."
        stands for a copy that is not known.
        """
        found = [
            Finding(
                "pharmacogenomic",
                name,
                self._genes[name],
                False,
                self._detail(name, call),
                genotype="/".join(sorted(call.copies)),
                reference=call.ref,
            )
            for name in sorted(self._calls)
            if (call := _joined(self._calls[name])) is not None
        ]
        n_known = len(self._genes)
        told = (
            f"{len(found)} of {n_known} positions with an annotation are listed in the file; the"
            " others are not known: a position that a file leaves out need not be reference"
        )
        return [*found, of_file("pharmacogenomic", "all", "positions read", told)]

    def _detail(self, name: str, call: _Call) -> str:
        drugs = self._drugs[name]
        listed = ", ".join(drugs[:5]) + (f" and {len(drugs) - 5} more" if len(drugs) > 5 else "")
        told = f"{_zygosity(call)}; bears on {listed}"
        if stars := self._stars[name]:
            told += (
                f"; stands in {', '.join(stars)}: star alleles are not called, since single"
                " variants tell them only in part"
            )
        return told


def _written(ref: str, alts: Sequence[str]) -> list[str]:
    """Write the alleles of a record as PharmGKB does: without the base before an insertion.

    `ACTT` and `A` are CTT and del; an allele that was not looked for is ".", one without a
    sequence nothing.
    """
    told = {one: one for one in (ref, *alts) if _BASES.fullmatch(one)}
    if len({len(one) for one in told}) > 1:
        while all(told.values()) and len({one[0] for one in told.values()}) == 1:
            told = {one: rest[1:] for one, rest in told.items()}
    told = {one: rest or "del" for one, rest in told.items()}
    return [told.get(one, "." if one in UNSPECIFIED else "") for one in (ref, *alts)]


def _joined(calls: list[_Call]) -> _Call | None:
    """Join the records of one position: a file may give each alternative allele a line.

    None where the lines contradict each other.
    """
    if len(set(calls)) == 1:
        return calls[0]
    ref, ploidy = calls[0].ref, max(len(call.copies) for call in calls)
    other = [copy for call in calls for copy in call.copies if copy not in (ref, ".")]
    if any(call.ref != ref for call in calls) or len(other) > ploidy:
        return None
    missing = max(call.copies.count(".") for call in calls)
    rest = ploidy - len(other)
    unknown = min(missing, rest)
    return _Call(ref, (*other, *["."] * unknown, *[ref] * (rest - unknown)))


def _zygosity(call: _Call) -> str:
    """Say in words how many copies differ from the reference."""
    other = [copy for copy in call.copies if copy not in (call.ref, ".")]
    if "." in call.copies:
        return "not fully called"
    if not other:
        return "reference"
    return "all copies" if len(other) == len(call.copies) else "heterozygous"
