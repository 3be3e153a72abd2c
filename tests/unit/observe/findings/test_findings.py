"""Everything found of one patient: joined, marked, and nothing lost where a file is broken."""

import json
from dataclasses import replace

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from derive.gwas import derive_gwas

from small_tables import write_gene_names
from twinscreen.files import (
    DISEASE_GENES,
    DISEASES,
    FINDINGS,
    KNOWN_VARIANTS,
    PATIENT_LAYERS,
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    GeneNames,
    InputError,
    read_table,
    write_table,
)
from twinscreen.files.contracts.twin_tables import NOT_USED
from twinscreen.knowledge.diseases.genes import (
    build_disease_genes,
    combined,
    read_associations,
)
from twinscreen.observe.findings.build import Tables, build_findings
from twinscreen.observe.findings.exposures import ExposureGenes, read_exposures, read_medication
from twinscreen.observe.findings.finding import GeneWeight, strongest
from twinscreen.settings.observe import FindingSettings
from twinscreen.twin.layers.patient_layers import add_findings

VCF = """\
##fileformat=VCFv4.2
##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|IMPACT|SYMBOL|MAX_AF">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1
21\t100\t.\tA\tG\t.\tPASS\tCSQ=G|stop_gained|HIGH|IFNAR2|\tGT\t0/1
"""


@pytest.fixture
def tables(tmp_path):
    symbols = {name: name for name in ("IFNAR2", "TYK2", "OAS1", "ACE2")}
    symbols |= {"3455": "IFNAR2", "7297": "TYK2", "4938": "OAS1"}
    write_gene_names(tmp_path / "names", symbols)
    terms = pd.DataFrame(
        {
            "id": ["HP:0000118", "HP:0001945"],
            "name": ["Phenotypic abnormality", "Fever"],
            "parents": [None, "HP:0000118"],
            "ancestors": ["HP:0000118", "HP:0000118|HP:0001945"],
            "alternatives": [None, None],
            "synonyms": [None, "Pyrexia"],
            "information_content": [0.0, 2.0],
        }
    )
    write_table(terms, tmp_path / "terms", PHENOTYPE_TERMS)
    genes = pd.DataFrame({"gene": ["TYK2"], "term": ["HP:0001945"]})
    write_table(genes, tmp_path / "annotations", PHENOTYPE_GENES)
    (tmp_path / "sets").write_text("MONDO_0100096\t3455\t4938\n", encoding="utf-8")
    derive_gwas(tmp_path / "sets", output=tmp_path / "gwas.tsv")
    build_disease_genes(
        tmp_path / "gwas.tsv",
        catalogs=[],
        names=tmp_path / "names",
        output=tmp_path / "disease_genes",
    )
    diseases = pd.DataFrame([("MONDO:0100096", "COVID-19", None, None, None)])
    diseases.columns = DISEASES.schema.names
    write_table(diseases, tmp_path / "diseases", DISEASES)
    known = pd.DataFrame(columns=KNOWN_VARIANTS.schema.names)
    write_table(known.astype({"pos": "Int64", "sign": "Int8"}), tmp_path / "known", KNOWN_VARIANTS)
    exposure = "exposure\tgene\tweight\tsign\nsmoking\tACE2\t0.5\t1\nECTO:1\tOAS1\t1\t\n"
    (tmp_path / "exposure.tsv").write_text(exposure, encoding="utf-8")
    (tmp_path / "p.vcf").write_text(VCF, encoding="utf-8")
    packet = {
        "subject": {"id": "Jane Doe"},
        "phenotypicFeatures": [{"type": {"id": "HP:0001945"}}],
        "diseases": [{"term": {"id": "MONDO:7", "label": "rare"}}],
        "medicalActions": [{"treatment": {"agent": {"id": "CHEBI:1", "label": "drug"}}}],
    }
    (tmp_path / "p.json").write_text(json.dumps(packet), encoding="utf-8")
    (tmp_path / "p.exposures").write_text("exposure\nSmoking\nasbestos\n", encoding="utf-8")
    medication = "name\tdose\tstart\ndexamethasone\t6 mg\tday 1\n"
    (tmp_path / "p.medication").write_text(medication, encoding="utf-8")
    return Tables(
        names=tmp_path / "names",
        terms=tmp_path / "terms",
        annotations=tmp_path / "annotations",
        disease_genes=tmp_path / "disease_genes",
        diseases=tmp_path / "diseases",
        known_variants=tmp_path / "known",
        gene_positions=None,
        exposure_genes=tmp_path / "exposure.tsv",
        symptom_network=None,
    )


def build(tmp_path, tables, *, keep_going=False, **changes):
    row = {
        "patient": "P1",
        "variants": str(tmp_path / "p.vcf"),
        "phenotypes": str(tmp_path / "p.json"),
        "exposures": str(tmp_path / "p.exposures"),
        "medication": str(tmp_path / "p.medication"),
        "disease": "MONDO_0100096 COVID-19|EFO:9",
        "simulated": "yes",
    }
    build_findings(
        row=row | changes,
        tables=tables,
        settings=FindingSettings(),
        layers=tmp_path / "layers",
        findings=tmp_path / "findings",
        keep_going=keep_going,
    )
    return read_table(tmp_path / "layers", PATIENT_LAYERS), read_table(
        tmp_path / "findings", FINDINGS
    )


def test_all_kinds_of_one_patient(tmp_path, tables):
    layers, findings = build(tmp_path, tables)
    assert list(layers[["layer", "gene", "weight"]].itertuples(index=False, name=None)) == [
        ("variant", "IFNAR2", 0.5),
        ("phenotype", "TYK2", 1.0),
        ("exposure", "ACE2", 0.5),
        ("disease", "IFNAR2", 0.5),  # one association without a P
        ("disease", "OAS1", 0.5),
    ]
    # a stop that the patient carries takes function away; smoking raises ACE2
    assert layers["function"].fillna(0).tolist() == [-1, 0, 1, 0, 0]
    assert layers.loc[2, "expected"] == 1
    assert layers["expected"].isna().sum() == 4
    used = findings[findings["used"]].set_index("id")["kind"].to_dict()
    assert used == {
        "21-100-A-G": "variant",
        "HP:0001945": "phenotype",
        "Smoking": "exposure",
        "MONDO:0100096": "disease",
    }
    assert set(findings.loc[~findings["used"], "id"]) == {
        *("EFO:9", "MONDO:7", "asbestos", "dexamethasone", "CHEBI:1", "all")
    }
    named = findings.set_index("id")
    assert named.loc["MONDO:0100096", "label"] == "COVID-19"
    assert named.loc["dexamethasone", "detail"] == "6 mg; from day 1"
    # the sheet's own words are not made up, the files are
    assert set(findings.loc[~findings["simulated"], "id"]) == {"MONDO:0100096", "EFO:9"}
    assert "Jane" not in findings.to_csv() + layers.to_csv()


def test_what_is_said_to_be_absent_is_no_evidence(tmp_path, tables):
    packet = {
        "phenotypicFeatures": [{"type": {"id": "HP:0001945"}, "excluded": True}],
        "diseases": [{"term": {"id": "MONDO:0100096"}, "excluded": True}],
    }
    (tmp_path / "p.json").write_text(json.dumps(packet), encoding="utf-8")
    layers, findings = build(tmp_path, tables, disease="EFO:9")
    assert findings.set_index("id")["status"].to_dict() == {
        **dict.fromkeys(["EFO:9", "21-100-A-G", "Smoking", "asbestos", "dexamethasone"], "present"),
        **dict.fromkeys(["HP:0001945", "MONDO:0100096"], "absent"),
        "all": "",  # of the file as a whole
    }
    assert set(layers["layer"]) == {"variant", "exposure"}


def test_a_disease_by_symptoms_enters_the_layer_of_symptoms(tmp_path, tables):
    table = "symptom_name\ttfidf_score\tdoid_code\tdoid_name\n"
    table += "Pyrexia\t1\tMONDO:0100096\tCOVID-19\nChills\t1\tMONDO:0100096\tCOVID-19\n"
    (tmp_path / "symptoms.tsv").write_text(table, encoding="utf-8")
    terms = read_table(tables.terms, PHENOTYPE_TERMS)
    chills = terms.iloc[1:].assign(id="HP:0025143", name="Chills", synonyms=None)
    chills["ancestors"] = "HP:0000118|HP:0025143"
    write_table(pd.concat([terms, chills]), tables.terms, PHENOTYPE_TERMS)
    (tmp_path / "terms.txt").write_text("HP:0001945\nHP:0025143\n", encoding="utf-8")
    own = replace(tables, symptom_network=tmp_path / "symptoms.tsv")
    given = {"phenotypes": str(tmp_path / "terms.txt"), "disease": ""}
    layers, findings = build(tmp_path, own, **given)
    assert "disease" not in set(layers["layer"])
    found = layers[layers["layer"] == "phenotype"].set_index("gene")
    assert set(found.index) == {"TYK2", "IFNAR2", "OAS1"}
    assert found.loc["OAS1", "weight"] == pytest.approx(0.5)  # a half for one association
    assert "COVID-19" in found.loc["OAS1", "evidence"]
    suggested = findings.set_index("id").loc["MONDO:0100096"]
    assert suggested["used"]
    assert suggested["simulated"]  # as the symptoms that it rests on
    assert suggested["status"] == "suggested"
    # what is diagnosed is no suggestion
    layers, findings = build(tmp_path, own, **given | {"disease": "MONDO:0100096"})
    assert "suggested" not in set(findings["status"])


def test_the_same_files_give_the_same_bytes(tmp_path, tables):
    build(tmp_path, tables)
    first = [(tmp_path / name).read_bytes() for name in ("layers", "findings")]
    build(tmp_path, tables)
    assert [(tmp_path / name).read_bytes() for name in ("layers", "findings")] == first


def test_a_broken_file_costs_its_layer_alone(tmp_path, tables):
    broken = {"variants": str(tmp_path / "nowhere.vcf"), "phenotypes": str(tmp_path / "p.vcf")}
    with pytest.raises(InputError):
        build(tmp_path, tables, **broken)
    layers, findings = build(tmp_path, tables, keep_going=True, **broken)
    assert set(layers["layer"]) == {"exposure", "disease"}
    faults = findings[findings["id"] == "file"].set_index("kind")
    assert set(faults.index) == {"variant", "phenotype"}
    assert "no such file" in faults.loc["variant", "detail"]
    assert not faults["used"].any()


def test_a_fault_of_ours_costs_the_layer_alone(tmp_path, tables, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("twinscreen.observe.findings.build.read_variants", fail)
    layers, findings = build(tmp_path, tables, keep_going=True)
    assert set(layers["layer"]) == {"phenotype", "exposure", "disease"}
    [told] = findings.loc[findings["id"] == "file", "detail"]
    assert told.startswith("a fault of TwinScreen: ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        build(tmp_path, tables)


def test_a_fault_of_ours_in_all_findings_leaves_the_patient_without_any(
    tmp_path, tables, monkeypatch
):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("twinscreen.observe.findings.build._joined", fail)
    layers, findings = build(tmp_path, tables, keep_going=True)
    assert layers.empty
    assert set(findings["id"]) == {"file"}
    assert set(findings["kind"]) == {"variant", "phenotype", "exposure", "medication", "disease"}


def test_an_enormous_value_in_a_list_is_said(tmp_path, tables):
    text = f"exposure\n{'x' * 2_000_000}\n"
    (tmp_path / "p.exposures").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="more than 1 MiB in one line"):
        build(tmp_path, tables)


def test_a_broken_table_of_the_configuration_is_no_fault_of_the_patient(tmp_path, tables):
    (tmp_path / "exposure.tsv").write_text("exposure\tgene\nsmoking\tACE2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column weight"):
        build(tmp_path, tables, keep_going=True)


def test_neither_names_in_a_vcf_nor_lines_of_another_text_are_told(tmp_path, tables):
    (tmp_path / "p.json").write_text("Jane Doe coughs\n", encoding="utf-8")
    text = VCF.replace("\tP1\n", "\tJohn\tJack\n").replace("0/1", "0/1\t0/0")
    (tmp_path / "p.vcf").write_text(text, encoding="utf-8")
    _, findings = build(tmp_path, tables, keep_going=True, variant_sample="Jane")
    told = findings[findings["id"] == "file"].set_index("kind")["detail"]
    assert sorted(told.index) == ["phenotype", "variant"]
    assert not told.str.contains("Jane|John|Jack").any()


def test_a_patient_with_a_disease_only(tmp_path, tables):
    nothing = dict.fromkeys(("variants", "phenotypes", "exposures", "medication", "simulated"), "")
    layers, findings = build(tmp_path, tables, **nothing)
    assert set(layers["layer"]) == {"disease"}
    assert not findings["simulated"].any()


def twin():
    genes = pd.DataFrame(index=["IFNAR2", "JAK1", "TYK2"])
    return ad.AnnData(
        np.zeros((1, 3), dtype=np.float32), var=genes, uns={"not_used": NOT_USED.empty()}
    )


def test_the_twin_has_the_layers_and_says_what_is_missing(tmp_path, tables):
    build(tmp_path, tables, keep_going=True, phenotypes=str(tmp_path / "nowhere"))
    built = twin()
    add_findings(
        built,
        layers=read_table(tmp_path / "layers", PATIENT_LAYERS),
        findings=read_table(tmp_path / "findings", FINDINGS),
    )
    assert built.var["variant"].fillna(-1).tolist() == [0.5, -1, -1]
    assert built.var["disease"].fillna(-1).tolist() == [0.5, -1, -1]
    assert built.var["phenotype"].isna().all()
    assert built.var["variant_expected"].isna().all()
    [lost] = built.uns["not_used"].to_dict("records")
    assert (lost["what"], lost["name"], lost["kind"]) == ("findings", "phenotype", "unusable")
    assert lost["reason"].startswith("found no such file")
    assert lost["remedy"]
    assert "remedy" not in lost["reason"]
    built.write_h5ad(tmp_path / "twin.h5ad")
    assert ad.read_h5ad(tmp_path / "twin.h5ad").uns["findings"]["simulated"].sum() > 0


def test_the_sign_that_variants_let_expect(tmp_path):
    rows = [
        ("variant", "TYK2", 0.5, -1, "an eQTL", -1),
        ("variant", "IFNAR2", 0.5, None, "a stop", -1),
        ("exposure", "JAK1", 1.0, 1, "smoking", 1),
        ("exposure", "IFNAR2", 1.0, 1, "smoking", 1),
    ]
    table = pd.DataFrame(rows, columns=PATIENT_LAYERS.schema.names)
    signs = {"expected": "Int8", "function": "Int8"}
    write_table(table.astype(signs), tmp_path / "layers", PATIENT_LAYERS)
    built = twin()
    add_findings(built, layers=read_table(tmp_path / "layers", PATIENT_LAYERS), findings=None)
    assert built.var["variant_expected"].fillna(0).tolist() == [0, 0, -1]
    # a stop and smoking disagree on IFNAR2
    assert built.var["function"].fillna(0).tolist() == [0, 1, -1]


def test_a_twin_without_findings(tmp_path):
    built = twin()
    add_findings(built, layers=None, findings=None)
    assert built.var[["variant", "phenotype", "exposure", "disease"]].isna().all(axis=None)
    assert list(built.uns["findings"].columns) == FINDINGS.schema.names
    assert built.uns["not_used"].empty
    built.write_h5ad(tmp_path / "twin.h5ad")


def test_weights_of_one_gene():
    up, down = GeneWeight("A", 0.2, 1, "up"), GeneWeight("A", 0.7, -1, "down")
    assert strongest([up, GeneWeight("B", 1, 0, "b"), GeneWeight("A", 0.1, 0, "none")]) == [
        GeneWeight("A", 0.2, 1, "up; none"),
        GeneWeight("B", 1, 0, "b"),
    ]
    assert strongest([up, down]) == [GeneWeight("A", 0.7, 0, "down; up")]


@pytest.mark.parametrize(
    "row", ["a\tACE2\t2\t1", "a\tACE2\tmuch\t1", "a\tACE2\t1\tup", "a\t\t1\t1"]
)
def test_faulty_genes_of_exposures_are_refused(tmp_path, tables, row):
    (tmp_path / "own.tsv").write_text(f"exposure\tgene\tweight\tsign\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError):
        ExposureGenes(tmp_path / "own.tsv", GeneNames(tables.names))


def test_exposures_without_a_table_are_shown_only(tmp_path, tables):
    found = read_exposures(tmp_path / "p.exposures", None)
    assert [one.used for one in found.findings] == [False, False]
    with pytest.raises(InputError, match="no column name"):
        read_medication(tmp_path / "p.exposures")


GWAS = """\
MAPPED_GENE\tSTRONGEST SNP-RISK ALLELE\tSNPS\tP-VALUE\tPVALUE_MLOG\tMAPPED_TRAIT\tMAPPED_TRAIT_URI
IFNAR2\trs1-G\trs1\t0E0\t400.2\tCOVID-19\thttp://purl.obolibrary.org/obo/MONDO_0100096
TYK2 - OAS1\trs2-?\trs2\t1E-8\t8.0\tCOVID-19, cough\thttp://x/MONDO_0100096, http://x/EFO_1
TYK2\trs3-A\trs3\t1E-6\t6.0\tCOVID-19\thttp://x/MONDO_0100096
IFNAR2, IFNAR2, OAS1\trs4-A\trs4\t1E-9\t9\tpain, chronic\thttp://x/EFO_2
"""


def test_associations_of_the_gwas_catalog(tmp_path, tables):
    (tmp_path / "catalog.tsv").write_text(GWAS, encoding="utf-8")
    found = read_associations(tmp_path / "catalog.tsv", names=GeneNames(tables.names))
    rows = found.drop(columns="disease").itertuples(index=False, name=None)
    assert list(rows) == [
        ("MONDO:0100096", "IFNAR2", 1.0, "rs1", "G", 400.2),
        ("MONDO:0100096", "OAS1", 0.5, "rs2", "", 8),
        ("MONDO:0100096", "TYK2", 0.5, "rs2", "", 8),
        ("EFO:1", "OAS1", 0.5, "rs2", "", 8),
        ("EFO:1", "TYK2", 0.5, "rs2", "", 8),
        ("EFO:2", "IFNAR2", 0.5, "rs4", "A", 9),
        ("EFO:2", "OAS1", 0.5, "rs4", "A", 9),
    ]
    assert found["disease"].tolist() == ["COVID-19"] * 3 + ["cough"] * 2 + ["pain, chronic"] * 2
    build_disease_genes(
        tmp_path / "gwas.tsv",
        catalogs=[tmp_path / "catalog.tsv"],
        names=tmp_path / "names",
        output=tmp_path / "both",
    )
    both = read_table(tmp_path / "both", DISEASE_GENES)
    covid = both[both["disease_id"] == "MONDO:0100096"]
    assert covid.groupby("source")["score"].agg(list).to_dict() == {
        "GWAS Catalog 2023": [0.5, 0.5],
        "GWAS Catalog, configured": pytest.approx([400.2 / 407.5, 0.5 * 8 / 15.3, 0.5 * 8 / 15.3]),
    }


def test_more_associations_and_smaller_p_make_a_cause_surer():
    rows = [
        ("X", "A", 1.0, "rs1", 7.3),  # just significant: a half
        ("X", "B", 1.0, "rs2", 7.3),
        ("X", "B", 1.0, "rs3", 7.3),  # two lead variants: 1 - 1/2 1/2
        ("X", "B", 1.0, "rs3", 3.0),  # the same variant again, in a smaller study
        ("X", "C", 0.5, "rs4", 21.9),  # one of two genes, at three times 7.3: 1/2 3/4
        ("Y", "A", 1.0, "rs1", 21.9),
    ]
    table = pd.DataFrame(rows, columns=["disease_id", "gene", "score", "rs_id", "mlog"])
    found = combined(table.assign(disease=""))
    assert dict(
        zip(zip(found["disease_id"], found["gene"], strict=True), found["score"], strict=True)
    ) == {
        ("X", "A"): pytest.approx(0.5),
        ("X", "B"): pytest.approx(0.75),
        ("X", "C"): pytest.approx(0.375),
        ("Y", "A"): pytest.approx(0.75),
    }


def test_the_derived_table_line_by_line(tmp_path):
    (tmp_path / "sets").write_text("MONDO_2\t30\t4\t4\nEFO_1\t7\n", encoding="utf-8")
    derive_gwas(tmp_path / "sets", output=tmp_path / "derived")
    lines = (tmp_path / "derived").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "disease_id\tentrez_ids",
        "EFO:1\t7",
        "MONDO:2\t4|30",
    ]
    (tmp_path / "sets").write_text("MONDO_2\tTNF\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        derive_gwas(tmp_path / "sets", output=tmp_path / "derived")


def test_star_alleles_are_findings_and_enter_no_layer(tmp_path, tables):
    report = tmp_path / "P1.report.tsv"
    header = "Gene\tSource Diplotype\tPhenotype\tOutside Call\n"
    report.write_text(f"PharmCAT v3.1.0\n{header}CYP2C19\t*1/*2\tIntermediate Metabolizer\tno\n")
    before, _ = build(tmp_path, tables)
    layers, findings = build(tmp_path, tables, star_alleles=str(report))
    assert layers.equals(before)
    [row] = findings[findings["genotype"] == "*1/*2"].to_dict("records")
    assert (row["kind"], row["id"], row["used"]) == ("pharmacogenomic", "CYP2C19", False)
    report.write_text("nothing")
    _, findings = build(tmp_path, tables, keep_going=True, star_alleles=str(report))
    [row] = findings[(findings["kind"] == "pharmacogenomic") & (findings["id"] == "file")].to_dict(
        "records"
    )
    assert "version of PharmCAT" in row["detail"]
