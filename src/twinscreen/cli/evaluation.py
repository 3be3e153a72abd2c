"""The verb that holds rankings against known answers."""

import argparse
from collections.abc import Callable

from twinscreen.cli.arguments import pair


def _describe_evaluate(add: Callable[..., argparse.Action]) -> None:
    add("--screens", nargs="*", default=[], help="screens of patients; each tells its preset")
    add(
        "--preset",
        action="append",
        type=pair,
        default=[],
        metavar="NAME=FOLDER",
        help="further screens, of a preset of that name; may be given several times. The first"
        " preset of all says which drugs take part",
    )
    add("--twins", nargs="+", required=True, help="twins of the same patients")
    add("--labels", required=True, help="known answers (tsv: drug, label; patient or disease)")
    add("--diseases", help="diseases of patients (tsv: patient, disease) for labels of diseases")
    choices = ["unlabelled", "labelled"]
    add("--negatives", required=True, choices=choices, help="which drugs count as wrong answers")
    add("--draws", required=True, type=int, help="draws behind the intervals")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="folder for evaluation.parquet and evaluation.tsv")


def _evaluate(given: argparse.Namespace) -> None:
    from twinscreen.cohort.evaluation.evaluate import evaluate

    evaluate(
        screens=given.screens,
        presets=dict(given.preset),
        twins=given.twins,
        labels=given.labels,
        diseases=given.diseases,
        negatives=given.negatives,
        seed=given.seed,
        draws=given.draws,
        output=given.output,
    )


VERBS = {
    "evaluate": (_describe_evaluate, _evaluate, "hold rankings against known answers"),
}
