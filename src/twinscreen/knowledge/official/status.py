"""Which sources of knowledge there are, how old they are, and what of them is in the cache."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twinscreen.files import InputError, sha256
from twinscreen.knowledge.official.cache import Access
from twinscreen.knowledge.official.integrity import fault_of
from twinscreen.knowledge.official.registry import OfficialSource
from twinscreen.knowledge.sources import DerivedTable, EmbeddedSource

#: Years after which a release is called stale.
STALE = 3

#: Names of releases whose address serves the newest.
NEWEST = ("current", "latest")

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Known:
    """One source as it is listed.

    Attributes
    ----------
    table
        What it is used for.
    name, release, licence, commercial
        As its entry says.
    embedded
        Whether it comes with the package.
    year
        When the release came out; None where that is not known, or it is always the newest.
    age
        Whole years since then, None likewise.
    """

    table: str
    name: str
    release: str
    licence: str
    commercial: str
    embedded: bool
    year: int | None
    age: int | None

    @property
    def stale(self) -> bool:
        """Whether it is older than `STALE` years."""
        return self.age is not None and self.age > STALE


def listed(
    embedded: Mapping[str, EmbeddedSource | DerivedTable],
    official: Mapping[str, OfficialSource],
    *,
    today: date,
) -> list[Known]:
    """List all sources by the table that they are for, the embedded ones first.

    The year of an embedded source is the last that its release names.
    """
    found = []
    for one in embedded.values():
        years = _YEAR.findall(one.release)
        found.append(_known(one, one.table or "other", int(years[-1]) if years else None, today))
    for other in official.values():
        year = int(other.date[:4]) if other.date else None
        found += [_known(other, table, year, today) for table in other.tables]
    return sorted(found, key=lambda one: (one.table, not one.embedded))


def _known(
    source: EmbeddedSource | DerivedTable | OfficialSource,
    table: str,
    year: int | None,
    today: date,
) -> Known:
    return Known(
        table=table,
        name=source.name,
        release=source.release,
        licence=source.licence,
        commercial=source.commercial,
        embedded=not isinstance(source, OfficialSource),
        year=year,
        age=None if year is None else today.year - year,
    )


def in_lines(known: Iterable[Known]) -> list[str]:
    """Say a list of sources in lines for people, in columns below headings of their tables."""
    lines: list[str] = []
    table = ""
    for one in known:
        if one.table != table:
            table = one.table
            lines += ["", f"{table.replace('_', ' ')}"]
        where = "embedded" if one.embedded else "official"
        age = "the newest when it is fetched" if one.release in NEWEST else "date not known"
        if one.year is not None:
            age = f"{one.year}" + (f", {one.age} years old: stale" if one.stale else "")
        use = {"allowed": "", "forbidden": "; not for commercial use"}.get(
            one.commercial, "; commercial use unclear"
        )
        lines.append(f"  {where}  {one.name}: {one.release} ({age}); {one.licence}{use}")
    return lines[1:]


def stale_tables(known: Iterable[Known]) -> list[str]:
    """Say of each table whose embedded source is stale which release, and what is newer."""
    every = list(known)
    told = []
    for one in every:
        if not (one.embedded and one.stale):
            continue
        newer = [
            other.name
            for other in every
            if other.table == one.table and not other.embedded and not other.stale
        ]
        hint = f"; newer: {', '.join(newer)}" if newer else "; no newer release is listed"
        told.append(f"{one.table} table {one.name}: {one.year}{hint}")
    return told


def in_cache(source: OfficialSource, access: Access) -> tuple[str, list[InputError]]:
    """Look at the files of a release in the cache, without the network.

    Returns
    -------
    "not fetched", "in part" or "whole", with the day on which it was first fetched, and what is
    wrong with those that are there.
    """
    there, missing, days, faults = 0, 0, set(), []
    for wanted in source.files.values():
        place = access.place(source, wanted)
        files = {place: wanted}
        if wanted.is_folder:
            files = {path: wanted.part(path.name) for path in sorted(place.glob("*.parquet"))}
        found = {path: file for path, file in files.items() if path.is_file()}
        there, missing = there + len(found), missing + (not found)
        for path, file in found.items():
            days.add(access.first_fetched.since(file.url))
            if fault := _fault(path, file.sha256 or access.first_fetched.of(file.url)):
                faults.append(fault)
    day = max((one for one in days if one), default="")
    state = "not fetched" if not there else "in part" if missing else "whole"
    return f"{state}, first fetched on {day}" if there and day else state, faults


def _fault(path: Path, held: str | None) -> InputError | None:
    """Say that a file has not the sha256 that is held to; where none is, that it is not whole."""
    if held:
        found, expected = f"sha256 {sha256(path)}", f"sha256 {held}"
    else:
        found, expected = fault_of(path, path.name), f"{path.name}, whole"
    if found in ("", expected):
        return None
    return InputError(
        file=path, found=found, expected=expected, remedy="remove the file and fetch it again"
    )
