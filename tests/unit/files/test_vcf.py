"""What a VCF may look like: contigs by any name, gVCF, byte order marks, files that were cut."""

import gzip

import pytest

from twinscreen.files import InputError
from twinscreen.files.contigs import CHROMOSOME_LENGTHS, contig
from twinscreen.files.vcf import open_vcf, read_records

HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
#: The end of a file as bgzip writes it: an empty block (SAM specification, section 4.1.2).
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def bgzip_block(text):
    """Compress a text as one block of bgzip: gzip with the block's size in the extra field BC."""
    packed = gzip.compress(text.encode(), mtime=0)
    size = (len(packed) + 8 - 1).to_bytes(2, "little")
    return b"\x1f\x8b\x08\x04" + packed[4:10] + b"\x06\x00BC\x02\x00" + size + packed[10:]


def records(path, *, assembly="GRCh38"):
    vcf = open_vcf(path, assembly=assembly)
    return list(read_records(vcf, assembly=assembly, sample="P1")), dict(vcf.unused)


@pytest.fixture
def write(tmp_path):
    def write(*lines, mark=b""):
        path = tmp_path / "p.vcf"
        body = "".join("\t".join(line.split()) + "\n" for line in lines)
        path.write_bytes(mark + (HEAD + body).encode())
        return path

    return write


@pytest.mark.parametrize(
    ("name", "chrom", "assembly"),
    [
        ("chr1", "1", ""),
        ("CHRX", "X", ""),
        ("chrM", "MT", ""),
        ("chrm", "MT", ""),
        ("23", "X", ""),
        ("26", "MT", ""),
        ("NC_000001.10", "1", "GRCh37"),
        ("NC_000001.11", "1", "GRCh38"),
        ("NC_000002.12", "2", "GRCh38"),
        ("NC_000023.11", "X", "GRCh38"),
        ("NC_000024.9", "Y", "GRCh37"),
        ("NC_012920.1", "MT", ""),
        ("NC_000001.9", "NC_000001.9", ""),
        ("chrUn_KI270302v1", "Un_KI270302v1", ""),
    ],
)
def test_names_of_chromosomes(name, chrom, assembly):
    assert contig(name) == (chrom, assembly)


def test_every_chromosome_has_an_accession_in_each_assembly():
    told = {contig(f"NC_0000{n:02d}.{v}") for n in range(1, 25) for v in range(5, 16)}
    for assembly, lengths in CHROMOSOME_LENGTHS.items():
        assert {one.chrom for one in told if one.assembly == assembly} == set(lengths)


def test_accessions_are_read_and_tell_the_assembly(write):
    path = write("NC_000002.12 190995100 . G A . PASS . GT 0/1")
    assert [one.chrom for one in records(path)[0]] == ["2"]
    with pytest.raises(InputError, match=r"NC_000002\.12, which is of GRCh38"):
        records(path, assembly="GRCh37")


def test_lines_that_are_not_used_are_counted_by_reason(write):
    path = write(
        "1 7 . A G . PASS . GT 0/1",
        "1 8 . A G . q10 . GT 0/1",
        "GL000220.1 9 . A G . PASS . GT 0/1",
        "HLA-A 9 . A G . q10 . GT 0/1",
    )
    found, unused = records(path)
    assert [one.pos for one in found if one.passed] == [7]
    assert sorted(unused.values()) == [1, 2]


def test_a_block_of_a_gvcf_has_an_end(write):
    found, _ = records(
        write(
            "1 10 . C <NON_REF> . PASS END=20 GT 0/0",
            "1 30 . C . . PASS END=40 GT 0/0",
            "1 50 . C <DEL> . PASS END=60 GT 0/1",
        )
    )
    assert [one.end for one in found] == [20, 40, 0]


def test_a_byte_order_mark_is_no_letter(write):
    assert len(records(write("1 7 . A G . PASS . GT 0/1", mark=b"\xef\xbb\xbf"))[0]) == 1


def test_a_file_of_bgzip_is_read_whole_or_refused(tmp_path):
    first, second = (f"1\t{pos}\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n" for pos in (7, 9))
    path = tmp_path / "p.vcf.gz"
    path.write_bytes(bgzip_block(HEAD + first) + bgzip_block(second) + END)
    assert [one.pos for one in records(path)[0]] == [7, 9]
    path.write_bytes(bgzip_block(HEAD + first))  # cut where a block ends
    with pytest.raises(InputError, match="the file is cut"):
        records(path)
    path.write_bytes(gzip.compress((HEAD + first).encode()))  # gzip has no such block
    assert len(records(path)[0]) == 1
