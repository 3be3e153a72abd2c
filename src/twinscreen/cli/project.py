"""Verbs that begin a cohort and that run the workflow over it."""

import argparse
from collections.abc import Callable


def _describe_run(add: Callable[..., argparse.Action]) -> None:
    add(
        "arguments",
        nargs="*",
        metavar="ARGUMENT",
        help="passed on to Snakemake untouched, see `snakemake --help`:"
        " --configfile mycohort/config.yaml --cores 8",
    )


def _run(given: argparse.Namespace) -> None:
    import os
    import sys
    import sysconfig

    from twinscreen.data import workflow
    from twinscreen.files.errors import needs_extra

    with needs_extra("workflow", file="twinscreen run", instead="run the verbs one by one"):
        import snakemake  # noqa: F401
    # Jobs call `twinscreen`, which need not be on the path of whoever calls it by its full name.
    scripts = sysconfig.get_path("scripts")
    os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow())]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *given.arguments])


VERBS = {
    "run": (_describe_run, _run, "run the workflow over a cohort, by Snakemake"),
}
