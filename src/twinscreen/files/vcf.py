"""Variant Call Format 4.x as text: header, records, and whether the stated assembly holds.

Read here and not through htslib, because of broken files: htslib's own messages name neither
line nor remedy, and a malformed position can end the process. Files compressed with gzip and
bgzip are read alike: bgzip writes a series of gzip members.

Source: The Variant Call Format specification, version 4.5, samtools.github.io/hts-specs.
"""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from twinscreen.files.contigs import CHROMOSOME_LENGTHS, contig
from twinscreen.files.errors import InputError
from twinscreen.files.intact.foreign import foreign
from twinscreen.files.paths import FilePath

_CALLED = {
    "GRCh37": re.compile(r"GRCh37|\bhg19|b37\b|hs37d5|g1k_v37", re.IGNORECASE),
    "GRCh38": re.compile(r"GRCh38|\bhg38|b38\b|hs38", re.IGNORECASE),
}
_FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
_POSITION = re.compile("[0-9]{1,12}")
#: A genotype: alleles by number, or "." where not known; version 4.4 allows a separator before.
_GENOTYPE = re.compile(r"[/|]?((?:\.|[0-9]{1,6})(?:[/|](?:\.|[0-9]{1,6}))*)?")
#: Stand in a gVCF for any allele that was not looked for.
UNSPECIFIED = frozenset({"<NON_REF>", "<*>"})
#: The block that ends every file which bgzip has written whole.
_BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
#: Bytes: no line is longer, nor has any file of a thousand people such lines.
LONGEST_LINE = 2**26
_SAYS_ASSEMBLY = ("##reference=", "##assembly=", "##VEP=")


class Record(NamedTuple):
    """One line of a VCF; `genotype` is the GT of the chosen sample, "" if none was chosen.

    `end` is the last base of a block that stands for many alike (gVCF), else 0.
    """

    chrom: str
    pos: int
    ids: tuple[str, ...]
    ref: str
    alts: tuple[str, ...]
    passed: bool
    info: str
    genotype: str
    end: int = 0


@dataclass
class Vcf:
    """Header of a VCF: descriptions of INFO fields by their tag, lengths of contigs, samples.

    While records are read, `unused` counts the lines that give none, by reason.
    """

    path: FilePath
    descriptions: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    assembly_words: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    first_line: int = 0
    unused: Counter[str] = field(default_factory=Counter)


def trimmed(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Give the shortest way to write a variant at its place: bases that both share are left out.

    At least one base is left on each side, as VCF wants; the right end is trimmed first.
    """
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    start = 0
    while len(ref) - start > 1 and len(alt) - start > 1 and ref[start] == alt[start]:
        start += 1
    return pos + start, ref[start:], alt[start:]


def open_vcf(path: FilePath, *, assembly: str) -> Vcf:
    """Read the header of a VCF and check that it doesn't contradict the stated assembly.

    Raises
    ------
    InputError
        The file is missing or no VCF, or its header names another assembly.
    """
    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected="a VCF", remedy="correct the path"
        )
    if told := foreign(path):
        raise InputError(
            file=path, found=told.found, expected="a VCF in version 4", remedy=told.remedy
        )
    vcf = Vcf(path)
    for line, text in _lines(path):
        if line == 1 and not text.startswith("##fileformat=VCFv4"):
            raise _no_vcf(path, "line 1", text[:40], "##fileformat=VCFv4 and a version")
        if text.startswith("##"):
            _read_meta(vcf, text)
            continue
        if not text.startswith(_FIXED):
            raise _no_vcf(path, f"line {line}", text[:60], f"a line that starts with {_FIXED!r}")
        vcf.samples = text.split("\t")[9:]
        vcf.first_line = line + 1
        break
    else:
        raise _no_vcf(path, "", "a header without an end", f"a line that starts with {_FIXED!r}")
    _check_assembly(vcf, assembly)
    return vcf


def read_records(vcf: Vcf, *, assembly: str, sample: str | None = None) -> Iterator[Record]:
    """Read all records on the numbered chromosomes, X, Y and the mitochondrion.

    Raises
    ------
    InputError
        A line is broken, or a position lies beyond the end of its chromosome.
    """
    column = 9 + vcf.samples.index(sample) if sample is not None else 0
    lengths = CHROMOSOME_LENGTHS[assembly]
    vcf.unused.clear()
    for line, text in _lines(vcf.path):
        if line < vcf.first_line or not text:
            continue
        fields = text.split("\t")
        if len(fields) <= max(column, 7) or not _POSITION.fullmatch(fields[1]) or not fields[3]:
            wanted = f"at least {max(column + 1, 8)} fields: a position second, bases fourth"
            raise _no_vcf(vcf.path, f"line {line}", f"{len(fields)} fields", wanted)
        (chrom, told), pos = contig(fields[0]), int(fields[1])
        if told not in ("", assembly):
            raise _other_assembly(vcf, f"line {line}", f"{fields[0]}, which is of {told}", assembly)
        if pos > lengths.get(chrom, pos):
            raise _other_assembly(vcf, f"line {line}", "a position beyond the end", assembly)
        if chrom not in lengths and chrom != "MT":
            vcf.unused["on contigs other than the chromosomes"] += 1
            continue
        passed = fields[6] in {"PASS", "."}
        if not passed:
            vcf.unused["that a filter marks"] += 1
        genotype = ""
        if column:
            keys = fields[8].split(":")
            values = fields[column].split(":")
            written = values[keys.index("GT")] if "GT" in keys[: len(values)] else ""
            genotype = _genotype(vcf.path, line, written, fields[4])
        alts = tuple(fields[4].upper().split(",")) if fields[4] != "." else ()
        last = info_value(fields[7], "END") if set(alts) <= UNSPECIFIED else ""
        yield Record(
            chrom,
            pos,
            tuple(fields[2].split(";")) if fields[2] != "." else (),
            fields[3].upper(),
            alts,
            passed,
            fields[7],
            genotype,
            int(last) if _POSITION.fullmatch(last) else 0,
        )


def _genotype(path: FilePath, line: int, written: str, alts: str) -> str:
    """Check that a genotype names alleles of its record; a separator before it is left out."""
    most = 0 if alts == "." else alts.count(",") + 1
    told = _GENOTYPE.fullmatch(written)
    if not told or any(int(number) > most for number in re.findall("[0-9]+", written)):
        found = "a genotype that names no alleles of its line"
        raise _no_vcf(path, f"line {line}", found, f"numbers from 0 to {most}, or . for unknown")
    return told[1] or ""


def info_value(info: str, tag: str) -> str:
    """Give the value of one INFO field by its whole tag, or "" where it isn't there."""
    for part in info.split(";"):
        name, _, value = part.partition("=")
        if name == tag:
            return value
    return ""


def _read_meta(vcf: Vcf, text: str) -> None:
    if text.startswith("##INFO=<"):
        tag = re.search(r"[<,]ID=([^,>]+)", text)
        said = re.search(r'Description="([^"]*)"', text)
        if tag and said:
            vcf.descriptions[tag[1]] = said[1]
    elif text.startswith("##contig=<"):
        name = re.search(r"[<,]ID=([^,>]+)", text)
        length = re.search(r"[<,]length=(\d{1,12})\b", text)
        if name and length:
            vcf.lengths[contig(name[1]).chrom] = int(length[1])
        if called := re.search(r"[<,]assembly=([^,>]+)", text):
            vcf.assembly_words.append(called[1])
    elif text.startswith(_SAYS_ASSEMBLY):
        vcf.assembly_words.append(text)


def _check_assembly(vcf: Vcf, assembly: str) -> None:
    """Compare the header with the stated assembly; lengths count before words."""
    known = CHROMOSOME_LENGTHS[assembly]
    both = {name: length for name, length in vcf.lengths.items() if name in known}
    for name, length in both.items():
        if length != known[name]:
            raise _other_assembly(vcf, "header", f"chromosome {name} of {length} bases", assembly)
    if both:
        return
    other = next(name for name in CHROMOSOME_LENGTHS if name != assembly)
    said = " ".join(vcf.assembly_words)
    if _CALLED[other].search(said) and not _CALLED[assembly].search(said):
        raise _other_assembly(vcf, "header", f"the assembly {other}", assembly)


def _other_assembly(vcf: Vcf, place: str, found: str, assembly: str) -> InputError:
    return InputError(
        file=vcf.path,
        place=place,
        found=found,
        expected=f"positions of {assembly}, as findings.assembly says",
        remedy="correct findings.assembly, or lift the variants over to that assembly",
    )


def _no_vcf(path: FilePath, place: str, found: str, expected: str) -> InputError:
    return InputError(
        file=path,
        place=place,
        found=found,
        expected=expected,
        remedy="export the file again as VCF 4, plain or compressed with gzip or bgzip (no BCF)",
    )


def _lines(path: FilePath) -> Iterator[tuple[int, str]]:
    """Give the lines of a text, numbered; it may be compressed, whatever its name ends in."""
    compressed = _compressed(path)
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if compressed
            else open(path, encoding="utf-8-sig") as file
        ):
            line = 0
            while text := file.readline(LONGEST_LINE + 1):
                line += 1
                if len(text) > LONGEST_LINE:
                    raise _no_vcf(path, f"line {line}", "a line without an end", "a VCF")
                yield line, text.rstrip("\r\n")
    except (EOFError, zlib.error, UnicodeDecodeError, OSError) as error:
        found = f"can't be read: {error}"
        raise _no_vcf(path, "", found, "a whole VCF in UTF-8") from error


def _compressed(path: FilePath) -> bool:
    """Tell whether a file is compressed; one that bgzip wrote must have its last block.

    Cut between two blocks such a file is whole to gzip, and lacks what came after.
    """
    with open(path, "rb") as raw:
        head = raw.read(18)
        if head[:2] != b"\x1f\x8b":
            return False
        # bgzip keeps the size of each block in an extra field, BC
        if len(head) == 18 and head[3] & 4 and head[12:14] == b"BC":
            raw.seek(max(0, raw.seek(0, 2) - len(_BGZIP_END)))
            if raw.read() != _BGZIP_END:
                raise InputError(
                    file=path,
                    place="the end",
                    found="no last block as bgzip writes it: the file is cut",
                    expected="a whole file",
                    remedy="copy the file again, or compress it anew by bgzip",
                )
    return True
