"""Variants of patients, from hand-written files in the shape of VEP, SnpEff and plain callers."""

import gzip

import pandas as pd
import pytest

from twinscreen.files import GENE_NAMES, KNOWN_VARIANTS, GeneNames, InputError, read_table
from twinscreen.files.contigs import CHROMOSOME_LENGTHS
from twinscreen.files.tables import write_table
from twinscreen.files.vcf import open_vcf, read_records, trimmed
from twinscreen.knowledge.diseases.known_variants import build_known_variants
from twinscreen.observe.findings.consequence import GenePositions, allele_names
from twinscreen.observe.findings.variants import KnownVariants, read_variants
from twinscreen.settings.observe import FindingSettings

VEP = (
    '##INFO=<ID={tag},Number=.,Type=String,Description="Consequence annotations from Ensembl VEP.'
    ' Format: Allele|Consequence|IMPACT|SYMBOL|Gene|Existing_variation|gnomADe_AF|MAX_AF">\n'
)
SNPEFF = (
    "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | Annotation"
    " | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType |"
    " Rank | HGVS.c | HGVS.p | cDNA.pos / cDNA.length | CDS.pos / CDS.length | AA.pos / AA.length |"
    " Distance | ERRORS / WARNINGS / INFO' \">\n"
)
FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"


@pytest.fixture
def names(tmp_path):
    rows = [(name, name, "symbol") for name in ("IFNAR2", "TYK2", "OAS1", "STAT1")]
    rows.append(("ENSG00000105397", "TYK2", "ensembl"))
    write_table(
        pd.DataFrame(rows, columns=["name", "symbol", "kind"]), tmp_path / "names", GENE_NAMES
    )
    return GeneNames(tmp_path / "names")


def vcf(tmp_path, *records, head="", samples="P1", compressed=False):
    """Write records whose fields are separated by blanks here, by tabs in a VCF."""
    lines = "".join("\t".join(record.split()) + "\n" for record in records)
    columns = FIXED + samples.replace(" ", "\t")
    text = f"##fileformat=VCFv4.2\n{head}{columns}\n{lines}"
    path = tmp_path / ("p.vcf.gz" if compressed else "p.vcf")
    # bgzip writes several gzip members one after another
    half = len(text) // 2
    parts = [text[:half].encode(), text[half:].encode()]
    path.write_bytes(b"".join(map(gzip.compress, parts)) if compressed else text.encode())
    return path


def read(path, names, *, known=None, positions=None, sample="", assembly="GRCh38", diseases=()):
    table = pd.DataFrame(columns=KNOWN_VARIANTS.schema.names) if known is None else known
    return read_variants(
        path,
        patient="P1",
        sample=sample,
        settings=FindingSettings(assembly=assembly),
        names=names,
        known=KnownVariants(table, diseases),
        positions=positions,
    )


def weights(found):
    return {one.gene: one.weight for one in found.genes}


def used(found):
    return [one.id for one in found.findings if one.used]


@pytest.mark.parametrize("tag", ["CSQ", "ANN", "vep"])
@pytest.mark.parametrize("compressed", [True, False])
def test_vep_is_known_by_its_description(tmp_path, names, tag, compressed):
    path = vcf(
        tmp_path,
        # of two transcripts of a gene the worse counts; 1 x 1/2 x (1 - 0.002/0.01)
        f"21 33252612 . A G . PASS AF=0.9;{tag}=G|intron_variant|MODIFIER|IFNAR2|||0.001|0.002,"
        "G|stop_gained&splice_region_variant|HIGH|IFNAR2|||0.001|0.002 GT 0/1",
        # looked up and found in no population: 0.5 x 1 x 1, by the gene's identifier
        f"chr19 10352442 rs1 G C . . {tag}=C|missense_variant|MODERATE||ENSG00000105397|rs1||"
        " GT 1|1",
        f"12 112919388 . G A . PASS {tag}=A|missense_variant|MODERATE|OAS1|||0.01|0.3 GT 1/1",
        f"12 112919390 . G A . PASS {tag}=A|synonymous_variant|LOW|OAS1|||| GT 1/1",
        f"2 190995185 . G A . q10 {tag}=A|missense_variant|MODERATE|STAT1|||| GT 1/1",
        f"2 190995186 . G A . PASS {tag}=A|missense_variant|MODERATE|STAT1|||| GT 0/0",
        head=VEP.format(tag=tag),
        compressed=compressed,
    )
    found = read(path, names)
    assert weights(found) == pytest.approx({"IFNAR2": 0.4, "TYK2": 0.5})
    assert used(found) == ["19-10352442-G-C", "21-33252612-A-G"]
    evidence = {one.gene: one.evidence for one in found.genes}
    assert evidence["IFNAR2"] == (
        "21-33252612-A-G heterozygous: stop gained, splice region variant, high impact,"
        " population frequency 0.002"
    )


def test_alleles_of_a_line_are_taken_apart(tmp_path, names):
    """Two alternatives, one of them an indel, so VEP leaves the first base out of both."""
    info = "CSQ=A|missense_variant|MODERATE|OAS1||||,-|frameshift_variant|HIGH|TYK2||||"
    path = vcf(
        tmp_path,
        f"12 100 . CG CA,C . PASS {info} GT 0/2",
        f"12 200 . CG CA,C . PASS {info} GT 1/2",
        f"12 300 . CG CA,*,<DEL> . PASS {info} GT 2/3",
        head=VEP.format(tag="CSQ"),
    )
    found = read(path, names)
    assert used(found) == ["12-100-CG-C", "12-200-CG-C", "12-201-G-A"]
    assert weights(found) == {"TYK2": 0.5, "OAS1": 0.25}


def test_snpeff_and_dbsnp_in_place_of_a_frequency(tmp_path, names):
    rest = "|transcript|ENST1|protein_coding|1/2|c.1A>G|p.M1V||||"
    path = vcf(
        tmp_path,
        f"12 100 . A G . PASS AF=0.5;ANN=G|start_lost|HIGH|OAS1|ENSG1{rest} GT 0/1",
        f"12 200 rs7 A G . PASS AF=0.00001;ANN=G|start_lost|HIGH|TYK2|ENSG2{rest} GT 0/1",
        f"12 300 . AT A,AG . PASS ANN=A|frameshift_variant|HIGH|STAT1|ENSG3{rest} GT 2/2",
        head=SNPEFF,
    )
    assert weights(read(path, names)) == {"OAS1": 0.5}


def test_copies_of_the_sexes_and_missing_ones(tmp_path, names):
    info = "CSQ=G|stop_gained|HIGH|{}||||"
    path = vcf(
        tmp_path,
        f"X 100 . A G . PASS {info.format('OAS1')} GT:DP 1:7",
        f"X 200 . A G . PASS {info.format('TYK2')} GT ./1",
        f"X 300 . A G . PASS {info.format('STAT1')} GT ./.",
        f"X 400 . A G . PASS {info.format('STAT1')} DP 7",
        head=VEP.format(tag="CSQ"),
    )
    assert weights(read(path, names)) == {"OAS1": 1, "TYK2": 0.5}


def test_the_sample_of_the_patient(tmp_path, names):
    info = "CSQ=G|stop_gained|HIGH|{}||||"
    records = [
        f"1 100 . A G . PASS {info.format('OAS1')} GT 0/1 0/0",
        f"1 200 . A G . PASS {info.format('TYK2')} GT 0/0 0/1",
    ]
    head = VEP.format(tag="CSQ")
    path = vcf(tmp_path, *records, head=head, samples="P1 NAME")
    assert list(weights(read(path, names))) == ["OAS1"]
    assert list(weights(read(path, names, sample="NAME"))) == ["TYK2"]
    path = vcf(tmp_path, *records, head=head, samples="JANE NAME")
    with pytest.raises(InputError, match="2 samples, none called P1") as error:
        read(path, names)
    assert "JANE" not in str(error.value)


@pytest.fixture
def positions(tmp_path, names):
    table = "chrom\tstart\tend\tsymbol\nchr1\t50\t500\tOAS1\n1\t90\t110\tTYK2\n1\t120\t130\tNONE\n"
    (tmp_path / "genes.tsv").write_text(table, encoding="utf-8")
    return GenePositions(tmp_path / "genes.tsv", names)


def test_genes_by_position(positions):
    assert positions.at("1", 100, 100) == ("OAS1", "TYK2")
    assert positions.at("1", 110, 110) == ("OAS1", "TYK2")
    assert positions.at("1", 111, 111) == ("OAS1",)
    assert positions.at("1", 40, 50) == ("OAS1",)
    assert positions.at("1", 501, 600) == ()
    assert positions.at("2", 100, 100) == ()


def test_a_plain_vcf_weighs_less_and_needs_positions(tmp_path, names, positions):
    path = vcf(tmp_path, "1 100 . A G . PASS . GT 1/1", "1 130 rs5 A G . PASS . GT 1/1")
    assert weights(read(path, names, positions=positions)) == {"OAS1": 0.25, "TYK2": 0.25}
    with pytest.raises(InputError, match=r"findings\.gene_positions"):
        read(path, names)


def contig(name, assembly):
    return f"##contig=<ID={name},length={CHROMOSOME_LENGTHS[assembly][name.removeprefix('chr')]}>\n"


@pytest.mark.parametrize(
    "head",
    [
        contig("chr1", "GRCh37"),
        contig("22", "GRCh37"),
        "##contig=<ID=1,assembly=b37>\n",
        "##reference=file:///refs/human_g1k_v37.fasta\n",
        '##VEP="v110" cache="/x" assembly="GRCh37.p13"\n',
    ],
)
def test_a_header_of_another_assembly_is_refused(tmp_path, head):
    path = vcf(tmp_path, "1 100 . A G . PASS . GT 1/1", head=head)
    assert open_vcf(path, assembly="GRCh37").samples == ["P1"]
    with pytest.raises(InputError, match=r"GRCh38, as findings\.assembly says"):
        open_vcf(path, assembly="GRCh38")


def test_a_position_beyond_the_chromosome_is_refused(tmp_path):
    path = vcf(tmp_path, "1 249000000 . A G . PASS . GT 1/1")
    assert len(list(read_records(open_vcf(path, assembly="GRCh37"), assembly="GRCh37"))) == 1
    with pytest.raises(InputError, match="line 3"):
        list(read_records(open_vcf(path, assembly="GRCh38"), assembly="GRCh38"))


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n",
        b"##fileformat=VCFv4.2\n",
        b"##fileformat=VCFv4.2\n" + FIXED.encode() + b"P1\n1\txx\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n",
        b"##fileformat=VCFv4.2\n" + FIXED.encode() + b"P1\n1\t7\t.\tA\tG\t.\tPASS\t.\n",
        gzip.compress(b"##fileformat=VCFv4.2\n" + FIXED.encode() + b"P1\n" * 9000)[:-20],
        b"##fileformat=VCFv4.2\n" + FIXED.encode() + b"P1\n1\t7\t.\t\tA\t.\tPASS\t.\tGT\t0/1\n",
        b"##fileformat=VCFv4.2\n" + FIXED.encode() + b"P1\n1\t" + b"7" * 5000 + b"\t.\tA\tG\n",
        gzip.compress(b"##fileformat=VCFv4.2\n" * 9000)[:20] + b"\xff" * 400,
        b"\xff\xfe",
    ],
)
def test_broken_files_are_refused(tmp_path, names, positions, content):
    path = tmp_path / "broken.vcf"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read(path, names, positions=positions)


@pytest.mark.parametrize("genotype", ["0/5", "T/T", "-1/0", "0/", "1/x"])
def test_a_genotype_that_names_no_allele_of_its_record_is_refused(tmp_path, genotype):
    path = vcf(tmp_path, f"1 7 rs1 C T . PASS . GT:DP {genotype}:9")
    with pytest.raises(InputError, match=r"line 3\n  found:    a genotype"):
        list(read_records(open_vcf(path, assembly="GRCh38"), assembly="GRCh38", sample="P1"))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("0/1", "0/1"), ("2|.", "2|."), (".", "."), ("1", "1"), ("/0/1", "0/1"), ("|1", "1")],
)
def test_genotypes_as_the_versions_of_the_format_write_them(tmp_path, written, read_as):
    path = vcf(tmp_path, f"1 7 rs1 C T,G . PASS . GT {written}")
    [record] = read_records(open_vcf(path, assembly="GRCh38"), assembly="GRCh38", sample="P1")
    assert record.genotype == read_as


@pytest.mark.parametrize(
    ("written", "shortest"),
    [
        ((100, "A", "G"), (100, "A", "G")),
        ((100, "CG", "CA"), (101, "G", "A")),
        ((100, "CTT", "CT"), (100, "CT", "C")),
        ((100, "ACGT", "ATGT"), (101, "C", "T")),
        ((100, "GCAT", "GCAT"[:1]), (100, "GCAT", "G")),
    ],
)
def test_the_shortest_writing(written, shortest):
    assert trimmed(*written) == shortest


def test_names_of_alleles():
    assert allele_names("A", ["G"], 0) == {"G"}
    assert allele_names("CG", ["C"], 0) == {"C", "-"}
    assert allele_names("C", ["CAT", "T"], 0) == {"CAT"}  # T doesn't begin with C: nothing trimmed
    assert allele_names("C", ["CAT", "*"], 0) == {"CAT", "AT"}
    assert allele_names("CAT", ["C", "<NON_REF>"], 0) == {"C", "-"}


def test_a_dot_is_no_frequency(tmp_path, names):
    """As VEP writes where the VCF of frequencies that it was given says nothing."""
    path = vcf(
        tmp_path,
        "1 100 . A G . PASS CSQ=G|stop_gained|HIGH|TYK2|||.|. GT 0/1",
        "1 200 . A G . PASS CSQ=G|stop_gained|HIGH|OAS1|||.&0.005|. GT 0/1",
        head=VEP.format(tag="CSQ"),
    )
    assert weights(read(path, names)) == pytest.approx({"TYK2": 0.5, "OAS1": 0.25})


CLINVAR = """\
##fileformat=VCFv4.1
##reference=GRCh38
##INFO=<ID=CLNDN,Number=.,Type=String,Description="disease">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="review">
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="significance">
##INFO=<ID=GENEINFO,Number=1,Type=String,Description="genes">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""
REVIEWED = "CLNREVSTAT=criteria_provided,_single_submitter"
GTEX = """\
variant_id\tgene_id\ttss_distance\tma_samples\tma_count\tmaf\tpval_nominal\tslope\tslope_se
chr12_500_G_A_b38\tOAS1\t5\t7\t7\t0.06\t1e-08\t-0.5\t0.1
chr12_600_G_A_b38\tOAS1\t5\t7\t7\t0.06\t1e-05\t0.6\t0.1
"""
CATALOGUE = """\
molecular_trait_id\tgene_id\tcs_id\tvariant\trsid\tcs_size\tpip\tpvalue\tbeta\tse\tz\tcs_min_r2\tregion
x\tENSG00000105397\tx_L1\tchr19_700_TG_T\trs70\t2\t0.6\t1e-9\t0.2\t0.1\t2\t0.6\tchr19:1-2
x\tENSG00000105397\tx_L1\tchr19_800_T_C\trs80\t2\t0.4\t1e-8\t0.3\t0.1\t3\t0.6\tchr19:1-2
"""


@pytest.fixture
def known(tmp_path, names):
    rows = [
        f"21\t100\t1\tA\tG\t.\t.\tCLNDN=Immunodeficiency_45;{REVIEWED};CLNSIG=Pathogenic/"
        "Likely_pathogenic;CLNSIGSCV=SCV1;GENEINFO=IFNAR2:3455",
        f"21\t200\t2\tA\tG\t.\t.\t{REVIEWED};CLNSIG=Uncertain_significance;"
        "CLNSIGINCL=9:Pathogenic;GENEINFO=IFNAR2:3455",
        "21\t300\t3\tA\tG\t.\t.\tCLNREVSTAT=no_assertion_criteria_provided;CLNSIG=Pathogenic;"
        "GENEINFO=IFNAR2:3455",
        f"21\t400\t4\tA\tG\t.\t.\t{REVIEWED};CLNSIG=Conflicting_classifications_of_pathogenicity;"
        "GENEINFO=IFNAR2:3455",
    ]
    (tmp_path / "clinvar.vcf").write_text(CLINVAR + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "Lung.v8.txt").write_text(GTEX, encoding="utf-8")
    (tmp_path / "QTD1.credible_sets.tsv").write_text(CATALOGUE, encoding="utf-8")
    gwas = {
        "MAPPED_TRAIT": "COVID-19",
        "MAPPED_TRAIT_URI": "http://purl.obolibrary.org/obo/MONDO_0100096",
        "MAPPED_GENE": "IFNAR2, STAT1",
        "SNPS": "rs13050728",
        "STRONGEST SNP-RISK ALLELE": "rs13050728-T",
        "PVALUE_MLOG": "13.9",
    }
    pd.DataFrame([gwas]).to_csv(tmp_path / "gwas.tsv", sep="\t", index=False)
    build_known_variants(
        clinvar=tmp_path / "clinvar.vcf",
        catalogs=[tmp_path / "gwas.tsv"],
        eqtl=[tmp_path / "Lung.v8.txt", tmp_path / "QTD1.credible_sets.tsv"],
        assembly="GRCh38",
        names=tmp_path / "names",
        output=tmp_path / "known",
    )
    return read_table(tmp_path / "known", KNOWN_VARIANTS)


def test_known_variants(known):
    assert len(known) == 5
    assert known.groupby("kind")["gene"].agg(sorted).to_dict() == {
        "clinvar": ["IFNAR2"],
        "eqtl": ["OAS1", "TYK2"],
        "gwas": ["IFNAR2", "STAT1"],
    }
    eqtl = known[known["kind"] == "eqtl"].set_index("gene")
    assert eqtl.loc["OAS1", ["pos", "sign"]].tolist() == [500, -1]
    assert eqtl.loc["TYK2", ["pos", "ref", "alt", "sign"]].tolist() == [700, "TG", "T", 1]


def test_what_is_known_holds_however_common(tmp_path, names, known):
    common = "CSQ={}|intron_variant|MODIFIER|{}|||0.4|0.5"
    path = vcf(
        tmp_path,
        f"21 100 rs1 A G . PASS {common.format('G', 'IFNAR2')} GT 0/1",
        f"21 200 rs2 A G . PASS {common.format('G', 'IFNAR2')} GT 1/1",
        f"12 500 rs3 G A . PASS {common.format('A', 'OAS1')} GT 1/1",
        f"19 700 rs70 TGG TG . PASS {common.format('-', 'TYK2')} GT 0/1",
        head=VEP.format(tag="CSQ"),
    )
    found = read(path, names, known=known)
    assert weights(found) == {"IFNAR2": 0.5, "OAS1": 0.5, "TYK2": 0.25}
    assert {one.gene: one.expected for one in found.genes} == {"IFNAR2": 0, "OAS1": -1, "TYK2": 1}
    assert "Pathogenic/Likely pathogenic, Immunodeficiency 45" in found.genes[0].evidence


@pytest.mark.parametrize(
    ("genotype", "diseases", "expected"),
    [
        ("0/1", ["MONDO:0100096"], {"IFNAR2": 0.25, "STAT1": 0.25}),  # one copy of T, the reference
        ("1/1", ["MONDO:0100096"], {}),  # no copy of the risk allele
        ("0/1", ["MONDO:1"], {}),
    ],
)
def test_lead_variants_of_the_patients_diseases(
    tmp_path, names, known, genotype, diseases, expected
):
    info = "CSQ=C|intron_variant|MODIFIER|IFNAR2||rs13050728|0.4|0.5"
    path = vcf(
        tmp_path, f"21 33242905 . T C . PASS {info} GT {genotype}", head=VEP.format(tag="CSQ")
    )
    assert weights(read(path, names, known=known, diseases=diseases)) == expected


def test_tables_of_grch38_do_not_fit_grch37(tmp_path, names):
    (tmp_path / "Lung.v8.txt").write_text(GTEX, encoding="utf-8")
    with pytest.raises(InputError, match=r"findings\.eqtl"):
        build_known_variants(
            clinvar=None,
            catalogs=[],
            eqtl=[tmp_path / "Lung.v8.txt"],
            assembly="GRCh37",
            names=tmp_path / "names",
            output=tmp_path / "known",
        )


def test_a_file_of_which_no_line_is_used_is_refused(tmp_path, names, positions):
    lines = [f"{name} 7 . A G . {flag} . GT 0/1" for name, flag in (("GL1", "PASS"), ("1", "q10"))]
    with pytest.raises(InputError, match="no line that is used: 1 line on contigs"):
        read(vcf(tmp_path, *lines), names, positions=positions)
    found = read(vcf(tmp_path, *lines, "1 9 . A G . . . GT 0/1"), names, positions=positions)
    assert found.findings[-1].detail.startswith("1 allele carried")
    assert "1 line that a filter marks" in found.findings[-1].detail
