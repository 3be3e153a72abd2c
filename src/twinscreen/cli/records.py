"""Verbs that look at what a run left behind."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscreen.records.chain import Chain


def _describe_verify(add: Callable[..., argparse.Action]) -> None:
    add("output", help="output folder of a run")
    add("--configfile", metavar="FILE", help="configuration (YAML) to hold the options against")
    add("--recompute", metavar="PATIENT", help="compute this patient again, and compare the bytes")


def _verify(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.files.errors import InputError
    from twinscreen.inputs.validate import check_config, read_yaml
    from twinscreen.records.chain import Chain
    from twinscreen.records.verify import Checked, Difference, differences, other_options

    chain, checked = Chain(Path(given.output)), Checked()
    found: list[Difference] = []
    if given.configfile:
        config = check_config(read_yaml(given.configfile), file=given.configfile)
        found += other_options(chain, config)
    found += differences(chain, checked)
    print(f"{given.output}: {len(chain.records)} jobs, {checked.files} hashes compared")
    if checked.away:
        print(f"{checked.away} files that were read are not at hand, and were not looked at")
    for difference in found[1:]:
        print(f"then {difference}")
    if found:
        raise InputError(
            file=given.output,
            place=f"first of {len(found)} differences, {found[0].name}",
            found=found[0].found,
            expected=found[0].expected,
            remedy="run the workflow: it makes anew what does not fit; or bring the file back",
        )
    if given.recompute:
        _recompute(chain, given.recompute)


def _recompute(chain: Chain, patient: str) -> None:
    import tempfile
    from pathlib import Path

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
    from pathlib import Path

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
    print(f"{given.package}: {written} files and their description")


VERBS = {
    "verify": (_describe_verify, _verify, "check the files of a run by the records of its jobs"),
    "package": (_describe_package, _package, "pack a run for a paper, as an RO-Crate"),
}
