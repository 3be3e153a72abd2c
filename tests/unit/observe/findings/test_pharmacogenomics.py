"""Variants and drugs: what is derived, what is read, and which genotype a file really says."""

import json
import sqlite3

import pandas as pd
import pytest
from derive.pharmacogenomics import derive_pharmacogenomics

from small_tables import drug_table, write_gene_names
from twinscreen.data import TABLES
from twinscreen.files import (
    DRUGS,
    PHARMACOGENOMICS,
    GeneNames,
    InputError,
    read_table,
    write_table,
)
from twinscreen.files.drug_names import DrugNames
from twinscreen.files.vcf import Record
from twinscreen.knowledge.pharmacogenomics import (
    build_pharmacogenomics,
    effect_of,
    genotype_of,
    read_clinpgx,
    sentence_of,
)
from twinscreen.observe.findings.pharmacogenomics import Genotypes
from twinscreen.observe.findings.variants import KnownVariants, read_variants
from twinscreen.settings.observe import FindingSettings

#: Rows in the shape of panno's table ClinAnn; its texts are often put between quotes.
COLUMNS = [
    *("CAID", "Gene", "Variant", "Allele1", "Allele2", "Annotation1", "Function1", "Function2"),
    *("Drug", "Phenotypes", "EvidenceLevel", "PhenotypeCategory"),
]
TEXT = (
    '"The C allele of this variant is assigned as decreased function by CPIC. Patients with the'
    " CT genotype may have an increased risk of myopathy when treated with {} as compared to"
    ' patients with the TT genotype. Other factors may also influence the risk."'
)
ROWS = [
    (7, "SLCO1B1", "rs4149056", "T", "C", TEXT.format("a statin"), "", "", drug, "a;b", "1A",
     "Toxicity")
    for drug in ("simvastatin", "pravastatin")
] + [
    (8, "EGFR", "rs1", "C", "T", "Patients with the somatic rs1 CT genotype may respond.", "", "",
     "erlotinib", "", "1A", "Efficacy"),
    (9, "ABC", "rs2", "A", "G", "Patients may die.", "", "", "x", "", "3", "Toxicity"),
    (10, "CYP2C9", '"CYP2C9*1, CYP2C9*2"', "*1", "*2", "t", "Normal Function",
     "Decreased Function", "phenytoin", "", "1A", "Toxicity"),
    (11, "HLA-B", "HLA-B*57:01:01", "*57:01:01", None, "t", "", None, "abacavir", "", "1A",
     "Toxicity"),
]  # fmt: skip


@pytest.fixture
def derived(tmp_path):
    database = sqlite3.connect(tmp_path / "kb.sqlite3")
    database.execute(f"CREATE TABLE ClinAnn ({', '.join(COLUMNS)})")
    marks = ",".join("?" * len(COLUMNS))
    database.executemany(f"INSERT INTO ClinAnn VALUES ({marks})", ROWS)
    database.commit()
    database.close()
    # *2 has a substitution of its own, one that *1's sister of normal function has too, an
    # insertion, and a place where any base will do
    star = {
        "reference_haplotype": "*1",
        "chrom": "10",
        "haplotype_definition": {
            "*1": {"90:rs9": ["C"], "95:rs5": ["A"], "96-98:rs6": ["A"], "99:": ["G"]},
            "*2": {"90:rs9": ["T"], "95:rs5": ["A", "G"], "96-98:rs6": ["AT"], "99:": ["G"]},
        },
    }
    (tmp_path / "d.json").write_text(json.dumps({"CYP2C9": star}), encoding="utf-8")
    (tmp_path / "l.bed").write_text("chr12\t500\t500\trs4149056\nchr1\t7\t7\t\n", encoding="utf-8")
    derive_pharmacogenomics(
        tmp_path / "kb.sqlite3",
        tmp_path / "d.json",
        tmp_path / "l.bed",
        output=tmp_path / "annotations.tsv",
        haplotypes=tmp_path / "haplotypes.tsv",
    )
    return tmp_path


@pytest.fixture
def drugs(tmp_path):
    names = ("Simvastatin", "phenytoin", "abacavir", "lamivudine")
    table = drug_table(*names, synonyms=["Zocor|MK-733", None, "shared", "shared"])
    write_table(table, tmp_path / "drugs", DRUGS)
    return tmp_path / "drugs"


def body(path):
    return [x.split("\t") for x in path.read_text().splitlines() if not x.startswith("#")]


def test_the_derived_tables(derived):
    head, *rows = body(derived / "annotations.tsv")
    table = pd.DataFrame(rows, columns=head)
    assert table["annotation"].tolist() == ["10", "10", "11", "7"]  # no level 3, no tumour
    statin = table.iloc[3]
    assert statin["drugs"] == "pravastatin|simvastatin"
    assert statin[["genotype", "chrom", "pos", "phenotypes"]].tolist() == [
        "C/T",
        "12",
        "500",
        "a|b",
    ]
    assert statin["text"] == (
        "Patients with the CT genotype may have an increased risk of myopathy when treated with"
        " a statin as compared to patients with the TT genotype."
    )
    assert table["haplotype"].tolist()[:3] == ["CYP2C9*1", "CYP2C9*2", "HLA-B*57:01:01"]
    assert body(derived / "haplotypes.tsv")[1:] == [
        ["CYP2C9", "CYP2C9*2", "Decreased Function", "10", "90", "rs9", "T"]
    ]


def test_the_committed_tables_hold_what_is_published():
    """The reference SNPs of CYP2C9*2 and SLCO1B1*5 in GRCh38, as dbSNP and PharmVar give them."""
    _, *stars = body(TABLES / "haplotypes.tsv")
    assert ["CYP2C9", "CYP2C9*2", "Decreased Function", "10", "94942290", "rs1799853", "T"] in stars
    assert ["CYP2C19", "CYP2C19*2", "No Function", "10", "94781859", "rs4244285", "A"] in stars
    head, *rows = body(TABLES / "pharmacogenomics.tsv")
    table = pd.DataFrame(rows, columns=head)
    statins = table[table["variant"] == "rs4149056"]
    assert set(statins["chrom"] + ":" + statins["pos"]) == {"12:21178615"}
    toxic = statins[(statins["category"] == "Toxicity") & (statins["level"] == "1A")]
    effects = toxic["text"].map(effect_of).groupby(toxic["genotype"]).agg(set).to_dict()
    assert effects == {"C/C": {"increased"}, "C/T": {"increased"}, "T/T": {"decreased"}}


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (
            "Patients may have a higher risk of X as compared to those with a lower risk.",
            "increased",
        ),
        ("Patients may be less likely to respond compared with others.", "decreased"),
        ("Patients may respond.", ""),
        ("It may be increased against CC, but decreased in women.", "mixed"),
        ("may develop malignant hyperthermia when treated", "increased"),
    ],
)
def test_which_way_a_sentence_points(text, effect):
    assert effect_of(text) == effect


def test_the_telling_sentence():
    text = "The T allele is assigned (i.e. by CPIC). Patients with one may bleed. Others may not."
    assert sentence_of(text) == "Patients with one may bleed."
    assert sentence_of("") == ""
    assert genotype_of(["T", "C"]) == "C/T"
    assert genotype_of(["A", ""]) == "A"


def test_drugs_by_name(drugs):
    names = DrugNames(read_table(drugs, DRUGS))
    assert names.ids("SIMVASTATIN") == names.ids("zocor") == names.ids("d:1") == ["d:1"]
    assert names.ids("shared") == names.ids("statins") == []


def built(derived, drugs, clinpgx=()):
    build_pharmacogenomics(
        derived / "annotations.tsv",
        derived / "haplotypes.tsv",
        clinpgx=clinpgx,
        drugs=drugs,
        output=derived / "table",
    )
    return read_table(derived / "table", PHARMACOGENOMICS)


def test_annotations_of_the_drugs_of_the_table(derived, drugs):
    table = built(derived, drugs).set_index("drug_id")
    assert table.index.tolist() == ["d:1", "d:2", "d:3"]  # pravastatin is none of the table
    statin = table.loc["d:1"]
    assert statin[["rs_id", "genotype", "effect"]].tolist() == ["rs4149056", "C/T", "increased"]
    assert (statin["chrom"], statin["pos"]) == ("12", 500)
    star = table.loc["d:2"]  # *1, of normal function, is left out
    assert star[["haplotype", "rs_id", "allele"]].tolist() == ["CYP2C9*2", "rs9", "T"]
    assert star["function"] == "Decreased Function"
    assert table.loc["d:3", "haplotype"] == "HLA-B*57:01:01"
    assert pd.isna(table.loc["d:3", "rs_id"])


SUMMARY = (
    "Summary Annotation ID\tVariant/Haplotypes\tGene\tLevel of Evidence\tLevel Override\t"
    "Level Modifiers\tScore\tPhenotype Category\tPMID Count\tEvidence Count\tDrug(s)\t"
    "Phenotype(s)\tLatest History Date (YYYY-MM-DD)\tURL\tSpecialty Population\n"
    "7\trs4149056\tSLCO1B1\t1A\t\t\t9\tToxicity\t1\t1\tpravastatin;simvastatin\tMyopathy\t\t\t\n"
    "8\tCYP2C9*1, CYP2C9*2\tCYP2C9\t1A\t\t\t9\tDosage\t1\t1\tphenytoin\t\t\t\t\n"
    "9\trs5\tABC\t3\t\t\t9\tToxicity\t1\t1\tphenytoin\t\t\t\t\n"
)
ALLELES = (
    "Summary Annotation ID\tGenotype/Allele\tAnnotation Text\tAllele Function\n"
    "7\tCC\tPatients with CC may have an increased risk. More may follow.\t\n"
    "7\tTT\tPatients with TT may have a decreased risk.\t\n"
    "8\t*2\tThe allele may matter.\tDecreased function\n"
)


def test_a_release_of_clinpgx(derived, drugs):
    (derived / "summary_annotations.tsv").write_text(SUMMARY, encoding="utf-8")
    (derived / "summary_ann_alleles.tsv").write_text(ALLELES, encoding="utf-8")
    files = [derived / "summary_ann_alleles.tsv", derived / "summary_annotations.tsv"]
    table = built(derived, drugs, files)
    assert set(table["source"]) == {"ClinPGx, configured"}
    assert table.loc[table["drug_id"] == "d:1", "pos"].eq(500).all()  # as the older one knows
    statin = table[table["drug_id"] == "d:1"].set_index("genotype")["effect"].to_dict()
    assert statin == {"C/C": "increased", "T/T": "decreased"}
    stars = table[table["drug_id"] == "d:2"].set_index("haplotype")
    assert stars.loc["CYP2C9*2", ["rs_id", "function"]].tolist() == ["rs9", "Decreased function"]
    # without the second file the variant is known, its genotypes are not
    alone = built(derived, drugs, files[1:])
    [row] = alone[alone["drug_id"] == "d:1"].itertuples()
    assert (row.rs_id, row.genotype, row.effect) == ("rs4149056", None, "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ALLELES, "genotypes alone"),
        (SUMMARY.replace("Phenotype Category", "Category"), "no column Phenotype Category"),
        (SUMMARY.replace("\t1A\t", "\tbest\t"), "best"),
    ],
)
def test_other_shapes_are_refused(tmp_path, text, found):
    (tmp_path / "x.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        read_clinpgx([tmp_path / "x.tsv"])


def test_a_database_of_another_shape_is_refused(tmp_path):
    sqlite3.connect(tmp_path / "kb").execute("CREATE TABLE a (b)")
    with pytest.raises(InputError, match="ClinAnn"):
        derive_pharmacogenomics(
            tmp_path / "kb", tmp_path, tmp_path, output=tmp_path / "a", haplotypes=tmp_path / "b"
        )


# --- the patient's genotypes ---------------------------------------------------------------


def known(*rows):
    columns = dict.fromkeys(PHARMACOGENOMICS.schema.names)
    return pd.DataFrame([{**columns, "gene": "G", "drug": "x", **row} for row in rows])


TABLE = known(
    {"rs_id": "rs1", "chrom": "1", "pos": 100, "gene": "SLCO1B1", "drug": "simvastatin"},
    {"rs_id": "rs2"},
    {"rs_id": "rs3", "chrom": "2", "pos": 50, "haplotype": "CYP2C9*2", "allele": "T"},
)


def record(chrom, pos, ids, ref, alts, genotype, end=0):
    names = tuple(ids.split(";")) if ids else ()
    return Record(chrom, pos, names, ref, tuple(alts.split(",")), True, "", genotype, end)


def genotypes(*records, assembly="GRCh38"):
    collected = Genotypes(TABLE, assembly=assembly)
    for one in records:
        collected.add(one, one.ids)
    return [f"{finding.id} {finding.genotype}" for finding in collected.findings()][:-1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (record("9", 9, "rs1", "T", "C", "0|1"), "rs1 C/T"),  # by number, wherever it stands
        (record("1", 100, "", "T", "C", "1/1"), "rs1 C/C"),  # by place
        (record("1", 100, "", "T", "C,G", "1/2"), "rs1 C/G"),
        (record("1", 100, "rs1", "T", "C", "0/0"), "rs1 T/T"),  # listed, so it is known
        (record("1", 100, "rs1", "T", "C", "./1"), "rs1 ./C"),
        (record("1", 100, "rs1", "T", "C", "1"), "rs1 C"),  # one copy only
        (record("3", 7, "rs2", "ACTT", "A", "0/1"), "rs2 CTT/del"),
        (record("3", 7, "rs2", "A", "ACTT", "1/1"), "rs2 CTT/CTT"),
        (record("3", 7, "rs2", "A", "ACTT,*", "0/1"), "rs2 CTT/del"),  # * is not carried
        (record("1", 100, "", "T", "C,<NON_REF>", "0/1"), "rs1 C/T"),  # gVCF
        (record("1", 100, "rs1", "T", "C,<*>", "1/2"), "rs1 ./C"),
        (record("1", 100, "", "T", "<NON_REF>", "0/0", end=120), "rs1 T/T"),
        (record("1", 90, "", "G", "<NON_REF>", "0/0", end=100), "rs1 ref/ref"),
    ],
)
def test_the_genotype_of_a_record(given, expected):
    assert genotypes(given) == [expected]


@pytest.mark.parametrize(
    "given",
    [
        record("1", 100, "rs1", "T", "C", "./."),
        record("1", 100, "rs1", "T", "<DEL>", "0/1"),
        record("1", 100, "rs1", "T", "*", "0/1"),
        record("1", 90, "", "G", "<NON_REF>", "0/0", end=99),
        record("1", 90, "", "G", "<NON_REF>", "./.", end=120),
        record("1", 100, "", "TA", "T", "0/1"),  # another variant at the place
        record("1", 101, "", "T", "C", "0/1"),
        record("1", 100, "rs9", "T", "C", ""),
    ],
)
def test_what_says_nothing(given):
    assert genotypes(given) == []


def test_lines_of_one_place_are_joined():
    lines = [record("1", 100, "rs1", "T", alt, "0/1") for alt in "CG"]
    assert genotypes(*lines) == ["rs1 C/G"]
    assert genotypes(lines[0], lines[0]) == ["rs1 C/T"]
    contradiction = [record("1", 100, "rs1", "T", alt, "1/1") for alt in "CG"]
    assert genotypes(*contradiction) == []


def test_places_of_grch38_do_not_serve_grch37():
    assert genotypes(record("1", 100, "", "T", "C", "0/1"), assembly="GRCh37") == []
    assert genotypes(record("1", 100, "rs1", "T", "C", "0/1"), assembly="GRCh37") == ["rs1 C/T"]


def test_a_position_that_is_not_listed_is_unknown(tmp_path):
    """A common variant is reported, and enters no layer; others are said to be not known."""
    told = "Allele|Consequence|IMPACT|SYMBOL|MAX_AF"
    text = f'##fileformat=VCFv4.2\n##INFO=<ID=CSQ,Number=.,Description="Format: {told}">\n'
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
    text += "2\t50\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|MODERATE|TYK2|0.4\tGT\t0/1\n"
    text += "1\t100\t.\tT\tC\t.\tq10\tCSQ=C|missense_variant|MODERATE|TYK2|0.4\tGT\t0/1\n"
    (tmp_path / "p.vcf").write_text(text, encoding="utf-8")
    write_gene_names(tmp_path / "names", ["TYK2"])
    found = read_variants(
        tmp_path / "p.vcf",
        patient="P1",
        sample="",
        settings=FindingSettings(),
        names=GeneNames(tmp_path / "names"),
        known=KnownVariants(pd.DataFrame(columns=["kind"])),
        positions=None,
        genotypes=Genotypes(TABLE, assembly="GRCh38"),
    )
    assert found.genes == []
    *_, star, told = found.findings
    assert (star.kind, star.id, star.label) == ("pharmacogenomic", "rs3", "G")
    assert (star.genotype, star.reference, star.used) == ("C/T", "C", False)
    assert star.detail.startswith("heterozygous; bears on x; stands in CYP2C9*2: star alleles are")
    # the other record did not pass its filters: as if it were not there
    assert told.detail.startswith("1 of 3 positions")
    assert "not known" in told.detail
