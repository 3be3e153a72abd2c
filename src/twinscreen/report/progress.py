"""What is said of a run on the console: a line per patient, and a summary at the end."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import anndata as ad

from twinscreen.files.contracts.screen import may_be_called
from twinscreen.report.words import plural, probability

#: So many names of a list are said, and how many more there are.
MOST_NAMES = 10


def outcome(screen: ad.AnnData) -> dict[str, object]:
    """Take of a screen what is said of its patient.

    Parameters
    ----------
    screen
        With obs `name, rank, presence` and uns `patient, call, unscorable`.

    Returns
    -------
    `patient`; `reason` why there is no score, or nothing; `called`; `pvalue` of the call, and the
    `first` drug, or nothing.
    """
    call, first = screen.uns["call"], screen.obs[may_be_called(screen.obs)]["name"]
    return {
        "patient": str(screen.uns["patient"]["patient"]),
        "reason": str(screen.uns["unscorable"]),
        "called": bool(call["called"]),
        "pvalue": float(call["pvalue"]),
        "first": str(first.iloc[0]) if len(first) else "",
    }


def line_of_patient(found: Mapping[str, object], page: str) -> str:
    """Say in a line what became of a patient, and where the page is."""
    if found["reason"]:
        said = f"not scored: {found['reason']}"
    elif found["called"]:
        said = f"scored, {found['first']} is called (p {probability(found['pvalue'])})"
    elif found["first"]:
        said = f"scored, no call; first is {found['first']}"
    else:
        said = "scored, no drug ranked"
    return f"{found['patient']}: {said}; {page}"


def end_of_run(
    found: Sequence[Mapping[str, object]],
    unfinished: Mapping[str, str],
    pages: Sequence[Path],
    without_genes: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Say how many patients were scored and called, who failed, and where the pages are.

    Parameters
    ----------
    found
        What became of each patient who has a page, as `outcome` gives it.
    unfinished
        Patients without one, and what is missing.
    pages
        Pages that are there, that of the cohort first if there is one.
    without_genes
        Diseases of which no genes are known, and who has them.
    """
    scored = [one for one in found if not one["reason"]]
    called: dict[str, list[str]] = {}
    for one in scored:
        if one["called"]:
            called.setdefault(str(one["first"]), []).append(str(one["patient"]))
    every, n_called = len(found) + len(unfinished), sum(map(len, called.values()))
    drugs = "; ".join(f"{drug} for {_some(who)}" for drug, who in called.items())
    said = [
        f"{plural(every, 'patient')}: {len(scored)} scored, {n_called} of them with a call"
        + (f" ({drugs})" if drugs else "")
        + f", {len(found) - len(scored)} not scored, {len(unfinished)} failed"
    ]
    if unfinished:
        names = [f"{name} ({why})" for name, why in unfinished.items()]
        said.append(f"failed: {_some(names)}")
    if without_genes:
        named = [f"{name} ({_some(who)})" for name, who in without_genes.items()]
        said.append(f"no genes are known of: {_some(named)}; see `twinscreen diseases`")
    if pages:
        said.append(f"pages: {pages[0]}" + (f", {pages[1]} ..." if len(pages) > 1 else ""))
    return said


def _some(names: Sequence[str]) -> str:
    """List some names, and count the others."""
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*names[:MOST_NAMES], *more])
