"""Sets of genes that may deviate for other reasons than the disease.

They are flagged wherever a page names them. Sources: HGNC (Seal et al., Nucleic Acids Research
2023;51:D1003) for families, which are told by their symbols; for genes that taking tissue apart
turns on, those of heat shock and the immediate early ones of van den Brink et al., Nature Methods
2017;14:935 (the rest of that list is signalling that a disease has, too).
"""

import re
from functools import cache

#: Symbols of a set, as one pattern; a gene is of the first set that it fits.
_PATTERNS = {
    "haemoglobin": r"HB[ABDEGMQZ][12]?",
    "immunoglobulin": r"IG[HKL][VDJ]\w*(-\w+)*|IGH[ADEGM]P?[1-4]?|IGKC|IGLC\d+|IGLL[15]|JCHAIN",
    "sex-linked": (
        "XIST|TSIX|DDX3Y|EIF1AY|KDM5D|NLGN4Y|PCDH11Y|PRKY|RPS4Y[12]|SRY|TBL1Y|TMSB4Y|TXLNGY|USP9Y"
        "|UTY|ZFY|AMELY|BPY2|CDY1B?|CDY2[AB]|DAZ[1-4]|HSFY[12]|RBMY1[A-J]\\d?|TSPY\\d+|VCY1?B?"
    ),
    "ribosomal": r"RP[LS]\d+[AXL]?\d*(L\d?)?|RPLP[0-2]|RPSA2?|FAU|UBA52",
    "mitochondrial": r"MT-\w+",
    "dissociation": (
        "ATF3|BTG2|DNAJA1|DNAJB[14]|DUSP1|EGR[1-3]|FOSB?|HSP90A[AB]1|HSPA1[AB]|HSPA8|HSPB1|HSPD1"
        "|HSPE1|HSPH1|IER[23]|JUN[BD]?|NR4A1|PPP1R15A|ZFP36"
    ),
}

#: What a set says of a sample, so that it follows "HBB: ".
MEANINGS = {
    "haemoglobin": "of red cells or their ambient RNA, which depends on how blood was prepared",
    "immunoglobulin": "of single clones of plasma cells, whose RNA spreads to other cells",
    "sex-linked": "differs with the sex of those compared",
    "ribosomal": "follows the size and depth of cells",
    "mitochondrial": "follows the health of cells when they were taken",
    "dissociation": "turned on within minutes while cells are taken apart or warmed",
}


@cache
def gene_set(symbol: str) -> str:
    """Return the known set that a gene is of, or ""."""
    for name, pattern in _PATTERNS.items():
        if re.fullmatch(pattern, symbol):
            return name
    return ""
