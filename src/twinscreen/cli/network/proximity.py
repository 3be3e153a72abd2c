"""Verbs that measure on a network of one's own, without the workflow."""

import argparse
import math
from collections.abc import Callable

from twinscreen.cli.arguments import whole


def _limit(text: str) -> float:
    """Read a number, which may be infinite."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number")
    return value


def _describe_proximity(add: Callable[..., argparse.Action]) -> None:
    add("--network", required=True, help="interactions: a table whose first two columns are genes")
    add("--targets", required=True, help="table with the columns drug and gene")
    add("--modules", required=True, help="table with the columns module and gene")
    add(
        "--measure",
        choices=["closest", "shortest", "kernel", "centre", "separation"],
        default="closest",
        help="distance of Guney et al. (default: closest, which is by far the fastest)",
    )
    add(
        "--null",
        choices=["both", "disease", "drug"],
        default="both",
        help="what is drawn at random among genes of similar degree: both sets, the module, or the"
        " targets (default: both)",
    )
    add(
        "--draws",
        type=whole(2, 1_000_000),
        help="random modules per module for closest (default: 256); for the others, random pairs"
        " of sets per pair (default: 1000)",
    )
    add("--seed", type=whole(0), default=1, help="seed of all randomness (default: 1)")
    add("--threads", type=whole(1), default=1, help="threads to use (default: 1)")
    add(
        "--pvalue-below",
        type=_limit,
        default=float("inf"),
        metavar="Z",
        help="give p only where z is below this (default: everywhere)",
    )
    add("--background", help="genes that may be drawn: a table with a column gene")
    add(
        "--degree-with-self-loops",
        action="store_true",
        help="a self-loop adds two to the degree by which genes are binned, as in published tables",
    )
    add("--output", required=True, help="table to write (.tsv, .tsv.gz or .parquet)")


def _proximity(given: argparse.Namespace) -> None:
    from twinscreen.cli.network.many_pairs import Request, write_proximity

    write_proximity(
        Request(
            network=given.network,
            targets=given.targets,
            modules=given.modules,
            measure=given.measure,
            null=given.null,
            draws=given.draws,
            seed=given.seed,
            threads=given.threads,
            pvalue_below=given.pvalue_below,
            background=given.background,
            degree_with_self_loops=given.degree_with_self_loops,
        ),
        output=given.output,
    )


VERBS = {
    "proximity": (_describe_proximity, _proximity, "measure how near drugs are to modules"),
}
