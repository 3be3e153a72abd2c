"""Verbs that take patients from sheets to reports."""

import argparse
from collections.abc import Callable
from typing import Any


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


def _describe_check(add: Callable[..., argparse.Action]) -> None:
    add("config", help="configuration (YAML)")
    add("--schemas", help="folder of the schemas, where it isn't in the clone that this runs from")


def _schemas() -> str:
    """Find the folder of the schemas in the clone of the repository that this code is part of."""
    from pathlib import Path

    from twinscreen.files.errors import InputError

    folder = Path(__file__).resolve().parents[3] / "workflow" / "schemas"
    if not folder.is_dir():
        raise InputError(
            file=folder,
            found="no such folder",
            expected="the schemas of the workflow",
            remedy="name their folder by --schemas, or run twinscreen from a clone",
        )
    return str(folder)


def _check(given: argparse.Namespace) -> None:
    from twinscreen.files.errors import SeveralFaultsError
    from twinscreen.observe.cohort import read_cohort
    from twinscreen.observe.look import look_at_cells
    from twinscreen.observe.sheets import check_config, read_yaml

    schemas = given.schemas or _schemas()
    config = check_config(
        read_yaml(given.config),
        file=given.config,
        schema=f"{schemas}/config.schema.json",
    )
    cohort = read_cohort(config, file=given.config, schemas=schemas)
    if faults := look_at_cells(cohort, config):
        raise SeveralFaultsError(faults)
    print(
        f"{given.config}: {len(cohort.treated)} patients, {len(cohort.samples)} samples,"
        f" {len({cohort.samples[s]['patient'] for s in cohort.reference})} reference donors"
    )


def _describe_observe(add: Callable[..., argparse.Action]) -> None:
    add("cells", help="raw counts: h5ad, 10x folder or h5, loom, or a table")
    for name in ("sample", "patient", "condition", "tissue", "time", "batch"):
        add(f"--{name}", required=True, help=f"{name} of the sample sheet")
    add("--select", required=True, help="cells of the sample: column=value; column=value")
    add("--annotation", help="table of the cells, joined by barcode")
    types = "exactly one of --cell-type, --markers and --celltypist is not empty"
    add("--cell-type", required=True, help=f"column with the cell types; {types}")
    add("--markers", required=True, help="table of marker genes")
    add("--celltypist", required=True, help="CellTypist model (pkl)")
    add("--names", required=True, help="table of gene names")
    add("--min-counts", required=True, type=int, help="fewest counts of a cell")
    add("--min-genes", required=True, type=int, help="fewest genes of a cell")
    add("--max-mitochondrial", required=True, type=float, help="largest mitochondrial share")
    add("--mad", required=True, type=float, help="most median absolute deviations; 0: any")
    add("--doublets", required=True, choices=["none", "scrublet"], help="how to find doublets")
    add("--doublet-rate", required=True, type=float, help="share of doublets expected")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="observation to write (h5ad)")
    _add_keep_going(add)


def _add_keep_going(add: Callable[..., argparse.Action]) -> None:
    add(
        "--keep-going",
        action="store_true",
        help="where the input is at fault, write a result marked unscorable with the reason",
    )


def _observe(given: argparse.Namespace) -> None:
    from twinscreen.observe.cell_types import Typing
    from twinscreen.observe.quality import Limits
    from twinscreen.observe.sample import observe
    from twinscreen.observe.sheets import parse_select

    sheet = {
        name: getattr(given, name)
        for name in ("sample", "patient", "condition", "tissue", "time", "batch")
    }
    observe(
        sample=sheet,
        cells=given.cells,
        select=parse_select(given.select, file="--select", place=f"sample {given.sample}"),
        annotation=given.annotation,
        typing=Typing(given.cell_type, given.markers, given.celltypist),
        names=given.names,
        limits=Limits(
            min_counts=given.min_counts,
            min_genes=given.min_genes,
            max_mitochondrial=given.max_mitochondrial,
            mad=given.mad,
            doublets=given.doublets,
            doublet_rate=given.doublet_rate,
        ),
        seed=given.seed,
        output=given.output,
        keep_going=given.keep_going,
    )


#: Columns of the patient sheet that say where findings are, or what they are.
_SHEET = ("variants", "variant_sample", "phenotypes", "exposures", "medication", "disease")


def _describe_findings(add: Callable[..., argparse.Action]) -> None:
    add("--patient", required=True, help="id of the patient")
    for name in _SHEET:
        add(f"--{name.replace('_', '-')}", default="", help=f"{name} of the patient sheet")
    add("--simulated", default="", help="yes: these files are made up for a demonstration")
    add("--names", required=True, help="table of gene names")
    add("--terms", required=True, help="table of phenotype terms")
    add("--annotations", required=True, help="table of the genes' phenotypes")
    add("--disease-genes", required=True, help="table of genes of diseases")
    add("--known-variants", required=True, help="table of variants known to matter")
    add("--gene-positions", help="positions of genes, for variants without consequences (tsv)")
    add("--exposure-genes", help="genes of exposures (tsv)")
    add("--assembly", required=True, choices=["GRCh37", "GRCh38"], help="assembly of the variants")
    add("--max-frequency", required=True, type=float, help="frequency that is no longer rare")
    add("--layers", required=True, help="layers of the patient to write")
    add("--findings", required=True, help="findings of the patient to write")
    add(
        "--keep-going",
        action="store_true",
        help="where a file is at fault, leave its layer out and say why among the findings",
    )


def _findings(given: argparse.Namespace) -> None:
    from dataclasses import fields

    from twinscreen.observe.findings import Tables, build_findings
    from twinscreen.observe.variants import VariantSettings

    build_findings(
        row={name: getattr(given, name) for name in ("patient", *_SHEET, "simulated")},
        tables=Tables(**{f.name: getattr(given, f.name) for f in fields(Tables)}),
        settings=VariantSettings(given.assembly, given.max_frequency),
        layers=given.layers,
        findings=given.findings,
        keep_going=given.keep_going,
    )


def _describe_deviations(add: Callable[..., argparse.Action]) -> None:
    add("table", help="table of deviations: cell_type, gene, logfc, pvalue")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="deviations to write (h5ad)")
    _add_keep_going(add)


def _deviations(given: argparse.Namespace) -> None:
    from twinscreen.observe.deviations import read_deviations

    read_deviations(
        given.table, names=given.names, output=given.output, keep_going=given.keep_going
    )


def _describe_reference(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="observations of control samples")
    add("--min-cells", required=True, type=int, help="fewest cells of a pseudobulk")
    add("--min-donors", required=True, type=int, help="fewest donors of a reference")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--output", required=True, help="reference to write (h5ad)")


def _reference(given: argparse.Namespace) -> None:
    from twinscreen.twin.reference import build_reference

    build_reference(
        observations=given.observations,
        output=given.output,
        min_cells=given.min_cells,
        min_donors=given.min_donors,
        min_count=given.min_count,
    )


def _describe_twin(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="*", help="all observations of the patient, or of group and controls")
    add("--deviations", help="deviations of the patient that were computed elsewhere")
    add("--patient", required=True, help="id of the patient, or name of the group")
    add("--about", nargs="*", type=_pair, default=[], help="further columns of the patient's row")
    add("--treatments", nargs="*", type=_pair, default=[], help="drugs received before a sample")
    add("--reference", help="healthy reference, for the reference design")
    add("--reference-cells", nargs="*", default=[], help="its observations, to compare cells too")
    add("--layers", help="layers of the patient: variants, phenotypes, exposures, diseases")
    add("--findings", help="findings of the patient behind these layers")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--ligand-receptor", required=True, help="ligand-receptor pairs")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--pathways", required=True, help="pathways")
    add("--min-pathway-genes", required=True, type=int, help="fewest compared genes of a pathway")
    add("--max-pathway-genes", required=True, type=int, help="most compared genes of a pathway")
    add("--design", required=True, choices=["reference", "paired", "group"], help="comparison")
    add("--control", required=True, help="the control condition")
    add("--min-cells", required=True, type=int, help="fewest cells of a compartment")
    add("--min-donors", required=True, type=int, help="fewest reference donors of a compartment")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--min-genes", required=True, type=int, help="fewest genes compared in a compartment")
    add("--copies", required=True, type=int, help="resampled copies behind the intervals; 0: none")
    add("--max-qvalue", required=True, type=float, help="largest q of a gene of the module")
    add("--min-fold-change", required=True, type=float, help="smallest fold change, as a ratio")
    add("--max-genes", required=True, type=int, help="most genes of a module")
    add("--background", required=True, choices=["expressed", "interactome"], help="module's room")
    add("--random-sets", required=True, type=int, help="random sets behind the module's p")
    add("--restart", required=True, type=float, help="restart of the walk over layers")
    add("--jump", required=True, type=float, help="share of its steps that change the layer")
    add("--layer-genes", required=True, type=int, help="most genes of a patient-level layer")
    add("--layer-weights", required=True, nargs="*", type=_pair, help="weight of each layer")
    add("--min-share", required=True, type=float, help="least share of cells that express a gene")
    add("--permutations", required=True, type=int, help="permutations of cell types behind links")
    add("--max-link-qvalue", required=True, type=float, help="largest q of a link")
    add("--regulator-targets", required=True, type=int, help="targets of an upstream regulator")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="twin to write (h5ad)")
    add("--copies-output", required=True, help="effects of the copies to write (h5ad)")
    _add_keep_going(add)


def _twin(given: argparse.Namespace) -> None:
    from dataclasses import fields

    from twinscreen.twin.build import build_twin
    from twinscreen.twin.communication import CommunicationSettings
    from twinscreen.twin.compare import Settings
    from twinscreen.twin.layers import LayerSettings
    from twinscreen.twin.pathways import PathwaySettings

    def of(kind: type[Any]) -> Any:
        return kind(**{field.name: getattr(given, field.name) for field in fields(kind)})

    build_twin(
        patient={"patient": given.patient, **dict(given.about)},
        observations=given.observations,
        deviations=given.deviations,
        reference=given.reference,
        reference_cells=given.reference_cells,
        patient_layers=given.layers,
        findings=given.findings,
        genes=given.genes,
        interactome=given.interactome,
        ligand_receptor=given.ligand_receptor,
        influence=given.influence,
        pathways=given.pathways,
        treatments=dict(given.treatments),
        settings=of(Settings),
        layers=LayerSettings(
            given.restart,
            given.jump,
            {name: float(weight) for name, weight in given.layer_weights},
            given.layer_genes,
        ),
        communication=of(CommunicationSettings),
        pathway_settings=PathwaySettings(given.min_pathway_genes, given.max_pathway_genes),
        output=given.output,
        copies=given.copies_output,
        keep_going=given.keep_going,
    )


def _describe_screen(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("--copies", help="effects of its copies, for the intervals of scores and ranks")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--drugs", required=True, help="drug table")
    add("--targets", required=True, help="target table")
    add("--library", required=True, choices=["approved", "all"], help="drugs to try")
    add("--include", nargs="*", default=[], help="drugs to try in any case, by name or id")
    add("--withdrawn", required=True, type=_yes, help="whether to try withdrawn drugs")
    add("--ligand-receptor", required=True, help="ligand-receptor pairs")
    presets = ["causal", "proximity", "scdrugprio"]
    add("--preset", required=True, choices=presets, help="what ranks the drugs")
    add("--random-modules", required=True, type=int, help="random modules behind proximity")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--screen", required=True, help="screen to write (h5ad)")
    add("--ranking", required=True, help="ranking to write (tsv)")


def _screen(given: argparse.Namespace) -> None:
    from dataclasses import fields

    from twinscreen.screen.treat import Knowledge, Library, Settings, screen_twin

    screen_twin(
        twin=given.twin,
        copies=given.copies,
        knowledge=Knowledge(**{f.name: getattr(given, f.name) for f in fields(Knowledge)}),
        library=Library(given.library == "approved", tuple(given.include), given.withdrawn),
        settings=Settings(**{f.name: getattr(given, f.name) for f in fields(Settings)}),
        screen=given.screen,
        ranking=given.ranking,
    )


def _describe_report(add: Callable[..., argparse.Action]) -> None:
    add("twin", help="twin of the patient")
    add("screen", help="screen of the patient")
    add("--interactome", required=True, help="interactome, to draw the module")
    add("--output", required=True, help="page to write (html)")


def _report(given: argparse.Namespace) -> None:
    from twinscreen.report.patient import patient_report

    patient_report(
        twin=given.twin, screen=given.screen, interactome=given.interactome, output=given.output
    )


def _describe_cohort(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add("--output", required=True, help="folder for the tables of the cohort")


def _cohort(given: argparse.Namespace) -> None:
    from twinscreen.cohort.summary import summarise_cohort

    summarise_cohort(twins=given.twins, screens=given.screens, output=given.output)


def _describe_cohort_report(add: Callable[..., argparse.Action]) -> None:
    add("--patients", required=True, help="patients of the cohort (parquet)")
    add("--ranks", required=True, help="ranks of the cohort (parquet)")
    add("--output", required=True, help="page to write (html)")


def _cohort_report(given: argparse.Namespace) -> None:
    from twinscreen.report.cohort import cohort_report

    cohort_report(patients=given.patients, ranks=given.ranks, output=given.output)


VERBS = {
    "check": (
        _describe_check,
        _check,
        "check configuration, sheets and the files they name",
    ),
    "observe": (_describe_observe, _observe, "read, check and harmonise one sample"),
    "findings": (_describe_findings, _findings, "bring what was found of a patient to genes"),
    "deviations": (_describe_deviations, _deviations, "read deviations computed elsewhere"),
    "reference": (_describe_reference, _reference, "build the healthy reference"),
    "twin": (_describe_twin, _twin, "build the digital twin of one patient"),
    "screen": (_describe_screen, _screen, "treat copies of one twin with every drug"),
    "report": (_describe_report, _report, "write the report of one patient"),
    "cohort": (_describe_cohort, _cohort, "put all twins and screens side by side"),
    "cohort-report": (_describe_cohort_report, _cohort_report, "write the page of the cohort"),
}
