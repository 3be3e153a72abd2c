"""Listing the diseases that are known, and how many genes of each."""

import argparse
from collections.abc import Callable
from pathlib import Path


def _describe_diseases(add: Callable[..., argparse.Action]) -> None:
    add(
        "words",
        nargs="*",
        metavar="WORD",
        help="an identifier, or words that a name or synonym has all of; none: all with genes",
    )
    add(
        "--knowledge",
        default="output/knowledge",
        metavar="FOLDER",
        help="knowledge of a run (default: output/knowledge)",
    )


def _diseases(given: argparse.Namespace) -> None:
    import os
    import sys

    from twinscreen.cli.looks import known_diseases
    from twinscreen.observe.findings.known_diseases import list_diseases

    rows = list_diseases(*known_diseases(Path(given.knowledge)), given.words)
    try:
        rows.to_csv(sys.stdout, sep="\t", index=False)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


VERBS = {
    "diseases": (_describe_diseases, _diseases, "list diseases, and how many genes are known"),
}
