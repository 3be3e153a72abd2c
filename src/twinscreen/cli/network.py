"""Verbs that measure on a network of one's own, without the workflow."""

import argparse
from collections.abc import Callable


def _describe_proximity(add: Callable[..., argparse.Action]) -> None:
    add("--network", required=True, help="interactions: a table whose first two columns are genes")
    add("--targets", required=True, help="table with the columns drug and gene")
    add("--modules", required=True, help="table with the columns module and gene")
    add(
        "--measure",
        choices=["closest", "shortest", "kernel", "centre", "separation"],
        default="closest",
        help="distance of Guney et al.; all but closest come without a null (default: closest)",
    )
    add(
        "--null",
        choices=["both", "disease", "drug"],
        default="both",
        help="what is redrawn among genes of like degree: both sets, the module, or the targets"
        " (default: both)",
    )
    add("--draws", type=int, default=256, help="random modules per module (default: 256)")
    add("--seed", type=int, default=1, help="seed of all randomness (default: 1)")
    add("--threads", type=int, default=1, help="threads to use (default: 1)")
    add(
        "--pvalue-below",
        type=float,
        default=float("inf"),
        metavar="Z",
        help="compute p only where z is below this (default: everywhere)",
    )
    add("--background", help="genes that may be redrawn: a table with a column gene")
    add(
        "--degree-with-self-loops",
        action="store_true",
        help="a self-loop adds two to the degree by which genes are binned, as in published tables",
    )
    add("--output", required=True, help="table to write (.tsv, .tsv.gz or .parquet)")


def _proximity(given: argparse.Namespace) -> None:
    from twinscreen.cli.proximity import Request, write_proximity

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
