"""Human chromosomes: their lengths in both assemblies, and the names that files give them.

A chromosome is known as `1`, `chr1`, by its number (23 is X, 24 is Y, 25 the part that X and Y
share, 26 the mitochondrion, as PLINK writes), and by its accession in RefSeq, whose version tells
the assembly: `NC_000001.10` is chromosome 1 of GRCh37, `NC_000001.11` of GRCh38.

Sources: NCBI Assembly, GCF_000001405.25 (GRCh37.p13) and GCF_000001405.40 (GRCh38.p14).
"""

import re
from typing import NamedTuple

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

#: Versions of the accessions NC_000001 to NC_000024 in GRCh37; each is one higher in GRCh38.
_VERSIONS = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_BY_NUMBER = {"23": "X", "24": "Y", "25": "X", "26": "MT", "M": "MT"}
_ACCESSION = re.compile(r"NC_0000(\d\d)\.(\d{1,3})")


class Contig(NamedTuple):
    """A chromosome by its short name (`1`, `X`, `MT`), and its assembly where the name tells it."""

    chrom: str
    assembly: str = ""


def contig(name: str) -> Contig:
    """Give the chromosome that a file means; of any other contig its own name.

    An accession whose version is of neither assembly is another contig.
    """
    short = name[3:] if name[:3].lower() == "chr" else name
    short = short.upper() if short.lower() in {"x", "y", "m", "mt"} else short
    if name.startswith("NC_012920."):
        return Contig("MT")
    if told := _ACCESSION.fullmatch(name):
        number, version = int(told[1]), int(told[2])
        if 1 <= number <= len(_VERSIONS):
            chrom = _BY_NUMBER.get(str(number), str(number))
            later = version - _VERSIONS[number - 1]
            if later in (0, 1):
                return Contig(chrom, tuple(CHROMOSOME_LENGTHS)[later])
        return Contig(name)
    if short.isdecimal():
        short = short.lstrip("0")  # 01 to 09, as some sort them
    return Contig(_BY_NUMBER.get(short, short))
