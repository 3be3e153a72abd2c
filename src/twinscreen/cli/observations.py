"""Verbs that check a cohort and read what was observed of its patients."""

import argparse
from collections.abc import Callable

from twinscreen.cli.arguments import add_keep_going, add_row, read_row, whole
from twinscreen.cli.options import add_options, options_from

#: More processes look at files only if that is asked for: the disk may be everybody's.
_MOST_PROCESSES = 8


def _describe_check(add: Callable[..., argparse.Action]) -> None:
    add("config", help="configuration (YAML)")
    add(
        "--cores",
        type=whole(1),
        help="processes that look at files (default: one per processor, at most 8)",
    )


def _check(given: argparse.Namespace) -> None:
    import os

    from tqdm import tqdm

    from twinscreen.cli.looks import (
        diseases_in_words,
        drugs_in_words,
        look_at_tables,
        treatments_in_words,
    )
    from twinscreen.data import OFFICIAL_SOURCES, TABLES
    from twinscreen.files.errors import SeveralFaultsError
    from twinscreen.files.words.counting import plural
    from twinscreen.inputs.check_files import look_at_files
    from twinscreen.inputs.cohort import read_cohort
    from twinscreen.inputs.prospects import check_design, in_words
    from twinscreen.inputs.release import knowledge_of
    from twinscreen.inputs.validate import check_config, read_yaml
    from twinscreen.knowledge.official.named import with_official
    from twinscreen.knowledge.precedents.build import LibraryFiles
    from twinscreen.knowledge.precedents.look import look_at_precedents

    config = check_config(read_yaml(given.config), file=given.config)
    cohort = read_cohort(config, file=given.config)
    check_design(cohort, config)
    with_official(config, listed=OFFICIAL_SOURCES, folder="", file=given.config)
    told, faults = look_at_precedents(
        config["precedent"],
        LibraryFiles.of(TABLES),
        patients=cohort.treated,
        drugs=knowledge_of(config) / "drugs.parquet",
    )
    looked = look_at_files(
        cohort,
        config,
        processes=given.cores or min(os.cpu_count() or 1, _MOST_PROCESSES),
        # nothing is shown where nobody looks on
        progress=lambda told, n: tqdm(told, "files", n, disable=None, leave=False),
    )
    if faults := [*looked, *faults, *look_at_tables(config, cohort, file=given.config)]:
        raise SeveralFaultsError(faults)
    donors = {cohort.samples[sample]["patient"] for sample in cohort.reference}
    print(
        f"{given.config}: {plural(len(cohort.treated), 'patient')},"
        f" {plural(len(cohort.samples), 'sample')}, {plural(len(donors), 'reference donor')}"
    )
    told = [*told, *drugs_in_words(config), *diseases_in_words(config, cohort)]
    told += treatments_in_words(config, cohort)
    print("\n".join([*in_words(cohort, config), *told]))


def _describe_observe(add: Callable[..., argparse.Action]) -> None:
    from twinscreen.inputs.sheet_columns import SAMPLE_COLUMNS

    add("cells", help="raw counts: h5ad, 10x folder or h5, loom, or a table")
    add_row(add, "sample", SAMPLE_COLUMNS)
    add("--names", required=True, help="table of gene names")
    add_options(add, "observe")
    add("--output", required=True, help="observation to write (h5ad)")
    add_keep_going(add)


def _observe(given: argparse.Namespace) -> None:
    from twinscreen.inputs.select import parse_select
    from twinscreen.inputs.sheet_columns import SAMPLE_COLUMNS
    from twinscreen.observe.cells.observe import observe
    from twinscreen.settings.observe import ObserveSettings

    options = options_from(given)
    row = read_row(given, SAMPLE_COLUMNS, needed=SAMPLE_COLUMNS[:5])
    observe(
        sample={name: row[name] for name in SAMPLE_COLUMNS[:6]},
        cells=given.cells,
        select=parse_select(row["select"], file="--select", place=f"sample {row['sample']}"),
        annotation=row["annotation"] or None,
        settings=ObserveSettings(**options["observe"]),
        names=given.names,
        seed=options["seed"],
        output=given.output,
        keep_going=given.keep_going,
    )


def _describe_findings(add: Callable[..., argparse.Action]) -> None:
    from twinscreen.inputs.sheet_columns import FINDING_COLUMNS

    add_row(add, "patient", ("patient", *FINDING_COLUMNS))
    add("--names", required=True, help="table of gene names")
    add("--terms", required=True, help="table of phenotype terms")
    add("--annotations", required=True, help="table of the genes' phenotypes")
    add("--disease-genes", required=True, help="table of genes of diseases")
    add("--diseases", required=True, help="table of diseases and what is above them")
    add("--known-variants", required=True, help="table of variants known to matter")
    add("--pharmacogenomics", help="table of what variants change in drugs")
    add_options(add, "findings")
    add("--layers", required=True, help="layers of the patient to write")
    add("--findings", required=True, help="findings of the patient to write")
    add(
        "--keep-going",
        action="store_true",
        help="where a file is at fault, leave its layer out and say why among the findings",
    )


def _findings(given: argparse.Namespace) -> None:
    from twinscreen.inputs.sheet_columns import FINDING_COLUMNS
    from twinscreen.observe.findings.build import Tables, build_findings
    from twinscreen.settings.observe import FindingSettings

    settings = FindingSettings(**options_from(given)["findings"])
    build_findings(
        row=read_row(given, ("patient", *FINDING_COLUMNS), needed=["patient"]),
        tables=Tables(
            given.names,
            given.terms,
            given.annotations,
            given.disease_genes,
            given.diseases,
            given.known_variants,
            settings.gene_positions or None,
            settings.exposure_genes or None,
            settings.symptom_network or None,
            given.pharmacogenomics,
        ),
        settings=settings,
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


def _describe_ligands(add: Callable[..., argparse.Action]) -> None:
    add_options(add, "ligands")
    add("--names", required=True, help="table of gene names")
    add("--output", required=True, help="table to write")


def _ligands(given: argparse.Namespace) -> None:
    from twinscreen.files import GeneNames, write_table
    from twinscreen.files.contracts.patient import OUTSIDE_LIGANDS
    from twinscreen.files.own_tables import LIGANDS, read_own_tables

    paths = options_from(given)["own"]["ligands"]
    rows = read_own_tables(LIGANDS, paths, GeneNames(given.names))
    table = rows.rename(columns={"direction": "sign"})[OUTSIDE_LIGANDS.schema.names]
    table = table.astype({"sign": "int8", "value": float})
    write_table(table.sort_values(["patient", "ligand"]), given.output, OUTSIDE_LIGANDS)


VERBS = {
    "check": (
        _describe_check,
        _check,
        "check configuration, sheets and the files they name",
    ),
    "observe": (_describe_observe, _observe, "read, check and harmonise one sample"),
    "findings": (_describe_findings, _findings, "bring what was found of a patient to genes"),
    "ligands": (_describe_ligands, _ligands, "read ligands measured outside of the cells"),
    "deviations": (_describe_deviations, _deviations, "read deviations computed elsewhere"),
}
