"""The cache of official releases: each file whole and the one that was meant, or not there."""

import fcntl
import json
import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twinscreen.files import FilePath, InputError, atomic, sha256
from twinscreen.knowledge.official.download import Connection, download, links_of, note_of
from twinscreen.knowledge.official.integrity import FirstFetched, fault_of
from twinscreen.knowledge.official.registry import OfficialFile, OfficialSource

logger = logging.getLogger(__name__)

_PARTS = "parts.json"


@dataclass(frozen=True)
class Access:
    """How files are obtained.

    Attributes
    ----------
    cache
        Folder that keeps them.
    lock
        File with the sha256 of those that nobody has pinned; None for one in the cache.
    mirrors
        Pairs of the beginning of an address and what stands in its place; the longest that fits
        counts.
    offline
        Whether the network must not be used.
    connection
        How patient downloads are.
    """

    cache: Path
    lock: Path | None = None
    mirrors: Sequence[tuple[str, str]] = ()
    offline: bool = False
    connection: Connection = field(default_factory=Connection)

    @property
    def first_fetched(self) -> FirstFetched:
        """The sha256 of files that nobody has pinned."""
        return FirstFetched(self.lock or self.cache / "official" / "first_fetched.json")

    def place(self, source: OfficialSource, file: OfficialFile) -> Path:
        """Return where a file is kept."""
        return self.cache / "official" / source.folder / file.name

    def address(self, url: str) -> str:
        """Return the address that a file is fetched from: a mirror's, where there is one."""
        fits = [pair for pair in self.mirrors if url.startswith(pair[0])]
        if not fits:
            return url
        start, mirror = max(fits, key=lambda pair: len(pair[0]))
        return mirror + url.removeprefix(start)


def parse_mirrors(written: Sequence[str], *, file: FilePath, place: str) -> list[tuple[str, str]]:
    """Read mirrors that are written ADDRESS=MIRROR, both beginnings of addresses.

    Raises
    ------
    InputError
        One is written otherwise.
    """
    pairs = []
    for one in written:
        start, _, mirror = one.partition("=")
        if not all(re.match(r"https?://[^/ ]", part) for part in (start, mirror)):
            raise InputError(
                file=file,
                place=place,
                found=repr(one),
                expected="ADDRESS=MIRROR, as https://ftp.ebi.ac.uk/=https://mirror.example/ebi/",
                remedy="write both with https:// or http://",
            )
        pairs.append((start, mirror))
    return pairs


def fetch_release(
    source: OfficialSource, access: Access, *, roles: Sequence[str] = ()
) -> dict[str, Path]:
    """Bring the files of a release into the cache, those that are not there whole.

    Parameters
    ----------
    source
        The release.
    access
        How files are obtained.
    roles
        Which of its files; all by default.

    Returns
    -------
    Files by role, or the folder where a release is a folder of parts.

    Raises
    ------
    InputError
        A file can't be fetched, is not whole, or is another than the one that was meant. What was
        fetched of it so far stays, with the ending `.part`, unless it is known to be wrong.
    """
    found = {}
    for role in roles or source.files:
        file = source.files[role]
        found[role] = access.place(source, file)
        if file.is_folder:
            _fetch_parts(file, found[role], access)
        else:
            _fetch_file(file, found[role], access)
    return found


def forget_release(source: OfficialSource, access: Access) -> None:
    """Remove the files of a release that nobody has pinned, so that the newest are fetched next."""
    for file in source.files.values():
        place = access.place(source, file)
        if file.is_folder and place.is_dir():
            for part in place.glob("*.parquet"):
                access.first_fetched.forget(file.part(part.name).url)
            shutil.rmtree(place)
        elif file.sha256 is None:
            access.first_fetched.forget(file.url)
            place.unlink(missing_ok=True)


def _fetch_parts(file: OfficialFile, folder: Path, access: Access) -> None:
    """Fetch a folder of Parquet parts; which they are is kept once all are there."""
    listed = folder / _PARTS
    if listed.is_file():
        names = json.loads(listed.read_text(encoding="utf-8"))
    elif access.offline:
        names = sorted(path.name for path in folder.glob("*.parquet"))
    else:
        links = links_of(access.address(file.url), access.connection)
        names = [name for name in links if re.fullmatch(r"[\w.-]+\.parquet", name)]
    if not names and access.offline:
        raise _must_be_put_there(file, folder, "no folder with Parquet parts")
    if not names:
        raise InputError(
            file=file.url,
            found="a page that links to no Parquet file",
            expected="the folder of a data set, with its parts",
            remedy="look at the address in a browser: the release may have moved",
        )
    for name in names:
        _fetch_file(file.part(name), folder / name, access)
    if not listed.is_file() and not access.offline:
        with atomic(listed) as partial:
            partial.write_text(json.dumps(names) + "\n", encoding="utf-8")


def _fetch_file(file: OfficialFile, place: Path, access: Access) -> None:
    """Bring one file into the cache, unless it is there and the right one."""
    if place.is_file():
        if file.sha256 is None:
            return access.first_fetched.require(file.url, place)
        if sha256(place) == file.sha256:
            return None
        if access.offline or file.by_hand:
            raise _must_be_put_there(file, place, "a file with another sha256")
        logger.warning("%s hasn't the sha256 that is pinned: fetching it again", place)
    elif access.offline:
        raise _must_be_put_there(file, place, "no such file, and the network is not to be used")
    elif file.by_hand:
        raise _must_be_put_there(file, place, "no such file, and no program can fetch it")
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.part")
    with open(part, "ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # another job that wants the same file waits here
        if place.is_file() and file.sha256 in (None, sha256(place)):
            part.unlink(missing_ok=True)
            return None
        download(access.address(file.url), part, access.connection)
        _judge(file, part, place, access)
        part.replace(place)
        note_of(part).unlink(missing_ok=True)
    return None


def _judge(file: OfficialFile, part: Path, place: Path, access: Access) -> None:
    """Check what was downloaded; a wrong file is removed, so that the next try begins anew."""
    try:
        if file.sha256 is not None and (found := sha256(part)) != file.sha256:
            raise InputError(
                file=file.url,
                found=f"a download with the sha256 {found}",
                expected=f"sha256 {file.sha256}",
                remedy="run again: the download may have been corrupted; if it happens again, the"
                " source or the mirror serves another file",
            )
        if file.sha256 is None and (fault := fault_of(part, place.name)):
            raise InputError(
                file=file.url,
                found=fault,
                expected=f"{place.name}, whole",
                remedy="run again; if it happens again, look at the address in a browser: the"
                " source may have moved, or ask for a login",
            )
        if file.sha256 is None:
            access.first_fetched.require(file.url, part)
    except InputError:
        part.unlink(missing_ok=True)
        note_of(part).unlink(missing_ok=True)
        raise


def _must_be_put_there(file: OfficialFile, place: Path, found: str) -> InputError:
    known = f" with the sha256 {file.sha256}" if file.sha256 else ""
    how = file.by_hand or f"fetch {file.url} elsewhere"
    return InputError(
        file=place,
        found=found,
        expected=f"the file of {file.url}{known}",
        remedy=f"{how}, and put it there by this name",
    )
