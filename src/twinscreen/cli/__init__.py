"""The command line: one verb per rule of the workflow.

Heavy packages are imported inside the verb that needs them, so that help and version answer at
once, and the flags of a verb are described when it is called. Options of the configuration are
flags too, made from the settings, with the same defaults.
"""

import argparse
import atexit
import gc
import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from twinscreen import __version__
from twinscreen.cli import (
    cohort,
    evaluation,
    knowledge,
    observations,
    project,
    runs,
    screens,
    sharing,
    twins,
)
from twinscreen.cli.network import kernels, proximity
from twinscreen.cli.sources import diseases, official, own_tables
from twinscreen.cli.ways_out import pdf, xlsx

#: New objects after which Python looks for those that only refer to each other, 700 by itself: a
#: verb keeps most of what it makes, and the search took up to half the time of reading names.
_OBJECTS = 50_000

#: Of each verb: what describes its flags, what runs it, what it is for.
VERBS = {
    **project.VERBS,
    "check": observations.VERBS["check"],
    **own_tables.VERBS,
    **diseases.VERBS,
    **knowledge.VERBS,
    **official.VERBS,
    **observations.VERBS,
    **twins.VERBS,
    **screens.VERBS,
    **cohort.VERBS,
    **evaluation.VERBS,
    **runs.VERBS,
    **sharing.VERBS,
    **proximity.VERBS,
    **kernels.VERBS,
    **pdf.VERBS,
    **xlsx.VERBS,
}

#: Verbs that are no rule of the workflow.
ALONE = {
    *("check", "compile", "diseases", "forget", "init", "knowledge", "package", "pdf", "proximity"),
    *("run", "share", "summary", "treat", "verify", "xlsx"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 if it went well, 2 if the input is at fault, 1 if we are."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)  # else Python looks through all objects again before it ends
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"] and given[1:] not in (["-h"], ["--help"]):
        given.insert(1, "--")  # whatever follows is Snakemake's, flags too
    from twinscreen.processor import pin

    pin()
    return run_verb(given)


def run_verb(given: Sequence[str]) -> int:
    """Run one verb by its command line, in a process that was set up for it."""
    parsed = _parsed(given)
    from twinscreen.files.errors import InputError, lack_of_the_computer

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    logging.getLogger("anndata").setLevel(logging.WARNING)
    try:
        with _recording(parsed, given):
            parsed.run(parsed)
    except InputError as error:
        told = error.logged if parsed.job else error  # of a job it goes to a log
        print(f"twinscreen {parsed.verb}: invalid input\n{told}", file=sys.stderr)
        return 2
    except Exception as error:
        if not (lacking := lack_of_the_computer(error)):
            raise
        where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        print(
            f"twinscreen {parsed.verb}: {lacking}{where}; run again once that is mended",
            file=sys.stderr,
        )
        return 1
    return 0


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    """Read a command line by the flags of its verb, or say which verbs there are."""
    name, *flags = given or [""]
    if name not in VERBS:
        return parser(flags=False).parse_args(given)
    _, _, summary = VERBS[name]
    verb = argparse.ArgumentParser(prog=f"twinscreen {name}", description=_sentence(summary))
    _describe(verb, name)
    return verb.parse_args(flags, argparse.Namespace(verb=name))


def _recording(parsed: argparse.Namespace, given: Sequence[str]) -> AbstractContextManager[None]:
    """Keep a record of the job if the workflow asks for one."""
    if not parsed.job:
        return nullcontext()
    from twinscreen.records.keep import recording

    return recording(parsed.job, given)


def parser(*, flags: bool = True) -> argparse.ArgumentParser:
    """Describe all verbs, with their flags or without."""
    top = argparse.ArgumentParser(
        prog="twinscreen",
        description="Digital twins of patients, screened in silico with every drug."
        " Research use only: it prescribes nothing.",
        epilog="`init` begins a cohort, `check` looks at it and `run` does all the steps of the"
        " workflow, which are the other verbs; `share`, `proximity` and `treat` stand alone;"
        " `pdf` and `xlsx` take pages and tables of a finished run elsewhere.",
    )
    top.add_argument("--version", action="version", version=f"twinscreen {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")
    for name, (_, _, summary) in VERBS.items():
        verb = verbs.add_parser(name, help=summary, description=_sentence(summary))
        if flags:
            _describe(verb, name)
    return top


def _describe(verb: argparse.ArgumentParser, name: str) -> None:
    """Describe the flags of a verb."""
    describe, run, _ = VERBS[name]
    describe(verb.add_argument)
    verb.set_defaults(run=run, job=None)
    if name not in ALONE:
        verb.add_argument(
            "--job",
            metavar="FILE",
            help="description of the job (json), by which the workflow keeps a record of it",
        )


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:]
