"""Verbs on all twins together: tables, similarity, the virtual trial, and the page."""

import argparse
from collections.abc import Callable

from twinscreen.cli.arguments import taken

#: What the page takes from the comparison of twins, and from the virtual trial: all or none.
SIMILARITY = {
    "similarity": "how alike the patients are (parquet)",
    "clusters": "their groups (parquet)",
    "cluster-numbers": "numbers of groups that were tried (parquet)",
    "neighbours": "whether patients with something in common are more alike (parquet)",
}
TRIAL = {
    "trial": "every drug of the virtual trial in every patient (parquet)",
    "trial-drugs": "every drug of the virtual trial (parquet)",
    "trial-features": "features of responders (parquet)",
}


def _describe_cohort(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add("--output", required=True, help="folder for the tables of the cohort")


def _cohort(given: argparse.Namespace) -> None:
    from twinscreen.cohort.summary import summarise_cohort

    summarise_cohort(twins=given.twins, screens=given.screens, output=given.output)


def _describe_similarity(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="folder for the tables of the cohort")


def _similarity(given: argparse.Namespace) -> None:
    from twinscreen.cohort.similarity.compare import compare_twins

    compare_twins(twins=given.twins, seed=given.seed, output=given.output)


def _describe_trial(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add("--drugs", nargs="*", default=[], help="drugs to give, by name or id; none: the commonest")
    add(
        "--responses",
        default="",
        help="observed responses: a column of the patient sheet, or a table (patient, response)",
    )
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="folder for the tables of the cohort")


def _trial(given: argparse.Namespace) -> None:
    from twinscreen.cohort.trial.run import run_trial

    run_trial(
        twins=given.twins,
        screens=given.screens,
        drugs=given.drugs,
        responses=given.responses,
        seed=given.seed,
        output=given.output,
    )


def _describe_cohort_report(add: Callable[..., argparse.Action]) -> None:
    add("--patients", required=True, help="patients of the cohort (parquet)")
    add("--ranks", required=True, help="ranks of the cohort (parquet)")
    add("--evaluation", help="what the evaluation against known answers found (parquet)")
    for name, content in (SIMILARITY | TRIAL).items():
        add(f"--{name}", help=content)
    add("--output", required=True, help="page to write (html)")


def _cohort_report(given: argparse.Namespace) -> None:
    from twinscreen.report.cohort.page import cohort_report
    from twinscreen.report.cohort.similarity import SimilarityFiles
    from twinscreen.report.cohort.trial import TrialFiles

    cohort_report(
        patients=given.patients,
        ranks=given.ranks,
        evaluation=given.evaluation,
        similarity=taken(SimilarityFiles, given) if given.similarity else None,
        trial=taken(TrialFiles, given) if given.trial else None,
        output=given.output,
    )


VERBS = {
    "cohort": (_describe_cohort, _cohort, "put all twins and screens side by side"),
    "similarity": (_describe_similarity, _similarity, "compare all twins, and find their groups"),
    "trial": (_describe_trial, _trial, "give a drug to all twins, and ask who responds"),
    "cohort-report": (_describe_cohort_report, _cohort_report, "write the page of the cohort"),
}
