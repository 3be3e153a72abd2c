"""Verbs that check a cohort and read what was observed of its patients."""

import argparse
from collections.abc import Callable

from twinscreen.cli.arguments import add_keep_going, taken


def _describe_check(add: Callable[..., argparse.Action]) -> None:
    add("config", help="configuration (YAML)")


def _check(given: argparse.Namespace) -> None:
    from twinscreen.files.errors import SeveralFaultsError
    from twinscreen.inputs.check_files import look_at_cells, look_at_patients
    from twinscreen.inputs.cohort import read_cohort
    from twinscreen.inputs.validate import check_config, read_yaml

    config = check_config(read_yaml(given.config), file=given.config)
    cohort = read_cohort(config, file=given.config)
    if faults := [*look_at_cells(cohort, config), *look_at_patients(cohort, config)]:
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
    add_keep_going(add)


def _observe(given: argparse.Namespace) -> None:
    from twinscreen.inputs.validate import parse_select
    from twinscreen.observe.cells.cell_types import Typing
    from twinscreen.observe.cells.observe import observe
    from twinscreen.observe.cells.quality import Limits

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
    add("--simulated", default="", help="yes: these files are simulated for a demonstration")
    add("--names", required=True, help="table of gene names")
    add("--terms", required=True, help="table of phenotype terms")
    add("--annotations", required=True, help="table of the genes' phenotypes")
    add("--disease-genes", required=True, help="table of genes of diseases")
    add("--known-variants", required=True, help="table of variants known to matter")
    add("--pharmacogenomics", help="table of what variants change in drugs")
    add("--gene-positions", help="positions of genes, for variants without consequences (tsv)")
    add("--exposure-genes", help="genes of exposures (tsv)")
    add("--symptom-network", help="symptoms of diseases by co-occurrence (tsv)")
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
    from twinscreen.observe.findings.build import Tables, build_findings
    from twinscreen.observe.findings.variants import VariantSettings

    build_findings(
        row={name: getattr(given, name) for name in ("patient", *_SHEET, "simulated")},
        tables=taken(Tables, given),
        settings=VariantSettings(given.assembly, given.max_frequency),
        layers=given.layers,
        findings=given.findings,
        keep_going=given.keep_going,
    )


def _describe_deviations(add: Callable[..., argparse.Action]) -> None:
    add("table", help="table of deviations: cell_type, gene, logfc, pvalue")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="deviations to write (h5ad)")
    add_keep_going(add)


def _deviations(given: argparse.Namespace) -> None:
    from twinscreen.observe.cells.given_deviations import read_deviations

    read_deviations(
        given.table, names=given.names, output=given.output, keep_going=given.keep_going
    )


VERBS = {
    "check": (
        _describe_check,
        _check,
        "check configuration, sheets and the files they name",
    ),
    "observe": (_describe_observe, _observe, "read, check and harmonise one sample"),
    "findings": (_describe_findings, _findings, "bring what was found of a patient to genes"),
    "deviations": (_describe_deviations, _deviations, "read deviations computed elsewhere"),
}
