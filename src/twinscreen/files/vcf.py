"""Variant Call Format 4.x as text: header, records, and whether the stated assembly holds.

Read here and not through htslib, because of broken files: htslib's own messages name neither
line nor remedy, and a malformed position can end the process. Files compressed with gzip and
bgzip are read alike: bgzip writes a series of gzip members.

Source: The Variant Call Format specification, version 4.5, samtools.github.io/hts-specs.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

#: Lengths of the chromosomes in both assemblies, in base pairs.
_LENGTHS = """
1 249250621 248956422|2 243199373 242193529|3 198022430 198295559|4 191154276 190214555
5 180915260 181538259|6 171115067 170805979|7 159138663 159345973|8 146364022 145138636
9 141213431 138394717|10 135534747 133797422|11 135006516 135086622|12 133851895 133275309
13 115169878 114364328|14 107349540 107043718|15 102531392 101991189|16 90354753 90338345
17 81195210 83257441|18 78077248 80373285|19 59128983 58617616|20 63025520 64444167
21 48129895 46709983|22 51304566 50818468|X 155270560 156040895|Y 59373566 57227415
"""
_ROWS = [row.split() for row in _LENGTHS.strip().replace("\n", "|").split("|")]
CHROMOSOME_LENGTHS = {
    "GRCh37": {name: int(old) for name, old, _ in _ROWS},
    "GRCh38": {name: int(new) for name, _, new in _ROWS},
}
_CALLED = {
    "GRCh37": re.compile(r"GRCh37|\bhg19|b37\b|hs37d5|g1k_v37", re.IGNORECASE),
    "GRCh38": re.compile(r"GRCh38|\bhg38|b38\b|hs38", re.IGNORECASE),
}
_FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
_POSITION = re.compile("[0-9]{1,12}")
#: A genotype: alleles by number, or "." where not known; version 4.4 allows a separator before.
_GENOTYPE = re.compile(r"[/|]?((?:\.|[0-9]{1,6})(?:[/|](?:\.|[0-9]{1,6}))*)?")
_SAYS_ASSEMBLY = ("##reference=", "##assembly=", "##VEP=")


class Record(NamedTuple):
    """One line of a VCF; `genotype` is the GT of the chosen sample, "" if none was chosen."""

    chrom: str
    pos: int
    ids: tuple[str, ...]
    ref: str
    alts: tuple[str, ...]
    passed: bool
    info: str
    genotype: str


@dataclass
class Vcf:
    """Header of a VCF: descriptions of INFO fields by their tag, lengths of contigs, samples."""

    path: FilePath
    descriptions: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    assembly_words: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    first_line: int = 0


def chromosome(name: str) -> str:
    """Give the short name of a chromosome: `chr1` is 1, `chrM` is MT."""
    short = name[3:] if name[:3].lower() == "chr" else name
    return "MT" if short == "M" else short


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
    for line, text in _lines(vcf.path):
        if line < vcf.first_line or not text:
            continue
        fields = text.split("\t")
        if len(fields) <= max(column, 7) or not _POSITION.fullmatch(fields[1]) or not fields[3]:
            wanted = f"at least {max(column + 1, 8)} fields: a position second, bases fourth"
            raise _no_vcf(vcf.path, f"line {line}", f"{len(fields)} fields", wanted)
        chrom, pos = chromosome(fields[0]), int(fields[1])
        if pos > lengths.get(chrom, pos):
            raise _other_assembly(vcf, f"line {line}", "a position beyond the end", assembly)
        if chrom not in lengths and chrom != "MT":
            continue
        genotype = ""
        if column:
            keys = fields[8].split(":")
            values = fields[column].split(":")
            written = values[keys.index("GT")] if "GT" in keys[: len(values)] else ""
            genotype = _genotype(vcf.path, line, written, fields[4])
        yield Record(
            chrom,
            pos,
            tuple(fields[2].split(";")) if fields[2] != "." else (),
            fields[3].upper(),
            tuple(fields[4].upper().split(",")) if fields[4] != "." else (),
            fields[6] in {"PASS", "."},
            fields[7],
            genotype,
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
            vcf.lengths[chromosome(name[1])] = int(length[1])
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
    with open(path, "rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if compressed
            else open(path, encoding="utf-8") as file
        ):
            for line, text in enumerate(file, start=1):
                yield line, text.rstrip("\r\n")
    except (EOFError, zlib.error, UnicodeDecodeError, OSError) as error:
        found = f"can't be read: {error}"
        raise _no_vcf(path, "", found, "a whole VCF in UTF-8") from error
