"""Verbs that begin a cohort and that run the workflow over it."""

import argparse
from collections.abc import Callable, Iterator, Sequence

#: Columns of the file of cells that `init` can be told, by what they say.
_COLUMNS = {
    "sample": "sample",
    "patient": "patient or donor",
    "condition": "condition",
    "cell_type": "cell type",
    "time": "time point",
    "tissue": "tissue",
    "batch": "batch",
}


def _describe_init(add: Callable[..., argparse.Action]) -> None:
    add("folder", help="folder for the configuration and the two sheets")
    add("--from", dest="cells", help="file of cells that fills the sheets (h5ad)")
    for name, meaning in _COLUMNS.items():
        add(
            f"--{name.replace('_', '-')}",
            default="",
            metavar="COLUMN",
            help=f"column of that file with the {meaning}; found by its name where that is clear",
        )
    add("--control", default="", help="the control condition; found likewise")


def _init(given: argparse.Namespace) -> None:
    from twinscreen.inputs.draft import write_draft

    said = write_draft(
        given.folder,
        cells=given.cells,
        columns={name: getattr(given, name) for name in _COLUMNS},
        control=given.control,
    )
    print("\n".join(said))


def _describe_run(add: Callable[..., argparse.Action]) -> None:
    add(
        "arguments",
        nargs="*",
        metavar="ARGUMENT",
        help="passed on to Snakemake untouched, see `snakemake --help`:"
        " --configfile mycohort/config.yaml --cores 8",
    )


def _config_files(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the configurations among arguments for Snakemake, which takes several after a flag."""
    after = False
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        if argument.startswith("-"):
            after = flag in ("--configfile", "--configfiles")
            if after and equals:
                yield value
        elif after:
            yield argument


def _run(given: argparse.Namespace) -> None:
    import os
    import sys
    import sysconfig
    from pathlib import Path

    from twinscreen.data import workflow
    from twinscreen.files.errors import InputError, needs_extra

    for file in _config_files(given.arguments):
        if not Path(file).exists():
            raise InputError(
                file=file,
                found="no such file",
                expected="a configuration",
                remedy="correct the path after --configfile, or write a configuration by"
                " `twinscreen init FOLDER`",
            )

    with needs_extra("workflow", file="twinscreen run", instead="run the verbs one by one"):
        import snakemake  # noqa: F401
    # Jobs call `twinscreen`, which need not be on the path of whoever calls it by its full name.
    scripts = sysconfig.get_path("scripts")
    os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow())]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *given.arguments])  # noqa: S606  # a list of words, no shell


VERBS = {
    "init": (_describe_init, _init, "begin a cohort: write a configuration and its two sheets"),
    "run": (_describe_run, _run, "run the workflow over a cohort, by Snakemake"),
}
