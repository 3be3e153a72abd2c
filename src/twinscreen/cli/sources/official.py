"""Listing, fetching, checking and reading the official releases of public databases."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twinscreen.cli.options import add_options, options_from

if TYPE_CHECKING:
    from twinscreen.knowledge.official.cache import Access
    from twinscreen.knowledge.official.registry import OfficialSource
    from twinscreen.knowledge.official.status import Known


def _describe_knowledge(add: Callable[..., argparse.Action]) -> None:
    add(
        "action",
        choices=("list", "fetch", "check"),
        help="list all sources with release, age and terms; fetch releases into the cache; check"
        " what is in the cache, what is stale and what may not be used",
    )
    add("names", nargs="*", metavar="NAME", help="official releases; `check` takes all by default")
    add(
        "--renew",
        action="store_true",
        help="fetch anew what nobody has pinned, and hold to the new files from now on",
    )
    add_options(add, "knowledge")


def _knowledge(given: argparse.Namespace) -> None:
    do = {"list": _list_sources, "fetch": _fetch_releases, "check": _check_releases}
    do[given.action](given, options_from(given))


def _list_sources(given: argparse.Namespace, options: dict[str, Any]) -> None:
    """Print the sources of knowledge, or those of some names."""
    from twinscreen.knowledge.official.status import in_lines

    sources, chosen = _chosen(options, given.names)
    names = {one.name for one in chosen}
    known = _known(options, sources)
    wanted = [one for one in known if one.name in names or (one.embedded and not given.names)]
    print("\n".join(in_lines(wanted)))


def _fetch_releases(given: argparse.Namespace, options: dict[str, Any]) -> None:
    """Bring releases that are named into the cache, and print where their files are."""
    from twinscreen.files.errors import InputError
    from twinscreen.knowledge.official.cache import fetch_release, forget_release

    sources, chosen = _chosen(options, given.names)
    if not given.names:
        raise InputError(
            file="twinscreen knowledge fetch",
            found="no release is named",
            expected="one or more of " + ", ".join(sorted(sources)),
            remedy="name what you want: some releases are of gigabytes",
        )
    access = _access(options)
    for source in chosen:
        if given.renew and not access.offline:
            forget_release(source, access)
        for role, path in fetch_release(source, access).items():
            print(f"{source.name} {role}: {path}")


def _check_releases(given: argparse.Namespace, options: dict[str, Any]) -> None:
    """Print what is in the cache, stale or of unclear terms; the last fault is raised."""
    from twinscreen.knowledge.official.status import in_cache, stale_tables

    sources, chosen = _chosen(options, given.names)
    known, access = _known(options, sources), _access(options)
    faults = []
    for source in chosen:
        state, found = in_cache(source, access)
        faults += found
        if given.names or state != "not fetched":
            print(f"{source.name} {source.release}: {state}")
    for line in stale_tables(known):
        print(line)
    unclear = [one.name for one in known if one.embedded and one.commercial != "allowed"]
    if options["official"]["use"] == "commercial" and unclear:
        print(f"embedded, commercial use unclear: {', '.join(unclear)}")
    for fault in faults[:-1]:
        print(fault, file=sys.stderr)
    if faults:
        raise faults[-1]


def _describe_official(add: Callable[..., argparse.Action]) -> None:
    add("name", help="official release")
    add("--table", required=True, help="which of its tables")
    add("--output", required=True, help="table to write (.tsv.gz, .csv), or file of the release")
    add("--names", help="table of gene names: drugs' targets that mean no gene are left out")
    add_options(add, "official")


def _official(given: argparse.Namespace) -> None:
    from twinscreen.files.errors import InputError
    from twinscreen.knowledge.official.build import build_official, tables_of
    from twinscreen.knowledge.official.cache import fetch_release

    options = options_from(given)
    _, (source,) = _chosen(options, [given.name])
    if given.table not in (own := tables_of(source)):
        raise InputError(
            file=source.name,
            found=f"no table {given.table}",
            expected="one of " + ", ".join(own),
            remedy="ask for what the release has",
        )
    roles = [role for role, file in source.files.items() if file.replaces == given.table]
    files = fetch_release(source, _access(options), roles=roles)
    if roles:
        files = {given.table: files[roles[0]]}
    build_official(source.name, given.table, files, output=given.output, names=given.names)


def _chosen(
    options: dict[str, Any], names: list[str]
) -> tuple[dict[str, "OfficialSource"], list["OfficialSource"]]:
    """Read the list of releases, and choose those of some names, or all that may be used."""
    from twinscreen.data import OFFICIAL_SOURCES
    from twinscreen.knowledge.official.registry import choose, read_official

    wanted = options["official"]
    listed = wanted["list"] or OFFICIAL_SOURCES
    sources = read_official(listed)
    if not names:
        strict = wanted["use"] == "commercial"
        usable = [one for one in sources.values() if not strict or one.commercial == "allowed"]
        return sources, usable
    chosen = choose(sources, names, file=listed)
    for source in chosen:
        source.require_use(wanted["use"], file=listed, place=source.name)
    return sources, chosen


def _known(options: dict[str, Any], sources: dict[str, "OfficialSource"]) -> list["Known"]:
    """List all sources, embedded and official."""
    from datetime import date

    from twinscreen.data import SOURCES
    from twinscreen.knowledge.official.status import listed
    from twinscreen.knowledge.sources import read_sources

    return listed(read_sources(options["sources"] or SOURCES), sources, today=date.today())


def _access(options: dict[str, Any]) -> "Access":
    """Say how files are obtained."""
    from pathlib import Path

    from twinscreen.knowledge.official.cache import Access, parse_mirrors

    wanted = options["official"]
    return Access(
        Path(options["cache"]),
        lock=Path(wanted["lock"]) if wanted["lock"] else None,
        mirrors=parse_mirrors(wanted["mirrors"], file="the options", place="official.mirrors"),
        offline=wanted["offline"],
    )


VERBS = {
    "knowledge": (
        _describe_knowledge,
        _knowledge,
        "list, fetch and check the sources of knowledge",
    ),
    "official": (_describe_official, _official, "read an official release into a table"),
}
