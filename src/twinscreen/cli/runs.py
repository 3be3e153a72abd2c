"""Verbs of a run: several verbs at once, how far it came, what it cost, whether it is as it was."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anndata as ad

    from twinscreen.records.chain import Chain
    from twinscreen.records.forget import Holding


#: How a verb begins to tell a fault (`cli.main`).
_FAULT = ": invalid input\n"


def _describe_stages(add: Callable[..., argparse.Action]) -> None:
    add("--benchmarks", type=Path, help="folder that takes what each verb took")


def _stages(given: argparse.Namespace) -> None:
    import sys

    from twinscreen.cli import run_verb
    from twinscreen.records.stages import read_stages, run_stages

    stages = read_stages(sys.stdin, file="standard input")
    if code := run_stages(stages, run_verb, benchmarks=given.benchmarks):
        sys.exit(code)


def _describe_summary(add: Callable[..., argparse.Action]) -> None:
    add("output", help="output folder of a run, finished or not")


def _summary(given: argparse.Namespace) -> None:
    from twinscreen.files.errors import InputError

    if not Path(given.output).is_dir():
        raise InputError(
            file=given.output,
            found="no such folder",
            expected="the output folder of a run",
            remedy="name the folder that the key output of the configuration names",
        )
    print("\n".join(summary(given.output)))


def summary(output: str, patients: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Say how many patients of a run were scored and called, who failed, where the pages are.

    Parameters
    ----------
    output
        Output folder.
    patients
        Whom the run is about, with the samples of each; without them all of whom there is a twin, a
        screen or a page.
    """
    from twinscreen.report.progress import end_of_run, outcome

    folder = Path(output)
    there = {path.stem for name in ("twins", "screens") for path in (folder / name).glob("*.h5ad")}
    there |= {path.stem for path in (folder / "reports").glob("*.html")} - {"cohort"}
    wanted = dict.fromkeys(sorted(there), ()) if patients is None else patients
    lacking = {name: _lacks(folder, name, samples) for name, samples in wanted.items()}
    unfinished = {name: why for name, why in lacking.items() if why}
    done = [name for name in lacking if name not in unfinished]
    found = [outcome(read_outcome(folder / "screens" / f"{name}.h5ad")) for name in done]
    reports = [folder / "reports" / f"{name}.html" for name in ("cohort", *done)]
    pages = [page for page in reports if page.is_file()]
    said = end_of_run(found, unfinished, pages, _without_genes(folder, wanted))
    if unfinished:
        said.append(f"why: {_logs(folder)}")
    return said


def _logs(folder: Path) -> str:
    """Name the first log in which a job told a fault; without one, the folder of all logs."""
    for path in sorted((folder / "logs").rglob("*.log"), key=lambda path: path.stat().st_mtime):
        if _FAULT in path.read_text(encoding="utf-8", errors="replace"):
            return str(path)
    return str(folder / "logs")


def _without_genes(folder: Path, patients: Iterable[str]) -> dict[str, list[str]]:
    """Name the diseases of patients of which no genes are known, and who has them."""
    from twinscreen.files import FINDINGS, read_table
    from twinscreen.report.flags import diseases_without_genes

    found: dict[str, list[str]] = {}
    for patient in patients:
        path = folder / "findings" / f"{patient}.parquet"
        if path.is_file():
            for name in diseases_without_genes(read_table(path, FINDINGS)):
                found.setdefault(name, []).append(patient)
    return found


def _lacks(folder: Path, patient: str, samples: Iterable[str]) -> str:
    """Say which file of a patient is missing or of an earlier run, or nothing."""
    for sample in samples:
        if not (folder / "observations" / f"{sample}.h5ad").is_file():
            return f"no observation of {sample}"
    files = {
        "twin": folder / "twins" / f"{patient}.h5ad",
        "screen": folder / "screens" / f"{patient}.h5ad",
        "page": folder / "reports" / f"{patient}.html",
    }
    before = 0.0
    for name, path in files.items():
        if not path.is_file():
            return f"no {name}"
        if path.stat().st_mtime < before:
            return f"the {name} is of an earlier run"
        before = path.stat().st_mtime
    return ""


def read_outcome(path: Path) -> ad.AnnData:
    """Read of a screen what `report.progress.outcome` takes."""
    from twinscreen.files import SCREEN, Parts, read_parts

    parts = Parts(obs=("name", "rank", "presence"), uns=("patient", "call", "unscorable"))
    return read_parts(path, SCREEN, parts)


def _describe_costs(add: Callable[..., argparse.Action]) -> None:
    add("benchmarks", help="folder of the benchmarks of a run")
    add("--of", required=True, help="which sample is whose (json), as the workflow writes it")
    add("--output", required=True, help="table to write (tsv)")
    add("--page", required=True, help="page to write (html)")


def _costs(given: argparse.Namespace) -> None:
    from twinscreen.cli.arguments import read_json
    from twinscreen.files import write_text, write_tsv
    from twinscreen.inputs.benchmarks import read_costs
    from twinscreen.report.cohort.costs import costs_page

    of = read_json(given.of)
    table = read_costs(given.benchmarks, patients=of["patients"], samples=of["samples"])
    write_tsv(table, given.output)
    write_text(costs_page(table), given.page)


def _describe_verify(add: Callable[..., argparse.Action]) -> None:
    add("output", help="output folder of a run")
    add("--configfile", metavar="FILE", help="configuration (YAML) to compare the options with")
    add("--recompute", metavar="PATIENT", help="compute this patient again, and compare the bytes")


def _verify(given: argparse.Namespace) -> None:
    from twinscreen.files.errors import InputError
    from twinscreen.files.words.counting import plural
    from twinscreen.inputs.validate import check_config, read_yaml
    from twinscreen.records.chain import Chain
    from twinscreen.records.verify import Checked, Difference, differences, other_options

    chain, checked = Chain(Path(given.output)), Checked()
    found: list[Difference] = []
    if given.configfile:
        config = check_config(read_yaml(given.configfile), file=given.configfile)
        found += other_options(chain, config)
    found += differences(chain, checked)
    compared = plural(checked.files, "hash", "hashes")
    print(f"{given.output}: {plural(len(chain.records), 'job')}, {compared} compared")
    if checked.away:
        away = plural(checked.away, "file that was", "files that were")
        print(f"not at hand, and not looked at: {away} read")
    for difference in found[1:]:
        print(f"then {difference}")
    if found:
        raise InputError(
            file=given.output,
            place=f"first of {plural(len(found), 'difference')}, {found[0].name}",
            found=found[0].found,
            expected=found[0].expected,
            remedy="run the workflow: it makes anew what does not fit; or bring the file back",
        )
    if given.recompute:
        _recompute(chain, given.recompute)


def _recompute(chain: Chain, patient: str) -> None:
    import tempfile

    from twinscreen.files.errors import InputError
    from twinscreen.records.environment import environment
    from twinscreen.records.recompute import jobs_of, recompute

    before, now = dict(jobs_of(chain, patient)[0].environment), environment()
    differ = [name for name in now if now[name] != before.get(name)]
    if differ:
        print(f"made with another environment than this one: {', '.join(differ)}")
    others = []
    with tempfile.TemporaryDirectory() as folder:
        for one in recompute(chain, patient, Path(folder)):
            print(f"{one.name}: {'the same bytes' if one.same else 'OTHER bytes'}", flush=True)
            others += [] if one.same else [one.name]
    if others:
        raise InputError(
            file=str(chain.output),
            place=others[0],
            found="other bytes when it is computed again",
            expected="the same bytes",
            remedy="put the environment of the run in place (docs/reproducibility.md), or run the"
            " workflow again",
        )


def _describe_package(add: Callable[..., argparse.Action]) -> None:
    add("output", help="output folder of a run")
    add("package", help="package to write (zip)")
    add("--name", default="A run of TwinScreen", help="title of the package")
    add("--license", required=True, help="under which it is given away: CC-BY-4.0, an address")
    add("--date", help="day on which it is published; today")
    add("--patients", action="store_true", help="take along what is about single patients, too")


def _package(given: argparse.Namespace) -> None:
    from datetime import date

    from twinscreen.files.words.counting import plural
    from twinscreen.records.chain import Chain
    from twinscreen.records.crate import write_crate

    written = write_crate(
        Chain(Path(given.output)),
        Path(given.package),
        name=given.name,
        licence=given.license,
        date=given.date or date.today().isoformat(),
        patients=given.patients,
    )
    print(f"{given.package}: {plural(written, 'file')} and the description")


def _describe_forget(add: Callable[..., argparse.Action]) -> None:
    add("patient", help="patient or donor, as the sheets call them")
    add("output", help="output folder of a run")
    add("--configfile", metavar="FILE", help="configuration (YAML) whose sheets name them no more")
    add("--notes", metavar="FOLDER", default=".snakemake", help="folder of Snakemake's notes")
    add("--yes", action="store_true", help="remove the files; without it they are counted")


def _forget(given: argparse.Namespace) -> None:
    from twinscreen.files.words.counting import plural
    from twinscreen.records.chain import Chain
    from twinscreen.records.forget import holding

    output, notes = Path(given.output), Path(given.notes)
    if given.configfile:
        _check_not_in_sheets(given.patient, given.configfile)
    found = holding(Chain(output), given.patient, notes)
    made_again = sorted({*found.jobs} - {*found.own})
    print(f"{given.patient}: samples {', '.join(found.samples) or 'none'}")
    print(f"jobs of their own: {', '.join(found.own) or 'none'}")
    print(f"jobs that others need, to be done again: {', '.join(made_again) or 'none'}")
    for path in found.given:
        print(f"yours, and left alone: {path}")
    if not given.yes:
        print(f"{plural(len(found.files), 'file')} to be removed: call it again with --yes")
        return
    found.forget()
    _prove(output, notes, found)


def _check_not_in_sheets(patient: str, configfile: str) -> None:
    from twinscreen.files.errors import InputError
    from twinscreen.inputs.cohort import read_cohort
    from twinscreen.inputs.validate import check_config, read_yaml

    config = check_config(read_yaml(configfile), file=configfile)
    cohort = read_cohort(config, file=configfile)
    if patient in {*cohort.patients, *(row["patient"] for row in cohort.samples.values())}:
        raise InputError(
            file=configfile,
            found=f"sheets that name {patient}",
            expected="sheets without them, or the next run makes their twin again",
            remedy=f"remove the rows of {patient} from {config['samples']} and from all other"
            " tables of yours, then call it again",
        )


def _prove(output: Path, notes: Path, found: Holding) -> None:
    from twinscreen.files.errors import InputError
    from twinscreen.files.words.counting import plural
    from twinscreen.records.forget import left

    searched, named = left(output, notes, found.traces)
    if named:
        raise InputError(
            file=named[0],
            place=f"first of {plural(len(named), 'file')}",
            found=f"a file that names {found.person} still",
            expected="none",
            remedy="end runs that write to the folder, and call it again",
        )
    print(f"{plural(len(found.files), 'file')} removed; of {searched} left none names them")
    print("run the workflow: it makes again what others need")


VERBS = {
    "stages": (
        _describe_stages,
        _stages,
        "run the verbs that standard input lists, a line each, in one process",
    ),
    "summary": (_describe_summary, _summary, "say how far a run came, and where its pages are"),
    "costs": (_describe_costs, _costs, "say what a run cost, by stage and patient"),
    "verify": (_describe_verify, _verify, "check the files of a run by the records of its jobs"),
    "forget": (_describe_forget, _forget, "remove a patient and all that was made of them"),
    "package": (_describe_package, _package, "pack a run for a paper, as an RO-Crate"),
}
