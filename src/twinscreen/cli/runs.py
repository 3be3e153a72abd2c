"""Verbs that tell of a run: how far it came, and what it cost."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anndata as ad


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
    return end_of_run(found, unfinished, [page for page in reports if page.is_file()])


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


VERBS = {
    "summary": (_describe_summary, _summary, "say how far a run came, and where its pages are"),
    "costs": (_describe_costs, _costs, "say what a run cost, by stage and patient"),
}
